"""The arithmetic: what always holds of a dose, and what a rule can ask of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing import (
    CountRange,
    Dose,
    DoseRule,
    Maximum,
    Patient,
    Range,
    Refusal,
    compute_dose,
    hours_allowed,
)
from reference.dosing.model import Duration, WhoFor
from reference.dosing.refusals import refusal_of_choice
from reference.dosing.schedule import Schedule
from reference.editions import Monograph
from tests.support.oracle import REGIMENS


def computed(rule: DoseRule, **choices: Any) -> Dose:
    """The dose of a patient whose numbers are given as text."""
    for name in ("weight_kg", "rate"):
        if name in choices:
            choices[name] = Decimal(choices[name])
    dose = compute_dose(rule, Patient(confirmed=True, **choices))
    assert isinstance(dose, Dose), dose
    return dose


def test_nomid_takes_the_labels_maximum_per_kg_and_not_the_printed_8_mg(
    june_2024: Monograph,
) -> None:
    dose = computed(june_2024.rules["nomid-sc"], weight_kg="20", rate="8")
    assert dose.daily_mg is not None
    assert dose.daily_mg.high == 160
    disputed = [c for c in dose.cautions if c.code == "printed-maximum-disputed"]
    assert "8 mg per day" in disputed[0].text
    assert "8 mg/kg per day" in disputed[0].text


def test_a_weight_based_line_without_a_weight_is_an_error_of_the_caller(
    june_2024: Monograph,
) -> None:
    for weight_kg in (None, Decimal("0.4"), Decimal("301")):
        with pytest.raises(ValueError, match="needs a weight"):
            compute_dose(june_2024.rules["pjia-sc"], Patient(weight_kg=weight_kg))


WEIGHTS = st.decimals("0.5", "300", places=4)
LINES = st.sampled_from([key for key in REGIMENS if REGIMENS[key].basis != "mg/dose"])


@given(key=LINES, lighter=WEIGHTS, heavier=WEIGHTS, count=st.integers(1, 4))
def test_a_dose_never_falls_as_weight_rises(
    key: str, lighter: Decimal, heavier: Decimal, count: int, june_2024: Monograph
) -> None:
    lighter, heavier = sorted([lighter, heavier])
    rule = june_2024.rules[key]
    choices = choices_for(rule, count)
    light = computed(rule, weight_kg=lighter, **choices)
    heavy = computed(rule, weight_kg=heavier, **choices)
    for lower, higher in zip(amounts_mg(light), amounts_mg(heavy), strict=True):
        assert lower <= higher


def choices_for(rule: DoseRule, count: int) -> dict[str, int]:
    """A choice that the line allows and that leaves one dose to look at."""
    if rule.is_infusion:
        return {"hours": 24}
    allowed = rule.doses_per_day
    if allowed is None:
        return {"doses_per_day": count}
    return {"doses_per_day": min(max(count, allowed.low), allowed.high)}


def amounts_mg(dose: Dose) -> list[Decimal]:
    if dose.infusion is not None and dose.infusion.total_mg is not None:
        return [dose.infusion.mg_per_hour, dose.infusion.total_mg]
    return [dose.doses[0].mg.low, dose.doses[0].mg.high]


@given(weight_kg=WEIGHTS, rate=st.decimals("1", "8", places=3), count=st.integers(1, 4))
def test_no_rounding_passes_the_maximum_per_kg(
    weight_kg: Decimal, rate: Decimal, count: int, june_2024: Monograph
) -> None:
    maximum_mg = 8 * weight_kg
    dose = computed(
        june_2024.rules["nomid-sc"],
        weight_kg=weight_kg,
        rate=rate,
        doses_per_day=count,
    )
    item = dose.doses[0]
    assert dose.daily_mg is not None
    assert dose.daily_mg.high <= maximum_mg
    assert item.mg.high * count <= maximum_mg
    assert item.drawn.ml.high * count <= maximum_mg * Decimal("0.0067")
    assert item.drawn.shown_ml.high * count <= maximum_mg * Decimal("0.0067")


@given(weight_kg=WEIGHTS)
def test_pjia_never_passes_100_mg(weight_kg: Decimal, june_2024: Monograph) -> None:
    dose = computed(june_2024.rules["pjia-sc"], weight_kg=weight_kg)
    assert dose.doses[0].mg.high <= 100
    assert dose.doses[0].drawn.ml.high <= Decimal("0.67")
    assert dose.limit is not None
    assert dose.limit.applied == (weight_kg > 100)


def test_a_maximum_per_dose_bounds_each_of_two_doses_and_so_the_day(
    june_2024: Monograph,
) -> None:
    rule = replace(june_2024.rules["pjia-sc"], doses_per_day=CountRange(2, 2))
    dose = computed(rule, weight_kg="150")
    assert dose.doses[0].mg == Range(Decimal(100), Decimal(100))
    assert dose.daily_mg == Range(Decimal(200), Decimal(200))
    assert dose.limit is not None
    assert dose.limit.applied


@pytest.mark.parametrize(("per_day_mg", "binds"), [("150", "day"), ("250", "dose")])
def test_of_two_maxima_the_one_that_allows_less_is_named(
    per_day_mg: str, binds: str, june_2024: Monograph
) -> None:
    pjia = june_2024.rules["pjia-sc"]
    per_day = Maximum(Decimal(per_day_mg), "mg", "day", "guide")
    for maxima in ((*pjia.maxima, per_day), (per_day, *pjia.maxima)):
        rule = replace(pjia, doses_per_day=CountRange(2, 2), maxima=maxima)
        dose = computed(rule, weight_kg="150")
        assert dose.limit is not None
        assert dose.limit.maximum.per == binds
        assert dose.daily_mg is not None
        assert dose.daily_mg.high == min(Decimal(per_day_mg), 200)


def test_one_to_two_doses_a_day_span_the_day_from_one_to_two(
    june_2024: Monograph,
) -> None:
    rule = replace(june_2024.rules["pjia-sc"], doses_per_day=CountRange(1, 2))
    dose = computed(rule, weight_kg="20")
    assert [each.mg for each in dose.doses] == [Range(Decimal(20), Decimal(20))] * 2
    assert dose.daily_mg == Range(Decimal(20), Decimal(40))


def test_a_course_counts_the_days_on_which_a_dose_is_given(
    june_2024: Monograph,
) -> None:
    """Every 2 days for 3 to 5 days is 2 to 3 doses; a length without a range is one."""
    rule = replace(june_2024.rules["ra-sc"], duration=Duration(3, 5, "days"))
    course = computed(replace(rule, schedule=Schedule("every-n-days", 2))).course
    assert course is not None
    assert (course.days, course.units) == (CountRange(3, 5), CountRange(2, 3))
    assert course.mg == Range(Decimal(200), Decimal(300))
    whole = computed(replace(rule, duration=Duration(None, 10, "days"))).course
    assert whole is not None
    assert (whole.days, whole.units) == (CountRange(10, 10), CountRange(10, 10))
    twice = computed(replace(rule, doses_per_day=CountRange(2, 2))).course
    assert twice is not None
    assert (twice.days, twice.units) == (CountRange(3, 5), CountRange(6, 10))


def test_an_infusion_with_a_range_or_a_maximum_is_an_error_of_the_edition(
    june_2024: Monograph,
) -> None:
    rule, limited = june_2024.rules["css-iv"], june_2024.rules["pjia-sc"]
    for other in (
        replace(rule, rate=Range(Decimal(1), Decimal(2))),
        replace(rule, maxima=limited.maxima),
    ):
        with pytest.raises(ValueError, match="one rate and no maximum"):
            computed(other, weight_kg="20")


def test_a_course_is_not_worked_out_of_a_dose_that_may_vary(
    june_2024: Monograph,
) -> None:
    days, rules = Duration(3, 5, "days"), june_2024.rules
    by_weight = replace(rules["pjia-sc"], duration=days)
    assert computed(by_weight, weight_kg="20").course is None
    raised = replace(rules["behcet-sc"], duration=days)
    assert computed(raised, increased=True).course is None
    assert computed(raised).course is not None
    in_hours = replace(rules["ra-sc"], duration=Duration(3, 5, "hours"))
    assert computed(in_hours).course is None
    not_stated = replace(rules["ra-sc"], duration=days, doses_per_day=None)
    assert computed(not_stated).course is None


def test_an_infusion_runs_for_the_printed_hours_and_no_others(
    june_2024: Monograph,
) -> None:
    rule = replace(june_2024.rules["css-iv"], duration=Duration(24, 72, "hours"))
    assert hours_allowed(rule) == range(24, 73)
    patient = Patient(weight_kg=Decimal(20), hours=23)
    refusal = compute_dose(rule, patient)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "outside-range"
    assert computed(rule, weight_kg="20", hours=24).infusion is not None


@pytest.mark.parametrize("duration", [None, Duration(3, 5, "days")])
def test_an_infusion_without_hours_is_an_error_of_the_edition(
    duration: Duration | None, june_2024: Monograph
) -> None:
    rule = replace(june_2024.rules["css-iv"], duration=duration)
    with pytest.raises(ValueError, match="infusion css-iv has no duration in hours"):
        compute_dose(rule, Patient(weight_kg=Decimal(20), hours=24))


def test_a_line_for_some_weights_refuses_nobody_whose_weight_is_not_known(
    june_2024: Monograph,
) -> None:
    who = WhoFor(from_weight_kg=Decimal(10), below_weight_kg=Decimal(40))
    rule = replace(june_2024.rules["ra-sc"], who=who)
    assert refusal_of_choice(rule, Patient()) is None
    assert refusal_of_choice(rule, Patient(weight_kg=Decimal(10))) is None
    for weight_kg in ("9.99", "40"):
        assert refusal_of_choice(rule, Patient(weight_kg=Decimal(weight_kg)))


def test_no_volume_is_worked_out_where_no_dilution_is_printed(
    june_2024: Monograph,
) -> None:
    rule = replace(june_2024.rules["css-iv"], diluent_ml_per_mg=None)
    infusion = computed(rule, weight_kg="20", hours=24).infusion
    assert infusion is not None
    assert infusion.total_mg == Decimal(960)
    assert infusion.diluent_ml is None
    assert infusion.diluent_ml_per_hour is None
    assert infusion.fluid_ml_per_kg_per_day is None


@given(weight_kg=WEIGHTS, count=st.integers(2, 4))
def test_the_doses_of_a_day_add_up_before_rounding(
    weight_kg: Decimal, count: int, june_2024: Monograph
) -> None:
    dose = computed(june_2024.rules["css-sc"], weight_kg=weight_kg, doses_per_day=count)
    exact_high_mg = 10 * weight_kg
    half_step_mg = Decimal("0.005")
    assert abs(dose.doses[0].mg.high * count - exact_high_mg) <= half_step_mg * count


@given(key=LINES, weight_kg=WEIGHTS, count=st.integers(1, 4))
def test_the_shown_volume_is_within_5_percent_of_the_volume(
    key: str, weight_kg: Decimal, count: int, june_2024: Monograph
) -> None:
    rule = june_2024.rules[key]
    rounding_ml = Decimal("0.0001")
    for item in computed(rule, weight_kg=weight_kg, **choices_for(rule, count)).doses:
        for ml, shown_ml in zip(
            ends_of(item.drawn.ml), ends_of(item.drawn.shown_ml), strict=True
        ):
            assert abs(shown_ml - ml) <= ml * Decimal("0.05") + rounding_ml


def ends_of(span: Range) -> tuple[Decimal, Decimal]:
    return span.low, span.high


@given(digits=st.integers(1, 200))
def test_every_digit_typed_counts(digits: int, june_2024: Monograph) -> None:
    """One part in 10^digits over 100 kg still needs a second syringe at 2 mg per kg."""
    just_over_50_kg = "50." + "0" * digits + "1"
    dose = computed(june_2024.rules["fmf-pediatric-sc"], weight_kg=just_over_50_kg)
    assert dose.doses[0].drawn.units.high == 2


def test_a_fixed_intravenous_dose_needs_no_weight_for_its_diluent(
    june_2024: Monograph,
) -> None:
    rule = replace(
        june_2024.rules["ra-sc"],
        route="intravenous injection",
        diluent_ml_per_mg=Decimal(1),
    )
    (dose,) = computed(rule).doses
    assert dose.diluent_ml == Range(Decimal(100), Decimal(100))
    assert dose.fluid_ml_per_kg_per_day is None
    (weighed,) = computed(rule, weight_kg="50").doses
    assert weighed.fluid_ml_per_kg_per_day == Range(Decimal(2), Decimal(2))
