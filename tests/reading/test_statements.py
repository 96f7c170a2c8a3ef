"""Numbers, units and negations of any line are those of its print."""

import json

import pytest

from reference.reading import is_more_than_typography, statement_differences
from tests.support.tables import each_row

from .lines import GUIDES


@each_row("printed", "text")
def test_typography_is_no_difference(printed: str, text: str) -> None:
    assert statement_differences(printed, text) == []
    assert not is_more_than_typography(printed, text)


@each_row("printed", "text")
def test_a_number_a_unit_or_a_negation_that_differs_is_told(
    printed: str, text: str
) -> None:
    assert statement_differences(printed, text)
    assert is_more_than_typography(printed, text)


def test_a_difference_gives_print_and_words_shown() -> None:
    found = statement_differences("do not use within 2 inches", "use within 3 inches")
    assert found == [
        "printed: “not”, “2 inches”; shown: “3 inches”",
    ]


@each_row("printed", "text")
def test_another_word_is_more_than_typography_and_no_difference_of_numbers(
    printed: str, text: str
) -> None:
    assert statement_differences(printed, text) == []
    assert is_more_than_typography(printed, text)


@pytest.mark.parametrize("guide", GUIDES)
def test_no_row_of_a_guide_shows_other_numbers_than_it_prints(guide: str) -> None:
    for entry in json.loads(GUIDES[guide].read_text(encoding="utf-8")):
        fields = entry["fields"]
        is_line = entry["model"] in ("reference.regimen", "reference.discrepancy")
        text = fields.get("text")
        if not is_line and fields.get("printed") and text:
            assert statement_differences(fields["printed"], text) == [], text
