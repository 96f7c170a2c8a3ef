"""What every public address has in common, whatever it answers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer GET and HEAD alone; it changes nothing and takes no token."""
    return csrf_exempt(require_safe(view))


class HtmxHttpRequest(HttpRequest):
    """A request that has passed through django-htmx."""

    htmx: HtmxDetails
