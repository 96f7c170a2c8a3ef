"""The comparison of two documents: exactly what was edited, to the word and digit."""

import re
from copy import deepcopy
from functools import partial
from itertools import accumulate
from operator import ne
from typing import Any

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from reference.comparing import compare
from reference.comparing.statements import Comparison, Segment, segments
from reference.editions import SECTIONS, Document, read_document
from tests.support.tables import each_row

NUMBER = re.compile(r"\d+(?:\.\d+)?")


def row_of(document: Document, section: str, key: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = (row for row in document[section] if row["key"] == key)
    return found


def edited_fields(comparison: Comparison) -> set[tuple[str, str, str]]:
    """Section, key and field of everything that the comparison calls changed."""
    return {
        (section.section, row.key, field.field)
        for section in comparison.sections
        for row in section.changed
        for field in row.fields
    }


def test_a_document_and_itself_do_not_differ(document: Document) -> None:
    comparison = compare(document, deepcopy(document))
    assert comparison.is_empty
    assert comparison.sections == ()
    assert comparison.summary == "no statement differs"


def test_another_limit_is_one_row_one_field_and_one_number(document: Document) -> None:
    after = deepcopy(document)
    row_of(after, "regimens", "pjia-sc")["max_per_dose"] = "90"
    comparison = compare(document, after)
    (section,) = comparison.sections
    (row,) = section.changed
    (field,) = row.fields
    assert (section.section, row.key, field.name) == (
        "regimens",
        "pjia-sc",
        "maximum per dose",
    )
    assert field.segments == (Segment("removed", "100"), Segment("added", "90"))
    assert not any([comparison.facts, section.added, section.removed, section.moved])
    assert comparison.summary == "1 statement changed"


@each_row("before", "after", "marked")
def test_exactly_the_words_and_numbers_that_differ_are_marked(
    before: str, after: str, marked: str
) -> None:
    assert brackets(segments(before, after)) == marked


def brackets(pieces: tuple[Segment, ...]) -> str:
    """Pieces as text, each change as [before|after]."""
    text = ""
    for piece in pieces:
        if piece.kind == "same":
            text += piece.text
        elif piece.kind == "removed":
            text += f"[{piece.text}|]"
        elif text.endswith("|]"):
            text = f"{text[:-1]}{piece.text}]"
        else:
            text += f"[|{piece.text}]"
    return text


def test_a_word_in_a_long_text_is_marked_alone() -> None:
    before = "Store it in the refrigerator at 2 °C. " * 60 + "Never freeze it."
    pieces = segments(before, before.replace("Never", "Always"))
    assert [piece.text for piece in pieces if piece.kind != "same"] == [
        "Never",
        "Always",
    ]


TEXTS = st.text() | st.text(alphabet="0123456789., -−mgk/\n", max_size=30)


@given(before=TEXTS, after=TEXTS)
def test_the_pieces_are_both_texts_and_no_number_is_cut(
    before: str, after: str
) -> None:
    pieces = segments(before, after)
    for kind, text in (("removed", before), ("added", after)):
        own = [piece.text for piece in pieces if piece.kind in ("same", kind)]
        assert "".join(own) == text
        ends = set(accumulate(len(piece) for piece in own))
        for number in NUMBER.finditer(text):
            assert ends.isdisjoint(range(number.start() + 1, number.end()))


@given(data=st.data())
def test_random_edits_are_reported_exactly(
    data: st.DataObject, canonical: bytes
) -> None:
    before, after = read_document(canonical), read_document(canonical)
    fields = sorted(
        (section, row["key"], field)
        for section in SECTIONS
        for row in before[section]
        for field in row
        if field not in ("key", "revised_on")
    )
    edited = data.draw(st.sets(st.sampled_from(fields), max_size=8))
    for section, key, field in edited:
        row = row_of(after, section, key)
        row[field] = data.draw(st.text().filter(partial(ne, row[field])))
        row["revised_on"] = "2026-11-22"
    assert edited_fields(compare(before, after)) == edited
    assert edited_fields(compare(after, before)) == edited


def test_every_field_of_every_section_is_compared(document: Document) -> None:
    for section in SECTIONS:
        assert document[section], f"no row of {section} to try this on"
        key, *_ = (row["key"] for row in document[section])
        fields = row_of(document, section, key).keys() - {"key", "revised_on"}
        for field in fields:
            after = deepcopy(document)
            row_of(after, section, key)[field] = "something else"
            assert edited_fields(compare(document, after)) == {(section, key, field)}


def test_the_date_of_a_row_is_not_a_change(document: Document) -> None:
    after = deepcopy(document)
    for section in SECTIONS:
        for row in after[section]:
            row["revised_on"] = "2026-11-22"
    assert compare(document, after).is_empty


def test_the_fields_of_the_edition_and_the_drug_are_compared(
    document: Document,
) -> None:
    after = deepcopy(document)
    after["edition"] |= {
        "number": 2,
        "change_note": "A new limit.",
        "label": "November 2026",
        "revised_on": "2026-11",
        "disclaimer": document["edition"]["disclaimer"] + " Be careful.",
    }
    after["drug"]["mechanism"] = "another"
    changed = [field.field for field in compare(document, after).facts]
    assert changed == ["mechanism", "label", "revised_on", "disclaimer"]
    (_, label, revised_on, disclaimer) = compare(document, after).facts
    assert (label.before, label.after) == ("June 2024", "November 2026")
    assert (revised_on.before, revised_on.after) == ("2024-06", "2026-11")
    assert [p.text for p in disclaimer.segments if p.kind != "same"] == [" Be careful."]


def test_added_and_removed_rows_are_whole(document: Document) -> None:
    after = deepcopy(document)
    gone = after["warnings"].pop(0)
    after["synonyms"].append(after["synonyms"][0] | {"key": "new-name", "name": "Néo"})
    comparison = compare(document, after)
    synonyms, warnings = comparison.sections
    assert [row.key for row in synonyms.added] == ["new-name"]
    assert ("name", "Néo") in [(v.name, v.text) for v in synonyms.added[0].values]
    assert [row.key for row in warnings.removed] == [gone["key"]]
    assert gone["printed"] in [value.text for value in warnings.removed[0].values]
    assert not any([warnings.moved, warnings.changed, synonyms.moved])
    assert comparison.summary == "1 statement added, 1 removed"


def test_a_row_in_another_place_is_moved_and_no_other(document: Document) -> None:
    after = deepcopy(document)
    after["warnings"].insert(0, after["warnings"].pop(3))
    (section,) = compare(document, after).sections
    (moved,) = section.moved
    assert moved.key == document["warnings"][3]["key"]
    assert moved.now_after == ""
    assert document["warnings"][2]["text"].startswith(moved.was_after.rstrip(" …"))
    assert not section.changed


@given(data=st.data())
def test_the_rows_that_did_not_move_keep_their_order(
    data: st.DataObject, canonical: bytes
) -> None:
    before, after = read_document(canonical), read_document(canonical)
    after["regimens"] = data.draw(st.permutations(before["regimens"]))
    comparison = compare(before, after)
    moved = {row.key for part in comparison.sections for row in part.moved}
    stayed = [
        [row["key"] for row in document["regimens"] if row["key"] not in moved]
        for document in (before, after)
    ]
    assert stayed[0] == stayed[1]
    assert bool(moved) == (before["regimens"] != after["regimens"])
    assert not any(part.changed for part in comparison.sections)


def test_sections_come_in_the_order_of_the_page(document: Document) -> None:
    after = deepcopy(document)
    for section in SECTIONS:
        after[section][0]["printed"] = "another print"
    sections = [section.section for section in compare(document, after).sections]
    assert sections == list(SECTIONS)


def test_committee_text_is_escaped_and_never_markup(document: Document) -> None:
    evil = '<script>alert("1")</script><ins>'
    after = deepcopy(document)
    after["edition"]["label"] = evil
    after["warnings"][0] |= {"text": evil, "printed": f"x {evil} y"}
    after["resources"].append(after["resources"][0] | {"key": "evil", "title": evil})
    after["indications"].reverse()
    after["indications"][0]["name"] = evil
    for documents in ((document, after), (after, document)):
        page = render_to_string(
            "reference/changes/_changes.html", {"comparison": compare(*documents)}
        )
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert page.count("<ins>") == page.count("</ins>")
