"""The security headers of every answer, errors and static files included.

Django's own middlewares set some of them, but not on an answer given before they run.
"""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .no_cookies import ADMIN

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(),"
        " microphone=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "same-origin",
    "Server": "web",  # granian writes its own name where there is none
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

NOBODY = "'none'"
STYLES = "csp_style_hashes"  # where an answer keeps them


def allow_styles(response: HttpResponseBase, *hashes: str) -> None:
    """Let inline styles of an answer be applied, by their hash: "sha256-…"."""
    vars(response)[STYLES] = hashes


def allowed_styles(response: HttpResponseBase) -> tuple[str, ...]:
    """Return the hashes of the inline styles that an answer may apply."""
    hashes: tuple[str, ...] = vars(response).get(STYLES, ())
    return hashes


class SecurityHeadersMiddleware:
    """Sets the headers; a view may allow inline styles of its answer.

    A public page may be shown in a frame by the sites that the settings name. The desk
    never: whoever is signed in could be led to press its buttons unseen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_desk = request.path_info.startswith(ADMIN)
        framed_by = () if is_desk else settings.FRAMED_BY
        policy = content_security_policy(allowed_styles(response), framed_by)
        response.headers["Content-Security-Policy"] = policy
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if framed_by:  # this header knows no list
            del response.headers["X-Frame-Options"]
        return response


@lru_cache(maxsize=64)
def content_security_policy(
    style_hashes: tuple[str, ...] = (), framed_by: tuple[str, ...] = ()
) -> str:
    styles = " ".join(["'self'", *(f"'{value}'" for value in style_hashes)])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src {styles}",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {' '.join(framed_by) or NOBODY}",
            "object-src 'none'",
        ]
    )
