"""Every export of the invented guide, whose data alone differs from anakinra's."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any

import feedparser
import pytest
import rispy
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from fhir.resources.bundle import Bundle
from jsonschema import Draft202012Validator

from reference import publishing
from reference.editions import Document, edition_schema, fingerprint, read_document
from reference.exports import as_json
from reference.exports.fhir.bundle import bundle
from reference.models import Edition
from tests.exports.dose_answers import JSON, answer_validators
from tests.exports.fhir_bundle import (
    FACTS,
    dosage_of,
    lines_of,
    numbers_in,
    parts,
    sent,
    validator,
)
from tests.support.guides.second_guide import SLUG, load_second_guide
from tests.support.tables import each_row

pytestmark = pytest.mark.django_db

HOME = f"/{SLUG}/"
FIRST = f"{HOME}editions/1/"
ORIGIN = "https://reference.example"
OWN_FACTS = replace(FACTS, path=FIRST)


@pytest.fixture(autouse=True)
def edition() -> Edition:
    return load_second_guide()


@pytest.fixture
def second(edition: Edition) -> Document:
    return read_document(bytes(edition.canonical or b""))


def test_its_file_is_what_was_fingerprinted_and_fits_the_schema(
    client: Client, edition: Edition
) -> None:
    answer = client.get(f"{FIRST}edition.json")
    assert fingerprint(answer.content) == edition.fingerprint
    checked = Draft202012Validator(edition_schema())
    assert list(checked.iter_errors(answer.json())) == []


def test_its_bundle_is_fhir_by_hl7s_schema_and_by_a_library(second: Document) -> None:
    text = as_json(bundle(second, OWN_FACTS))
    assert [error.message for error in validator().iter_errors(json.loads(text))] == []
    whole: Any = Bundle.model_validate_json(text)
    knowledge = whole.entry[1].resource
    lines = [
        line.id
        for guideline in knowledge.indicationGuideline
        for line in guideline.dosingGuideline
    ]
    assert sorted(lines) == sorted(row["key"] for row in second["regimens"])


def test_no_number_of_its_lines_is_lost_in_fhir(second: Document) -> None:
    lines = lines_of(sent(second, path=FIRST))
    for row in second["regimens"]:
        told = numbers_in(lines[row["key"]])
        for name in (
            *("low", "high", "max_per_dose", "max_per_day"),
            *("from_weight_kg", "below_weight_kg", "from_age_months"),
        ):
            if row[name] is not None:
                assert Decimal(row[name]) in told, (row["key"], name)


def test_its_micrograms_are_ucums_and_never_the_greek_letter(second: Document) -> None:
    text = as_json(bundle(second, OWN_FACTS))
    assert not re.search("[µμ]|mcg", text if isinstance(text, str) else text.decode())
    line = dosage_of(lines_of(sent(second, path=FIRST))["syndrome-adult-sc"])
    [dose] = line["doseAndRate"]
    assert dose["doseQuantity"]["value"] == 750
    assert dose["doseQuantity"]["code"] == "ug"
    assert "microgram" in dose["doseQuantity"]["unit"]


def test_every_4_weeks_is_a_period_of_28_days_and_a_loading_dose_is_none(
    second: Document,
) -> None:
    lines = lines_of(sent(second, path=FIRST))
    repeat = dosage_of(lines["arthritis-sc"], "maintenance")["timing"]["repeat"]
    assert (repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (1, 28, "d")
    once = dosage_of(lines["arthritis-loading-sc"], "loading")["timing"]["repeat"]
    assert once["boundsDuration"]["value"] == 1
    assert once["boundsDuration"]["code"] == "d"


def test_its_two_strengths_are_two_ingredients(second: Document) -> None:
    strengths = {
        part["strengthRatio"]["numerator"]["value"]
        for part in parts(sent(second, path=FIRST))
        if "strengthRatio" in part
    }
    assert strengths == {10, 25}


@each_row("query")
def test_its_doses_are_as_the_api_is_described(client: Client, query: str) -> None:
    answer = client.get(f"{HOME}dose/?{query}", headers=JSON)
    checked = answer_validators()[answer.status_code]
    assert list(checked.iter_errors(answer.json())) == []


def test_its_feed_citation_and_relations_are_its_own(client: Client) -> None:
    feed = feedparser.parse(client.get(f"{HOME}changes.atom").content)
    assert not feed.bozo
    assert [entry.link for entry in feed.entries] == [f"{ORIGIN}{FIRST}"]
    [cited] = rispy.loads(client.get(f"{FIRST}citation.ris").content.decode())
    assert cited["urls"] == [f"{ORIGIN}{FIRST}"]
    assert f'<{ORIGIN}{HOME}>; rel="latest-version"' in client.get(HOME)["Link"]
    listed = client.get("/sitemap.xml").content.decode()
    assert f"<loc>{ORIGIN}{HOME}</loc>" in listed
    assert f"<loc>{ORIGIN}/anakinra/</loc>" in listed


def test_its_page_tells_search_engines_no_dose(client: Client) -> None:
    page = client.get(HOME).content.decode()
    [data] = re.findall(r'"application/ld\+json">(.*?)</script>', page)
    assert json.loads(data)["about"]["name"] == SLUG
    assert not re.search(r"\d\s*(mg|mL|kg|micrograms?)\b", data)


def test_it_goes_out_and_comes_in_as_the_same_bytes(
    edition: Edition, author: User, tampering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = bytes(edition.canonical or b"")
    drug = edition.drug
    drug.history.all().delete()
    edition.delete()
    drug.delete()
    stdin = SimpleNamespace(buffer=BytesIO(raw))
    monkeypatch.setattr("sys.stdin", stdin)
    call_command("import_edition", "-", by=author.username, stdout=StringIO())
    draft = Edition.objects.get(drug__slug=SLUG)
    assert draft.state == Edition.State.DRAFT
    assert publishing.fingerprint_of(draft) == fingerprint(raw)
