"""What is asked back before there is a dose: about an unusual weight, or an age."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .answers import Confirmation
from .growth import SPREAD, WEIGHT_FOR_AGE
from .model import DoseRule
from .patient import MONTHS_PER_YEAR, Age, Patient
from .phrases import age_in_words
from .quantities import quantity, quantity_range

CONFIRM_BELOW_KG = Decimal("2")
CONFIRM_ABOVE_KG = Decimal("150")
CONFIRM_PEDIATRIC_ABOVE_KG = Decimal("60")
KG_PER_POUND = Decimal("0.45359237")

# US drug regulation counts patients under 17 years as pediatric (21 CFR 201.57), while
# adolescence ends at 16 to 18 years (ICH E11). At 17 both lines ask.
PEDIATRIC_UNDER_MONTHS = 17 * MONTHS_PER_YEAR
ADULT_FROM_MONTHS = 18 * MONTHS_PER_YEAR


def question_about(rule: DoseRule, patient: Patient) -> Confirmation | None:
    """Return what has to be confirmed about the weight in kg or the age, or None.

    The weight of a fixed dose is never asked about, since it takes no part in it,
    unless the line is for some weights only.
    """
    weight_kg, age = patient.weight_kg, patient.age
    used_kg = weight_kg if rule.needs_weight else None
    is_unusual = used_kg is not None and _is_unusual(rule, used_kg)
    misfit = weight_misfit(age, used_kg)
    doubts = list(_doubts(rule, age, misfit))
    if not (is_unusual or doubts):
        return None
    asks_age = age is not None and bool(doubts)
    asks_weight = not asks_age or is_unusual or bool(misfit)
    title = "Check the weight"
    check = "Check that it is in kilograms, then confirm it."
    if asks_age:
        title = "Check the age"
        check = "Check the age, its unit and the dosing line, then confirm the age."
        if asks_weight:
            title = "Check the weight and the age"
            check = "Check the weight, the age and their units, then confirm both."
    weight_lb, read_back = None, []
    if weight_kg is not None:
        weight_lb = in_pounds(weight_kg)
        read_back = [_read_back(rule, weight_kg, is_unusual)]
    text = " ".join([*read_back, *doubts, check])
    return Confirmation(
        weight_kg,
        weight_lb,
        text,
        title,
        asks_weight=asks_weight,
        asks_age=asks_age,
        is_unusual=is_unusual,
        doubts=tuple(doubts),
    )


def weight_misfit(age: Age | None, weight_kg: Decimal | None) -> str:
    """Return "below" or "above" for a weight outside the growth reference, else ""."""
    weights_kg = None if age is None else WEIGHT_FOR_AGE.weight_range_kg(age)
    if weights_kg is None or weight_kg is None:
        return ""
    if weight_kg < weights_kg.low:
        return "below"
    return "above" if weight_kg > weights_kg.high else ""


def wrong_line(rule: DoseRule, age: Age) -> str:
    """Return why an age does not belong to the population of a line, "" if it does."""
    given, months = f"an age of {age_in_words(age)} is", age.from_months
    if rule.population == "pediatric":
        if months >= PEDIATRIC_UNDER_MONTHS:
            return (
                f"The line is for pediatric patients, and {given} not under 17 years, "
                "the limit in US drug regulation"
            )
    elif rule.population == "adult" and months < ADULT_FROM_MONTHS:
        return (
            f"The line is for adults, and {given} under 18 years, where adolescence "
            "ends at the latest (ICH E11)"
        )
    return ""


def is_rare_weight(weight_kg: Decimal) -> bool:
    """Return whether a weight is asked about on every line that uses it."""
    return weight_kg < CONFIRM_BELOW_KG or weight_kg > CONFIRM_ABOVE_KG


def asks_as_every_line(rule: DoseRule, patient: Patient) -> bool:
    """Return whether all that a line asks back is asked on every line: a rare weight.

    Not where its population or an age is in doubt.
    """
    weight_kg = patient.weight_kg if rule.needs_weight else None
    if weight_kg is None or not is_rare_weight(weight_kg):
        return False
    misfit = weight_misfit(patient.age, weight_kg)
    has_doubts = any(_doubts(rule, patient.age, misfit))
    return not has_doubts and not _is_heavy_for_a_child(rule, weight_kg)


def in_pounds(weight_kg: Decimal) -> Decimal:
    """Return a weight in pounds to 0.1, to be read back and never to be typed."""
    return (weight_kg / KG_PER_POUND).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _is_unusual(rule: DoseRule, weight_kg: Decimal) -> bool:
    return is_rare_weight(weight_kg) or _is_heavy_for_a_child(rule, weight_kg)


def _is_heavy_for_a_child(rule: DoseRule, weight_kg: Decimal) -> bool:
    return rule.population == "pediatric" and weight_kg > CONFIRM_PEDIATRIC_ABOVE_KG


def _read_back(rule: DoseRule, weight_kg: Decimal, is_unusual: bool) -> str:
    """Return the weight in kilograms and pounds, and whether it is unusual."""
    pounds = quantity(in_pounds(weight_kg), "lb")
    words = f"{quantity(weight_kg, 'kg')} is {pounds}"
    if not is_unusual:
        return f"{words}."
    line = "a pediatric dosing line" if rule.population == "pediatric" else "a dose"
    return f"{words}, an unusual weight for {line}."


def _doubts(rule: DoseRule, age: Age | None, misfit: str) -> Iterator[str]:
    """Yield what does not fit together: the age with the weight, or with the line."""
    if age is None:
        return
    weights_kg = WEIGHT_FOR_AGE.weight_range_kg(age)
    if misfit and weights_kg is not None:
        span = quantity_range(weights_kg.low, weights_kg.high, "kg")
        yield (
            f"That is {misfit} what the {WEIGHT_FOR_AGE.name} give for an age of "
            f"{age_in_words(age)}: {span} ({SPREAD})."
        )
    wrong = wrong_line(rule, age)
    if wrong:
        yield f"{wrong}."
