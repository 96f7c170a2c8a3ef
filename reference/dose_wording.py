"""The sentences of a dose: refusals, working and cautions, in the words of the page.

Pure: no Django. What dosing.py works out is only written here; the products that a
step shows before any limit are the one sum.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .dose_model import (
    Caution,
    CautionRule,
    DividedDose,
    Dose,
    DoseRule,
    Infusion,
    Limit,
    Maximum,
    OpenDiscrepancy,
    Patient,
    Range,
)
from .quantities import (
    counted,
    number_in_words,
    number_range,
    quantity,
    quantity_range,
    spelled_unit,
)

PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLACEHOLDERS = frozenset(
    {"rate", "dose", "smallest", "mg_per_kg", "weight", "units", "fluid"}
    | {"crcl", "discrepancy", "consequence"}
)


def rate_in_words(rule: DoseRule, rate: Range) -> str:
    """Return "1 to 2 mg per kg per day"."""
    return f"{number_range(rate.low, rate.high)} {spelled_unit(rule.basis)}"


def maximum_in_words(maximum: Maximum) -> str:
    """Return "8 mg per kg per day", or "100 mg per dose"."""
    return f"{quantity(maximum.amount, spelled_unit(maximum.unit))} per {maximum.per}"


def above_maximum(rule: DoseRule, rate: Decimal) -> str:
    """Return why a rate above the maximum is refused."""
    maxima = " and ".join(
        f"{maximum_in_words(maximum)} ({maximum.source})" for maximum in rule.maxima
    )
    return (
        f"{rate_in_words(rule, Range(rate, rate))} is above the maximum of {maxima}. "
        "No dose was worked out."
    )


def rate_outside_range(rule: DoseRule, rate: Decimal) -> str:
    """Return why a rate outside the printed range is refused."""
    return (
        f"{rate_in_words(rule, Range(rate, rate))} is outside the printed line, which "
        f"gives {rate_in_words(rule, rule.rate)}. No dose was worked out."
    )


def count_outside_range(rule: DoseRule, count: int, allowed: range) -> str:
    """Return why a number of doses a day is refused."""
    given = (
        "gives no number, and this site works out"
        if rule.doses_per_day is None
        else "gives"
    )
    return (
        f"{counted(count, 'dose', 'doses')} a day is outside the printed line, which "
        f"{given} {number_range(allowed[0], allowed[-1])} a day. "
        "No dose was worked out."
    )


def hours_outside_range(hours: int, allowed: range) -> str:
    """Return why a number of hours is refused."""
    return (
        f"{counted(hours, 'hour', 'hours')} is outside the printed line, which allows "
        f"{number_range(allowed[0], allowed[-1])} hours. No dose was worked out."
    )


def working(
    rule: DoseRule,
    patient: Patient,
    rate: Range,
    daily_mg: Range,
    doses: tuple[DividedDose, ...],
    limit: Limit | None,
) -> tuple[str, ...]:
    """Return the steps of a dose, each with its numbers in place."""
    return (
        *_amount_steps(rule, patient, rate),
        *_limit_steps(rule, patient, limit, daily_mg, doses),
        *(step for dose in doses for step in _dose_steps(rule, dose)),
    )


def infusion_working(
    rule: DoseRule, patient: Patient, rate: Range, infusion: Infusion
) -> tuple[str, ...]:
    """Return the steps of an infusion, each with its numbers in place."""
    weight = quantity(patient.weight_kg or 0, "kg")
    per_hour = quantity(infusion.mg_per_hour, "mg")
    steps = [f"{rate_in_words(rule, rate)} × {weight} = {per_hour} per hour"]
    if infusion.total_mg is not None and infusion.units is not None:
        product, total = rule.product, quantity(infusion.total_mg, "mg")
        hours = counted(infusion.hours or 0, "hour", "hours")
        units = counted(infusion.units, product.unit_name, product.unit_name_plural)
        steps.append(f"{per_hour} per hour × {hours} = {total}")
        steps.append(
            f"{total} ÷ {quantity(product.strength_mg, 'mg')} per {product.unit_name}, "
            f"rounded up = at least {units}"
        )
    if infusion.diluent_ml_per_hour is not None and rule.diluent_ml_per_mg is not None:
        dilution = f"{quantity(rule.diluent_ml_per_mg, 'mL')} of diluent per mg"
        volume = quantity(infusion.diluent_ml_per_hour, "mL")
        steps.append(f"{per_hour} per hour × {dilution} = {volume} per hour")
    if infusion.fluid_ml_per_kg_per_day is not None:
        volume = quantity(infusion.diluent_ml_per_hour or 0, "mL")
        load = quantity(infusion.fluid_ml_per_kg_per_day, "mL per kg per day")
        steps.append(f"{volume} per hour × 24 hours ÷ {weight} = {load} of fluid")
    return tuple(steps)


def _amount_steps(rule: DoseRule, patient: Patient, rate: Range) -> Iterator[str]:
    """Yield how the printed amount becomes mg, before any maximum."""
    if not rule.is_weight_based:
        increased = ", the increased dose" if patient.increased else ""
        yield f"Printed dose: {quantity_range(rate.low, rate.high, 'mg')}{increased}"
        if patient.weight_kg is not None:
            yield f"The weight of {quantity(patient.weight_kg, 'kg')} was not used"
        return
    weight_kg = patient.weight_kg or Decimal(0)
    amount = quantity_range(rate.low * weight_kg, rate.high * weight_kg, "mg")
    yield (
        f"{rate_in_words(rule, rate)} × {quantity(weight_kg, 'kg')} = {amount} "
        f"per {rule.basis.rpartition('/')[2]}"
    )


def _limit_steps(
    rule: DoseRule,
    patient: Patient,
    limit: Limit | None,
    daily_mg: Range,
    doses: tuple[DividedDose, ...],
) -> Iterator[str]:
    """Yield what the maximum did."""
    if limit is None:
        return
    maximum = limit.maximum
    words = f"{maximum_in_words(maximum)} ({maximum.source})"
    if maximum.unit == "mg/kg" and patient.weight_kg is not None:
        product = quantity(maximum.amount * patient.weight_kg, "mg")
        words += f" × {quantity(patient.weight_kg, 'kg')} = {product} per {maximum.per}"
    if not limit.applied:
        yield f"Maximum {words}: not passed, nothing was lowered"
        return
    result = doses[0].mg if maximum.per == "dose" and doses else daily_mg
    yield (
        f"Maximum {words}: limited to "
        f"{quantity_range(result.low, result.high, 'mg')} per {maximum.per}"
    )


def _dose_steps(rule: DoseRule, dose: DividedDose) -> Iterator[str]:
    """Yield division, volume and syringes for one count of doses a day."""
    product = rule.product
    mg = quantity_range(dose.mg.low, dose.mg.high, "mg")
    ml = quantity_range(dose.ml.low, dose.ml.high, "mL")
    count = counted(dose.per_day, "dose", "doses")
    day = "a day" if rule.every_days == 1 else f"every {rule.every_days} days"
    if dose.per_day > 1 and rule.basis == "mg/kg/day":
        yield f"{count} {day}: the daily total ÷ {dose.per_day} = {mg} per dose"
    elif dose.per_day > 1:
        yield f"{count} {day}: {mg} per dose"
    strength_mg = quantity(product.strength_mg, "mg")
    strength_ml = quantity(product.strength_ml, "mL")
    yield f"{mg} × {strength_ml} ÷ {strength_mg} = {ml} per dose"
    units = _counted_range(rule, dose.units.low, dose.units.high)
    per_day = _counted_range(rule, dose.units_per_day.low, dose.units_per_day.high)
    yield (
        f"{mg} ÷ {strength_mg} per single-use "
        f"{product.unit_name}, rounded up = {units} per dose, {per_day} {day}"
    )
    if dose.diluent_ml is not None and rule.diluent_ml_per_mg is not None:
        diluent = quantity_range(dose.diluent_ml.low, dose.diluent_ml.high, "mL")
        per_mg = quantity(rule.diluent_ml_per_mg, "mL")
        yield f"{mg} × {per_mg} of diluent per mg = {diluent}"


def _counted_range(rule: DoseRule, low: int, high: int) -> str:
    noun = rule.product.unit_name if high == 1 else rule.product.unit_name_plural
    return f"{number_range(low, high)} {noun}"


def cautions(
    rule: DoseRule,
    patient: Patient,
    rate: Range,
    doses: tuple[DividedDose, ...],
    infusion: Infusion | None,
    smallest_mg: Decimal | None,
) -> tuple[Caution, ...]:
    """Return every caution that applies, its placeholders filled, in the rows' order.

    smallest_mg is the smallest amount known to be drawn up, unrounded.
    """
    words = {
        "rate": rate_in_words(rule, rate),
        "dose": _rounded_mg(smallest_mg),
        "smallest": quantity(rule.product.smallest_dose_mg or 0, "mg"),
        "weight": quantity(patient.weight_kg or 0, "kg"),
        "mg_per_kg": _mg_per_kg(patient, rate),
        "crcl": ""
        if patient.crcl_ml_per_min is None
        else quantity(patient.crcl_ml_per_min, "mL per minute"),
        "units": str(max((dose.units.high for dose in doses), default=0)),
        "fluid": ""
        if infusion is None or infusion.fluid_ml_per_kg_per_day is None
        else quantity(infusion.fluid_ml_per_kg_per_day, "mL per kg per day"),
    }
    floor = rule.product.smallest_dose_mg
    applies = {
        "always": True,
        "above-range": rule.is_weight_based and rate.high > rule.rate.high,
        "single-dose": rule.divided and any(dose.per_day == 1 for dose in doses),
        "volume": any(not dose.is_measurable for dose in doses),
        "small-dose": smallest_mg is not None
        and floor is not None
        and smallest_mg < floor,
        "several-units": any(dose.units.high > 1 for dose in doses),
        "fixed-dose": not rule.is_weight_based and patient.weight_kg is not None,
        "renal-function": patient.crcl_ml_per_min is not None,
    }
    return tuple(
        Caution(caution.code, _filled(caution.text, words | _discrepancy_words(about)))
        for caution in rule.cautions
        if _weight_in_band(caution, patient) and _clearance_is_below(caution, patient)
        for about in _subjects(rule, caution)
        if about is not None or applies.get(caution.trigger, False)
    )


def _rounded_mg(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return quantity(amount.quantize(Decimal("0.01"), ROUND_HALF_UP), "mg")


def _mg_per_kg(patient: Patient, rate: Range) -> str:
    """Return what a fixed dose amounts to, in mg per kg to 0.1."""
    if not patient.weight_kg:
        return ""
    amount = (rate.high / patient.weight_kg).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{number_in_words(amount)} mg per kg"


def _weight_in_band(caution: CautionRule, patient: Patient) -> bool:
    """Return whether the caution is meant for this weight."""
    if caution.from_weight_kg is None and caution.below_weight_kg is None:
        return True
    weight_kg = patient.weight_kg
    return (
        weight_kg is not None
        and weight_kg >= (caution.from_weight_kg or 0)
        and (caution.below_weight_kg is None or weight_kg < caution.below_weight_kg)
    )


def _clearance_is_below(caution: CautionRule, patient: Patient) -> bool:
    """Return whether the caution asks for no clearance, or for one that is this low."""
    below = caution.below_crcl_ml_per_min
    crcl = patient.crcl_ml_per_min
    return below is None or (crcl is not None and crcl < below)


def _subjects(
    rule: DoseRule, caution: CautionRule
) -> tuple[OpenDiscrepancy | None, ...]:
    """Return what a caution repeats for: each open discrepancy, or nothing but once."""
    return rule.discrepancies if caution.trigger == "discrepancy" else (None,)


def _discrepancy_words(about: OpenDiscrepancy | None) -> dict[str, str]:
    if about is None:
        return {}
    return {"discrepancy": about.title, "consequence": about.consequence}


def _filled(text: str, words: dict[str, str]) -> str:
    """Return text with its known placeholders replaced, and nothing else touched."""
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), text)


def no_dosing_printed(indication_name: str, edition_label: str) -> str:
    """Return the refusal for an indication that the guide lists without a dose."""
    return (
        f"The {edition_label} edition lists {indication_name} and prints no dosing "
        "line for it. No dose was worked out, and none is borrowed from another line."
    )


def edition_not_in_force(asked: int, number: int, label: str) -> str:
    """Return the refusal for a page or a sheet whose edition is not in force."""
    return (
        f"This was asked of edition {asked}. The edition in force is {number} "
        f"({label}). No dose was worked out. Open the edition in force and ask again."
    )


def edition_not_verified() -> str:
    """Return the refusal for an edition that is not what the committee published."""
    return (
        "The stored edition does not match its fingerprint, so it is not what was "
        "published. No dose was worked out. Use the printed guide."
    )


def edition_withdrawn(label: str) -> str:
    """Return the refusal for an edition that the committee has withdrawn."""
    return (
        f"The {label} edition has been withdrawn, and none has taken its place. "
        "No dose was worked out."
    )


def dose_sentence(
    rule: DoseRule,
    patient: Patient,
    dose: Dose,
    *,
    drug: str,
    indication: str,
    edition: str,
) -> str:
    """Return the dose as one sentence that can be read aloud and stands alone."""
    who = [f"{drug} for {indication}"]
    if rule.population in ("adult", "pediatric"):
        who.append(rule.population)
    if patient.weight_kg is not None and rule.is_weight_based:
        who.append(quantity(patient.weight_kg, "kg"))
    return f"{', '.join(who)}: {_amount_sentence(rule, dose)}, edition {edition}"


def copied_dose(sentence: str, dose: Dose) -> str:
    """Return what is copied of a dose: its sentence with every caution, or nothing.

    Nothing while a choice is still needed: the rest would be filled in from memory.
    """
    if dose.needs:
        return ""
    cautions = " ".join(caution.text for caution in dose.cautions)
    return f"{sentence}. Cautions: {cautions}" if cautions else f"{sentence}."


def _amount_sentence(rule: DoseRule, dose: Dose) -> str:
    if dose.infusion is not None:
        return _infusion_sentence(dose.infusion)
    how = {"subcutaneous": "subcutaneously"}.get(rule.route, f"by {rule.route}")
    day = "daily" if rule.every_days == 1 else f"every {rule.every_days} days"
    if len(dose.doses) == 1:
        item = dose.doses[0]
        amount = quantity_range(item.mg.low, item.mg.high, "mg")
        if item.per_day == 1:
            return f"{amount} once {day} {how}"
        return f"{amount} per dose, {item.per_day} doses {day}, {how}"
    total = dose.daily_mg or dose.rate
    doses = "in divided doses (number not chosen)"
    if dose.doses:
        first, last = dose.doses[0].per_day, dose.doses[-1].per_day
        doses = f"in {number_range(first, last)} divided doses"
    amount = quantity_range(total.low, total.high, "mg")
    return f"a total of {amount} per day {how}, {doses}"


def _infusion_sentence(infusion: Infusion) -> str:
    rate = f"{quantity(infusion.mg_per_hour, 'mg')} per hour by intravenous infusion"
    if infusion.total_mg is None:
        return f"{rate} (hours not chosen)"
    hours = counted(infusion.hours or 0, "hour", "hours")
    return f"{rate} for {hours}, {quantity(infusion.total_mg, 'mg')} in all"
