"""A dose of tablets: whole ones that make it exactly, the fewest, or none."""

from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing import (
    CountRange,
    Dose,
    DoseRule,
    Patient,
    Product,
    Range,
    compute_dose,
)
from reference.dosing.containers import tablets_making
from reference.dosing.phrases import tablets_of_ends
from reference.dosing.rules import preparation_problems, regimen_problems
from reference.editions import Document, Monograph
from tests.support.guides.vial_guide import with_line

QUARTERS = st.integers(1, 40).map(lambda quarters: Decimal(quarters) / 4)


def tablet(strength_mg: str) -> Product:
    return Product(
        strength_mg=Decimal(strength_mg),
        strength_ml=None,
        smallest_dose_mg=None,
        unit_name="tablet",
        unit_name_plural="tablets",
        key=f"tablet-{strength_mg}",
        name=f"tablet of {strength_mg} mg",
        container="tablet",
    )


def rule_of(guide: Monograph, dose_mg: str, *sizes_mg: str) -> DoseRule:
    """A fixed daily dose by mouth from tablets of these sizes."""
    amount = Decimal(dose_mg)
    return replace(
        guide.rules["gout-sc"],
        route="oral",
        rate=Range(amount, amount),
        products=tuple(map(tablet, sizes_mg)),
    )


def computed(rule: DoseRule, **choices: Any) -> Dose:
    dose = compute_dose(rule, Patient(**choices))
    assert isinstance(dose, Dose), dose
    return dose


@given(
    sizes_mg=st.lists(QUARTERS, min_size=1, max_size=3, unique=True),
    dose_mg=QUARTERS,
)
def test_the_choice_is_the_fewest_of_every_way_to_make_the_dose(
    sizes_mg: list[Decimal], dose_mg: Decimal
) -> None:
    """Tried against every number of each size, in quarters of a milligram."""
    sizes_mg.sort(reverse=True)
    mosts = [int(dose_mg / size_mg) for size_mg in sizes_mg]
    ways = [
        counts
        for counts in product(*(range(most + 1) for most in mosts))
        if sum(n * mg for n, mg in zip(counts, sizes_mg, strict=True)) == dose_mg
        if sum(counts) <= 100
    ]
    fewest = min(map(sum, ways), default=0)
    best = max((way for way in ways if sum(way) == fewest), default=None)
    assert tablets_making(sizes_mg, dose_mg) == best


def test_six_tablets_of_2_5_mg_are_15_mg_and_nothing_is_drawn_up(
    june_2024: Monograph,
) -> None:
    dose = computed(rule_of(june_2024, "15", "2.5"))
    (item,) = dose.doses
    assert item.tablets is not None
    assert item.tablets.low is not None
    assert [(each.key, n) for each, n in item.tablets.low.counts] == [("tablet-2.5", 6)]
    assert item.drawn_up is None
    assert dose.needs == ()
    assert "15 mg per dose = 6 tablets of 2.5 mg; none is split" in dose.working
    assert dose.course is not None
    assert dose.course.units.low == 6 * dose.course.doses.low


def test_tablets_of_two_sizes_are_combined_without_being_asked_about(
    june_2024: Monograph,
) -> None:
    (item,) = computed(rule_of(june_2024, "12.5", "2.5", "10")).doses
    assert item.tablets is not None
    assert item.tablets.low is not None
    assert [n for _, n in item.tablets.low.counts] == [1, 1]


@pytest.mark.parametrize("dose_mg", ["11", "0.5", "1000"])
def test_a_dose_that_no_whole_tablets_make_has_its_mg_and_no_count(
    june_2024: Monograph, dose_mg: str
) -> None:
    """1,000 mg would be 400 tablets of 2.5 mg, which is no dose of one patient."""
    dose = computed(rule_of(june_2024, dose_mg, "2.5"))
    (item,) = dose.doses
    assert item.mg.low == Decimal(dose_mg)
    assert item.tablets is not None
    assert (item.tablets.low, item.tablets.units) == (None, None)
    assert dose.course is None
    with pytest.raises(ValueError, match="not drawn up"):
        _ = item.drawn


def test_a_strength_of_thousandths_is_not_rounded_away(june_2024: Monograph) -> None:
    (item,) = computed(rule_of(june_2024, "0.125", "0.0625")).doses
    assert item.mg.low == Decimal("0.125")
    assert item.tablets is not None
    assert item.tablets.units == CountRange(2, 2)


def test_a_dose_just_off_whole_tablets_is_not_rounded_to_them(
    june_2024: Monograph,
) -> None:
    """2.5 mg per kg at 5.001 kg are 12.5025 mg, to 0.01 mg five tablets of 2.5 mg."""
    rule = replace(rule_of(june_2024, "2.5", "2.5"), basis="mg/kg/dose")
    dose = computed(rule, weight_kg=Decimal("5.001"))
    (item,) = dose.doses
    assert item.mg.low == Decimal("12.5025")
    assert item.tablets is not None
    assert item.tablets.low is None
    assert dose.daily_mg == item.mg


def test_tablets_of_two_ends_are_said_with_the_mg_of_each(
    june_2024: Monograph,
) -> None:
    """Not "3 tablets of 2.5 mg to 1 tablet of 10 mg", which could be either."""
    rule = rule_of(june_2024, "7.5", "2.5", "10")
    rule = replace(rule, rate=Range(Decimal("7.5"), Decimal(10)))
    (item,) = computed(rule).doses
    assert item.tablets is not None
    said = tablets_of_ends(item.tablets, item.mg, "mg")
    assert said == "7.5 mg: 3 tablets of 2.5 mg; 10 mg: 1 tablet of 10 mg"


def test_a_range_with_no_whole_tablets_at_its_ends_is_not_said_to_hold_none(
    june_2024: Monograph,
) -> None:
    """6 mg to 12 mg holds 7.5 mg, 10 mg and more."""
    rule = replace(rule_of(june_2024, "6", "2.5"), rate=Range(Decimal(6), Decimal(12)))
    (item,) = computed(rule).doses
    assert item.tablets is not None
    said = tablets_of_ends(item.tablets, item.mg, "mg")
    assert said == "no whole number of tablets at either end"


def test_strengths_without_a_step_of_their_own_are_asked_about_and_not_searched(
    june_2024: Monograph,
) -> None:
    """Six odd strengths made one dose a search of many seconds."""
    odd = ("7.0001", "6.0003", "5.0007", "4.0011", "3.0013", "2.0017")
    dose = computed(rule_of(june_2024, "300.0002", *odd))
    assert (dose.needs, dose.doses) == (("preparation",), ())
    common = ("50", "20", "10", "5", "2.5", "1")
    (item,) = computed(rule_of(june_2024, "97.5", *common)).doses
    assert item.tablets is not None
    assert item.tablets.units is not None


def test_a_tablet_beside_a_syringe_is_asked_about(june_2024: Monograph) -> None:
    rule = rule_of(june_2024, "15", "2.5")
    (syringe,) = june_2024.rules["gout-sc"].products
    dose = computed(replace(rule, products=(*rule.products, syringe)))
    assert dose.needs == ("preparation",)
    assert dose.doses == ()


TABLET = {
    "container": "tablet",
    "strength_ml": None,
    "smallest_dose_mg": None,
    "routes": ["oral"],
}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"strength_ml": "1"}, "A tablet has no volume: leave the mL empty."),
        (
            {"smallest_dose_mg": "1"},
            "A tablet has no marks: leave the smallest dose empty.",
        ),
        (
            {"routes": ["oral", "subcutaneous"]},
            "A tablet is given by mouth: tick the oral route alone.",
        ),
        (
            {"container": "syringe"},
            "Type the mL that hold the strength: only a tablet has none.",
        ),
    ],
)
def test_what_no_tablet_is_is_refused(fields: dict[str, Any], problem: str) -> None:
    assert list(preparation_problems(TABLET)) == []
    assert list(preparation_problems(TABLET | fields)) == [problem]


def test_an_infusion_is_not_given_by_mouth(document: Document) -> None:
    with_line(document, "css-iv", route="oral")
    (row,) = [each for each in document["regimens"] if each["key"] == "css-iv"]
    assert "An infusion is not given by mouth." in regimen_problems(row)
