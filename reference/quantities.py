"""How a number and its unit are written, for programs and for readers.

Pure: no Django. Reading what a person typed is in typed_numbers.py.
"""

from decimal import Decimal


def plain_number(number: Decimal) -> str:
    """Return number with neither exponent, trailing zero nor separator: "0.5"."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def number_in_words(number: Decimal | int) -> str:
    """Return number as a reader expects it: commas from 1,000, a leading zero."""
    text = f"{Decimal(number):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(number: Decimal | int, unit: str) -> str:
    """Return number and unit with the space between that ISMP asks for: "100 mg"."""
    return f"{number_in_words(number)} {unit}"


def quantity_range(low: Decimal | int, high: Decimal | int, unit: str) -> str:
    """Return "20 mg to 40 mg", or "100 mg" where both ends are the same."""
    if low == high:
        return quantity(low, unit)
    return f"{quantity(low, unit)} to {quantity(high, unit)}"


def number_range(low: Decimal | int, high: Decimal | int) -> str:
    """Return "1 to 2", or "1" where both ends are the same."""
    if low == high:
        return number_in_words(low)
    return f"{number_in_words(low)} to {number_in_words(high)}"


def spelled_unit(unit: str) -> str:
    """Return a unit without slashes, as it is read aloud: "mg per kg per day"."""
    return unit.replace("/", " per ")


def counted(count: int, singular: str, plural: str) -> str:
    """Return a count with its noun: "1 syringe", "101 syringes"."""
    return f"{number_in_words(count)} {singular if count == 1 else plural}"
