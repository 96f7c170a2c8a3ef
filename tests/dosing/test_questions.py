"""What is asked back before there is a dose, to the word."""

from decimal import Decimal

import pytest

from reference.dosing import Age, Confirmation, Patient, compute_dose
from reference.editions import Monograph

IN_KILOGRAMS = "Check that it is in kilograms, then confirm it."
BOTH = "Check the weight, the age and their units, then confirm both."
THE_AGE = "Check the age, its unit and the dosing line, then confirm the age."
NO_CHILD = (
    "The line is for pediatric patients, and an age of 17 years is not under 17 "
    "years, the limit in US drug regulation."
)


@pytest.mark.parametrize(
    ("key", "kg", "years", "title", "asks", "text"),
    [
        (
            "css-sc",
            "154",
            None,
            "Check the weight",
            (True, False),
            f"154 kg is 339.5 lb, an unusual weight for a dose. {IN_KILOGRAMS}",
        ),
        (
            "pjia-sc",
            "61",
            "16",
            "Check the weight",
            (True, False),
            "61 kg is 134.5 lb, an unusual weight for a pediatric dosing line. "
            f"{IN_KILOGRAMS}",
        ),
        (
            "css-sc",
            "40",
            "4",
            "Check the weight and the age",
            (True, True),
            "40 kg is 88.2 lb. That is above what the CDC 2000 growth charts give for "
            "an age of 4 years: 11.4 kg to 33 kg (3 SD each side of the median, both "
            f"sexes). {BOTH}",
        ),
        (
            "pjia-sc",
            "61",
            "17",
            "Check the weight and the age",
            (True, True),
            "61 kg is 134.5 lb, an unusual weight for a pediatric dosing line. "
            f"{NO_CHILD} {BOTH}",
        ),
        (
            "pjia-sc",
            "60",
            "17",
            "Check the age",
            (False, True),
            f"60 kg is 132.3 lb. {NO_CHILD} {THE_AGE}",
        ),
        (
            "fmf-adult-sc",
            None,
            "17",
            "Check the age",
            (False, True),
            "The line is for adults, and an age of 17 years is under 18 years, where "
            f"adolescence ends at the latest (ICH E11). {THE_AGE}",
        ),
    ],
)
def test_a_question_says_what_is_unusual_and_what_to_check(
    key: str,
    kg: str | None,
    years: str | None,
    title: str,
    asks: tuple[bool, bool],
    text: str,
    june_2024: Monograph,
) -> None:
    patient = Patient(
        weight_kg=None if kg is None else Decimal(kg),
        age=None if years is None else Age(Decimal(years), "years"),
    )
    asked = compute_dose(june_2024.rules[key], patient)
    assert isinstance(asked, Confirmation)
    assert (asked.title, asked.text) == (title, text)
    assert (asked.asks_weight, asked.asks_age) == asks
    assert (asked.weight_lb is None) == (kg is None)
