"""The words of a dosing line are made from its fields, as ISMP asks."""

import pytest

from reference.reading import (
    dose_words,
    duration_in_sentence,
    limit_cell,
    limit_words,
    line_sentence,
    who_words,
)

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
NO_COUNT = {"doses_per_day_low": None, "doses_per_day_high": None}
TWICE = {"doses_per_day_low": 2, "doses_per_day_high": 2}
EVERY = {"how_often": "every-n-days"}


def _amount(basis: str, low: str, high: str = "") -> Line:
    return {"basis": basis, "low": low, "high": high or low}


DOSES: list[tuple[Line, str]] = [
    ({}, "100 mg once daily"),
    (
        {"increase_to": "200"},
        "100 mg once daily, may increase to 200 mg once daily",
    ),
    (
        {
            **_amount("mg/kg/day", "2", "10"),
            "divided": True,
            "doses_per_day_low": 2,
            "doses_per_day_high": 4,
        },
        "2 to 10 mg/kg per day in 2 to 4 divided doses",
    ),
    (
        {**_amount("mg/kg/day", "5", "10"), "divided": True, **NO_COUNT},
        "5 to 10 mg/kg per day in divided doses",
    ),
    (_amount("mg/kg/dose", "1"), "1 mg/kg once daily"),
    (_amount("mg/kg/day", "1", "2"), "1 to 2 mg/kg once daily"),
    (
        {**_amount("mg/kg/hour", "2"), "how_often": "continuous", **NO_COUNT},
        "2 mg/kg per hour as a continuous infusion",
    ),
    ({**EVERY, "every_days": 7}, "100 mg once weekly"),
    ({**EVERY, "every_days": 14}, "100 mg every 2 weeks"),
    ({**EVERY, "every_days": 10}, "100 mg every 10 days"),
    ({"how_often": "once", "low": "320", "high": "320"}, "320 mg once"),
    ({**_amount("mg/dose", "25"), **TWICE}, "25 mg twice daily"),
    (
        {
            **_amount("mg/dose", "10"),
            "doses_per_day_low": 3,
            "doses_per_day_high": 3,
        },
        "10 mg 3 times daily",
    ),
    ({**TWICE, **EVERY, "every_days": 7}, "100 mg twice on a dosing day weekly"),
    (_amount("microgram/dose", "750"), "750 micrograms once daily"),
    (_amount("microgram/kg/dose", "0.5"), "0.5 micrograms/kg once daily"),
    (_amount("microgram/dose", "1"), "1 microgram once daily"),
    (_amount("mg/dose", "1500.50"), "1,500.5 mg once daily"),
    ({"text": "1 to 2 mg/kg daily"}, "1 to 2 mg/kg daily"),
]


@pytest.mark.parametrize(("fields", "words"), DOSES)
def test_the_dose_is_said_with_how_often(fields: Line, words: str) -> None:
    assert dose_words({**LINE, **fields}) == words


MAXIMUM = {"max_per_dose": "100", "max_per_dose_unit": "mg"}
BY_DAY = {"max_per_day": "8", "max_per_day_unit": "mg/kg"}
LIMITS: list[tuple[Line, str]] = [
    ({}, ""),
    (MAXIMUM, "maximum 100 mg"),
    ({**MAXIMUM, "maximum_source": "guide"}, "maximum 100 mg"),
    ({**MAXIMUM, **TWICE}, "maximum 100 mg per dose"),
    ({**BY_DAY, "maximum_source": "US label"}, "maximum 8 mg/kg per day (label)"),
    ({**MAXIMUM, "maximum_source": "EU label"}, "maximum 100 mg (EU label)"),
    (
        {**MAXIMUM, **BY_DAY},
        "maximum 100 mg per dose, maximum 8 mg/kg per day",
    ),
]


@pytest.mark.parametrize(("fields", "words"), LIMITS)
def test_a_maximum_is_said_with_what_it_is_per_and_whose_it_is(
    fields: Line, words: str
) -> None:
    assert limit_words({**LINE, **fields}) == words


def _long(low: int | None, high: int, unit: str, words: str = "") -> Line:
    number = {"duration_low": low, "duration_high": high, "duration_unit": unit}
    return {**number, "duration_words": words}


DURATIONS: list[tuple[Line, str]] = [
    ({}, ""),
    (_long(10, 10, "days"), "for 10 days"),
    (_long(3, 5, "days"), "for 3 to 5 days"),
    (_long(None, 72, "hours"), "for up to 72 hours"),
    (_long(1, 1, "months"), "for 1 month"),
    (
        _long(6, 6, "months", "usually {duration} followed by taper"),
        "usually 6 months followed by taper",
    ),
    (
        _long(6, 6, "months", "usually, followed by taper"),
        "usually 6 months followed by taper",
    ),
    (
        _long(3, 5, "days", "until symptoms improve, generally"),
        "until symptoms improve, generally 3 to 5 days",
    ),
    (_long(3, 3, "days", "then taper"), "for 3 days, then taper"),
    ({"duration_words": "until symptoms improve"}, "until symptoms improve"),
    ({"how_often": "once", **_long(1, 1, "days")}, ""),
]


@pytest.mark.parametrize(("fields", "words"), DURATIONS)
def test_a_duration_stands_among_its_words(fields: Line, words: str) -> None:
    assert duration_in_sentence({**LINE, **fields}) == words


PEOPLE: list[tuple[Line, str]] = [
    ({}, ""),
    ({"population": "adult"}, "for adults"),
    (
        {"population": "adult and pediatric", "from_weight_kg": "10"},
        "for adults and pediatric patients of 10 kg or more",
    ),
    ({"below_weight_kg": "20"}, "for patients of less than 20 kg"),
    ({"from_age_months": 24}, "from 2 years of age"),
    (
        {"phase": "loading", "population": "pediatric", "from_age_months": 8},
        "as the loading dose, for pediatric patients, from 8 months of age",
    ),
]


@pytest.mark.parametrize(("fields", "words"), PEOPLE)
def test_whom_a_line_is_for_is_said_where_it_names_anybody(
    fields: Line, words: str
) -> None:
    assert who_words({**LINE, **fields}) == words


def _guide() -> dict[str, Line]:
    return {row["key"]: row for row in document_of("anakinra")["regimens"]}


SENTENCES = {
    "ra-sc": "100 mg once daily, subcutaneously",
    "css-sc": "2 to 10 mg/kg per day in 2 to 4 divided doses, subcutaneously",
    "css-iv": "2 mg/kg per hour as a continuous infusion, for up to 72 hours, "
    "intravenously",
    "mis-c-iv": "5 to 10 mg/kg per day in divided doses, by intravenous injection, "
    "for pediatric patients",
    "nomid-sc": "1 to 2 mg/kg per day in divided doses, maximum 8 mg/kg per day "
    "(label), subcutaneously, for adults and pediatric patients",
}


@pytest.mark.parametrize("key", SENTENCES)
def test_a_line_is_one_sentence_without_a_full_stop(key: str) -> None:
    row = _guide()[key]
    made = {**row, "text": ""}
    assert line_sentence(made) == SENTENCES[key]


def test_a_line_frozen_before_how_often_is_its_text_as_it_was() -> None:
    for row in first_issue()["regimens"]:
        assert line_sentence(row) == row["text"]


def test_the_dose_of_a_line_frozen_before_how_often_is_made_from_its_fields() -> None:
    frozen = {row["key"]: row for row in first_issue()["regimens"]}
    assert dose_words(frozen["css-sc"]) == (
        "2 to 10 mg/kg per day in 2 to 4 divided doses"
    )


CELLS = {
    "ra-sc": "",
    "css-sc": "no maximum printed",
    "css-iv": "no maximum printed",
    "nomid-sc": "maximum 8 mg/kg per day (label); guide prints 8 mg per day",
    "dira-sc": "maximum 8 mg/kg per day (label); guide prints 8 mg per day",
    "pjia-sc": "maximum 100 mg",
    "fmf-pediatric-sc": "no maximum printed",
    "mis-c-sc": "number of doses and maximum not printed",
    "mis-c-iv": "number of doses and maximum not printed",
}


@pytest.mark.parametrize("key", CELLS)
def test_a_cell_says_the_maximum_or_what_the_guide_leaves_open(key: str) -> None:
    assert limit_cell(_guide()[key]) == CELLS[key]


def test_where_nothing_was_printed_a_cell_says_given() -> None:
    row = {**_guide()["mis-c-sc"], "printed": ""}
    assert limit_cell(row) == "number of doses and maximum not given"
    row = {**_guide()["nomid-sc"], "printed": ""}
    assert limit_cell(row) == "maximum 8 mg/kg per day (label)"


def test_a_printed_maximum_that_the_fields_lack_is_not_said_to_be_missing() -> None:
    row = {**_guide()["pjia-sc"], "max_per_dose": None, "max_per_dose_unit": ""}
    assert limit_cell(row) == "guide prints 100 mg"
