"""The security headers of every answer, errors and static files included.

Django's own middlewares set some of them, but not on an answer given before they run.
"""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase

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


STYLES = "csp_style_hashes"  # where an answer keeps them


def allow_styles(response: HttpResponseBase, *hashes: str) -> None:
    """Let inline styles of an answer be applied, by their hash: "sha256-…"."""
    vars(response)[STYLES] = hashes


def allowed_styles(response: HttpResponseBase) -> tuple[str, ...]:
    """Return the hashes of the inline styles that an answer may apply."""
    hashes: tuple[str, ...] = vars(response).get(STYLES, ())
    return hashes


class SecurityHeadersMiddleware:
    """Sets the headers; a view may allow inline styles of its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        policy = content_security_policy(allowed_styles(response))
        response.headers["Content-Security-Policy"] = policy
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


@lru_cache(maxsize=64)
def content_security_policy(style_hashes: tuple[str, ...] = ()) -> str:
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
            "frame-ancestors 'none'",
            "object-src 'none'",
        ]
    )
