"""Which patients and choices the printed line allows, and the refusal of any other."""

from decimal import Decimal

from .answers import Refusal
from .model import DoseRule, Range, WhoFor
from .patient import Age, Patient
from .phrases import (
    age_in_words,
    doses_per_what,
    lowest_age_in_words,
    rate_in_words,
    weights_in_words,
)
from .quantities import counted, number_range, quantity

MOST_DOSES_WHERE_NOT_STATED = 4


def counts_allowed(rule: DoseRule) -> range:
    """Return the counts of doses a day the guide allows; 1 to 4 where it gives none."""
    if rule.doses_per_day is None:
        return range(1, MOST_DOSES_WHERE_NOT_STATED + 1)
    return range(rule.doses_per_day.low, rule.doses_per_day.high + 1)


def hours_allowed(rule: DoseRule) -> range:
    """Return the whole hours for which an infusion may run."""
    if rule.duration is None or rule.duration.unit != "hours":
        raise ValueError(f"the infusion {rule.key} has no duration in hours")
    return range(rule.duration.low or 1, rule.duration.high + 1)


def refusal_of_choice(rule: DoseRule, patient: Patient) -> Refusal | None:
    """Return why a patient or a choice lies outside the printed line, or None."""
    who, weight_kg, age = rule.who, patient.weight_kg, patient.age
    if weight_kg is not None and not who.takes_weight(weight_kg):
        return _outside_range(_outside_weights(rule, weight_kg, age))
    if age is not None and not who.takes_age(age):
        return _outside_range(_outside_ages(who, age))
    rate = patient.rate
    if rate is not None and not rule.rate.low <= rate <= rule.highest_rate:
        if rate > rule.highest_rate > rule.rate.high:
            return _above_maximum(rule, rate)
        return _outside_range(_other_rate(rule, rate))
    count = patient.doses_per_day
    if count is not None and count not in counts_allowed(rule):
        return _outside_range(_other_count(rule, count))
    hours = patient.hours
    if hours is not None and hours not in hours_allowed(rule):
        return _outside_range(_other_hours(hours, hours_allowed(rule)))
    return None


def _outside_range(reason: str) -> Refusal:
    return Refusal("outside-range", f"{reason} No dose was worked out.")


def _above_maximum(rule: DoseRule, rate: Decimal) -> Refusal:
    maxima = " and ".join(
        f"{maximum.in_words} ({maximum.source})" for maximum in rule.maxima
    )
    asked = rate_in_words(rule, Range(rate, rate))
    return Refusal(
        "above-maximum",
        f"{asked} is above the maximum of {maxima}. No dose was worked out.",
    )


def _other_rate(rule: DoseRule, rate: Decimal) -> str:
    return (
        f"{rate_in_words(rule, Range(rate, rate))} is outside the printed line, which "
        f"gives {rate_in_words(rule, rule.rate)}."
    )


def _other_count(rule: DoseRule, count: int) -> str:
    allowed, per_what = counts_allowed(rule), doses_per_what(rule)
    given = "gives"
    if rule.doses_per_day is None:
        given = "gives no number, and this site works out"
    return (
        f"{counted(count, 'dose', 'doses')} {per_what} is outside the printed line, "
        f"which {given} {number_range(allowed[0], allowed[-1])} {per_what}."
    )


def _other_hours(hours: int, allowed: range) -> str:
    return (
        f"{counted(hours, 'hour', 'hours')} is outside the printed line, which allows "
        f"{number_range(allowed[0], allowed[-1])} hours."
    )


def _outside_weights(rule: DoseRule, weight_kg: Decimal, age: Age | None) -> str:
    """Return why a weight is refused, and which other lines of the guide take it."""
    fitting = [
        f"“{line.text}”"
        for line in rule.other_lines
        if line.who.takes_weight(weight_kg)
        if age is None or line.who.takes_age(age)
    ]
    others = "No other line of this indication is for it"
    if fitting:
        lines = "line" if len(fitting) == 1 else "lines"
        others = f"For it the indication has the other {lines} {' and '.join(fitting)}"
    return (
        f"{quantity(weight_kg, 'kg')} is outside the weights of this line, which is "
        f"for patients of {weights_in_words(rule.who)}. {others}."
    )


def _outside_ages(who: WhoFor, age: Age) -> str:
    """Return why an age is refused: at an end of the line's ages, or beyond it."""
    lowest_months, end_months = who.from_age_months, who.below_age_months
    if lowest_months is not None and age.from_months < lowest_months:
        return _below_lowest_age(lowest_months, age)
    end, given = lowest_age_in_words(end_months or 0), age_in_words(age)
    if age.from_months >= (end_months or 0):
        return f"An age of {given} is not less than {end}, where this line ends."
    return (
        f"An age of {given} can be {end} or more, where this line ends. Type the age "
        "in months, to the month."
    )


def _below_lowest_age(lowest_months: int, age: Age) -> str:
    """Return why an age is refused: too young, or perhaps too young."""
    lowest, given = lowest_age_in_words(lowest_months), age_in_words(age)
    if age.until_months <= lowest_months:
        return f"An age of {given} is below {lowest}, the lowest age of this line."
    return (
        f"An age of {given} can be below {lowest}, the lowest age of this line. "
        "Type the age in months, to the month."
    )
