"""What the site adds to the guide: discrepancies, cautions and codes."""

import re

import pytest

from reference.dosing import PLACEHOLDER, PLACEHOLDERS, dose_rule
from reference.editions import SECTIONS, Document
from tests.editions.test_fixture import guide_text

pytestmark = pytest.mark.any_database

CAUTION_CODES = {
    "printed-maximum-disputed",
    "above-printed-range",
    "not-divided",
    "volume-not-measurable",
    "small-dose",
    "several-syringes",
    "fixed-dose-not-by-weight",
    "taper-not-included",
    "intravenous-little-data",
    "infusion-fluid-load",
    "discrepancy-open",
}
# Since the contract: programs that know only the codes above are told no less.
LATER_CODES = {
    "label-renal-statement",
    "per-day-or-hour",
    "no-age-printed",
    "not-for-children-label",
    "adults-only-label",
    "above-adult-dose",
    "diluted-volume",
    "count-not-printed",
    "more-doses-than-label",
    "emergency-use",
}
UNDER_TABLE_CODES = {
    "kidney-not-considered",
    "new-syringe-each-dose",
    "label-changed",
}


def test_every_discrepancy_line_names_a_row(document: Document) -> None:
    keys = {section: {row["key"] for row in document[section]} for section in SECTIONS}
    for line in document["discrepancy_lines"]:
        assert line["row_key"] in keys[line["section"]], line["key"]


def test_every_discrepancy_is_open_and_says_what_it_means(document: Document) -> None:
    for row in document["discrepancies"]:
        assert row["ruling"] == "open"
        assert row["source_says"].endswith(".")
        assert row["consequence"].endswith(".")
        assert not row["title"].endswith(".")
        assert re.match(r"https://\S+$|$", row["source_url"])
        if row["kind"] in {"conflict", "ambiguity", "wording"}:
            assert row["printed"] or row["key"] == "needle-cover-latex"


def test_a_dose_names_at_most_four_discrepancies(document: Document) -> None:
    for regimen in document["regimens"]:
        assert len(dose_rule(document, regimen).discrepancies) <= 4


def test_cautions_have_the_codes_of_the_contract(document: Document) -> None:
    assert {row["code"] for row in document["cautions"]} == (
        CAUTION_CODES | LATER_CODES | UNDER_TABLE_CODES
    )


def test_cautions_hold_only_placeholders_that_are_filled(document: Document) -> None:
    for row in document["cautions"]:
        assert set(PLACEHOLDER.findall(row["text"])) <= PLACEHOLDERS
        assert "{" not in PLACEHOLDER.sub("", row["text"])
    for row in document["discrepancies"]:
        assert not PLACEHOLDER.search(row["title"] + row["consequence"])


def test_the_disputed_maximum_is_named_in_both_figures(document: Document) -> None:
    disputed = {
        row["key"]: caution.text
        for row in document["regimens"]
        for caution in dose_rule(document, row).cautions
        if caution.code == "printed-maximum-disputed"
    }
    assert disputed.keys() == {"nomid-sc", "dira-sc"}
    for text in disputed.values():
        assert "8 mg/kg per day (label)" in text
        assert "printed 8 mg per day" in text


def test_snomed_codes_pass_their_check_digit(document: Document) -> None:
    for row in document["codes"]:
        if row["system"] == "SNOMED CT":
            assert is_verhoeff(row["value"]), row["value"]


def is_verhoeff(digits: str) -> bool:
    """Whether the last digit is the Verhoeff check digit of the others."""
    check = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        for _ in range(place % 8):
            digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
        check = dihedral_product(check, digit)
    return check == 0


def dihedral_product(a: int, b: int) -> int:
    """The product in the group of the ten symmetries of a pentagon."""
    if a < 5:
        return (a + b) % 5 + (b // 5 * 5)
    return (a - b) % 5 + (5 - b // 5 * 5)


def test_cautions_quote_the_guide_letter_for_letter(document: Document) -> None:
    guide = guide_text()
    quotes = [
        quote
        for row in document["cautions"]
        for quote in re.findall("“(.+?)”", row["text"])
    ]
    assert quotes
    for quote in quotes:
        assert quote in guide
