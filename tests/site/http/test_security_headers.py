"""What the content security policy allows; tests/attacks has every answer's headers."""

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from anakinra_site.http import allow_styles
from anakinra_site.http.security_headers import (
    SecurityHeadersMiddleware,
    content_security_policy,
)


def test_a_page_may_load_what_is_of_its_own_site_and_nothing_else() -> None:
    assert content_security_policy() == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    )


def test_a_view_may_allow_a_style_by_its_hash() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        allow_styles(response, "sha256-abc=")
        return response

    response = SecurityHeadersMiddleware(view)(RequestFactory().get("/"))
    policy = response.headers["Content-Security-Policy"]
    assert "style-src 'self' 'sha256-abc='; " in policy


def test_nothing_unsafe_is_ever_allowed() -> None:
    policy = content_security_policy(("sha256-abc=",))
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
