"""What the content security policy allows; tests/attacks has every answer's headers."""

from collections.abc import Mapping

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

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


# In a frame of another site

EHR = ("https://ehr.example", "https://*.hospital.example:8443")


def headers_of(address: str, client: Client) -> Mapping[str, str]:
    return client.get(address).headers


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/anakinra/", "/anakinra/dose/", "/nowhere/"])
def test_a_named_site_may_show_a_public_page_in_a_frame_and_no_other(
    address: str, client: Client, settings: Settings
) -> None:
    settings.FRAMED_BY = EHR
    headers = headers_of(address, client)
    policy = headers["Content-Security-Policy"].split("; ")
    assert f"frame-ancestors {EHR[0]} {EHR[1]}" in policy
    assert "X-Frame-Options" not in headers


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin/nowhere/"])
def test_the_desk_is_never_shown_in_a_frame(
    address: str, client: Client, settings: Settings
) -> None:
    settings.FRAMED_BY = EHR
    headers = headers_of(address, client)
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_nobody_may_show_a_page_in_a_frame_unless_named(client: Client) -> None:
    headers = headers_of("/anakinra/", client)
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
