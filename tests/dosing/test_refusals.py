"""Why a line gives no dose, to the word."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from reference.dosing import Age, CountRange, Maximum, Patient, Refusal, compute_dose
from reference.dosing.model import Duration, OtherLine, WhoFor
from reference.dosing.schedule import Schedule
from reference.editions import Monograph

Refused = Callable[..., Refusal]


@pytest.fixture
def refused(june_2024: Monograph) -> Refused:
    """Asks a line, with other values of its own, for a patient of 50 kg."""

    def ask(key: str, values: dict[str, Any], **choices: Any) -> Refusal:
        rule = replace(june_2024.rules[key], **values)
        refusal = compute_dose(rule, Patient(weight_kg=Decimal(50), **choices))
        assert isinstance(refusal, Refusal)
        return refusal

    return ask


def outside(reason: str) -> Refusal:
    return Refusal("outside-range", f"{reason} No dose was worked out.")


def test_a_rate_is_compared_with_the_maximum_or_the_printed_range(
    refused: Refused,
) -> None:
    assert refused("nomid-sc", {}, rate=Decimal(9)) == Refusal(
        "above-maximum",
        "9 mg per kg per day is above the maximum of 8 mg per kg per day (US label). "
        "No dose was worked out.",
    )
    per_kg = Maximum(Decimal(8), "mg/kg", "day", "US label")
    per_dose = Maximum(Decimal(100), "mg", "dose", "guide")
    both = refused("nomid-sc", {"maxima": (per_kg, per_dose)}, rate=Decimal(9))
    assert "8 mg per kg per day (US label) and 100 mg per dose (guide)." in both.text
    assert refused("css-sc", {}, rate=Decimal(1)) == outside(
        "1 mg per kg per day is outside the printed line, which gives 2 to 10 mg per "
        "kg per day."
    )


def test_a_count_is_told_what_the_line_gives_and_over_what(refused: Refused) -> None:
    assert refused("mis-c-sc", {}, doses_per_day=5) == outside(
        "5 doses a day is outside the printed line, which gives no number, and this "
        "site works out 1 to 4 a day."
    )
    assert refused(
        "css-sc", {"schedule": Schedule("every-n-days", 2)}, doses_per_day=1
    ) == outside(
        "1 dose on a dosing day is outside the printed line, which gives 2 to 4 on a "
        "dosing day."
    )
    once = {"doses_per_day": CountRange(1, 1), "schedule": Schedule("once")}
    assert refused("css-sc", once, doses_per_day=2) == outside(
        "2 doses in all is outside the printed line, which gives 1 in all."
    )


def test_hours_are_compared_with_those_of_the_infusion(refused: Refused) -> None:
    assert refused("css-iv", {}, hours=73) == outside(
        "73 hours is outside the printed line, which allows 1 to 72 hours."
    )
    longer = {"duration": Duration(2, 72, "hours")}
    assert refused("css-iv", longer, hours=1) == outside(
        "1 hour is outside the printed line, which allows 2 to 72 hours."
    )


def test_a_weight_is_told_whom_the_line_is_for_and_which_others_take_it(
    refused: Refused,
) -> None:
    lines = (
        OtherLine("one", WhoFor(Decimal(40), Decimal(60), from_age_months=144)),
        OtherLine("two", WhoFor(Decimal(50), Decimal(51))),
        OtherLine("three", WhoFor(Decimal(51))),
    )
    values = {"who": WhoFor(Decimal(60)), "other_lines": lines}
    start = (
        "50 kg is outside the weights of this line, which is for patients of 60 kg or "
        "more. "
    )
    others = "For it the indication has the other lines “one” and “two”."
    assert refused("css-sc", values) == outside(start + others)
    younger = refused("css-sc", values, age=Age(Decimal(11), "years"))
    other = "For it the indication has the other line “two”."
    assert younger == outside(start + other)
    alone = refused("css-sc", values | {"other_lines": lines[2:]})
    assert alone == outside(f"{start}No other line of this indication is for it.")


def test_an_age_is_too_low_or_not_exact_enough(refused: Refused) -> None:
    from_18_months = {"who": WhoFor(from_age_months=18)}
    assert refused("css-sc", from_18_months, age=Age(Decimal(17), "months")) == outside(
        "An age of 17 months is below 18 months, the lowest age of this line."
    )
    from_30_months = {"who": WhoFor(from_age_months=30)}
    assert refused("css-sc", from_30_months, age=Age(Decimal(2), "years")) == outside(
        "An age of 2 years can be below 30 months, the lowest age of this line. Type "
        "the age in months, to the month."
    )


def test_an_age_is_too_high_or_not_exact_enough(refused: Refused) -> None:
    below_6_years = {"who": WhoFor(from_age_months=24, below_age_months=72)}
    assert refused("css-sc", below_6_years, age=Age(Decimal(6), "years")) == outside(
        "An age of 6 years is not less than 6 years, where this line ends."
    )
    below_66_months = {"who": WhoFor(below_age_months=66)}
    assert refused("css-sc", below_66_months, age=Age(Decimal(5), "years")) == outside(
        "An age of 5 years can be 66 months or more, where this line ends. Type the "
        "age in months, to the month."
    )


def test_an_age_at_the_first_and_the_last_month_is_within_the_line() -> None:
    who = WhoFor(from_age_months=24, below_age_months=72)
    taken = [age for age in range(20, 80) if who.takes_age(Age(Decimal(age), "months"))]
    assert taken == list(range(24, 72))
    assert who.takes_age(Age(Decimal(5), "years"))  # until its last day
    assert not who.takes_age(Age(Decimal(1), "years"))
