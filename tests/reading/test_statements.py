"""Numbers, units and negations of any line are those of its print."""

import json

import pytest

from reference.reading import is_more_than_typography, statement_differences

from .lines import GUIDES

TYPOGRAPHY = [
    ("DIRA (≥10%)", "DIRA (10 % or more)"),
    ("≥5%", "5% or more"),
    ("≥ 5 %", "at least 5%"),
    ("<30 mL/min", "less than 30 mL/min"),
    ("over 1-3 minutes", "Over 1 to 3 minutes"),
    ("1–3 minutes", "1 to 3 minutes"),
    ("100mg/0.67 mL", "100 mg/0.67 mL"),
    ("2°C to 8°C", "2 °C to 8 °C"),
    ("1mL Normal Saline per 1mg", "1 mL normal saline per 1 mg"),
    ("do not use", "Do not use"),
    ("Don’t use", "don't use"),
    ("1,000 mcg", "1000 micrograms"),
    (".5 mg", "0.5 mg"),
    ("1.0 mg", "1 mg"),
    ("COVID-19, “severe”", 'COVID-19, "severe"'),
    ("two times daily", "2 times daily"),
    ("BID", "twice daily"),
    ("5 mg/day", "5 mg per day"),
]
DIFFERENT = [
    ("at least 1 inch away", "at least 2 inches away"),
    ("30 minutes", "30 hours"),
    ("2°C to 8°C", "2 °F to 8 °F"),
    ("do not use", "use"),
    ("use", "do not use"),
    ("no data", "data"),
    ("without food", "with food"),
    ("≥10%", "≤10%"),
    ("≥10%", "10%"),
    ("less than 30 mL/min", "30 mL/min or more"),
    ("5 mg/day", "5 mg/kg/day"),
    ("5 mg/day", "5 mg/hour"),
    ("monthly for 3 months", "weekly for 3 months"),
    ("up to 1 year", "1 year"),
    ("1 to 3 minutes", "1 to 30 minutes"),
    ("1 to 3 minutes", "3 to 1 minutes"),
    ("100 mg then 10 mg", "10 mg then 100 mg"),
    ("5 mg", "5 micrograms"),
    ("avoid", "use"),
    ("once daily", "twice daily"),
]


@pytest.mark.parametrize(("printed", "text"), TYPOGRAPHY)
def test_typography_is_no_difference(printed: str, text: str) -> None:
    assert statement_differences(printed, text) == []
    assert not is_more_than_typography(printed, text)


@pytest.mark.parametrize(("printed", "text"), DIFFERENT)
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


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("Should be store", "Should be stored"),
        ("Subcutaneously: Rotate sites", "Rotate sites"),
        ("severe infection", "serious infection"),
    ],
)
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
