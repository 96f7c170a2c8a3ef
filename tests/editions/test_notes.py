"""What is said beside a dose: short notes, each at its line, and a short register."""

import re
from decimal import Decimal
from typing import Any

import pytest

from reference.dosing import PLACEHOLDER, Dose, Patient, compute_dose, dose_rule
from reference.editions import Document
from reference.models import Edition
from reference.publishing import blocks, publication_problems
from reference.publishing.problems import ERROR_PRONE
from tests.support.tables import each_row

pytestmark = pytest.mark.any_database

MOST_WORDS = 14
MOST_DISCREPANCIES = 40
PRINT_ITSELF = "The printed guide itself"

# The letter that marks a note in the table, and the lines it stands at.
MARKED = {
    "a": ["css-sc", "css-iv"],
    "b": ["mis-c-iv", "css-iv"],
    "c": ["nomid-sc", "dira-sc"],
    "d": ["stills-sc"],
    "e": ["pjia-sc"],
}

# What stands for each placeholder where a note is longest.
EXAMPLES = {
    "dose": "100 mg",
    "smallest": "20 mg",
    "mg_per_kg": "8.3 mg per kg",
    "weight": "12 kg",
    "units": "12",
    "fluid": "48 mL per kg per day",
    "diluent": "45 mL to 90 mL",
    "discrepancy": "",  # its title comes on top
}


def filled(text: str) -> str:
    an_hour = text.replace("{diluent} per hour", "140 mL per hour")  # one rate alone
    return PLACEHOLDER.sub(lambda match: EXAMPLES[match[1]], an_hour)


def notes(document: Document) -> dict[str, dict[str, Any]]:
    """The notes that go with a dose or stand in the table, by key."""
    return {
        row["key"]: row
        for row in document["cautions"]
        if row["trigger"] != "under-table"
    }


def lines_marked(document: Document, letter: str) -> list[str]:
    return [
        row["key"]
        for row in document["regimens"]
        if letter in {each.mark for each in dose_rule(document, row).cautions}
    ]


def said(document: Document, key: str, **asked: Any) -> list[tuple[str, str]]:
    """Code and text of what goes with a dose, in its order."""
    (row,) = (row for row in document["regimens"] if row["key"] == key)
    numbers: dict[str, Any] = {
        name: Decimal(value) if isinstance(value, str) else value
        for name, value in asked.items()
    }
    dose = compute_dose(dose_rule(document, row), Patient(confirmed=True, **numbers))
    assert isinstance(dose, Dose)
    return [(caution.code, caution.text) for caution in dose.cautions]


def texts(document: Document, key: str, **asked: Any) -> list[str]:
    return [text for _, text in said(document, key, **asked)]


# How a note is written


def test_a_note_is_at_most_14_words_with_its_numbers_in_it(document: Document) -> None:
    for key, row in notes(document).items():
        assert len(filled(row["text"]).split()) <= MOST_WORDS, key


def test_three_lines_stand_under_the_table_of_two_short_sentences_each(
    document: Document,
) -> None:
    under = [row for row in document["cautions"] if row["trigger"] == "under-table"]
    assert len(under) == 3
    for row in under:
        sentences = re.split(r"(?<=\.) ", row["text"])
        assert len(sentences) == 2
        assert max(len(sentence.split()) for sentence in sentences) <= 17


def test_no_note_holds_an_error_prone_form(document: Document) -> None:
    for row in document["cautions"]:
        own_words = re.sub("“.+?”", "", filled(row["text"]))
        for form, pattern in ERROR_PRONE.items():
            assert not re.search(pattern, own_words), (row["key"], form)
        assert not re.search(r"\d-\d|\bIV\b|/(?!kg per day|kg; |min[:;])", own_words)


def test_a_note_states_the_guide_arithmetic_or_a_source_that_it_names(
    document: Document,
) -> None:
    """No formulary, trial or review: those are in the register and on the pages."""
    every = " ".join(row["text"] for row in document["cautions"])
    assert set(re.findall(r"\((\w[\w ]*)\)", every)) == {"label", "FDA", "EU label"}
    for word in ("committee", "review", "trial", "formulary", "manual", "Dutch"):
        assert word not in every


def test_the_edition_has_nothing_to_mend_but_its_review(
    published_edition: Edition, document: Document
) -> None:
    found = blocks(publication_problems(published_edition, document))
    assert {(problem.section, problem.key) for problem in found} == {
        ("edition", "change_grade"),
        ("edition", "review_due"),
    }


# Where a note stands


@pytest.mark.parametrize("letter", MARKED)
def test_a_mark_is_at_exactly_its_lines(document: Document, letter: str) -> None:
    assert lines_marked(document, letter) == MARKED[letter]


def test_only_five_notes_have_a_mark_each_its_own(document: Document) -> None:
    marks = [row["mark"] for row in document["cautions"] if row["mark"]]
    assert sorted(marks) == list(MARKED)


def test_the_mix_up_of_day_and_hour_comes_first_on_both_its_lines(
    document: Document,
) -> None:
    mix_up = "a mix-up is a 24-fold error."
    for key in ("css-sc", "css-iv"):
        assert said(document, key, weight_kg="20")[0] == (
            "per-day-or-hour",
            f"Per DAY subcutaneously, per HOUR by infusion: {mix_up}",
        )


def test_a_light_patient_of_a_fixed_dose_is_told_what_it_is_per_kg(
    document: Document,
) -> None:
    assert texts(document, "gout-sc", weight_kg="12") == [
        "100 mg is 8.3 mg per kg at 12 kg."
    ]
    assert "200 mg is 16.7 mg per kg at 12 kg." in texts(
        document, "behcet-sc", weight_kg="12", increased=True
    )
    assert texts(document, "gout-sc", weight_kg="40") == [
        "The dose is the same at every weight."
    ]


def test_stills_disease_says_so_with_the_missing_age_and_once(
    document: Document,
) -> None:
    light = said(document, "stills-sc", weight_kg="12")
    assert light[0] == (
        "fixed-dose-not-by-weight",
        "No age is printed: 100 mg is 8.3 mg per kg at 12 kg.",
    )
    codes = [code for code, _ in said(document, "stills-sc", weight_kg="39.99")]
    assert codes.count("fixed-dose-not-by-weight") == 1
    assert "No age" not in " ".join(texts(document, "stills-sc", weight_kg="40"))


def test_the_infusion_says_its_fluid_and_mis_c_the_volume_of_a_dose(
    document: Document,
) -> None:
    diluted = "Diluted as printed: 140 mL per hour, 48 mL per kg per day."
    assert diluted in texts(document, "css-iv", weight_kg="70")
    open_count = texts(document, "mis-c-iv", weight_kg="18")
    assert "Diluted" not in " ".join(open_count)
    chosen = texts(document, "mis-c-iv", weight_kg="18", doses_per_day=2)
    assert "Diluted as printed: 45 mL to 90 mL a dose." in chosen


@each_row("weight", "rate", "passes")
def test_the_adult_dose_is_named_where_a_child_would_pass_it(
    document: Document, weight: str, rate: str, passes: str
) -> None:
    asked = {"weight_kg": weight, "rate": rate or None}
    codes = {code for code, _ in said(document, "fmf-pediatric-sc", **asked)}
    assert ("above-adult-dose" in codes) is (passes == "yes")
    assert ("several-syringes" in codes) is (passes == "yes")


@each_row("doses_per_day", "expected")
def test_nomid_says_what_the_label_has_of_each_number_of_doses(
    document: Document, doses_per_day: str, expected: str
) -> None:
    chosen = int(doses_per_day) if doses_per_day else None
    found = texts(document, "nomid-sc", weight_kg="80", doses_per_day=chosen)
    of_the_guide = [text for text in found if text.startswith("The guide")]
    assert of_the_guide == ([expected] if expected else [])


def test_mis_c_in_one_dose_is_not_divided(document: Document) -> None:
    found = said(document, "mis-c-sc", weight_kg="20", doses_per_day=1)
    text = "The guide says divided doses; 1 dose is not divided."
    assert ("not-divided", text) in found


def test_kidneys_are_spoken_of_at_a_low_clearance_alone_and_once_a_line(
    document: Document,
) -> None:
    label = (
        "Creatinine clearance less than 30 mL/min: consider every other day (label)."
    )
    expected = {
        "ra-sc": label,
        "nomid-sc": label,
        "covid-19-sc": (
            "Clearance less than 30 mL/min: consider 100 mg every other day (FDA)."
        ),
    }
    none = "The guide gives no kidney rule for this line."
    for row in document["regimens"]:
        key = row["key"]
        for crcl, is_low in (("29.99", True), ("30", False)):
            found = said(document, key, weight_kg="20", crcl_ml_per_min=crcl)
            kidneys = [text for code, text in found if code == "label-renal-statement"]
            assert kidneys == ([expected.get(key, none)] if is_low else [])


def test_a_note_that_goes_by_name_is_nobodys_once_nothing_names_it(
    document: Document,
) -> None:
    for row in document["discrepancies"]:
        row["note"] = None
    assert lines_marked(document, "a") == []
    assert texts(document, "gout-sc") == []


def test_a_note_with_a_trigger_goes_with_a_line_that_no_discrepancy_names(
    document: Document,
) -> None:
    document["discrepancy_lines"] = []
    small = "Under 20 mg: below the lowest mark (EU label); guide gives no method."
    assert small in texts(document, "pjia-sc", weight_kg="15")


def test_a_note_of_two_discrepancies_goes_with_the_lines_of_both(
    document: Document,
) -> None:
    by_key = {row["key"]: row for row in document["discrepancies"]}
    by_key["nomid-dira-increase"]["note"] = "per-day-or-hour"
    assert lines_marked(document, "a") == ["css-sc", "nomid-sc", "dira-sc", "css-iv"]


# The register


def test_the_register_has_at_most_40_rows(document: Document) -> None:
    assert len(document["discrepancies"]) <= MOST_DISCREPANCIES


def test_every_discrepancy_names_its_source_and_what_was_seen_of_it(
    document: Document,
) -> None:
    for row in document["discrepancies"]:
        assert row["source_name"], row["key"]
        assert row["source_url"] or row["source_name"] == PRINT_ITSELF, row["key"]
        assert re.search(r"\bseen\b|not read", row["source_says"], re.I), row["key"]


def test_what_names_the_print_quotes_it(document: Document) -> None:
    for row in document["discrepancies"]:
        words = " ".join(row[name] for name in ("title", "source_says", "consequence"))
        if row["source_name"] == PRINT_ITSELF or "the guide" in words.lower():
            assert row["printed"], row["key"]


def test_only_the_disputed_maximum_quotes_an_amount_of_a_dosing_line(
    document: Document,
) -> None:
    """A quoted amount and a number of its source explain a difference from the print.

    So a discrepancy about anything else of a line would explain a wrong number away.
    """
    of_lines = {
        line["discrepancy"]
        for line in document["discrepancy_lines"]
        if line["section"] == "regimens"
    }
    quoting = {
        row["key"]
        for row in document["discrepancies"]
        if row["key"] in of_lines
        and re.search(r"\d ?(?:mg|hours|months|days)", row["printed"])
    }
    assert quoting == {"nomid-maximum", "infusion-fluid-volume"}


def test_what_is_said_at_a_line_has_its_note_and_nothing_else_has_one(
    document: Document,
) -> None:
    keys = {row["key"] for row in document["cautions"]}
    for row in document["discrepancies"]:
        is_of_line = row["tier"] == "line"
        assert (row["note"] is not None) == is_of_line, row["key"]
        assert row["note"] in keys or not is_of_line


def test_every_discrepancy_that_bears_on_a_dose_names_its_lines(
    document: Document,
) -> None:
    about = {line["discrepancy"] for line in document["discrepancy_lines"]}
    for row in document["discrepancies"]:
        assert row["key"] in about or not row["dose_relevant"], row["key"]
    assert about <= {row["key"] for row in document["discrepancies"]}


def test_both_readings_of_the_disputed_maximum_are_in_one_row(
    document: Document,
) -> None:
    (row,) = (one for one in document["discrepancies"] if one["key"] == "nomid-maximum")
    assert row["printed"] == "max 8mg/day"
    for reading in ("8 mg per day", "8 mg per kg per day"):
        assert reading in row["title"]
        assert reading in row["source_says"]
    lines = [
        line["row_key"]
        for line in document["discrepancy_lines"]
        if line["discrepancy"] == "nomid-maximum"
    ]
    assert lines == ["nomid-sc", "dira-sc"]
