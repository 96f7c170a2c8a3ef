"""The growth reference: the CDC's own numbers, and which weights an age can have."""

import csv
from decimal import Decimal
from fractions import Fraction
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing import WEIGHT_FOR_AGE, Age
from reference.dosing.growth.weight_for_age import (
    TABLE,
    read_reference,
    weight_at_kg,
)
from tests.support.oracle import read_age, weights_at_age
from tests.support.tables import each_row

ROWS = list(
    csv.DictReader(
        line
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
)
# The z-scores of the 3rd and the 97th centile.
P3, P97 = Decimal("-1.880793608"), Decimal("1.880793608")
UNITS = st.sampled_from(["months", "years"])


def row_at(sex: str, months: str) -> dict[str, str]:
    (row,) = (r for r in ROWS if (r["sex"], r["age_months"]) == (sex, months))
    return row


def weight_kg(sex: str, months: str, sd: Decimal) -> Decimal:
    row = row_at(sex, months)
    return weight_at_kg(Decimal(row["L"]), Decimal(row["M"]), Decimal(row["S"]), sd)


def test_the_reference_says_its_name_source_and_licence() -> None:
    assert WEIGHT_FOR_AGE.name == "CDC 2000 growth charts"
    assert "series 11 number 246" in WEIGHT_FOR_AGE.source
    assert "public domain" in WEIGHT_FOR_AGE.licence


def test_both_sexes_have_every_month_from_birth_to_20_years() -> None:
    months = ["0", *(f"{month}.5" for month in range(240)), "24", "240"]
    for sex in ("male", "female"):
        listed = [row["age_months"] for row in ROWS if row["sex"] == sex]
        assert listed == sorted(months, key=float)


@each_row("sex", "months", "median_kg")
def test_medians_are_those_of_the_charts(sex: str, months: str, median_kg: str) -> None:
    shown = Decimal(median_kg)
    assert Decimal(row_at(sex, months)["M"]).quantize(shown) == shown


@each_row("sex", "months", "p3_kg", "p97_kg")
def test_the_cdcs_printed_3rd_and_97th_centiles_come_out(
    sex: str, months: str, p3_kg: str, p97_kg: str
) -> None:
    tolerance_kg = Decimal("0.000001")
    assert abs(weight_kg(sex, months, P3) - Decimal(p3_kg)) < tolerance_kg
    assert abs(weight_kg(sex, months, P97) - Decimal(p97_kg)) < tolerance_kg


@pytest.mark.parametrize("sex", ["male", "female"])
def test_medians_rise_with_age(sex: str) -> None:
    medians = [Decimal(row["M"]) for row in ROWS if row["sex"] == sex]
    assert medians == sorted(set(medians))


def test_the_weight_at_a_power_of_0_is_that_of_powers_near_it() -> None:
    at_0 = weight_at_kg(Decimal(0), Decimal(10), Decimal("0.1"), Decimal(3))
    near_0 = weight_at_kg(Decimal("1e-9"), Decimal(10), Decimal("0.1"), Decimal(3))
    assert abs(at_0 - near_0) < Decimal("0.0001")
    assert float(at_0) == pytest.approx(10 * exp(0.3))


def test_every_bound_is_what_floating_point_makes_of_it() -> None:
    for months, weights in zip(
        WEIGHT_FOR_AGE.ages_months, WEIGHT_FOR_AGE.weights_kg, strict=True
    ):
        at_3_sd = {
            sd: [
                float(row["M"])
                * exp(log(1 + float(row["L"]) * float(row["S"]) * sd) / float(row["L"]))
                for row in ROWS
                if Decimal(row["age_months"]) == months
            ]
            for sd in (-3, 3)
        }
        assert float(weights.low) == pytest.approx(min(at_3_sd[-3]))
        assert float(weights.high) == pytest.approx(max(at_3_sd[3]))


@given(months=st.decimals(0, 240, places=2), is_in_years=st.booleans())
def test_the_oracle_finds_the_same_weights(months: Decimal, is_in_years: bool) -> None:
    unit = "years" if is_in_years else "months"
    typed = f"{months / 12:.1f}" if is_in_years else f"{months:f}"
    weights = WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(typed), unit))
    expected = weights_at_age(read_age(typed, unit))
    assert weights is not None
    assert expected is not None
    assert (Fraction(weights.low), Fraction(weights.high)) == expected


@given(number=st.integers(0, 19), unit=UNITS)
def test_a_more_exact_age_allows_no_other_weights(number: int, unit: str) -> None:
    """A child of 4 years may be 4 years and 11 months old."""
    rough = WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(number), unit))
    assert rough is not None
    for tenth in range(10):
        exact_age = Age(Decimal(f"{number}.{tenth}"), unit)
        exact = WEIGHT_FOR_AGE.weight_range_kg(exact_age)
        assert exact is not None
        assert rough.low <= exact.low < exact.high <= rough.high


def test_an_age_in_years_is_that_in_months() -> None:
    years = WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(4), "years"))
    assert years is not None
    first = WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(48), "months"))
    last = WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(59), "months"))
    assert first is not None
    assert last is not None
    assert (years.low, years.high) == (first.low, last.high)


def test_a_newborn_and_a_20_year_old_are_covered_and_nobody_older() -> None:
    assert WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(0), "months")) is not None
    assert WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(20), "years")) is not None
    assert WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal("20.1"), "years")) is None
    assert WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal(120), "years")) is None


def test_an_age_of_any_length_has_its_weights() -> None:
    endless = WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal("4." + "3" * 900), "years"))
    exact = WEIGHT_FOR_AGE.weight_range_kg(Age(Decimal("4.33"), "years"))
    assert endless is not None
    assert exact is not None
    assert abs(endless.high - exact.high) <= Decimal("0.2")


def test_a_table_without_its_licence_is_not_read() -> None:
    text = TABLE.read_text(encoding="utf-8").replace("# licence: ", "# rights: ")
    with pytest.raises(KeyError, match="licence"):
        read_reference(text)
