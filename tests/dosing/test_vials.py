"""What a dose is taken from: the fewest vials, then the least left over.

Worked out again here in whole numbers and fractions, by trying every choice there is.
"""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from math import ceil
from typing import Any

import pytest

from reference.dosing import (
    CountRange,
    Dose,
    DoseRule,
    Patient,
    Range,
    compute_dose,
    drawn_by,
    smallest_dose_mg,
    vials_of,
)
from reference.dosing.answers import Vials
from reference.dosing.containers import counts_of
from reference.editions import Document, arranged
from tests.support.guides.vial_guide import in_vials, vial, with_line, without_notes

LADDER = (400, 200, 80)
RANDOM_DOSES = 10_000


def counts(dose_mg: str, *sizes_mg: int, more: int = 0) -> tuple[int, ...]:
    ladder = [Decimal(size) for size in sizes_mg or LADDER]
    return counts_of(ladder, Decimal(dose_mg), more=more)


def rule_of(
    document: Document, key: str = "ra-sc", *vials: dict[str, Any], **fields: Any
) -> DoseRule:
    """A June 2024 line with other fields, drawn from vials."""
    with_line(without_notes(in_vials(document, *vials)), key, **fields)
    return arranged(document).rules[key]


def fixed(document: Document, dose_mg: str, *vials: dict[str, Any]) -> DoseRule:
    return rule_of(document, "ra-sc", *vials, low=dose_mg, high=dose_mg)


def computed(rule: DoseRule, **choices: Any) -> Dose:
    dose = compute_dose(rule, Patient(confirmed=True, **choices))
    assert isinstance(dose, Dose), dose
    return dose


def taken(dose: Dose) -> Vials:
    """The vials of the one dose, whose ends are alike."""
    (item,) = dose.doses
    assert item.vials is not None
    assert item.vials.low == item.vials.high
    return item.vials.low


def sizes(vials: Vials) -> dict[str, int]:
    """How many of each size in mg."""
    return {f"{mg:f}": count for mg, count in vials.sizes}


# Which vials


def test_a_560_mg_dose_is_drawn_from_a_400_and_a_200_mg_vial(
    document: Document,
) -> None:
    dose = computed(fixed(document, "560"))
    vials = taken(dose)
    assert [(it.key, count) for it, count in vials.counts] == [
        ("vial-400", 1),
        ("vial-200", 1),
    ]
    assert vials.left_over_mg == 40
    assert vials.left_over_ml == 2
    (item,) = dose.doses
    assert item.drawn.ml == Range(Decimal(28), Decimal(28))
    assert item.drawn.units == CountRange(2, 2)
    assert dose.needs == ()


def test_one_vial_more_is_named_where_less_is_left_over(document: Document) -> None:
    instead = taken(computed(fixed(document, "560"))).instead
    assert instead is not None
    assert sizes(instead) == {"400": 1, "80": 2}
    assert instead.left_over_mg == 0


def test_no_other_choice_is_named_where_none_leaves_less(document: Document) -> None:
    """For 390 mg 200 mg + 200 mg would leave as much as 400 mg does."""
    assert taken(computed(fixed(document, "390"))).instead is None


@pytest.mark.parametrize(
    ("dose_mg", "chosen"),
    [
        ("0.01", (0, 0, 1)),
        ("80", (0, 0, 1)),
        ("80.01", (0, 1, 0)),
        ("160", (0, 1, 0)),
        ("400", (1, 0, 0)),
        ("400.01", (1, 0, 1)),
        ("480", (1, 0, 1)),
        ("3000", (7, 1, 0)),
        ("3000.01", (8, 0, 0)),
    ],
)
def test_the_fewest_vials_come_first_and_then_the_least_left_over(
    dose_mg: str, chosen: tuple[int, ...]
) -> None:
    assert counts(dose_mg) == chosen


def test_of_choices_that_hold_the_same_the_larger_vial_is_taken() -> None:
    assert counts("400", 300, 200, 100) == (1, 0, 1)
    assert counts("500", 400, 300, 250, 200, 100) == (1, 0, 0, 0, 1)


def test_millions_of_vials_are_counted_as_soon_as_two() -> None:
    assert counts("123456789360") == (308641973, 1, 0)
    assert counts("123456789360", more=1) == (308641973, 0, 2)


def test_a_hundred_sizes_that_differ_by_little_are_no_harder_than_three() -> None:
    """100 sizes from 400 mg down to 301 mg: there are 10^13 ways to take ten."""
    ladder = range(400, 300, -1)
    chosen = counts("3611", *ladder)
    assert sum(chosen) == 10
    assert sum(size * n for size, n in zip(ladder, chosen, strict=True)) == 3611


def exhausted(dose_mg: Fraction, sizes_mg: list[int], more: int) -> tuple[int, ...]:
    """The choice among all there are, by trying each; sizes fall."""
    count = ceil(dose_mg / sizes_mg[0]) + more
    holding = [
        tuple(choice.count(size) for size in sizes_mg)
        for choice in combinations_with_replacement(sizes_mg, count)
        if sum(choice) >= dose_mg
    ]

    def held(chosen: tuple[int, ...]) -> int:
        return sum(size * times for size, times in zip(sizes_mg, chosen, strict=True))

    least = min(map(held, holding))
    return max(chosen for chosen in holding if held(chosen) == least)


def test_every_choice_tried_gives_the_same_for_random_doses_and_sizes() -> None:
    source = random.Random(20261130)
    for _ in range(RANDOM_DOSES):
        ladder = sorted(source.sample(range(1, 41), source.randint(1, 5)), reverse=True)
        hundredths, more = source.randint(1, 400 * ladder[0]), source.randint(0, 1)
        dose_mg = Fraction(hundredths, 100)
        expected = exhausted(dose_mg, ladder, more)
        given = counts(str(Decimal(hundredths) / 100), *ladder, more=more)
        assert given == expected, (dose_mg, ladder, more)


def test_fewer_vials_than_are_named_never_hold_the_dose() -> None:
    source = random.Random(20261201)
    for _ in range(1_000):
        dose_mg = source.randint(1, 3_000)
        chosen = counts(str(dose_mg))
        assert (sum(chosen) - 1) * LADDER[0] < dose_mg
        held = sum(size * n for size, n in zip(LADDER, chosen, strict=True))
        assert held >= dose_mg


# When they are combined


def test_a_concentration_is_compared_as_a_ratio(document: Document) -> None:
    """3 mL in 7 mg has no end as a decimal number."""
    rule = fixed(document, "20", vial("7", "3"), vial("14", "6"))
    assert [it.key for it in vials_of(rule)] == ["vial-14", "vial-7"]
    assert sizes(taken(computed(rule))) == {"14": 1, "7": 1}


def test_between_two_concentrations_the_reader_chooses(document: Document) -> None:
    rule = fixed(document, "560", vial("400", "20"), vial("200", "5"))
    dose = computed(rule)
    assert (dose.needs, dose.doses) == (("preparation",), ())
    assert vials_of(rule) == ()
    assert drawn_by(rule) is None


def test_between_a_vial_and_a_syringe_the_reader_chooses(document: Document) -> None:
    syringe = vial("200", "10", key="syringe", container="syringe")
    dose = computed(fixed(document, "560", vial("400", "20"), syringe))
    assert (dose.needs, dose.doses) == (("preparation",), ())


def test_vials_of_which_an_edition_does_not_say_so_are_chosen_between(
    document: Document,
) -> None:
    unsaid = (vial("400", "20", container=""), vial("200", "10", container=""))
    assert computed(fixed(document, "560", *unsaid)).needs == ("preparation",)


def test_only_vials_of_the_lines_route_are_taken(document: Document) -> None:
    intravenous = vial("200", "10", routes=["intravenous infusion"])
    rule = fixed(document, "560", vial("400", "20"), intravenous)
    assert sizes(taken(computed(rule))) == {"400": 2}


def test_a_vial_that_was_chosen_is_the_only_one_taken(document: Document) -> None:
    dose = computed(fixed(document, "560").drawn_from("vial-200"))
    assert sizes(taken(dose)) == {"200": 3}
    assert taken(dose).left_over_mg == 40
    assert taken(dose).instead is None


def test_of_two_vials_of_one_size_the_first_is_taken(document: Document) -> None:
    twin = vial("400", "20", key="other-400", name="vial of another maker")
    dose = computed(fixed(document, "800", vial("400", "20"), twin))
    assert [it.key for it, _ in taken(dose).counts] == ["vial-400"]


# What is left over


def test_the_dose_and_what_is_left_over_are_the_vials(document: Document) -> None:
    """33.335 mg are rounded up, and so what is left of 80 mg down."""
    rule = rule_of(
        document, "pjia-sc", low="1", high="1", max_per_dose=None, max_per_dose_unit=""
    )
    (item,) = computed(rule, weight_kg=Decimal("33.335")).doses
    assert item.vials is not None
    assert item.mg.low == Decimal("33.34")
    assert item.vials.low.left_over_mg == Decimal("46.66")


def test_each_end_of_a_range_has_its_own_vials(document: Document) -> None:
    rule = rule_of(document, "fmf-pediatric-sc", low="4", high="8")
    (item,) = computed(rule, weight_kg=Decimal(40)).doses
    assert item.vials is not None
    assert sizes(item.vials.low) == {"200": 1}
    assert sizes(item.vials.high) == {"400": 1}
    assert item.drawn.units == CountRange(1, 1)
    assert item.vials.low.left_over_mg == 40
    assert item.vials.high.left_over_mg == 80


def test_a_day_and_a_course_count_the_vials_of_each_dose(document: Document) -> None:
    """What one dose leaves is not kept for the next: 560 mg twice a day."""
    twice = {"doses_per_day_low": 2, "doses_per_day_high": 2}
    rule = rule_of(document, "gout-sc", low="560", high="560", **twice)
    dose = computed(rule)
    (item,) = dose.doses
    assert item.drawn.units_per_day == CountRange(4, 4)
    assert dose.course is not None
    assert dose.course.units == CountRange(12, 20)


def test_an_infusion_is_made_of_the_vials_of_its_total(document: Document) -> None:
    """2 mg/kg per hour, 70 kg, 4 hours: 560 mg."""
    rule = rule_of(document, "css-iv")
    infusion = computed(rule, weight_kg=Decimal(70), hours=4).infusion
    assert infusion is not None
    assert infusion.total_mg == 560
    assert infusion.units == 2
    assert infusion.vials is not None
    assert sizes(infusion.vials) == {"400": 1, "200": 1}
    waiting = computed(rule, weight_kg=Decimal(70)).infusion
    assert waiting is not None
    assert waiting.vials is None


def test_a_line_in_micrograms_leaves_micrograms_over(document: Document) -> None:
    small = (vial("0.4", "2"), vial("0.1", "0.5"))
    rule = rule_of(
        document, "ra-sc", *small, basis="microgram/dose", low="450", high="450"
    )
    vials = taken(computed(rule))
    assert sizes(vials) == {"0.4": 1, "0.1": 1}
    assert vials.left_over_mg == Decimal("0.05")


def test_the_most_careful_of_the_lowest_marks_is_kept(document: Document) -> None:
    marked = (
        vial("400", "20", smallest_dose_mg="10"),
        vial("200", "10", smallest_dose_mg="20"),
        vial("80", "4"),
    )
    assert smallest_dose_mg(fixed(document, "15", *marked)) == 20


# The working


def test_the_working_has_each_choice_with_its_numbers(document: Document) -> None:
    working = computed(fixed(document, "560")).working
    assert working[1:] == (
        "560 mg × 20 mL ÷ 400 mg = 28 mL per dose",
        "560 mg: the fewest vials, then the least left over: 600 mg in 1 vial of "
        "400 mg and 1 vial of 200 mg, 40 mg (2 mL) left over; with one vial more: "
        "560 mg in 1 vial of 400 mg and 2 vials of 80 mg, nothing left over; overfill "
        "is not counted on",
        "2 vials per dose, each for one dose: 2 vials a day",
    )


def test_the_working_has_both_ends_where_their_vials_differ(
    document: Document,
) -> None:
    rule = rule_of(document, "fmf-pediatric-sc", low="4", high="8")
    steps = computed(rule, weight_kg=Decimal(40)).working
    assert [step.partition(":")[0] for step in steps if "fewest" in step] == [
        "160 mg",
        "320 mg",
    ]


def test_the_working_of_a_syringe_is_what_it_was(document: Document) -> None:
    rule = arranged(document).rules["ra-sc"]
    assert computed(rule).working[-1] == (
        "100 mg ÷ 100 mg per single-use syringe, rounded up = 1 syringe per dose, "
        "1 syringe a day"
    )
