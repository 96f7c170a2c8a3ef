"""How a number and its unit are written, for programs and for readers.

Reading what a person typed is in dosing/typed.py.
"""

from decimal import Decimal

MICROGRAMS_PER_MG = 1000


def plain_number(number: Decimal) -> str:
    """Return number with neither exponent, trailing zero nor separator: "0.5"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_in_words(number: Decimal | int) -> str:
    """Return number as a reader expects it: commas from 1,000, a leading zero."""
    text = f"{Decimal(number):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(number: Decimal | int, unit: str) -> str:
    """Return number and unit with the space between that ISMP asks for: "100 mg"."""
    return f"{number_in_words(number)} {singular_at(number, unit)}"


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
    """Return a unit without slashes, as it is read aloud: "mg per kg per day".

    Micrograms are written out, square meters as m²: "micrograms per kg per day".
    """
    spelled = unit.replace("microgram", "micrograms").replace("m2", "m²")
    return spelled.replace("/", " per ")


def singular_at(number: Decimal | int, unit: str) -> str:
    """Return a spelled unit as it follows a number: "1 microgram", "0.5 micrograms"."""
    return unit.replace("micrograms", "microgram") if number == 1 else unit


def in_unit(amount_mg: Decimal, unit: str) -> Decimal:
    """Return an amount in mg as a number of this unit, "mg" or "microgram"."""
    return amount_mg * MICROGRAMS_PER_MG if unit == "microgram" else amount_mg


def dose_amount(amount_mg: Decimal, unit: str) -> str:
    """Return an amount in mg written in this unit: "0.15 mg", or "150 micrograms"."""
    return quantity(in_unit(amount_mg, unit), spelled_unit(unit))


def dose_range(low_mg: Decimal, high_mg: Decimal, unit: str) -> str:
    """Return a range of mg written in this unit: "20 mg to 40 mg"."""
    low, high = in_unit(low_mg, unit), in_unit(high_mg, unit)
    return quantity_range(low, high, spelled_unit(unit))


def counted(count: int, singular: str, plural: str) -> str:
    """Return a count with its noun: "1 syringe", "101 syringes"."""
    return f"{number_in_words(count)} {singular if count == 1 else plural}"
