"""How long an answer may be kept: a dose never, a page until it is asked for again.

Set on every answer, redirects and errors included.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from .no_cookies import ADMIN
from .public import with_headers

DOSE = re.compile(r"/[^/]+/dose/?")
NEVER_STORED = "max-age=0, no-cache, no-store, must-revalidate, private"
# Django's never_cache says the same, and works out an Expires that no one obeys.
never_stored = with_headers({"Cache-Control": NEVER_STORED})


class CachingMiddleware:
    """Marks doses as never to be stored, and other public answers as to be asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if DOSE.fullmatch(request.path_info):
            answer.headers["Cache-Control"] = NEVER_STORED
            patch_vary_headers(answer, ["HX-Request", "Accept"])
        elif not request.path_info.startswith(ADMIN):
            answer.headers.setdefault("Cache-Control", "no-cache")
        return answer
