"""The language and the direction of a page, as HTML names them."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_bidi, to_locale

register = template.Library()


@register.simple_tag
def language_attributes() -> str:
    """Return the attributes of html: lang="en-US" dir="ltr"."""
    language = to_locale(get_language() or "en-us").replace("_", "-")
    direction = "rtl" if get_language_bidi() else "ltr"
    return format_html('lang="{}" dir="{}"', language, direction)
