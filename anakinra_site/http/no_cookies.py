"""Public pages depend on the address and the edition, so they are given no cookie.

Whatever a browser sends, no session is read there, none is set, and no answer varies.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN = "/admin/"


class NoCookiesMiddleware:
    """Takes the cookies off every request that is not for the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ADMIN):
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)
