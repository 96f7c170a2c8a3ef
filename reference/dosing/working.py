"""The working of a dose, step by step, each with its numbers in place.

What dosing/arithmetic.py works out is only written here; the products that a step shows
before any limit are the one sum.
"""

from collections.abc import Iterator
from decimal import Decimal

from . import phrases
from .answers import DividedDose, Dose, Infusion, TabletsRange, Vials
from .containers import drawn_by
from .growth import SPREAD, WEIGHT_FOR_AGE
from .model import DoseRule, Product, Range
from .patient import MONTHS_PER_YEAR, Age, Patient
from .quantities import (
    MICROGRAMS_PER_MG,
    counted,
    dose_amount,
    dose_range,
    number_in_words,
    quantity,
    quantity_range,
    spelled_unit,
)
from .questions import weight_misfit, wrong_line


def working(
    rule: DoseRule, patient: Patient, dose: Dose, first_mg: Range
) -> Iterator[str]:
    """Yield the steps of a dose, each with its numbers in place.

    first_mg is the dose, were the fewest doses given that the line allows.
    """
    yield from _amount_steps(rule, patient, dose.rate)
    yield from _limit_steps(rule, patient, dose, first_mg)
    product = drawn_by(rule)
    if product is not None:
        for item in dose.doses:
            yield from _dose_steps(rule, item, product)


def infusion_working(
    rule: DoseRule, patient: Patient, rate: Range, infusion: Infusion
) -> Iterator[str]:
    """Yield the steps of an infusion, each with its numbers in place."""
    weight = quantity(patient.weight_kg or 0, "kg")
    per_hour = dose_amount(infusion.mg_per_hour, rule.unit)
    yield f"{phrases.rate_in_words(rule, rate)} × {weight} = {per_hour} per hour"
    if infusion.total_mg is not None:
        total = dose_amount(infusion.total_mg, rule.unit)
        hours = counted(infusion.hours or 0, "hour", "hours")
        yield f"{per_hour} per hour × {hours} = {total}"
        total_mg = Range(infusion.total_mg, infusion.total_mg)
        yield from _conversion_steps(rule, total_mg)
    product = drawn_by(rule)
    if infusion.total_mg is not None and infusion.vials is not None:
        yield _vials_step(rule, infusion.total_mg, infusion.vials)
    elif infusion.total_mg is not None and infusion.units is not None and product:
        units = counted(infusion.units, product.unit_name, product.unit_name_plural)
        yield (
            f"{quantity(infusion.total_mg, 'mg')} ÷ "
            f"{quantity(product.strength_mg, 'mg')} per {product.unit_name}, "
            f"rounded up = at least {units}"
        )
    if infusion.diluent_ml_per_hour is not None and rule.diluent_ml_per_mg is not None:
        dilution = f"{quantity(rule.diluent_ml_per_mg, 'mL')} of diluent per mg"
        volume = quantity(infusion.diluent_ml_per_hour, "mL")
        yield f"{per_hour} per hour × {dilution} = {volume} per hour"
    if infusion.fluid_ml_per_kg_per_day is not None:
        volume = quantity(infusion.diluent_ml_per_hour or 0, "mL")
        load = quantity(infusion.fluid_ml_per_kg_per_day, "mL per kg per day")
        yield f"{volume} per hour × 24 hours ÷ {weight} = {load} of fluid"


def fact_steps(rule: DoseRule, patient: Patient) -> Iterator[str]:
    """Yield what the weight, the age and the clearance were compared with.

    The last two are used in no dose.
    """
    if rule.who.has_weights and patient.weight_kg is not None:
        yield (
            f"{quantity(patient.weight_kg, 'kg')} lies within the weights of this "
            f"line, {phrases.weights_in_words(rule.who)}"
        )
    if patient.age is not None:
        yield from _age_steps(rule, patient.age, patient.weight_kg)
    if patient.crcl_ml_per_min is not None:
        yield _clearance_step(rule, patient.crcl_ml_per_min)


def _age_steps(rule: DoseRule, age: Age, weight_kg: Decimal | None) -> Iterator[str]:
    """Yield what an age was compared with, and that the dose does not use it."""
    words, name = phrases.age_in_words(age), WEIGHT_FOR_AGE.name
    if rule.who.from_age_months is not None:
        lowest = phrases.lowest_age_in_words(rule.who.from_age_months)
        yield f"An age of {words} is not below {lowest}, the lowest age of this line"
    if rule.who.below_age_months is not None:
        end = phrases.lowest_age_in_words(rule.who.below_age_months)
        yield f"An age of {words} is less than {end}, where this line ends"
    start = f"The age of {words} was not used in the dose"
    weights_kg = WEIGHT_FOR_AGE.weight_range_kg(age)
    if weights_kg is None:
        years = number_in_words(WEIGHT_FOR_AGE.last_age_months / MONTHS_PER_YEAR)
        yield f"{start} or compared with a weight: the {name} end at {years} years"
    elif weight_kg is None:
        yield f"{start}; without a weight nothing was compared with the {name}"
    else:
        span = f"{quantity_range(weights_kg.low, weights_kg.high, 'kg')}: {SPREAD}"
        yield (
            f"{start}; {quantity(weight_kg, 'kg')} lies "
            f"{weight_misfit(age, weight_kg) or 'within'} the {name} for that age "
            f"({span})"
        )
    wrong = wrong_line(rule, age)
    if wrong:
        yield wrong


def _clearance_step(rule: DoseRule, crcl_ml_per_min: Decimal) -> str:
    """Return that a creatinine clearance was not used, and where a statement begins."""
    start = (
        f"The creatinine clearance of {quantity(crcl_ml_per_min, 'mL per minute')} "
        "was not used in the dose"
    )
    thresholds = rule.crcl_thresholds_ml_per_min
    begins = " and ".join(quantity(below, "mL per minute") for below in thresholds)
    if any(crcl_ml_per_min < below for below in thresholds):
        return f"{start}; the statement on one below {begins} is among the cautions"
    return f"{start}; the statement for this line begins below {begins}"


def _amount_steps(rule: DoseRule, patient: Patient, rate: Range) -> Iterator[str]:
    """Yield how the printed amount becomes mg, before any maximum."""
    unit = spelled_unit(rule.unit)
    if not rule.is_by_body:
        increased = ", the increased dose" if patient.increased else ""
        yield f"Printed dose: {quantity_range(rate.low, rate.high, unit)}{increased}"
    else:
        number, of_body = patient.weight_kg or Decimal(0), "kg"
        if rule.is_area_based:
            number, of_body = patient.bsa_m2 or Decimal(0), "m²"
        amount = quantity_range(rate.low * number, rate.high * number, unit)
        yield (
            f"{phrases.rate_in_words(rule, rate)} × {quantity(number, of_body)} = "
            f"{amount} per {rule.basis.rpartition('/')[2]}"
        )
    if patient.weight_kg is not None and not rule.needs_weight:
        yield f"The weight of {quantity(patient.weight_kg, 'kg')} was not used"


def _limit_steps(
    rule: DoseRule, patient: Patient, dose: Dose, first_mg: Range
) -> Iterator[str]:
    """Yield what the maximum did."""
    limit, day = dose.limit, dose.daily_mg
    if limit is None or day is None:
        return
    maximum = limit.maximum
    words = f"{maximum.in_words} ({maximum.source})"
    if maximum.unit.endswith("/kg") and patient.weight_kg is not None:
        product = quantity(maximum.amount * patient.weight_kg, spelled_unit(rule.unit))
        words += f" × {quantity(patient.weight_kg, 'kg')} = {product} per {maximum.per}"
    if not limit.applied:
        yield f"Maximum {words}: not passed, nothing was lowered"
        return
    result = first_mg if maximum.per == "dose" else day
    yield (
        f"Maximum {words}: limited to "
        f"{dose_range(result.low, result.high, rule.unit)} per {maximum.per}"
    )


def _conversion_steps(rule: DoseRule, mg: Range) -> Iterator[str]:
    """Yield the step from micrograms to the mg that a product's strength is in."""
    if rule.unit == "microgram":
        amount = dose_range(mg.low, mg.high, rule.unit)
        in_mg = quantity_range(mg.low, mg.high, "mg")
        yield f"{amount} ÷ {number_in_words(MICROGRAMS_PER_MG)} = {in_mg}"


def _dose_steps(rule: DoseRule, dose: DividedDose, product: Product) -> Iterator[str]:
    """Yield division, volume and syringes for one count of doses a day."""
    mg = quantity_range(dose.mg.low, dose.mg.high, "mg")
    amount = dose_range(dose.mg.low, dose.mg.high, rule.unit)
    count = counted(dose.per_day, "dose", "doses")
    day = phrases.doses_per_what(rule)
    if dose.per_day > 1 and rule.is_by_day:
        yield f"{count} {day}: the daily total ÷ {dose.per_day} = {amount} per dose"
    elif dose.per_day > 1:
        yield f"{count} {day}: {amount} per dose"
    yield from _conversion_steps(rule, dose.mg)
    if dose.tablets is not None:
        yield from _tablet_steps(rule, dose, dose.tablets)
        return
    if product.strength_ml is not None:
        ml = quantity_range(dose.drawn.ml.low, dose.drawn.ml.high, "mL")
        strength_mg = quantity(product.strength_mg, "mg")
        strength_ml = quantity(product.strength_ml, "mL")
        yield f"{mg} × {strength_ml} ÷ {strength_mg} = {ml} per dose"
    yield from _unit_steps(rule, dose, product)
    if dose.diluent_ml is not None and rule.diluent_ml_per_mg is not None:
        diluent = quantity_range(dose.diluent_ml.low, dose.diluent_ml.high, "mL")
        per_mg = quantity(rule.diluent_ml_per_mg, "mL")
        yield f"{mg} × {per_mg} of diluent per mg = {diluent}"


def _unit_steps(rule: DoseRule, dose: DividedDose, product: Product) -> Iterator[str]:
    """Yield how many single-use units a dose is taken from, and all of a day."""
    units = product.counted(dose.drawn.units)
    per_day = product.counted(dose.drawn.units_per_day)
    day = phrases.doses_per_what(rule)
    if dose.vials is None:
        mg = quantity_range(dose.mg.low, dose.mg.high, "mg")
        yield (
            f"{mg} ÷ {quantity(product.strength_mg, 'mg')} per single-use "
            f"{product.unit_name}, rounded up = {units} per dose, {per_day} {day}"
        )
        return
    ends = (dose.mg.low, dose.vials.low), (dose.mg.high, dose.vials.high)
    for mg_of_end, vials in dict.fromkeys(ends):
        yield _vials_step(rule, mg_of_end, vials)
    yield f"{units} per dose, each for one dose: {per_day} {day}"


def _tablet_steps(
    rule: DoseRule, dose: DividedDose, taken: TabletsRange
) -> Iterator[str]:
    """Yield the whole tablets of each end, the fewest that make it exactly."""
    ends = (dose.mg.low, taken.low), (dose.mg.high, taken.high)
    for mg, tablets in dict.fromkeys(ends):
        made = phrases.tablets_in_words(tablets, rule.unit)
        yield f"{dose_amount(mg, rule.unit)} per dose = {made}; none is split"


def _vials_step(rule: DoseRule, mg: Decimal, vials: Vials) -> str:
    """Return which vials an amount is taken from, and what is left over."""

    def taken(choice: Vials) -> str:
        held = dose_amount(choice.holds_mg, rule.unit)
        left = phrases.left_over_in_words(choice, rule.unit)
        return f"{held} in {phrases.vials_in_words(choice, rule.unit)}, {left}"

    amount = dose_amount(mg, rule.unit)
    step = f"{amount}: the fewest vials, then the least left over: {taken(vials)}"
    if vials.instead is not None:
        step += f"; with one vial more: {taken(vials.instead)}"
    return f"{step}; overfill is not counted on"
