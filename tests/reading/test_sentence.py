"""The words of a dosing line are made from its fields, as ISMP asks."""

import json

from reference.reading import (
    dose_words,
    duration_in_sentence,
    limit_cell,
    limit_words,
    line_sentence,
    who_words,
)
from tests.support.tables import each_row

from .lines import Line, document_of, first_issue
from .printed_lines import DEFAULTS

LINE: Line = {
    **DEFAULTS,
    "key": "line",
    "indication": "line",
    "text": "",
    "printed": "",
    "basis": "mg/dose",
    "low": "100",
    "high": "100",
}


@each_row("words", "fields")
def test_the_dose_is_said_with_how_often(words: str, fields: str) -> None:
    assert dose_words({**LINE, **json.loads(fields)}) == words


@each_row("words", "fields")
def test_a_maximum_is_said_with_what_it_is_per_and_whose_it_is(
    words: str, fields: str
) -> None:
    assert limit_words({**LINE, **json.loads(fields)}) == words


@each_row("words", "fields")
def test_a_duration_stands_among_its_words(words: str, fields: str) -> None:
    assert duration_in_sentence({**LINE, **json.loads(fields)}) == words


@each_row("words", "fields")
def test_whom_a_line_is_for_is_said_where_it_names_anybody(
    words: str, fields: str
) -> None:
    assert who_words({**LINE, **json.loads(fields)}) == words


def _guide() -> dict[str, Line]:
    return {row["key"]: row for row in document_of("anakinra")["regimens"]}


@each_row("key", "sentence")
def test_a_line_is_one_sentence_without_a_full_stop(key: str, sentence: str) -> None:
    assert line_sentence({**_guide()[key], "text": ""}) == sentence


def test_a_line_frozen_before_how_often_is_its_text_as_it_was() -> None:
    for row in first_issue()["regimens"]:
        assert line_sentence(row) == row["text"]


def test_the_dose_of_a_line_frozen_before_how_often_is_made_from_its_fields() -> None:
    frozen = {row["key"]: row for row in first_issue()["regimens"]}
    assert dose_words(frozen["css-sc"]) == (
        "2 to 10 mg/kg per day in 2 to 4 divided doses"
    )


@each_row("key", "cell")
def test_a_cell_says_the_maximum_or_what_the_guide_leaves_open(
    key: str, cell: str
) -> None:
    assert limit_cell(_guide()[key]) == cell


def test_where_nothing_was_printed_a_cell_says_given() -> None:
    row = {**_guide()["mis-c-sc"], "printed": ""}
    assert limit_cell(row) == "number of doses and maximum not given"
    row = {**_guide()["nomid-sc"], "printed": ""}
    assert limit_cell(row) == "maximum 8 mg/kg per day (label)"


def test_a_printed_maximum_that_the_fields_lack_is_not_said_to_be_missing() -> None:
    row = {**_guide()["pjia-sc"], "max_per_dose": None, "max_per_dose_unit": ""}
    assert limit_cell(row) == "guide prints 100 mg"
