"""The drawing of a dose against weight, and what it says in words."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing import Dose, DoseChart, Patient, compute_dose, dose_chart
from reference.dosing.chart import BOTTOM, LEFT
from reference.dosing.model import Range
from reference.editions import Monograph
from tests.support.tables import each_row

# By hand from the printed lines: low and high in mg per kg, and a limit in mg.
DRAWN = {
    "fmf-pediatric-sc": ("mg per dose", 1, 2, None),
    "pjia-sc": ("mg per dose", 1, 1, 100),
    "nomid-sc": ("mg per day", 1, 2, None),
    "dira-sc": ("mg per day", 1, 2, None),
    "css-sc": ("mg per day", 2, 10, None),
    "mis-c-sc": ("mg per day", 5, 10, None),
    "mis-c-iv": ("mg per day", 5, 10, None),
    "css-iv": ("mg per hour", 2, 2, None),
}
HALF_A_UNIT_OF_THE_DRAWING = Decimal("0.06")


def chart_of(guide: Monograph, key: str) -> DoseChart:
    chart = dose_chart(guide.rules[key])
    assert chart is not None
    return chart


def height_at(points: str, x: Decimal) -> Decimal:
    """The height of a drawn line above a place on the weight axis."""
    ends = [tuple(map(Decimal, point.split(","))) for point in points.split()]
    for (x1, y1), (x2, y2) in pairwise(ends):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    raise AssertionError(f"nothing is drawn at {x}")


def test_every_weight_based_line_and_no_fixed_dose_is_drawn(
    june_2024: Monograph,
) -> None:
    drawn = {key for key, rule in june_2024.rules.items() if dose_chart(rule)}
    assert drawn == set(DRAWN)


@pytest.mark.parametrize("key", DRAWN)
@given(st.integers(min_value=1, max_value=60))
def test_the_lines_run_where_the_printed_rate_and_limit_put_them(
    june_2024: Monograph, key: str, kg: int
) -> None:
    measure, low, high, limit = DRAWN[key]
    chart = chart_of(june_2024, key)
    assert chart.measure == measure
    x = LEFT + (chart.weight.at(chart.weight.highest) - LEFT) * kg / (
        chart.weight.highest
    )
    for points, rate in ((chart.low, low), (chart.high, high)):
        mg = min(kg * rate, limit or kg * rate)
        expected = BOTTOM + (chart.amount.end - BOTTOM) * mg / chart.amount.highest
        assert abs(height_at(points, x) - expected) <= HALF_A_UNIT_OF_THE_DRAWING * 2


@pytest.mark.parametrize("key", DRAWN)
def test_the_table_says_what_a_dose_at_that_weight_says(
    june_2024: Monograph, key: str
) -> None:
    rows = {row.weight: row.amount for row in chart_of(june_2024, key).rows}
    _, low, high, _ = DRAWN[key]
    expected = f"{20 * low} mg to {20 * high} mg" if low < high else f"{20 * low} mg"
    assert rows["20 kg"] == expected


def test_a_maximum_is_marked_where_it_begins_to_bind(june_2024: Monograph) -> None:
    chart = chart_of(june_2024, "pjia-sc")
    assert [mark.label for mark in chart.maxima] == ["100 kg"]
    assert chart.notes == (
        "The maximum of 100 mg per dose (guide) begins to bind at 100 kg.",
    )
    rows = {row.weight: (row.amount, row.is_limited) for row in chart.rows}
    assert rows["100 kg"] == ("100 mg", False)
    assert rows["120 kg"] == ("100 mg", True)


def test_a_maximum_above_the_printed_range_is_said_and_not_drawn(
    june_2024: Monograph,
) -> None:
    chart = chart_of(june_2024, "nomid-sc")
    assert chart.maxima == []
    assert chart.notes[0] == (
        "The maximum of 8 mg per kg per day (US label) is above all that is drawn."
    )


@each_row("key", "label", "said")
def test_the_second_syringe_begins_where_the_strength_is_passed(
    june_2024: Monograph, key: str, label: str, said: str
) -> None:
    chart = chart_of(june_2024, key)
    assert chart.unit_line is not None
    assert chart.unit_line.label == label
    assert chart.notes[-1] == f"A dose needs more than 1 syringe {said}"


def test_a_line_in_micrograms_per_day_says_its_second_syringe_with_the_same_condition(
    june_2024: Monograph,
) -> None:
    rule = june_2024.rules["nomid-sc"]
    thousand = Decimal(1000)
    in_micrograms = replace(
        rule,
        basis="microgram/kg/day",
        rate=Range(rule.rate.low * thousand, rule.rate.high * thousand),
        maxima=(),
    )
    chart = dose_chart(in_micrograms)
    assert chart is not None
    assert chart.notes[-1].endswith("at the low end if 1 dose is given a day.")


def test_a_line_that_never_passes_one_syringe_says_nothing_of_a_second(
    june_2024: Monograph,
) -> None:
    assert not any(
        "more than 1" in note for note in chart_of(june_2024, "pjia-sc").notes
    )


def test_an_infusion_is_not_counted_in_syringes(june_2024: Monograph) -> None:
    chart = chart_of(june_2024, "css-iv")
    assert chart.unit_line is None
    assert chart.notes == ()


def dose_of(guide: Monograph, key: str, patient: Patient) -> Dose:
    dose = compute_dose(guide.rules[key], patient)
    assert isinstance(dose, Dose)
    return dose


def test_a_patient_is_marked_on_the_lines(june_2024: Monograph) -> None:
    chart = chart_of(june_2024, "nomid-sc")
    patient = Patient(weight_kg=Decimal(75))
    point = chart.point(patient, dose_of(june_2024, "nomid-sc", patient))
    assert point is not None
    assert abs(point.low_at - height_at(chart.low, point.at)) <= Decimal("0.1")
    assert abs(point.high_at - height_at(chart.high, point.at)) <= Decimal("0.1")


@pytest.mark.parametrize(
    "patient",
    [
        Patient(weight_kg=Decimal(151), confirmed=True),
        Patient(weight_kg=Decimal(100), rate=Decimal(8)),
    ],
)
def test_a_patient_off_the_drawing_is_not_marked_at_its_edge(
    june_2024: Monograph, patient: Patient
) -> None:
    chart = chart_of(june_2024, "nomid-sc")
    assert chart.point(patient, dose_of(june_2024, "nomid-sc", patient)) is None
