"""What the canonical document promises: content only, one content one byte string.

What is in the June 2024 edition is in tests/editions/test_fixture.py.
"""

import copy
import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import F, ForeignKey, Model

from reference.editions import (
    EDITION_FIELDS,
    SECTIONS,
    Document,
    canonical_bytes,
    canonical_document,
    fingerprint,
    read_document,
)
from reference.models import Contribution, Edition, SearchPassage
from reference.publishing import start_draft
from tests.support.tables import column

# A published edition never changes. If this test fails, the change is at fault.
JUNE_2024 = "f2690c4d1264bd705add980de29490127dfafb8d392e556b0385e5937acaa2f8"

# What an edition holds besides its content.
WORKFLOW_FIELDS = set(column(__file__, "What an edition holds besides its content"))


def names_in(value: Any) -> set[str]:
    """Every key of the JSON objects inside value."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


def points_to_edition(model: type[Model]) -> bool:
    return any(
        isinstance(field, ForeignKey) and field.related_model is Edition
        for field in model._meta.get_fields()
    )


def test_the_june_2024_edition_keeps_its_fingerprint(
    published_edition: Edition,
) -> None:
    stored = bytes(published_edition.canonical or b"")
    assert fingerprint(stored) == published_edition.fingerprint == JUNE_2024


def test_a_document_read_back_from_its_bytes_is_the_same(
    published_edition: Edition,
) -> None:
    walked = canonical_document(published_edition)
    assert read_document(canonical_bytes(walked)) == walked


def test_the_bytes_are_utf8_json_in_one_order(
    canonical: bytes, document: Document
) -> None:
    assert "Behçet Disease*".encode() in canonical
    assert b"\\u" not in canonical
    turned_round = {name: document[name] for name in reversed(document)}
    assert canonical_bytes(turned_round) == canonical


def test_a_field_at_its_default_does_not_change_the_bytes(
    canonical: bytes, document: Document
) -> None:
    assert document["edition"]["change_grade"] == ""
    assert document["regimens"][0]["every_days"] == 1
    assert canonical_bytes(document) == canonical
    slim = json.loads(canonical)
    assert "change_grade" not in slim["edition"]
    assert "every_days" not in slim["regimens"][0]


def test_an_empty_section_is_left_out_and_read_back_empty(document: Document) -> None:
    without = copy.deepcopy(document)
    without["codes"] = []
    canonical = canonical_bytes(without)
    assert "codes" not in json.loads(canonical)
    assert read_document(canonical) == without


def test_any_change_of_content_changes_the_fingerprint(
    canonical: bytes, document: Document
) -> None:
    document["regimens"][0]["high"] = "101"
    assert fingerprint(canonical_bytes(document)) != fingerprint(canonical)


def test_a_preparation_that_does_not_say_its_container_has_the_bytes_it_had(
    canonical: bytes, document: Document
) -> None:
    (syringe,) = document["preparations"]
    assert syringe["container"] == ""
    assert b'"container"' not in canonical
    assert canonical_bytes(document) == canonical
    syringe["container"] = "vial"
    said = canonical_bytes(document)
    assert b'"container":"vial"' in said
    assert read_document(said) == document


def test_no_state_user_id_or_time_is_in_the_document(document: Document) -> None:
    assert not names_in(document) & (WORKFLOW_FIELDS | {"pk", "position"})


def test_every_field_of_an_edition_is_content_or_workflow() -> None:
    fields = {field.name for field in Edition._meta.fields + Edition._meta.many_to_many}
    assert fields == {"drug", *EDITION_FIELDS} | WORKFLOW_FIELDS


def test_every_model_that_points_to_an_edition_has_a_section_or_is_derived() -> None:
    models = apps.get_app_config("reference").get_models()
    owned = {m for m in models if points_to_edition(m)}
    assert owned == {*SECTIONS.values(), Contribution, SearchPassage}


def test_rows_point_only_to_rows_of_earlier_sections() -> None:
    earlier: set[object] = set()
    for model in SECTIONS.values():
        links = {f.related_model for f in model._meta.fields if f.is_relation}
        assert links - {Edition} <= earlier, model
        earlier.add(model)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_of_a_row_is_in_the_document(
    document: Document, section: str
) -> None:
    fields = {field.name for field in SECTIONS[section]._meta.concrete_fields}
    for row in document[section]:
        assert set(row) == fields - {"id", "edition", "position", "version"}


@pytest.fixture
def draft(published_edition: Edition) -> Edition:
    """The next edition, just started from the one in force."""
    author = User.objects.create(username="author", is_superuser=True)
    return start_draft(drug=published_edition.drug, by=author)


def rows_of(document: Document) -> Document:
    return {section: document[section] for section in SECTIONS}


def test_renumbering_positions_changes_nothing(
    draft: Edition, document: Document
) -> None:
    for model in SECTIONS.values():
        rows = model._base_manager.filter(edition=draft)
        rows.update(position=F("position") * 10)
    assert rows_of(canonical_document(draft)) == rows_of(document)
