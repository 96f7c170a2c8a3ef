"""Pages of other sites may read exports, and nothing else."""

import pytest
from django.test import Client

from anakinra_site.http.cross_origin import HEADERS
from tests.support.tables import column

pytestmark = pytest.mark.django_db

ELSEWHERE = {"Origin": "https://elsewhere.example"}
EXPORTS = [
    "/anakinra/editions/1/edition.json",
    "/anakinra/monitoring.ics?start=2026-11-28",
    "/schemas/edition-1.json",
    "/openapi.json",
]
KEPT_TO_THE_SITE = column(__file__, "Kept to the site")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("address", EXPORTS)
def test_an_export_may_be_read_by_pages_of_every_origin(
    client: Client, address: str, method: str
) -> None:
    answer = client.generic(method, address, headers=ELSEWHERE)
    assert answer.status_code == 200
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("address", EXPORTS)
def test_an_export_answers_alike_whoever_asks(client: Client, address: str) -> None:
    alone, asked = client.get(address), client.get(address, headers=ELSEWHERE)
    assert asked.headers == alone.headers
    assert "Origin" not in alone.headers.get("Vary", "")


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("accepted", ["text/html", "application/json"])
@pytest.mark.parametrize("address", KEPT_TO_THE_SITE)
def test_nothing_else_may(client: Client, address: str, accepted: str) -> None:
    answer = client.get(address, headers=ELSEWHERE | {"Accept": accepted})
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    answer.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("address", EXPORTS)
def test_no_other_method_may(client: Client, address: str, method: str) -> None:
    asked = ELSEWHERE | {"Access-Control-Request-Method": "GET"}
    answer = client.generic(method, address, headers=asked)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_was_kept_stays_readable(client: Client) -> None:
    answer = client.get(EXPORTS[0])
    kept = {"If-None-Match": answer.headers["ETag"]}
    again = client.get(EXPORTS[0], headers=ELSEWHERE | kept)
    assert again.status_code == 304
    for name, value in HEADERS.items():
        assert again.headers[name] == value
    assert "Content-Type" not in again.headers
