"""The sentences about a patient's weight, age and kidney function beside a dose.

Pure: no Django and no check; what is unusual is decided in dosing/questions.py.
"""

from collections.abc import Iterator
from decimal import Decimal

from .growth import FARTHEST_SD, WEIGHT_FOR_AGE
from .model import Age, DoseRule, Patient, Range, WhoFor
from .quantities import counted, number_in_words, quantity, quantity_range

SPREAD = f"{FARTHEST_SD} SD each side of the median, both sexes"
MONTHS_PER_YEAR = 12
# Below this, an age is told in months, as the growth charts do.
YEARS_FROM_MONTHS = 24


def question(
    rule: DoseRule,
    patient: Patient,
    weight_lb: Decimal | None,
    *,
    is_unusual: bool,
    misfit: str,
    is_wrong_line: bool,
) -> tuple[str, str, str]:
    """Return the question's text, what it asks to check, and what is confirmed."""
    weight = quantity(patient.weight_kg or 0, "kg")
    if not (misfit or is_wrong_line):
        return (
            f"{_read_back(rule, weight, weight_lb, is_unusual)}. "
            "Check that it is in kilograms, then confirm it.",
            "Check the weight",
            f"the weight is {weight}",
        )
    age = age_in_words(patient.age)
    said = [f"{_read_back(rule, weight, weight_lb, is_unusual)}."] if weight_lb else []
    said += _reasons(rule, patient.age, misfit, is_wrong_line)
    if is_unusual or misfit:
        said.append("Check the weight, the age and their units, then confirm both.")
        answer = f"the weight is {weight} and the age is {age}"
        return " ".join(said), "Check the weight and the age", answer
    said.append("Check the age, its unit and the dosing line, then confirm the age.")
    return " ".join(said), "Check the age", f"the age is {age}"


def _read_back(
    rule: DoseRule, weight: str, weight_lb: Decimal | None, is_unusual: bool
) -> str:
    """Return the weight in kilograms and pounds, and whether it is unusual."""
    words = f"{weight} is {quantity(weight_lb or 0, 'lb')}"
    line = "a pediatric dosing line" if rule.population == "pediatric" else "a dose"
    return f"{words}, an unusual weight for {line}" if is_unusual else words


def _reasons(
    rule: DoseRule, age: Age | None, misfit: str, is_wrong_line: bool
) -> Iterator[str]:
    if age is None:
        return
    weights_kg = WEIGHT_FOR_AGE.weight_range_kg(age)
    if misfit and weights_kg is not None:
        yield (
            f"That is {misfit} what the {WEIGHT_FOR_AGE.name} give for an age of "
            f"{age_in_words(age)}: {_range_in_words(weights_kg)} ({SPREAD})."
        )
    if is_wrong_line:
        yield f"{wrong_line(rule, age)}."


def wrong_line(rule: DoseRule, age: Age) -> str:
    """Return why an age does not belong to the population of a line."""
    if rule.population == "pediatric":
        return (
            f"The line is for pediatric patients, and an age of {age_in_words(age)} is "
            "not under 17 years, the limit in US drug regulation"
        )
    return (
        f"The line is for adults, and an age of {age_in_words(age)} is under 18 years, "
        "where adolescence ends at the latest (ICH E11)"
    )


def outside_weights(rule: DoseRule, patient: Patient) -> str:
    """Return why a weight is refused, and which other lines of the guide take it."""
    weight = quantity(patient.weight_kg or 0, "kg")
    fitting = [
        f"“{line.text}”"
        for line in rule.other_lines
        if patient.weight_kg is not None and line.who.takes_weight(patient.weight_kg)
        if patient.age is None or line.who.takes_age(patient.age)
    ]
    others = "No other line of this indication is for it"
    if fitting:
        lines = "line" if len(fitting) == 1 else "lines"
        others = f"For it the indication has the other {lines} {' and '.join(fitting)}"
    return (
        f"{weight} is outside the weights of this line, which is for patients of "
        f"{weights_in_words(rule.who)}. {others}. No dose was worked out."
    )


def below_lowest_age(lowest_months: int, age: Age) -> str:
    """Return why an age is refused: too young, or perhaps too young."""
    lowest, given = lowest_age_in_words(lowest_months), age_in_words(age)
    if age.until_months <= lowest_months:
        reason = f"An age of {given} is below {lowest}, the lowest age of this line."
    else:
        reason = (
            f"An age of {given} can be below {lowest}, the lowest age of this line. "
            "Type the age in months, to the month."
        )
    return f"{reason} No dose was worked out."


def age_not_given(lowest_months: int) -> str:
    """Return the caution of a line with a lowest age, where no age was given."""
    return (
        f"This line is for patients from {lowest_age_in_words(lowest_months)} of age. "
        "No age was given, so it was not checked."
    )


def weights_in_words(who: WhoFor) -> str:
    """Return "15 kg to less than 30 kg", "30 kg or more", "less than 15 kg", or ""."""
    first_kg, end_kg = who.from_weight_kg, who.below_weight_kg
    if first_kg is None:
        return "" if end_kg is None else f"less than {quantity(end_kg, 'kg')}"
    if end_kg is None:
        return f"{quantity(first_kg, 'kg')} or more"
    return f"{quantity(first_kg, 'kg')} to less than {quantity(end_kg, 'kg')}"


def lowest_age_in_words(months: int) -> str:
    """Return "2 years", or "18 months" where it is no whole number of years."""
    years, rest = divmod(months, MONTHS_PER_YEAR)
    if rest or months < YEARS_FROM_MONTHS:
        return counted(months, "month", "months")
    return counted(years, "year", "years")


def line_details(phase: str, who: WhoFor) -> list[str]:
    """Return what tells a line from others of its route: phase, weights, lowest age."""
    details = [f"{phase} dose"] if phase else []
    if who.has_weights:
        details.append(weights_in_words(who))
    if who.from_age_months is not None:
        details.append(f"from {lowest_age_in_words(who.from_age_months)} of age")
    return details


def fitting_steps(rule: DoseRule, patient: Patient) -> Iterator[str]:
    """Yield that weight and age lie within those the line is for."""
    if rule.who.has_weights and patient.weight_kg is not None:
        yield (
            f"{quantity(patient.weight_kg, 'kg')} lies within the weights of this "
            f"line, {weights_in_words(rule.who)}"
        )
    if rule.who.from_age_months is not None and patient.age is not None:
        yield (
            f"An age of {age_in_words(patient.age)} is not below "
            f"{lowest_age_in_words(rule.who.from_age_months)}, the lowest age of this "
            "line"
        )


def age_step(patient: Patient, weights_kg: Range | None, misfit: str) -> str:
    """Return what an age was compared with, and that the dose does not use it."""
    start = f"The age of {age_in_words(patient.age)} was not used in the dose"
    name = WEIGHT_FOR_AGE.name
    if weights_kg is None:
        years = number_in_words(WEIGHT_FOR_AGE.last_age_months / 12)
        return f"{start} or compared with a weight: the {name} end at {years} years"
    span = f"{_range_in_words(weights_kg)}: {SPREAD}"
    if patient.weight_kg is None:
        return f"{start}; without a weight nothing was compared with the {name}"
    return (
        f"{start}; {quantity(patient.weight_kg, 'kg')} lies {misfit or 'within'} the "
        f"{name} for that age ({span})"
    )


def crcl_step(rule: DoseRule, crcl_ml_per_min: Decimal) -> str:
    """Return that a creatinine clearance was not used, and where a statement begins."""
    start = (
        f"The creatinine clearance of {quantity(crcl_ml_per_min, 'mL per minute')} "
        "was not used in the dose"
    )
    begins = " and ".join(
        quantity(below, "mL per minute") for below in rule.crcl_thresholds_ml_per_min
    )
    if any(crcl_ml_per_min < below for below in rule.crcl_thresholds_ml_per_min):
        return f"{start}; the statement on one below {begins} is among the cautions"
    return f"{start}; the statement for this line begins below {begins}"


def age_in_words(age: Age | None) -> str:
    """Return "4 years", "1 month"; nothing without an age."""
    if age is None:
        return ""
    unit = age.unit.removesuffix("s") if age.number == 1 else age.unit
    return quantity(age.number, unit)


def _range_in_words(weights_kg: Range) -> str:
    return quantity_range(weights_kg.low, weights_kg.high, "kg")
