"""The grammar of a weight and of a plain number as a clinician types them.

Every refusal says what to type; nothing is guessed or converted.
"""

import re
from decimal import Decimal

LOWEST_WEIGHT_KG = Decimal("0.5")
HIGHEST_WEIGHT_KG = Decimal("300")
HIGHEST_AGE = {"months": Decimal(240), "years": Decimal(120)}
HIGHEST_CRCL_ML_PER_MIN = Decimal(250)
LONGEST_NUMBER = 1000

PLAIN_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)")
WEIGHT = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?: ?[kK][gG])?")
WHAT_WEIGHT = "Type the weight in kilograms as a number, such as 20."


class NotUnderstoodError(ValueError):
    """What was typed is not a number of this grammar; the text says what to type."""


def parse_weight_kg(typed: str) -> Decimal:
    """Return the weight typed, in kilograms.

    Raises NotUnderstoodError with the sentence to show: for anything but digits 0 to 9,
    at most one point, and optionally kg; and outside 0.5 kg to 300 kg.
    """
    weight_kg = Decimal(_read(WEIGHT, typed, WHAT_WEIGHT))
    if not LOWEST_WEIGHT_KG <= weight_kg <= HIGHEST_WEIGHT_KG:
        raise NotUnderstoodError(
            f"Type a weight from {LOWEST_WEIGHT_KG} to {HIGHEST_WEIGHT_KG} kilograms."
        )
    return weight_kg


def parse_number(typed: str, what: str, example: str) -> Decimal:
    """Return the plain number typed; `what` and `example` go into the sentence.

    Raises NotUnderstoodError for anything but digits 0 to 9 and at most one point.
    """
    what_to_type = f"Type {what} as a number, such as {example}."
    return Decimal(_read(PLAIN_NUMBER, typed, what_to_type))


def parse_age_unit(typed: str) -> str:
    """Return "months" or "years". Raises NotUnderstoodError for anything else."""
    if typed not in HIGHEST_AGE:
        raise NotUnderstoodError("Choose months or years as the unit of the age.")
    return typed


def checked_age(number: Decimal, unit: str) -> Decimal:
    """Return an age in this unit. Raises NotUnderstoodError for one above the highest.

    The highest is 240 months or 120 years.
    """
    highest = HIGHEST_AGE[unit]
    if number > highest:
        other = "years" if unit == "months" else "months"
        raise NotUnderstoodError(
            f"Type an age from 0 to {highest} {unit}, or choose {other} as its unit."
        )
    return number


def parse_crcl_ml_per_min(typed: str) -> Decimal:
    """Return the creatinine clearance typed, in mL/min.

    Raises NotUnderstoodError for anything but a plain number from 0 to 250.
    """
    crcl_ml_per_min = parse_number(typed, "the creatinine clearance", "45")
    if crcl_ml_per_min > HIGHEST_CRCL_ML_PER_MIN:
        raise NotUnderstoodError(
            "Type a creatinine clearance from 0 mL/min to "
            f"{HIGHEST_CRCL_ML_PER_MIN} mL/min."
        )
    return crcl_ml_per_min


def parse_whole_number(typed: str, what: str, example: str) -> int:
    """Return the whole number typed.

    Raises NotUnderstoodError for anything that is not a plain number, or not whole.
    """
    number = parse_number(typed, what, example)
    if number != number.to_integral_value():
        raise NotUnderstoodError(f"Type {what} as a whole number, such as {example}.")
    return int(number)


def _read(pattern: re.Pattern[str], typed: str, what_to_type: str) -> str:
    """Return the number in a text of this grammar; one sentence for all that is not."""
    match = None
    if len(typed) <= LONGEST_NUMBER:
        match = pattern.fullmatch(typed.strip())
    if match is None:
        raise NotUnderstoodError(what_to_type)
    return match[1]
