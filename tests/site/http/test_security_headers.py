"""The security headers, on answers of every kind."""

from contextlib import closing

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import include, path

from anakinra_site.http import allow_styles
from anakinra_site.http.security_headers import (
    HEADERS,
    SecurityHeadersMiddleware,
    content_security_policy,
)

STRICT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)


def assert_headers(response: HttpResponseBase) -> None:
    assert response.headers["Content-Security-Policy"] == STRICT_POLICY
    for name, value in HEADERS.items():
        assert response.headers[name] == value


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/nowhere/", 404),
        ("/static/admin/css/base.css", 200),
        ("/admin/login/", 200),
        ("/admin", 301),
    ],
)
@pytest.mark.django_db
@pytest.mark.ignore_template_errors
def test_answers_carry_the_headers(client: Client, path: str, status: int) -> None:
    with closing(client.get(path)) as response:
        assert response.status_code == status
        assert_headers(response)


def test_a_foreign_host_is_refused_with_the_headers(client: Client) -> None:
    response = client.get("/healthz", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert_headers(response)


@pytest.mark.django_db
def test_a_file_the_reader_has_is_not_sent_again(client: Client) -> None:
    with closing(client.get("/static/admin/css/base.css")) as first:
        seen = first.headers["ETag"]
    again = client.get("/static/admin/css/base.css", headers={"if-none-match": seen})
    assert again.status_code == 304
    assert_headers(again)


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [path("fails/", fail), path("", include("anakinra_site.urls"))]


@pytest.mark.urls(__name__)
def test_a_failing_view_answers_500_with_the_headers() -> None:
    response = Client(raise_request_exception=False).get("/fails/")
    assert response.status_code == 500
    assert_headers(response)


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


@pytest.mark.django_db
@pytest.mark.ignore_template_errors
@pytest.mark.parametrize(
    "path",
    ["/static/", "/static/js/", "/static/../manage.py", "/.git/config", "/static/%2e/"],
)
def test_no_folder_is_listed_and_none_is_left(client: Client, path: str) -> None:
    with closing(client.get(path)) as response:
        assert response.status_code == 404
        assert "page.js" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/robots.txt", "/admin/", "/anakinra/"])
def test_no_request_is_echoed(client: Client, path: str) -> None:
    answer = client.trace(path, headers={"x-secret": "not to be seen"})
    assert answer.status_code in (302, 405)
    assert b"not to be seen" not in answer.content
