"""What is asked back about a patient before there is a dose: an unusual weight or age.

Pure: no Django, no dose. The sentences are in dosing/phrases.py.
"""

from decimal import ROUND_HALF_UP, Decimal

from . import phrases
from .growth import WEIGHT_FOR_AGE
from .model import Age, Confirmation, DoseRule, Patient, Range

CONFIRM_BELOW_KG = Decimal("2")
CONFIRM_ABOVE_KG = Decimal("150")
CONFIRM_PEDIATRIC_ABOVE_KG = Decimal("60")
KG_PER_POUND = Decimal("0.45359237")

# US drug regulation counts patients under 17 years as pediatric (21 CFR 201.57), while
# adolescence ends at 16 to 18 years (ICH E11). At 17 both lines ask.
PEDIATRIC_UNDER_YEARS = 17
ADULT_FROM_YEARS = 18
MONTHS_PER_YEAR = 12


def question_about(rule: DoseRule, patient: Patient) -> Confirmation | None:
    """Return what has to be confirmed about the weight in kg or the age, or None.

    The weight of a fixed dose is never asked about, since it takes no part in it,
    unless the line is for some weights only.
    """
    weight_kg = patient.weight_kg
    used_kg = weight_kg if rule.needs_weight else None
    is_unusual = used_kg is not None and _is_unusual(rule, used_kg)
    misfit = weight_misfit(patient.age, used_kg)
    wrong_line = _is_for_others(rule, patient.age)
    if not (is_unusual or misfit or wrong_line):
        return None
    weight_lb = None if weight_kg is None else in_pounds(weight_kg)
    return Confirmation(
        weight_kg,
        weight_lb,
        *phrases.question(
            rule,
            patient,
            weight_lb,
            is_unusual=is_unusual,
            misfit=misfit,
            is_wrong_line=wrong_line,
        ),
    )


def unused_facts(rule: DoseRule, patient: Patient) -> tuple[str, ...]:
    """Return the steps that say what age and creatinine clearance were not used for."""
    steps = []
    if patient.age is not None:
        weights_kg = WEIGHT_FOR_AGE.weight_range_kg(patient.age)
        misfit = weight_misfit(patient.age, patient.weight_kg)
        steps.append(phrases.age_step(patient, weights_kg, misfit))
        if _is_for_others(rule, patient.age):
            steps.append(phrases.wrong_line(rule, patient.age))
    if patient.crcl_ml_per_min is not None:
        steps.append(phrases.crcl_step(rule, patient.crcl_ml_per_min))
    return tuple(steps)


def weight_misfit(age: Age | None, weight_kg: Decimal | None) -> str:
    """Return "below" or "above" for a weight outside the growth reference, else ""."""
    if age is None or weight_kg is None:
        return ""
    weights_kg: Range | None = WEIGHT_FOR_AGE.weight_range_kg(age)
    if weights_kg is None:
        return ""
    if weight_kg < weights_kg.low:
        return "below"
    return "above" if weight_kg > weights_kg.high else ""


def in_pounds(weight_kg: Decimal) -> Decimal:
    """Return a weight in pounds to 0.1, to be read back and never to be typed."""
    return (weight_kg / KG_PER_POUND).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _is_unusual(rule: DoseRule, weight_kg: Decimal) -> bool:
    return (
        weight_kg < CONFIRM_BELOW_KG
        or weight_kg > CONFIRM_ABOVE_KG
        or (rule.population == "pediatric" and weight_kg > CONFIRM_PEDIATRIC_ABOVE_KG)
    )


def _is_for_others(rule: DoseRule, age: Age | None) -> bool:
    """Return whether the line names a population that this age does not belong to."""
    if age is None:
        return False
    if rule.population == "pediatric":
        return age.from_months >= PEDIATRIC_UNDER_YEARS * MONTHS_PER_YEAR
    if rule.population == "adult":
        return age.from_months < ADULT_FROM_YEARS * MONTHS_PER_YEAR
    return False
