"""From an unrounded dose in mg to what it is taken from: volume, units, diluent.

Numbers are rounded here, once, and never past a maximum.
"""

from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from .answers import DividedDose, DrawnUp, Tablets, TabletsRange, Vials, VialsRange
from .containers import counts_of, tablets_making, tablets_of, vials_of, whole
from .model import CountRange, DoseRule, Product, Range
from .patient import Patient

# Amounts are kept in mg: to 0.01 mg, or to 0.01 microgram, as the line is printed.
MG_STEP = {"mg": Decimal("0.01"), "microgram": Decimal("0.00001")}
# As finely as the strength of a tablet is typed.
TABLET_MG_STEP = {"mg": Decimal("0.0001"), "microgram": Decimal("0.00001")}
ML_STEP = Decimal("0.0001")
SHOWN_ML_STEP = Decimal("0.01")
# Below this, 0.01 mL is more than there is.
SMALLEST_SHOWN_ML = Decimal("0.005")
LARGEST_CHANGE_BY_SHOWN_ML = Decimal("0.05")
PERCENT_STEP = Decimal("0.1")
UNBOUNDED = Decimal("Infinity")


def mg_step(rule: DoseRule) -> Decimal:
    """Return to how many mg a dose is rounded; of tablets to what they can hold."""
    return (TABLET_MG_STEP if tablets_of(rule) else MG_STEP)[rule.unit]


def rounded(amount: Decimal, step: Decimal, bound: Decimal) -> Decimal:
    """Return amount rounded half up, or down where half up would pass the bound."""
    nearest = amount.quantize(step, ROUND_HALF_UP)
    return amount.quantize(step, ROUND_DOWN) if nearest > bound else nearest


def rounded_range(span: Range, step: Decimal, bound: Decimal) -> Range:
    """Return both ends rounded half up, neither past the bound."""
    return span.each(lambda amount: rounded(amount, step, bound))


def divided_dose(
    rule: DoseRule,
    patient: Patient,
    product: Product,
    bound_mg: Decimal,
    count: int,
    dose_mg: Range,
) -> DividedDose:
    """Return one count of doses a day, rounded, from the unrounded dose in mg."""
    mg = rounded_range(dose_mg, mg_step(rule), bound_mg)
    if product.strength_ml is None:
        return _of_tablets(tablets_of(rule), count, mg)
    ml_per_mg = product.strength_ml / product.strength_mg
    exact_ml = dose_mg.each(lambda mg: mg * ml_per_mg)
    bound_ml = bound_mg * ml_per_mg
    units = CountRange(
        whole_units(dose_mg.low, product), whole_units(dose_mg.high, product)
    )
    diluent_ml, fluid = _diluted(rule, patient, count, dose_mg)
    low, high = taken_from(rule, dose_mg.low), taken_from(rule, dose_mg.high)
    drawn_up = DrawnUp(
        ml=rounded_range(exact_ml, ML_STEP, bound_ml),
        shown_ml=exact_ml.each(lambda ml: _shown_ml(ml, bound_ml)),
        is_measurable=_is_measurable(exact_ml.low) and _is_measurable(exact_ml.high),
        units=units,
        units_per_day=CountRange(units.low * count, units.high * count),
    )
    return DividedDose(
        per_day=count,
        mg=mg,
        drawn_up=drawn_up,
        diluent_ml=diluent_ml,
        fluid_ml_per_kg_per_day=fluid,
        vials=VialsRange(low, high) if low and high else None,
    )


def _of_tablets(tablets: tuple[Product, ...], count: int, mg: Range) -> DividedDose:
    """Return one count of doses a day, of whole tablets where these make them."""
    made = TabletsRange(made_of(tablets, mg.low), made_of(tablets, mg.high))
    return DividedDose(per_day=count, mg=mg, tablets=made)


def made_of(tablets: tuple[Product, ...], dose_mg: Decimal) -> Tablets | None:
    """Return the whole tablets that make a dose exactly, or None."""
    counts = tablets_making([each.strength_mg for each in tablets], dose_mg)
    if counts is None:
        return None
    pairs = zip(tablets, counts, strict=True)
    return Tablets(tuple((each, count) for each, count in pairs if count))


def taken_from(rule: DoseRule, dose_mg: Decimal) -> Vials | None:
    """Return the vials that an unrounded dose is taken from; None without vials."""
    vials = vials_of(rule)
    if not vials:
        return None
    fewest, one_more = (_taken(rule, vials, dose_mg, more) for more in (0, 1))
    is_less = one_more.left_over_mg < fewest.left_over_mg
    return replace(fewest, instead=one_more) if is_less else fewest


def _taken(
    rule: DoseRule, vials: tuple[Product, ...], dose_mg: Decimal, more: int
) -> Vials:
    """Return the fewest vials, or so many more, that leave the least over."""
    counts = counts_of([each.strength_mg for each in vials], dose_mg, more=more)
    counted = tuple(
        (product, count) for product, count in zip(vials, counts, strict=True) if count
    )
    taken = Vials(counted, Decimal(0), Decimal(0))
    left_mg = taken.holds_mg - dose_mg
    # A dose is rounded half up, so half down what is left: together they are the vials.
    return replace(
        taken,
        left_over_mg=left_mg.quantize(MG_STEP[rule.unit], ROUND_HALF_DOWN),
        left_over_ml=shown_ml(left_mg, vials[0]),
    )


def shown_ml(dose_mg: Decimal, product: Product) -> Decimal:
    """Return the volume of an unrounded dose as a page shows it.

    Raises ValueError for a tablet, which has none.
    """
    if product.strength_ml is None:
        raise ValueError(f"{product.name} has no volume")
    return _shown_ml(dose_mg * product.strength_ml / product.strength_mg, UNBOUNDED)


def whole_units(dose_mg: Decimal, product: Product) -> int:
    """Return how many units a dose is taken from, part of one counted as one."""
    return whole(dose_mg / product.strength_mg)


def units_of(rule: DoseRule, product: Product, dose_mg: Decimal) -> int | None:
    """Return how many units a dose is taken from; None where no whole tablets are."""
    if product.strength_ml is not None:
        return whole_units(dose_mg, product)
    tablets = made_of(tablets_of(rule), dose_mg)
    return None if tablets is None else tablets.number


def _diluted(
    rule: DoseRule, patient: Patient, count: int, dose_mg: Range
) -> tuple[Range | None, Range | None]:
    """Return diluent in mL per dose, and fluid in mL per kg per day if a weight is."""
    per_mg = rule.diluent_ml_per_mg
    if rule.route != "intravenous injection" or per_mg is None:
        return None, None
    diluent_ml = rounded_range(dose_mg.each(lambda mg: mg * per_mg), ML_STEP, UNBOUNDED)
    weight_kg = patient.weight_kg
    if weight_kg is None:
        return diluent_ml, None
    fluid = dose_mg.each(lambda mg: mg * count * per_mg / weight_kg)
    return diluent_ml, rounded_range(fluid, ML_STEP, UNBOUNDED)


def _is_measurable(exact_ml: Decimal) -> bool:
    """Return whether writing the volume to 0.01 mL keeps the dose within 5 %."""
    return _within_5_percent(rounded(exact_ml, SHOWN_ML_STEP, UNBOUNDED), exact_ml)


def _within_5_percent(shown_ml: Decimal, exact_ml: Decimal) -> bool:
    return abs(shown_ml - exact_ml) <= exact_ml * LARGEST_CHANGE_BY_SHOWN_ML


def _shown_ml(exact_ml: Decimal, bound_ml: Decimal) -> Decimal:
    shown_ml = rounded(exact_ml, SHOWN_ML_STEP, bound_ml)
    if _within_5_percent(shown_ml, exact_ml):
        return shown_ml
    return rounded(exact_ml, ML_STEP, bound_ml)
