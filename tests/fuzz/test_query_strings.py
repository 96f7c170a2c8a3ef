"""Whatever stands in an address, no public page, file or resource fails."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.urls import URLPattern, get_resolver

from reference.doses.form import DoseForm
from reference.drawn import Front
from reference.drawn.files import keep_file
from reference.exports.infobutton import SYSTEM, VALUE
from reference.models import Edition
from tests.fuzz.typed import HOSTILE, hostile_text
from tests.support.wsgi_answers import ask
from tests.tools.reliability.figures import none_lost, times

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

EACH = times(2, 150)
PARTS = {
    "drug": "anakinra",
    "number": "1",
    "version": "1",
    "key": "nomid",
    "kind": "MedicationKnowledge",
    "rest": "Patient/1",
}
PARAMETERS = (
    *DoseForm.base_fields,
    *("q", "route", "population", "status", "first", "second", "start", "reading"),
    *("code", "_format", VALUE, SYSTEM, "taskContext.c.c", "utm_source", "", "q[]"),
)
PLAUSIBLE = (
    *("css-sc", "css-iv", "nomid", "css", "kawasaki", "70.5", "2", "increased", "yes"),
    *("neutropenia", "subcutaneous", "off-label", "2026-11-28", "0000-00-00", "longer"),
    *("L04AC03", "http://www.whocc.no/atc|L04AC03", "|", "a|b|c", ",,,", "json", "xml"),
    *("2.16.840.1.113883.6.88", "9999-12-31", "2026-13-45", "-1", "2026-11-28T00:00"),
)
RAW = ("%", "%zz", "&&&===;;;", "%ff%fe=%c0%80", "\xff\xfe", "q=%ed%a0%80", "?", "#")
ACCEPTED = ("", "*/*", "application/json", "application/fhir+json", ";;,", "a/b;q=x")


def routes() -> Iterator[str]:
    """Every public address, with its parts to be filled in."""
    for pattern in get_resolver("reference.urls").url_patterns:
        assert isinstance(pattern, URLPattern)
        yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
    yield from ("/healthz", "/readyz", "/nowhere/at/all/")


def random_query(source: random.Random) -> str:
    """Parameters known, unknown, repeated, broken or huge, in any encoding."""
    if source.random() < 0.1:
        return source.choice(RAW)
    if source.random() < 0.02:
        return "&".join(f"p{number}=1" for number in range(source.choice([999, 3000])))
    pairs = []
    for _ in range(source.randint(0, 5)):
        name = source.choice(PARAMETERS)
        value = source.choice(PLAUSIBLE)
        if source.random() < 0.5:
            value = hostile_text(source)
        encoded = quote(value.encode("utf-8", "surrogatepass"))
        pairs += [f"{name}={encoded}"] * source.choice([1, 1, 1, 2])
    return source.choice(["&", "&", ";"]).join(pairs)


def random_path(source: random.Random, route: str) -> str:
    """The address, one of its parts now and then not what it should be.

    As a server hands it on: the bytes that were sent, each as one character.
    """
    parts = dict(PARTS)
    if source.random() < 0.3:
        hostile = source.choice([*HOSTILE, "999999999", "0", "01", "..", "a" * 300])
        parts[source.choice(list(parts))] = hostile
    sent = route.format(**parts).encode("utf-8", "surrogatepass")
    return sent.decode("latin-1")


@pytest.fixture
def with_its_file(published_edition: Edition) -> None:
    """The PDF of the edition is drawn; tests draw none by themselves."""
    keep_file(published_edition, b"%PDF-", build="")


@pytest.mark.usefixtures("with_its_file", "one_transaction")
def test_no_query_and_no_path_breaks_an_address() -> None:
    application, source = Front(WSGIHandler()), random.Random(20261128)
    statuses, failed = Counter[str](), list[str]()
    for route in routes():
        for _ in range(EACH):
            path, query = random_path(source, route), random_query(source)
            headers = {"HTTP_ACCEPT": source.choice(ACCEPTED)}
            if source.random() < 0.2:
                headers["HTTP_HX_REQUEST"] = "true"
            answer = ask(application, path, QUERY_STRING=query, **headers)
            statuses[answer.status] += 1
            if answer.status >= "500":
                failed.append(f"{answer.status} {path}?{query} {headers}")
    none_lost(
        failed,
        "fuzz",
        "random and hostile paths and query strings, at every public address",
        tried=statuses.total(),
        unit="requests",
        note=", ".join(
            f"{code}: {number:,}" for code, number in sorted(statuses.items())
        ),
    )
    assert {"200", "400", "404"} <= statuses.keys()
