"""The Bundle of an edition as another program reads it, and ways about in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

from reference.editions import SECTION_TITLES, Document
from reference.exports import as_json
from reference.exports.fhir.bundle import bundle
from reference.exports.fhir.facts import EditionFacts
from reference.models import STATE_IN_WORDS, Edition
from tests.conftest import PUBLIC_ORIGIN

BESIDE = Path(__file__).parent / "fhir"
FACTS = EditionFacts(
    state="published",
    state_in_words="in force",
    fingerprint="0" * 64,
    published_at=datetime(2026, 11, 28, 12, tzinfo=UTC),
    origin=PUBLIC_ORIGIN,
    path="/anakinra/editions/1/",
    section_titles=SECTION_TITLES,
)
STATES = ["published", "superseded", "withdrawn"]


@cache
def validator() -> Draft6Validator:
    return Draft6Validator(json.loads((BESIDE / "r5.schema.json").read_text()))


def sent(document: Document, **facts: Any) -> dict[str, Any]:
    """The Bundle as another program reads it, its decimals exact."""
    text = as_json(bundle(document, replace(FACTS, **facts)))
    read: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return read


def in_state(state: str) -> EditionFacts:
    words = str(STATE_IN_WORDS[Edition.State(state)])
    return replace(FACTS, state=state, state_in_words=words)


def of_type(whole: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = (entry["resource"] for entry in whole["entry"])
    return [each for each in resources if each["resourceType"] == kind]


def lines_of(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each dosing guideline by its id."""
    (knowledge,) = of_type(whole, "MedicationKnowledge")
    return {
        line["id"]: line
        for guideline in knowledge["indicationGuideline"]
        for line in guideline["dosingGuideline"]
    }


def dosage_of(line: dict[str, Any], kind: str = "as printed") -> dict[str, Any]:
    (found,) = (
        dosage
        for typed in line["dosage"]
        if typed["type"]["text"] == kind
        for dosage in typed["dosage"]
    )
    assert isinstance(found, dict)
    return found


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object inside value."""
    if isinstance(value, dict):
        yield value
    inside = value.values() if isinstance(value, dict) else value
    for each in inside if isinstance(value, dict | list) else ():
        yield from parts(each)


def numbers_in(value: Any) -> set[Decimal]:
    return {
        Decimal(each)
        for part in parts(value)
        for each in part.values()
        if isinstance(each, int | Decimal) and not isinstance(each, bool)
    }


def told(dosage: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The extensions of this name, each as its parts or its one value."""
    url = f"{PUBLIC_ORIGIN}/fhir/StructureDefinition/{name}"
    return [
        {part["url"]: part.get("valueCode", part.get("valueString")) for part in each}
        for one in dosage["extension"]
        if one["url"] == url
        for each in [one.get("extension", [one])]
    ]
