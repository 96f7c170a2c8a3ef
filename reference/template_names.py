"""How the public pages' templates are compiled: by Jinja2, once for each language.

The desk's templates are Django's own, in templates/desk; no page is rendered here.
"""

from collections.abc import Iterable, Iterator, MutableMapping
from functools import lru_cache, partial
from inspect import getmembers, isfunction
from itertools import groupby
from typing import Any

from django.template.defaultfilters import filesizeformat, pluralize, truncatechars
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.html import linebreaks
from django.utils.text import slugify
from django.utils.translation import get_language, get_language_bidi, gettext, to_locale
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined, Template, pass_environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from anakinra_site.starting import templates_folder
from reference.doses import (
    dose_fields,
    dose_table,
    doses_by_weight,
    strength_table,
    unweighed_answer,
)
from reference.editions import printed_lines

from .editions import wording
from .pages import sheet_parts
from .search import find_words

ADDRESSES_KEPT = 1024
MESSAGES_KEPT = 256  # of forms; a line's own numbers are filled in afterwards


class Messages(Extension):
    """Looks _("…") up while a template is compiled, so that no answer waits for it.

    The same spelling is what `makemessages` finds.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if not (token.test("name:_") and stream.current.test("lparen")):
                yield token
                continue
            yield next(stream)
            yield stream.expect("string")
            yield Token(token.lineno, "pipe", "|")
            yield Token(token.lineno, "name", message.__name__)


class PageEnvironment(Environment):
    """The public templates in one language; what is not there is an error."""

    def __init__(self, language: str | None, **options: Any) -> None:
        super().__init__(
            **options
            | {
                "bytecode_cache": templates_folder(language),
                "extensions": [Messages],
                "keep_trailing_newline": True,
                "undefined": StrictUndefined,
            }
        )
        self.filters.update(FILTERS)
        translated = lru_cache(maxsize=MESSAGES_KEPT)(gettext)
        self.globals = GLOBALS | {
            "dose_fields": partial(dose_fields, translated=translated),
        }

    def make_globals(
        self, d: MutableMapping[str, Any] | None
    ) -> MutableMapping[str, Any]:
        """Return one plain map for every template; a chain costs more than it saves."""
        return self.globals if d is None else super().make_globals(d)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a row's field; only what is no field is looked for as an attribute."""
        try:
            return obj[attribute] if type(obj) is dict else getattr(obj, attribute)
        except (AttributeError, KeyError):
            return super().getattr(obj, attribute)


class PageEnvironments:
    """Gives each template in the language that is active."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.by_language: dict[str | None, PageEnvironment] = {}

    def get_template(self, name: str) -> Template:
        return self._active().get_template(name)

    def from_string(self, source: str) -> Template:
        return self._active().from_string(source)

    def compile_all(self) -> None:
        """Compile every template now, so that no reader waits for it."""
        environment = self._active()
        for name in environment.list_templates():
            if not name.startswith("desk/"):
                environment.get_template(name)

    def _active(self) -> PageEnvironment:
        language = get_language()
        if language not in self.by_language:
            self.by_language[language] = PageEnvironment(language, **self.options)
        return self.by_language[language]


def message(text: str) -> Markup:
    """Return our own words in the active language; they may hold elements."""
    return Markup(gettext(text))  # noqa: S704 - written by us and by translators


def filled(text: Markup, /, **values: Any) -> Markup:
    """Return a message with its placeholders filled, each value escaped."""
    escaped = {name: escape(value) for name, value in values.items()}
    return Markup(str.format(text, **escaped))  # noqa: S704


def paragraphs(text: str) -> Markup:
    return Markup(linebreaks(text, autoescape=True))  # noqa: S704 - escaped there


@pass_environment
def grouped_by(
    environment: Environment, rows: Iterable[Any], field: str
) -> list[tuple[Any, list[Any]]]:
    """Return each run of rows that agree in a field; their order is kept."""

    def value(row: Any) -> Any:
        return environment.getattr(row, field)

    return [(found, list(run)) for found, run in groupby(rows, value)]


def url(name: str, *args: str | int) -> str:
    return _address(get_script_prefix(), name, args)


@lru_cache(maxsize=ADDRESSES_KEPT)
def _address(prefix: str, name: str, args: tuple[str | int, ...]) -> str:
    """Return an address of the site below a prefix, which is the request's own."""
    return reverse(name, args=args)


def language_attributes() -> Markup:
    """Return the attributes of html: lang="en-US" dir="ltr"."""
    language = to_locale(get_language() or "en-us").replace("_", "-")
    direction = "rtl" if get_language_bidi() else "ltr"
    return Markup('lang="{}" dir="{}"').format(language, direction)


# Every function of wording.py by its own name, and what is no wording.
FILTERS = {
    name: function
    for name, function in getmembers(wording, isfunction)
    if function.__module__ == wording.__name__
} | {
    "capfirst": wording.capitalized,
    "filesizeformat": filesizeformat,
    "filled": filled,
    "grouped_by": grouped_by,
    "message": message,
    "paragraphs": paragraphs,
    "pluralize": pluralize,
    "printed_lines": printed_lines,
    "slugify": slugify,
    "truncatechars": truncatechars,
}
GLOBALS = {
    "dose_table": dose_table,
    "doses_by_weight": doses_by_weight,
    "find_words": find_words,
    "htmx_script": htmx_script,
    "language_attributes": language_attributes,
    "pdf_link": sheet_parts.pdf_link,
    "qr": sheet_parts.qr,
    "static": static,
    "unweighed_answer": unweighed_answer,
    "strength_table": strength_table,
    "url": url,
}
