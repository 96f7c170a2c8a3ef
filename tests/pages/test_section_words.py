"""The sections after the table: the edition's own words, whole, outside every fold."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.test import Client

from reference.editions import Document, Monograph
from tests.support.public_pages import MONOGRAPH

pytestmark = pytest.mark.django_db

PRINT = "/anakinra/print/"


@pytest.fixture(params=[MONOGRAPH, PRINT])
def page(request: pytest.FixtureRequest, client: Client) -> Element:
    text = client.get(request.param).content.decode()
    read: Element = html5lib.parse(text, namespaceHTMLElements=False)
    return read


def words(place: Element | None) -> str:
    assert place is not None
    return " ".join("".join(place.itertext()).split())


def place(page: Element, key: str) -> Element:
    (found,) = page.findall(f".//*[@id='{key}']")
    return found


def folded(page: Element) -> Iterator[str]:
    for details in page.iter("details"):
        yield from (it.get("id", "") for it in details.iter())


def test_contraindications_and_warnings_are_the_editions_words_and_no_others(
    page: Element, document: Document
) -> None:
    for row in document["contraindications"]:
        assert words(place(page, f"contraindication-{row['key']}")) == row["text"]
    listed = place(page, "warnings").findall("./ol/li")
    assert [(it.get("value"), words(it)) for it in listed] == [
        (str(row["number"]), row["text"]) for row in document["warnings"]
    ]
    assert len(listed) == 6


def test_reactions_are_every_name_of_their_group_after_whom_and_how_often(
    page: Element, june_2024: Monograph
) -> None:
    heads = place(page, "adverse-reactions").findall("./dl/dt")
    lists = place(page, "adverse-reactions").findall("./dl/dd")
    groups = june_2024.sections["adverse_reaction_groups"]
    assert len(groups) == 3
    for group, head, listed in zip(groups, heads, lists, strict=True):
        more = f"{group['threshold_percent']}% or more"
        assert words(head) == f"{group['population']} {more}"
        names = [row["name"] for row in group["reactions"]]
        shown = (listed.text or "").strip()
        assert shown.lower() == ", ".join(names).lower()
        for row in group["reactions"]:
            assert row["printed"][:4] in shown  # a capital only where print has one


def test_administration_is_every_sentence_under_its_route(
    page: Element, document: Document
) -> None:
    section = place(page, "administration")
    rows = document["administration"]
    assert [words(it) for it in section.findall("./dl/dt")] == [
        "Subcutaneous",
        "Intravenous",
    ]
    for row in rows:
        assert words(place(page, f"administration-{row['key']}")) == row["text"]
    under = [words(it) for it in section.findall("./dl/dd")]
    assert ". ".join(under) == ". ".join(row["text"] for row in rows)


def test_strength_storage_and_months_of_monitoring_are_the_editions(
    page: Element, document: Document
) -> None:
    (strength,), (storage,) = document["preparations"], document["storage"]
    assert words(place(page, "preparations").find("./p")) == strength["text"]
    assert words(place(page, "storage").find("./p")) == storage["text"]
    (test,) = document["monitoring"]
    said = words(place(page, f"monitoring-{test['key']}"))
    assert said.startswith(f"{test['name']}: ")
    assert said.casefold().count("read as months 0, 1, 2, 3, 6, 9, 12.") == 1
    assert test["text"] in [row["text"] for row in document["warnings"]]
    assert (
        test["note"] in said or "Read the other way: 0, 1, 2, 3, 6, 9, 12, 15" in said
    )


def test_no_section_is_folded_and_each_has_its_anchor_once(page: Element) -> None:
    folds = set(folded(page))
    for key in (
        "contraindications",
        "warnings",
        "adverse-reactions",
        "preparations",
        "administration",
        "storage",
        "monitoring",
    ):
        assert place(page, key).tag == "section"
        assert key not in folds


def test_what_other_sources_say_is_one_small_line_and_never_on_the_sheet(
    client: Client,
) -> None:
    lines = []
    for address in (MONOGRAPH, PRINT):
        text = client.get(address).content.decode()
        lines.append(re.findall(r'<p class="flags">', text))
    assert len(lines[0]) in range(1, 9)
    assert lines[1] == []
