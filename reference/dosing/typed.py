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

PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
WEIGHT = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?: ?[kK][gG])?")


class NotUnderstoodError(ValueError):
    """What was typed is not a number of this grammar; the text says what to type."""


def parse_weight_kg(typed: str) -> Decimal:
    """Return the weight typed, in kilograms.

    Raises NotUnderstoodError with the sentence to show: for anything but digits 0 to 9,
    at most one point, and optionally kg; and outside 0.5 kg to 300 kg.
    """
    match = WEIGHT.fullmatch(_outer_space_removed(typed, "the weight", "70.5"))
    if match is None:
        text = _what_to_type(typed, "the weight in kilograms", "70.5")
        raise NotUnderstoodError(text)
    weight_kg = Decimal(match[1])
    if not LOWEST_WEIGHT_KG <= weight_kg <= HIGHEST_WEIGHT_KG:
        raise NotUnderstoodError(
            f"Type a weight from {LOWEST_WEIGHT_KG} kg to {HIGHEST_WEIGHT_KG} kg."
        )
    return weight_kg


def parse_number(typed: str, what: str, example: str) -> Decimal:
    """Return the plain number typed; `what` and `example` go into the sentence.

    Raises NotUnderstoodError for anything but digits 0 to 9 and at most one point.
    """
    text = _outer_space_removed(typed, what, example)
    if PLAIN_NUMBER.fullmatch(text) is None:
        raise NotUnderstoodError(_what_to_type(typed, what, example))
    return Decimal(text)


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


def _outer_space_removed(typed: str, what: str, example: str) -> str:
    if len(typed) > LONGEST_NUMBER:
        raise NotUnderstoodError(
            f"Type {what} as a short number, such as {example}. "
            f"{len(typed):,} characters were sent."
        )
    return typed.strip()


def _what_to_type(typed: str, what: str, example: str) -> str:
    """Return the sentence for text that is not a number of the grammar."""
    text = typed.strip()
    start = f"Type {what}"
    if not text:
        return f"{start}, such as {example}."
    if re.search(r"\d\s*(?:lb|lbs|pounds?|st|stone|oz)\b", text, re.IGNORECASE):
        return f"{start}, such as {example}. Pounds and stones are not converted."
    if any(char.isnumeric() and not "0" <= char <= "9" for char in text):
        return f"{start} with the digits 0 to 9, such as {example}."
    if "," in text:
        return f"{start} with a point and no comma, such as {example}."
    if text[0] in "+-\N{MINUS SIGN}\N{EN DASH}":
        return f"{start} without a sign, such as {example}."
    if re.fullmatch(r"\.[0-9]+|[0-9]+\.", text):
        return (
            f"{start} with a digit on each side of the point, such as 0.5 or {example}."
        )
    return (
        f"{start} as a plain number, such as {example}. Use only digits and one point."
    )
