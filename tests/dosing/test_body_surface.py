"""A dose per m²: from an area that is typed, and never worked out."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing import Dose, DoseRule, Maximum, Patient, Range, compute_dose
from reference.dosing.model import WhoFor
from reference.dosing.rules import regimen_problems
from reference.editions import Document, Monograph
from tests.support.guides.vial_guide import with_line

HALF = Fraction(1, 2)
TWENTY_MG = Maximum(Decimal(20), "mg", "dose", "guide")


def per_m2(guide: Monograph, **fields: Any) -> DoseRule:
    """A June 2024 line as 10 to 15 mg/m² once daily."""
    rate = Range(Decimal(10), Decimal(15))
    return replace(guide.rules["ra-sc"], basis="mg/m2/dose", rate=rate, **fields)


def computed(rule: DoseRule, **choices: Any) -> Dose:
    for name in ("bsa_m2", "weight_kg", "rate"):
        if name in choices:
            choices[name] = Decimal(choices[name])
    dose = compute_dose(rule, Patient(**choices))
    assert isinstance(dose, Dose), dose
    return dose


@given(bsa_m2=st.decimals("0.2", "3", places=3))
def test_every_area_gives_the_amount_that_fractions_give(
    june_2024: Monograph, bsa_m2: Decimal
) -> None:
    (item,) = computed(per_m2(june_2024), bsa_m2=bsa_m2).doses
    for mg, rate in ((item.mg.low, 10), (item.mg.high, 15)):
        hundredths = Fraction(bsa_m2) * rate * 100
        assert Fraction(mg) == Fraction((hundredths + HALF).__floor__(), 100)


def test_without_an_area_there_is_no_amount_and_it_is_asked_for(
    june_2024: Monograph,
) -> None:
    dose = computed(per_m2(june_2024), weight_kg="70")
    assert (dose.doses, dose.daily_mg, dose.limit) == ((), None, None)
    assert dose.needs == ("bsa",)
    uncounted = per_m2(june_2024, doses_per_day=None)
    assert computed(replace(uncounted, basis="mg/m2/day")).needs == (
        "bsa",
        "doses_per_day",
    )


def test_the_working_names_the_area_and_a_weight_that_was_not_used(
    june_2024: Monograph,
) -> None:
    dose = computed(per_m2(june_2024), bsa_m2="1.8", weight_kg="70")
    assert "10 to 15 mg per m² per dose × 1.8 m² = 18 mg to 27 mg per dose" in (
        dose.working
    )
    assert "The weight of 70 kg was not used" in dose.working


def test_a_maximum_bounds_a_dose_per_m2(june_2024: Monograph) -> None:
    rule = per_m2(june_2024, maxima=(TWENTY_MG,))
    dose = computed(rule, bsa_m2="1.6")
    assert dose.doses[0].mg == Range(Decimal(16), Decimal(20))
    assert dose.limit is not None
    assert dose.limit.applied


def test_a_rate_is_chosen_within_the_printed_one(june_2024: Monograph) -> None:
    (item,) = computed(per_m2(june_2024), bsa_m2="2", rate="12").doses
    assert item.mg == Range(Decimal(24), Decimal(24))


@pytest.mark.parametrize("bsa_m2", ["0.19", "3.01"])
def test_an_area_that_no_patient_has_is_an_error_of_the_caller(
    june_2024: Monograph, bsa_m2: str
) -> None:
    with pytest.raises(ValueError, match="needs a body surface area"):
        compute_dose(per_m2(june_2024), Patient(bsa_m2=Decimal(bsa_m2)))


def test_a_line_for_some_weights_asks_for_the_weight_besides(
    june_2024: Monograph,
) -> None:
    rule = per_m2(june_2024, who=WhoFor(from_weight_kg=Decimal(30)))
    with pytest.raises(ValueError, match="needs a weight"):
        compute_dose(rule, Patient(bsa_m2=Decimal(1)))
    assert computed(rule, bsa_m2="1", weight_kg="30").doses[0].mg.low == 10


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"max_per_day": "2", "max_per_day_unit": "mg/kg"},
            "A dose per m² cannot have a maximum in mg/kg.",
        ),
        (
            {"doses_per_day_low": None, "doses_per_day_high": None},
            "Without a number of doses a day, the amount has to be in mg/kg or mg/m² "
            "per day.",
        ),
    ],
)
def test_what_contradicts_a_dose_per_m2_is_refused(
    document: Document, fields: dict[str, Any], problem: str
) -> None:
    with_line(document, "ra-sc", basis="mg/m2/dose", **fields)
    (row,) = [each for each in document["regimens"] if each["key"] == "ra-sc"]
    assert problem in regimen_problems(row)
