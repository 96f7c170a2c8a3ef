"""What is drawn up for a dose from single-use units: how many, how much, what is left.

Pure: no Django. The volume is dosing/arithmetic.py's, as pages show it; nothing is
rounded here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .model import DividedDose, Product
from .quantities import counted, dose_amount, quantity

# Below this, 0.01 mL is more than there is.
SMALLEST_SHOWN_ML = Decimal("0.005")
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """One end of a dose in words, and how far the last unit is used for a drawing.

    percent is the used part of that unit's volume, mark the same in mL.
    """

    percent: Decimal
    mark: str
    words: str


def drawn_up(
    dose: DividedDose, product: Product, unit: str = "mg"
) -> tuple[DrawnUp, ...]:
    """Return what is drawn up for the low and the high end, once where they agree.

    Amounts are written in unit, "mg" or "microgram".
    """
    return tuple(_ends(dose, product, unit))


def _ends(dose: DividedDose, product: Product, unit: str) -> Iterator[DrawnUp]:
    mg, ml, units = dose.mg, dose.shown_ml, dose.units
    yield _drawn_up(mg.low, ml.low, units.low, product, unit)
    if mg.low != mg.high:
        yield _drawn_up(mg.high, ml.high, units.high, product, unit)


def _drawn_up(
    mg: Decimal, shown_ml: Decimal, units: int, product: Product, unit: str
) -> DrawnUp:
    full_units = units - 1
    last_ml = max(shown_ml - full_units * product.strength_ml, Decimal(0))
    left_ml = max(product.strength_ml - last_ml, Decimal(0))
    used_ml = product.strength_ml - left_ml
    return DrawnUp(
        percent=(100 * used_ml / product.strength_ml).quantize(TENTH),
        mark=quantity(used_ml, "mL"),
        words=f"{dose_amount(mg, unit)}: "
        + _words(mg, units, used_ml, left_ml, product, unit),
    )


def _words(
    mg: Decimal,
    units: int,
    last_ml: Decimal,
    left_ml: Decimal,
    product: Product,
    unit: str,
) -> str:
    """Return "1 full syringe and 0.07 mL of one more; left over 0.6 mL …"."""
    one, several = product.unit_name, product.unit_name_plural
    if left_ml == 0:
        full = counted(units, f"full {one}", f"full {several}")
        return f"{full}, nothing left over."
    last = f"{quantity(last_ml, 'mL')} of"
    if last_ml < SMALLEST_SHOWN_ML:
        last = "less than 0.01 mL, too small to measure, of"
    if units > 1:
        full = counted(units - 1, f"full {one}", f"full {several}")
        parts = f"{full} and {last} one more"
    else:
        parts = f"{last} 1 {one}"
    left_mg = units * product.strength_mg - mg
    left = f"{quantity(left_ml, 'mL')} ({dose_amount(left_mg, unit)})"
    return f"{parts}; left over {left}, to be discarded."
