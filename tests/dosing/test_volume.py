"""What is drawn up: volumes and syringes, rounded once and never past a maximum."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reference.dosing import DoseRule, Patient, Range
from reference.dosing.answers import DividedDose
from reference.dosing.volume import UNBOUNDED, divided_dose, rounded
from reference.editions import Monograph
from tests.support.tables import each_row


def drawn_up(
    rule: DoseRule,
    low_mg: Decimal,
    high_mg: Decimal | None = None,
    *,
    bound_mg: Decimal = UNBOUNDED,
    count: int = 1,
    weight_kg: Decimal | None = None,
) -> DividedDose:
    span = Range(low_mg, low_mg if high_mg is None else high_mg)
    patient = Patient(weight_kg=weight_kg)
    (product,) = rule.products
    return divided_dose(rule, patient, product, bound_mg, count, span)


@pytest.fixture
def subcutaneous(june_2024: Monograph) -> DoseRule:
    return june_2024.rules["ra-sc"]


@each_row("amount", "bound", "result")
def test_half_is_rounded_up_unless_that_would_pass_the_bound(
    amount: str, bound: str, result: str
) -> None:
    given = rounded(Decimal(amount), Decimal("0.01"), Decimal(bound))
    assert given == Decimal(result)


def test_a_shown_volume_never_holds_more_than_the_maximum(
    subcutaneous: DoseRule,
) -> None:
    """91 mg are 0.6097 mL: 0.61 mL would hold 91.04 mg."""
    maximum_mg = Decimal(91)
    dose = drawn_up(subcutaneous, maximum_mg, bound_mg=maximum_mg)
    assert dose.drawn.ml.high == Decimal("0.6097")
    assert dose.drawn.shown_ml == Range(Decimal("0.60"), Decimal("0.60"))
    (product,) = subcutaneous.products
    assert product.strength_ml is not None
    mg_per_ml = product.strength_mg / product.strength_ml
    assert dose.drawn.shown_ml.high * mg_per_ml <= maximum_mg
    free = drawn_up(subcutaneous, maximum_mg)
    assert free.drawn.shown_ml.high == Decimal("0.61")


def test_both_ends_of_a_range_keep_to_the_maximum(subcutaneous: DoseRule) -> None:
    dose = drawn_up(
        subcutaneous, Decimal("90.999"), Decimal(91), bound_mg=Decimal("90.9999")
    )
    assert dose.drawn.shown_ml.low == Decimal("0.60")
    assert dose.mg.low == Decimal("90.99")


@each_row("low_mg", "high_mg", "is_measurable")
def test_a_range_is_measurable_if_both_of_its_ends_are(
    low_mg: str, high_mg: str, is_measurable: str, subcutaneous: DoseRule
) -> None:
    """3.7 mg are 0.0248 mL; 0.02 mL would hold a fifth less."""
    dose = drawn_up(subcutaneous, Decimal(low_mg), Decimal(high_mg))
    assert dose.drawn.is_measurable is (is_measurable == "yes")


def test_part_of_a_syringe_is_a_syringe(subcutaneous: DoseRule) -> None:
    dose = drawn_up(subcutaneous, Decimal(100), Decimal("100.01"), count=3)
    assert (dose.drawn.units.low, dose.drawn.units.high) == (1, 2)
    assert (dose.drawn.units_per_day.low, dose.drawn.units_per_day.high) == (3, 6)


def test_an_injection_into_a_vein_is_diluted_as_printed(
    subcutaneous: DoseRule,
) -> None:
    """2 mL per mg: 20 mg to 40 mg twice daily are 40 mL to 80 mL, 8 to 16 per kg."""
    rule = replace(
        subcutaneous, route="intravenous injection", diluent_ml_per_mg=Decimal(2)
    )
    dose = drawn_up(rule, Decimal(20), Decimal(40), count=2, weight_kg=Decimal(10))
    assert dose.diluent_ml == Range(Decimal(40), Decimal(80))
    assert dose.fluid_ml_per_kg_per_day == Range(Decimal(8), Decimal(16))


def test_nothing_else_is_diluted(subcutaneous: DoseRule) -> None:
    under_the_skin = replace(subcutaneous, diluent_ml_per_mg=Decimal(2))
    not_printed = replace(
        subcutaneous, route="intravenous injection", diluent_ml_per_mg=None
    )
    for rule in (under_the_skin, not_printed):
        dose = drawn_up(rule, Decimal(20), weight_kg=Decimal(10))
        assert dose.diluent_ml is None
        assert dose.fluid_ml_per_kg_per_day is None
