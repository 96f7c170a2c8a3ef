"""The sentences about a patient's weight, age and kidney function beside a dose.

Pure: no Django and no check; what is unusual is decided in patient_checks.py.
"""

from collections.abc import Iterator
from decimal import Decimal

from .dose_model import Age, DoseRule, Patient, Range
from .growth import FARTHEST_SD, WEIGHT_FOR_AGE
from .quantities import number_in_words, quantity, quantity_range

SPREAD = f"{FARTHEST_SD} SD each side of the median, both sexes"


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
