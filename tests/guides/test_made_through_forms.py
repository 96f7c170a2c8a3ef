"""Each example guide can be typed, reviewed and published at the desk's pages alone.

How many pages were loaded and fields filled in are properties of each test, which
`--junitxml=guides.xml -o junit_family=xunit1` writes down.
"""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from reference.doses.request import answer_to
from reference.editions import (
    Document,
    arranged,
    canonical_bytes,
    fixture_document,
    read_document,
)
from reference.models import Edition
from tests.support.accounts import account, signed_in
from tests.support.desk.browser import DeskBrowser
from tests.support.desk.guide_writer import publish_guide, submit_guide, write_guide
from tests.support.guides import second_guide

pytestmark = pytest.mark.django_db

# The invented guide has rows of every section.
GUIDES = [
    *sorted(Path(__file__).with_name("examples").glob("*.json")),
    second_guide.FIXTURE,
]
WEIGHTS_KG = ("12.5", "28", "104")
AREA_M2 = "1.73"


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_guide_made_through_forms_is_the_one_in_its_file(
    path: Path, client: Client, record_property: Callable[[str, int], None]
) -> None:
    document = of_file(path)
    author = DeskBrowser(signed_in(account("author")))
    edition = write_guide(author, document)
    submit_guide(author, edition)
    reviewer = DeskBrowser(signed_in(account("reviewer")))
    publish_guide(reviewer, edition)
    record_property("pages", author.loads + reviewer.loads)
    record_property("fields", author.filled + reviewer.filled)
    slug = document["drug"]["slug"]
    exported = client.get(f"/{slug}/editions/1/edition.json")
    assert undated(read_document(exported.content)) == undated(document)
    for kg in WEIGHTS_KG:
        assert_same_doses(client, document, kg)


def of_file(path: Path) -> Document:
    """What loading the file gives, and the grade that the desk asks of every edition.

    The file of a first edition may leave it out.
    """
    read = fixture_document(json.loads(path.read_text(encoding="utf-8")))
    document = read_document(canonical_bytes(read))
    document["edition"]["change_grade"] = Edition.ChangeGrade.DOSE_OR_SAFETY.value
    return document


def undated(document: Document) -> Document:
    """The document without the dates of its rows, which the desk gives by itself."""
    sections = {name: it for name, it in document.items() if isinstance(it, list)}
    return document | {
        name: [row | {"revised_on": ""} for row in rows]
        for name, rows in sections.items()
    }


def assert_same_doses(client: Client, document: Document, kg: str) -> None:
    """Every line answers as the same line of the file does, at this weight."""
    slug = document["drug"]["slug"]
    made, imported = Edition.objects.get(drug__slug=slug), arranged(document)
    for row in document["regimens"]:
        asked = {"regimen": row["key"], "weight": kg, "confirm": "yes"}
        if imported.rules[row["key"]].is_area_based:
            asked["bsa"] = AREA_M2
        query = urlencode(asked)
        headers = {"Accept": "application/json"}
        answer = client.get(f"/{slug}/dose/?{query}", headers=headers).json()
        assert answer["status"] in ("computed", "refused"), answer
        assert answer == answer_to(QueryDict(query), made, imported).as_json()
