"""Every answer carries the headers: each address, each status, in production.

Judged by the rules in tests/attacks/probes/observatory.py, for public pages and the
desk alike.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from tests.attacks.conftest import asked_addresses
from tests.attacks.probes.header_faults import AT_LEAST, HSTS, header_faults
from tests.attacks.probes.observatory import Mark, marks_of, score
from tests.support.every_address import Site
from tests.support.servers.nginx_process import NAME
from tests.tools.reliability.figures import IN_FULL, none_lost

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def _of_django(answer: Any) -> list[str]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    cookies = [cookie.OutputString() for cookie in answer.cookies.values()]
    is_page = "html" in headers.get("content-type", "") and not answer.streaming
    body = answer.content.decode() if is_page else ""
    answer.close()
    return header_faults(headers, cookies, body)


def _browser(user: User | None = None) -> Client:
    client = Client(raise_request_exception=False, HTTP_HOST=NAME)
    if user is not None:
        client.force_login(user)
    return client


LATER = "Wed, 01 Jan 2031 00:00:00 GMT"
ODD_REQUESTS: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", "/nowhere/", {}, 404),
    ("POST", "/anakinra/", {}, 405),
    ("OPTIONS", "/anakinra/dose/", {}, 405),
    ("GET", "/anakinra", {}, 301),
    ("GET", "/", {}, 302),
    ("GET", "/admin/", {}, 302),
    ("GET", "/anakinra/dose/?weight=x", {}, 422),
    ("GET", "/anakinra/dose/?weight=x", {"Accept": "application/json"}, 422),
    ("GET", "/anakinra/dose/?weight=x", {"HX-Request": "true"}, 422),
    ("GET", "/anakinra/", {"Host": "evil.example"}, 400),
    ("GET", "/anakinra/editions/1/edition.json", {"If-None-Match": "*"}, 304),
    ("GET", "/anakinra/editions/1/", {"If-None-Match": "*"}, 304),
    ("GET", "/static/admin/css/base.css", {}, 200),
    ("GET", "/static/admin/css/base.css", {"If-Modified-Since": LATER}, 304),
    ("GET", "/static/nowhere.css", {}, 404),
    ("GET", "/static/admin/css/base.css", {"Range": "bytes=9-1"}, 416),
    ("GET", "/fhir/Patient/1", {}, 404),
    ("GET", "/fhir/MedicationKnowledge?_count=x", {}, 400),
    ("GET", "/infobutton/?x=1", {}, 400),
    ("GET", "/anakinra/monograph.pdf", {}, 503),
]


def test_answers_of_every_status_and_address_score_an_a_plus(
    site: Site, chief: User
) -> None:
    wrong, tried, statuses = [], 0, set()
    asked: list[tuple[User | None, str, str, dict[str, str]]] = [
        (None, "GET", address, {}) for _, address in asked_addresses(site)
    ]
    asked += [(chief, "GET", address, {}) for _, address in asked_addresses(site)]
    if IN_FULL:
        asked += [
            (user, method, address, {})
            for user in (None, chief)
            for method in ("HEAD", "POST", "OPTIONS")
            for _, address in asked_addresses(site)
            if "logout" not in address
        ]
    for method, address, headers, status in ODD_REQUESTS:
        answer = _browser().generic(method, address, secure=True, headers=headers)
        answer.close()
        assert answer.status_code == status, (method, address, answer.status_code)
        asked.append((None, method, address, headers))
    clients = {None: _browser(), chief: _browser(chief)}
    for user, method, address, headers in asked:
        answer = clients[user].generic(method, address, secure=True, headers=headers)
        statuses.add(answer.status_code)
        tried += 1
        if faults := _of_django(answer):
            wrong.append((method, address, answer.status_code, faults))
    none_lost(
        wrong,
        "attacks",
        "Answers in production scored by the rules of the HTTP Observatory",
        tried=tried,
        unit="answers",
        note=f"at least {AT_LEAST} points; statuses {sorted(statuses)}",
    )
    assert statuses >= {200, 301, 302, 304, 400, 404, 405, 422, 503}


def _fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


def _unreadable(request: HttpRequest) -> HttpResponse:
    raise OperationalError


urlpatterns = [
    path("fails/", _fail),
    path("admin/fails/", _fail),
    path("unreadable/", _unreadable),
    path("", include("anakinra_site.urls")),
]


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("in_production")
@pytest.mark.parametrize(
    ("address", "status"),
    [("/fails/", 500), ("/admin/fails/", 500), ("/unreadable/", 503)],
)
def test_a_failing_page_scores_the_same(address: str, status: int) -> None:
    answer = _browser().get(address, secure=True)
    assert answer.status_code == status
    assert _of_django(answer) == []


@pytest.mark.usefixtures("in_production")
def test_http_is_left_by_a_redirect_that_carries_the_headers() -> None:
    answer = _browser().get("/anakinra/?x=1")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{NAME}/anakinra/?x=1"
    # By http, HSTS is not heeded, and not sent.
    assert _of_django(answer)[1:] == ["no strict transport"]
    for of_the_supervisor in ("/healthz", "/readyz"):
        assert _browser().get(of_the_supervisor).status_code == 200


def test_a_weakness_costs_points() -> None:
    """The rules tell a weak answer from a strong one."""
    strong = {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "strict-transport-security": HSTS,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    assert score(marks_of(strong, [], "")) == 130
    for name in ("content-security-policy", "strict-transport-security"):
        weak = {key: value for key, value in strong.items() if key != name}
        assert score(marks_of(weak, [], "")) < AT_LEAST
    unsafe = strong | {"content-security-policy": "script-src 'unsafe-inline' *"}
    assert score(marks_of(unsafe, [], "")) < 90
    assert score(marks_of(strong, ["sessionid=a; HttpOnly"], "")) == 60
    outside = '<script src="https://cdn.example/a.js"></script>'
    assert Mark(-5, "") in [
        Mark(mark.points, "") for mark in marks_of(strong, [], outside)
    ]
