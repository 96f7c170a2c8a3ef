"""The sentences of a dose: its amount, and why there is none, in the page's words.

Pure: no Django. What dosing/arithmetic.py works out is only written here.
"""

from decimal import Decimal

from .model import (
    CountRange,
    Dose,
    DoseRule,
    Infusion,
    Maximum,
    Patient,
    Product,
    Range,
)
from .quantities import (
    counted,
    dose_amount,
    dose_range,
    interval_in_words,
    number_range,
    quantity,
    singular_at,
    spelled_unit,
)


def rate_in_words(rule: DoseRule, rate: Range) -> str:
    """Return "1 to 2 mg per kg per day"."""
    unit = singular_at(rate.high, spelled_unit(rule.basis))
    return f"{number_range(rate.low, rate.high)} {unit}"


def maximum_in_words(maximum: Maximum) -> str:
    """Return "8 mg per kg per day", or "100 mg per dose"."""
    return f"{quantity(maximum.amount, spelled_unit(maximum.unit))} per {maximum.per}"


def product_in_words(product: Product) -> str:
    """Return "10 mg in 0.5 mL, prefilled syringe": what no narrow field may cut off."""
    strength_mg = quantity(product.strength_mg, "mg")
    return f"{strength_mg} in {quantity(product.strength_ml, 'mL')}, {product.name}"


def doses_per_what(rule: DoseRule) -> str:
    """Return what doses are counted over: "a day", "on a dosing day", or "in all"."""
    if rule.is_given_once:
        return "in all"
    return "a day" if rule.every_days == 1 else "on a dosing day"


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
    per_what = doses_per_what(rule)
    given = (
        "gives no number, and this site works out"
        if rule.doses_per_day is None
        else "gives"
    )
    return (
        f"{counted(count, 'dose', 'doses')} {per_what} is outside the printed line, "
        f"which {given} {number_range(allowed[0], allowed[-1])} {per_what}. "
        "No dose was worked out."
    )


def hours_outside_range(hours: int, allowed: range) -> str:
    """Return why a number of hours is refused."""
    return (
        f"{counted(hours, 'hour', 'hours')} is outside the printed line, which allows "
        f"{number_range(allowed[0], allowed[-1])} hours. No dose was worked out."
    )


def counted_range(product: Product, count: CountRange) -> str:
    """Return a range of counts with its noun: "1 syringe", "2 to 4 syringes"."""
    noun = product.unit_name if count.high == 1 else product.unit_name_plural
    return f"{number_range(count.low, count.high)} {noun}"


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


def edition_not_rechecked(label: str, last_checked: str) -> str:
    """Return the caution for a dose that is worked out while the database is down."""
    return (
        f"The {label} edition was in force when that was last checked, {last_checked}. "
        "The site cannot check it now: a newer edition, or a withdrawal, would not "
        "show. Check the dose against another source."
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
    if patient.weight_kg is not None and rule.needs_weight:
        who.append(quantity(patient.weight_kg, "kg"))
    return (
        f"{', '.join(who)}: {_amount_sentence(rule, patient, dose)}, edition {edition}"
    )


def copied_dose(sentence: str, dose: Dose) -> str:
    """Return what is copied of a dose: its sentence with every caution, or nothing.

    Nothing while a choice is still needed: the rest would be filled in from memory.
    """
    if dose.needs:
        return ""
    cautions = " ".join(caution.text for caution in dose.cautions)
    return f"{sentence}. Cautions: {cautions}" if cautions else f"{sentence}."


def _amount_sentence(rule: DoseRule, patient: Patient, dose: Dose) -> str:
    if dose.infusion is not None:
        return _infusion_sentence(rule, dose, dose.infusion)
    how = {"subcutaneous": "subcutaneously"}.get(rule.route, f"by {rule.route}")
    if rule.phase == "loading":
        how += " as a loading dose"
    if "preparation" in dose.needs:
        how += " (preparation not chosen)"
    if len(dose.doses) == 1:
        item = dose.doses[0]
        amount = dose_range(item.mg.low, item.mg.high, rule.unit)
        if item.per_day == 1:
            return f"{amount} {_once(rule)} {how}"
        return f"{amount} per dose, {item.per_day} doses {_every(rule)}, {how}"
    if dose.daily_mg is None:
        return f"{rate_in_words(rule, dose.rate)} {how}"
    amount = dose_range(dose.daily_mg.low, dose.daily_mg.high, rule.unit)
    if not dose.doses and rule.doses_per_day == CountRange(1, 1):
        return f"{amount} {_once(rule)} {how}"
    counts = rule.doses_per_day
    doses = "in divided doses (number not chosen)"
    if patient.doses_per_day is not None:
        doses = f"in {counted(patient.doses_per_day, 'dose', 'doses')}"
    elif counts is not None:
        doses = f"in {number_range(counts.low, counts.high)} divided doses"
    per_day = "per day" if rule.every_days == 1 else f"per dosing day, {_every(rule)},"
    return f"a total of {amount} {per_day} {how}, {doses}"


def _once(rule: DoseRule) -> str:
    """Return how often one dose is given: "once daily", or "once, on one day only"."""
    return "once, on one day only," if rule.is_given_once else f"once {_every(rule)}"


def _every(rule: DoseRule) -> str:
    if rule.is_given_once:
        return "on one day only"
    return "daily" if rule.every_days == 1 else interval_in_words(rule.every_days)


def _infusion_sentence(rule: DoseRule, dose: Dose, infusion: Infusion) -> str:
    per_hour = dose_amount(infusion.mg_per_hour, rule.unit)
    sentence = f"{per_hour} per hour by intravenous infusion"
    if rule.phase == "loading":
        sentence += " as a loading dose"
    if infusion.total_mg is not None:
        hours = counted(infusion.hours or 0, "hour", "hours")
        total = dose_amount(infusion.total_mg, rule.unit)
        sentence += f" for {hours}, {total} in all"
    if dose.needs:
        sentence += f" ({' and '.join(dose.needs)} not chosen)"
    return sentence
