"""Every public address asks the database in one way, and not at all while it is down.

A reader is told so at once, and no thread of the server waits for it once more.
"""

from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from reference.editions.kept import KeptEditions
from reference.models import Edition
from tests.support.every_address import PARAMETER, routes
from tests.support.public_pages import PAGES

pytestmark = pytest.mark.django_db

FILLED = {
    "drug": "anakinra",
    "number": "1",
    "key": "gout",
    "kind": "MedicationKnowledge",
    "version": "2",
    "rest": "Patient",
}
QUERIES = {
    "/search/": "?q=gout",
    "/fhir/MedicationKnowledge": "?code=L04AC03",
    "/infobutton/": "?mainSearchCriteria.v.c=L04AC03"
    "&mainSearchCriteria.v.cs=2.16.840.1.113883.6.73",
    "/anakinra/monitoring.ics": "?start=2026-12-01",
}
# It is the question of the machine whether the database answers.
ASKED_BY_THE_MACHINE = "/readyz"
MAY_BE_READ = 12  # at least: from copies, or without the database


def public_addresses() -> Iterator[str]:
    for _, route in routes(get_resolver()):
        path = PARAMETER.sub(lambda found: FILLED.get(found[1], "1"), route)
        if not path.startswith(("/admin/", ASKED_BY_THE_MACHINE)):
            yield path + QUERIES.get(path, "")
    yield from PAGES.values()
    yield from ("/fhir/MedicationKnowledge/anakinra", "/fhir/Composition/anakinra")


@pytest.fixture
def asked(
    published_edition: Edition,
    kept_nothing: KeptEditions,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """What the database was asked, while it is known to be down and copies are kept."""
    kept_nothing.recheck()
    found = list[str]()

    def note(*given: Any) -> Any:
        found.append(str(given[:1]))
        raise AssertionError("The database was asked.")

    monkeypatch.setattr(connection, "cursor", note)
    kept_nothing._ask_again_at = inf
    return found


def test_a_database_that_is_known_to_be_down_is_asked_by_no_public_address(
    client: Client, asked: list[str]
) -> None:
    client.raise_request_exception = False
    asking, read = set[str](), 0
    for address in dict.fromkeys(public_addresses()):
        answer = client.get(address)
        if asked:
            asking.add(address)
            asked.clear()
        elif answer.status_code == 503:
            assert answer.headers["Retry-After"], address
        else:
            assert answer.status_code < 500, address
            read += answer.status_code == 200
    assert asking == set()
    assert read >= MAY_BE_READ
