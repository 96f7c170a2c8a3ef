"""Why a line gives no dose, to the word."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from reference.dosing import Age, CountRange, Patient, Refusal, compute_dose
from reference.dosing.model import Duration, OtherLine, WhoFor
from reference.editions import Monograph

ADOLESCENTS = WhoFor(Decimal(40), Decimal(60), from_age_months=144)


@pytest.mark.parametrize(
    ("key", "values", "choices", "code", "reason"),
    [
        (
            "nomid-sc",
            {},
            {"rate": Decimal(9)},
            "above-maximum",
            "9 mg per kg per day is above the maximum of 8 mg per kg per day "
            "(US label).",
        ),
        (
            "css-sc",
            {},
            {"rate": Decimal(1)},
            "outside-range",
            "1 mg per kg per day is outside the printed line, which gives 2 to 10 mg "
            "per kg per day.",
        ),
        (
            "mis-c-sc",
            {},
            {"doses_per_day": 5},
            "outside-range",
            "5 doses a day is outside the printed line, which gives no number, and "
            "this site works out 1 to 4 a day.",
        ),
        (
            "css-sc",
            {"every_days": 2},
            {"doses_per_day": 1},
            "outside-range",
            "1 dose on a dosing day is outside the printed line, which gives 2 to 4 "
            "on a dosing day.",
        ),
        (
            "css-sc",
            {"doses_per_day": CountRange(1, 1), "duration": Duration(1, 1, "days")},
            {"doses_per_day": 2},
            "outside-range",
            "2 doses in all is outside the printed line, which gives 1 in all.",
        ),
        (
            "css-iv",
            {},
            {"hours": 73},
            "outside-range",
            "73 hours is outside the printed line, which allows 1 to 72 hours.",
        ),
        (
            "css-iv",
            {"duration": Duration(2, 72, "hours")},
            {"hours": 1},
            "outside-range",
            "1 hour is outside the printed line, which allows 2 to 72 hours.",
        ),
        (
            "css-sc",
            {"who": WhoFor(below_weight_kg=Decimal(30)), "other_lines": ()},
            {},
            "outside-range",
            "50 kg is outside the weights of this line, which is for patients of less "
            "than 30 kg. No other line of this indication is for it.",
        ),
        (
            "css-sc",
            {
                "who": WhoFor(Decimal(60)),
                "other_lines": (
                    OtherLine("one", ADOLESCENTS),
                    OtherLine("two", WhoFor(Decimal(50), Decimal(51))),
                    OtherLine("three", WhoFor(Decimal(51))),
                ),
            },
            {},
            "outside-range",
            "50 kg is outside the weights of this line, which is for patients of 60 kg "
            "or more. For it the indication has the other lines “one” and “two”.",
        ),
        (
            "css-sc",
            {
                "who": WhoFor(Decimal(60)),
                "other_lines": (
                    OtherLine("one", ADOLESCENTS),
                    OtherLine("two", WhoFor(Decimal(50), Decimal(51))),
                ),
            },
            {"age": Age(Decimal(11), "years")},
            "outside-range",
            "50 kg is outside the weights of this line, which is for patients of 60 kg "
            "or more. For it the indication has the other line “two”.",
        ),
        (
            "css-sc",
            {"who": WhoFor(from_age_months=18)},
            {"age": Age(Decimal(17), "months")},
            "outside-range",
            "An age of 17 months is below 18 months, the lowest age of this line.",
        ),
        (
            "css-sc",
            {"who": WhoFor(from_age_months=30)},
            {"age": Age(Decimal(2), "years")},
            "outside-range",
            "An age of 2 years can be below 30 months, the lowest age of this line. "
            "Type the age in months, to the month.",
        ),
    ],
)
def test_a_refusal_says_what_the_line_allows(
    key: str,
    values: dict[str, Any],
    choices: dict[str, Any],
    code: str,
    reason: str,
    june_2024: Monograph,
) -> None:
    rule = replace(june_2024.rules[key], **values)
    refusal = compute_dose(rule, Patient(weight_kg=Decimal(50), **choices))
    assert refusal == Refusal(code, f"{reason} No dose was worked out.")
