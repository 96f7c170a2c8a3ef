"""Words and fields of a dosing line are compared in both directions."""

import json

import pytest

from reference.dosing import Document, rules
from reference.reading import (
    Difference,
    differences,
    line_problems,
    read_line,
)
from tests.support.tables import each_row

from .lines import (
    GUIDES,
    NOTHING_ELSE,
    Line,
    document_of,
    lines_of_guide,
    without_discrepancies,
)
from .printed_lines import DEFAULTS

FIXED: Line = {
    **DEFAULTS,
    "key": "gout-sc",
    "indication": "gout",
    "text": "",
    "printed": "Gout: 100mg once daily",
    "basis": "mg/dose",
    "low": "100",
    "high": "100",
}
BY_WEIGHT: Line = {**FIXED, "basis": "mg/kg/dose", "low": "1", "high": "1"}


def _line(guide: str, key: str) -> Line:
    rows = document_of(guide)["regimens"]
    found: Line = next(row for row in rows if row["key"] == key)
    return found


def _said(found: list[Difference]) -> list[str]:
    return [difference.sentence for difference in found]


@pytest.mark.parametrize("guide", GUIDES)
def test_no_line_of_a_guide_has_a_problem(guide: str) -> None:
    for document, line in lines_of_guide(guide):
        assert line_problems(document, line) == []


def test_only_two_lines_of_the_guide_need_their_discrepancies() -> None:
    needing = {
        line["key"]
        for document, line in lines_of_guide("anakinra")
        if line_problems(without_discrepancies(document, line), line)
    }
    assert needing == {"nomid-sc", "dira-sc"}


def test_a_difference_gives_both_readings_with_their_units() -> None:
    line = _line("anakinra", "nomid-sc")
    assert _said(differences(line, line["printed"])) == [
        "read from the words: maximum 8 mg per day; "
        "from the fields: maximum 8 mg/kg per day"
    ]


def test_a_text_of_10_mg_over_fields_of_100_is_a_problem() -> None:
    line = {**FIXED, "text": "10 mg once daily"}
    (problem,) = line_problems(NOTHING_ELSE, line)
    assert "read from the words: 10 mg per dose" in problem
    assert "from the fields: 100 mg per dose" in problem


def test_printed_weekly_over_fields_of_every_day_is_a_problem() -> None:
    line = {**FIXED, "printed": "RA: 100 mg once weekly"}
    (problem,) = line_problems(NOTHING_ELSE, line)
    assert "once every 7 days" in problem
    assert "once every day" in problem


@pytest.mark.parametrize(
    "schedule", ["at weeks 0, 2, and 6", "at weeks 0, 2 and 6", "on days 0 and 14"]
)
def test_listed_weeks_over_fields_of_every_2_weeks_are_a_problem(schedule: str) -> None:
    line = {
        **BY_WEIGHT,
        "printed": f"RA: 1 mg/kg {schedule}",
        "how_often": "every-n-days",
        "every_days": 14,
    }
    problems = line_problems(NOTHING_ELSE, line)
    assert any(" at weeks 0, 2, 6" in each or "at days" in each for each in problems)


def test_bands_exchanged_between_two_lines_are_a_problem_of_each() -> None:
    light = {**FIXED, "printed": "RA, below 30 kg: 100 mg once daily"}
    heavy = {**FIXED, "printed": "RA, from 30 kg: 100 mg once daily"}
    light_kg, heavy_kg = {"below_weight_kg": "30"}, {"from_weight_kg": "30"}
    assert line_problems(NOTHING_ELSE, {**light, **light_kg}) == []
    assert line_problems(NOTHING_ELSE, {**heavy, **heavy_kg}) == []
    assert line_problems(NOTHING_ELSE, {**light, **heavy_kg}) != []
    assert line_problems(NOTHING_ELSE, {**heavy, **light_kg}) != []


def test_fields_that_contradict_each_other_are_seen_in_the_words_made() -> None:
    line = {**FIXED, "printed": "", "how_often": "times-a-day", "every_days": 14}
    assert line_problems(NOTHING_ELSE, line) != []


def test_a_print_need_not_name_route_patients_or_whose_the_maximum_is() -> None:
    line = {
        **BY_WEIGHT,
        "printed": "pJIA: 1mg/kg once daily, max 100mg",
        "population": "pediatric",
        "max_per_dose": "100",
        "max_per_dose_unit": "mg",
        "maximum_source": "US label",
    }
    assert line_problems(NOTHING_ELSE, line) == []


@each_row("words")
def test_what_a_print_names_has_to_be_that_of_the_fields(words: str) -> None:
    assert line_problems(NOTHING_ELSE, {**FIXED, "printed": words}) != []


@each_row("words")
def test_what_means_the_same_is_no_problem(words: str) -> None:
    assert line_problems(NOTHING_ELSE, {**FIXED, "printed": words}) == []


def test_with_one_dose_a_day_a_maximum_per_dose_and_per_day_are_equal() -> None:
    by_dose = {"max_per_dose": "100", "max_per_dose_unit": "mg"}
    by_day = {"max_per_day": "100", "max_per_day_unit": "mg"}
    for words in ("max 100 mg", "max 100 mg/dose", "max 100 mg/day"):
        line = {**BY_WEIGHT, "printed": f"pJIA: 1 mg/kg once daily, {words}"}
        assert line_problems(NOTHING_ELSE, {**line, **by_dose}) == []
        assert line_problems(NOTHING_ELSE, {**line, **by_day}) == []
    line = {
        **BY_WEIGHT,
        "printed": "pJIA: 1 mg/kg twice daily, max 100 mg/day",
        "doses_per_day_low": 2,
        "doses_per_day_high": 2,
    }
    assert line_problems(NOTHING_ELSE, {**line, **by_day}) == []
    assert line_problems(NOTHING_ELSE, {**line, **by_dose}) != []


@pytest.mark.parametrize("per", ["", " per dose", "/dose", " per week", "/week"])
def test_with_one_dose_a_week_a_maximum_per_week_is_that_of_a_dose(per: str) -> None:
    line = {
        **BY_WEIGHT,
        "printed": f"JIA: 1 mg/kg once weekly (with a maximum of 50 mg{per})",
        "how_often": "every-n-days",
        "every_days": 7,
        "max_per_dose": "50",
        "max_per_dose_unit": "mg",
    }
    assert line_problems(NOTHING_ELSE, line) == []
    every_2_weeks = line["printed"].replace("once weekly", "every 2 weeks")
    slower = {**line, "printed": every_2_weeks, "every_days": 14}
    assert (line_problems(NOTHING_ELSE, slower) == []) is ("week" not in per)


def test_a_text_says_the_dose_alone_and_its_limit_is_made() -> None:
    line = {
        **BY_WEIGHT,
        "basis": "mg/kg/day",
        "low": "2",
        "high": "10",
        "text": "2 to 10 mg/kg per DAY in 2 to 4 divided doses",
        "printed": "",
        "doses_per_day_low": 2,
        "doses_per_day_high": 4,
        "divided": True,
        "max_per_day": "400",
        "max_per_day_unit": "mg",
        "duration_low": 3,
        "duration_high": 3,
        "duration_unit": "days",
    }
    assert line_problems(NOTHING_ELSE, line) == []


@each_row("key", "text")
def test_a_text_that_reads_better_agrees_with_its_fields(key: str, text: str) -> None:
    document = document_of("anakinra")
    line = _line("anakinra", key)
    draft = {**line, "how_often": rules.how_often(line), "text": text}
    assert line_problems(document, draft) == []


def _explained(**prose: str) -> Document:
    row = {"key": "one", "printed": "", "title": "", "source_says": "", **prose}
    row = {"consequence": "", "ruling_text": "", **row}
    line = {"discrepancy": "one", "section": "regimens", "row_key": "gout-sc"}
    return {"discrepancies": [row], "discrepancy_lines": [line]}


WITH_MAXIMUM: Line = {
    **BY_WEIGHT,
    "printed": "Gout: 1 mg/kg once daily, max 8mg/day",
    "max_per_day": "8",
    "max_per_day_unit": "mg/kg",
}


@each_row("is_explained", "prose")
def test_a_discrepancy_explains_a_difference_by_both_readings_alone(
    is_explained: str, prose: str
) -> None:
    problems = line_problems(_explained(**json.loads(prose)), WITH_MAXIMUM)
    assert (problems == []) is (is_explained == "yes")


def test_one_discrepancy_has_to_give_both_readings() -> None:
    one = _explained(printed="max 8mg/day")
    other = _explained(source_says="maximum 8 mg per kg daily")
    other["discrepancies"][0]["key"] = "other"
    other["discrepancy_lines"][0]["discrepancy"] = "other"
    both: Document = {name: [*one[name], *other[name]] for name in one}
    assert line_problems(both, WITH_MAXIMUM) != []


def test_a_discrepancy_of_another_line_explains_nothing() -> None:
    document = _explained(printed="max 8mg/day", source_says="8 mg per kg daily")
    assert line_problems(document, {**WITH_MAXIMUM, "key": "other"}) != []


def test_a_maximum_that_is_not_printed_is_told_by_a_discrepancy() -> None:
    line = {**WITH_MAXIMUM, "printed": "Gout: 1 mg/kg once daily"}
    told = {"title": "No maximum is printed", "source_says": "Up to 8 mg/kg daily"}
    assert line_problems(_explained(**told), line) == []
    assert line_problems(_explained(source_says=told["source_says"]), line) != []
    assert line_problems(_explained(title=told["title"]), line) != []


@each_row("words", "unread")
def test_what_cannot_be_placed_is_told_and_never_skipped(
    words: str, unread: str
) -> None:
    assert {*unread.split("; ")} <= set(read_line(words).unread)


def test_a_reading_says_in_words_what_it_read() -> None:
    reading = read_line(
        "Gout: 2-4 mg/kg/day in 2 divided doses, max 100mg/day, no more"
    )
    assert reading.in_words == (
        "dose 2 to 4 mg/kg per day; how often 2 divided doses every day; "
        "maximum 100 mg per day; not understood “more”; negation “no”"
    )
