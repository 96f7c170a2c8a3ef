"""What every public address has in common, whatever it answers."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer GET and HEAD alone; it changes nothing and takes no token."""
    return csrf_exempt(require_safe(view))


def with_headers(
    headers: Mapping[str, str],
) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Let whatever a view answers carry these headers."""

    def decorated(view: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(view)
        def marked(*args: P.args, **kwargs: P.kwargs) -> Answer:
            answer = view(*args, **kwargs)
            for name, value in headers.items():
                answer.headers[name] = value
            return answer

        return marked

    return decorated


class HtmxHttpRequest(HttpRequest):
    """A request that has passed through django-htmx."""

    htmx: HtmxDetails
