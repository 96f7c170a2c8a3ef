"""Which patients and choices the printed line allows, and the refusal of any other.

Pure: no Django and no dose.
"""

from . import phrases, sentence
from .model import DoseRule, Patient, Refusal

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
    return _refusal_of_patient(rule, patient) or _refusal_of_numbers(rule, patient)


def _refusal_of_patient(rule: DoseRule, patient: Patient) -> Refusal | None:
    """Return why the line is not for this weight or this age, or None."""
    who, weight_kg, age = rule.who, patient.weight_kg, patient.age
    if weight_kg is not None and not who.takes_weight(weight_kg):
        text = phrases.outside_weights(rule, patient)
        return Refusal("outside-range", text)
    if who.from_age_months is not None and age is not None and not who.takes_age(age):
        text = phrases.below_lowest_age(who.from_age_months, age)
        return Refusal("outside-range", text)
    return None


def _refusal_of_numbers(rule: DoseRule, patient: Patient) -> Refusal | None:
    """Return why a rate, a number of doses or of hours is not allowed, or None."""
    rate = patient.rate
    if rate is not None and not rule.rate.low <= rate <= rule.highest_rate:
        if rate > rule.highest_rate > rule.rate.high:
            return Refusal("above-maximum", sentence.above_maximum(rule, rate))
        return Refusal("outside-range", sentence.rate_outside_range(rule, rate))
    count = patient.doses_per_day
    if count is not None and count not in counts_allowed(rule):
        text = sentence.count_outside_range(rule, count, counts_allowed(rule))
        return Refusal("outside-range", text)
    hours = patient.hours
    if hours is not None and hours not in hours_allowed(rule):
        text = sentence.hours_outside_range(hours, hours_allowed(rule))
        return Refusal("outside-range", text)
    return None
