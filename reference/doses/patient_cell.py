"""The patient's cell of a row: one number in words, or why there is none.

Amounts of a range are rounded into it, for reading alone; JSON stays exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from reference.dosing import (
    CautionRule,
    CountRange,
    Dose,
    DoseRule,
    Patient,
    Range,
    Refusal,
    WhoFor,
    answers,
    phrases,
    quantities,
)
from reference.editions import wording
from reference.reading import often_in_words

from .answer import DoseAnswer
from .dose_table import limits_of
from .sentence import once_words, per_words

ROUNDED_TO_MG = (Decimal(1), Decimal("0.1"))
MOST_MOVED = Decimal("0.05")
SHOWN_STEP = Decimal("0.01")
SHOWN_STEP_PER_KG = Decimal("0.1")
HOURS_PER_DAY = 24
DIVIDE = "Divide into doses"
# What a line asks back, in the few words of a cell.
QUESTIONS = {
    "Check the age": "the age does not fit this line",
    "Check the weight and the age": "weight, age and line do not fit each other",
}


@dataclass(frozen=True, slots=True)
class PatientCell:
    """What a row says of this patient.

    number, then time, are of one size and weight: "20 mg to 40 mg", "once daily"; small
    are the words after them. is_by_weight is whether they depend on the patient. Where
    there is no number, question is what is to be confirmed first, and small the reason.
    choice is what the line asks for a single dose.
    limits is the row's cell of limits at this weight.
    """

    number: str = ""
    time: str = ""
    small: str = ""
    is_by_weight: bool = False
    question: str = ""
    choice: str = ""
    limits: str = ""


def patient_cell(answer: DoseAnswer) -> PatientCell:
    """Return the cell of one answer for which nothing was chosen."""
    rule, patient, result = answer.rule, answer.patient, answer.result
    if rule is None or answer.regimen is None:
        return PatientCell()
    if isinstance(result, answers.Confirmation):
        return PatientCell(
            question=result.title,
            small=QUESTIONS.get(result.title) or _unusual(rule),
            limits=limits_of(answer.regimen),
        )
    if not isinstance(result, Dose):
        return PatientCell(small=_not_for(answer), limits=limits_of(answer.regimen))
    number, time, words = _words(rule, patient, result)
    small = (*words, *_of_every_dose(rule, patient, result))
    return PatientCell(
        number=wording.nobreak(number),
        time=time,
        small=wording.nobreak("; ".join(filter(None, small))),
        is_by_weight=rule.is_weight_based,
        choice=DIVIDE if rule.doses_per_day is None and not rule.is_infusion else "",
        limits=limits_of(answer.regimen, patient.weight_kg),
    )


def shown_range(span_mg: Range, unit: str) -> str:
    """Return a range of mg as a page says it, rounded into itself where it may be."""
    shown = _into_itself(span_mg) if unit == "mg" else span_mg
    return quantities.dose_range(shown.low, shown.high, unit)


def _into_itself(span_mg: Range) -> Range:
    """Return the range to whole mg, else to 0.1 mg, neither end outside of it.

    Only where each end moves by less than 5 %, and the ends stay apart; else exact.
    """
    low, high = span_mg.low, span_mg.high
    if low == high:
        return span_mg
    for step in ROUNDED_TO_MG:
        inner = Range(
            (low / step).to_integral_value(ROUND_CEILING) * step,
            (high / step).to_integral_value(ROUND_FLOOR) * step,
        )
        is_near = (
            inner.low - low < MOST_MOVED * low and high - inner.high < MOST_MOVED * high
        )
        if is_near and inner.low < inner.high:
            return inner
    return span_mg


def _words(
    rule: DoseRule, patient: Patient, dose: Dose
) -> tuple[str, str, tuple[str, ...]]:
    """Return a dose's number, its time, and the small words after them."""
    if dose.infusion is not None:
        number = quantities.dose_amount(dose.infusion.mg_per_hour, rule.unit)
        return number, per_words("hour", rule), (_in_a_day(rule, patient, dose),)
    preparation = "" if rule.chosen_product else "preparation to be chosen"
    if _has_one_dose(rule, dose):
        number = shown_range(dose.doses[0].mg, rule.unit)
        small = (*_of_one_dose(rule, patient, dose), preparation)
        return number, _often(rule), small
    daily_mg = dose.daily_mg or Range(Decimal(0), Decimal(0))
    number = shown_range(daily_mg, rule.unit)
    if rule.doses_per_day is None:
        return number, _in_total(rule), (preparation,)
    if rule.doses_per_day == CountRange(1, 1):
        return number, _often(rule), (preparation,)
    divided = f"in {_counts(rule.doses_per_day)} {'divided ' * rule.divided}doses"
    return number, _in_total(rule), (divided, preparation)


def _of_every_dose(rule: DoseRule, patient: Patient, dose: Dose) -> Iterator[str]:
    """Yield what is said however it is given: lowered, age not checked, kidneys."""
    if dose.limit is not None and dose.limit.applied:
        yield "lowered to the maximum"
    if rule.who.from_age_months is not None and patient.age is None:
        yield "age not checked"
    own = {
        each.code
        for each in rule.cautions
        if each.is_own and each.trigger == "renal-function"
    }
    for caution in dose.cautions:
        if caution.code in own:
            yield caution.text.removesuffix(".")


def _has_one_dose(rule: DoseRule, dose: Dose) -> bool:
    """Return whether each dose is the same amount, and the line's own.

    Not where an amount of a day is divided, nor where a maximum lowers it for some
    counts alone.
    """
    is_of_a_day = rule.is_by_day and rule.doses_per_day != CountRange(1, 1)
    return not is_of_a_day and len({each.mg for each in dose.doses}) == 1


def _in_total(rule: DoseRule) -> str:
    """Return "per DAY in total", as the line writes it."""
    if rule.is_given_once:
        return "in total, on one day only"
    if rule.every_days > 1:
        every = quantities.interval_in_words(rule.every_days)
        return f"per dosing day in total, {every}"
    return f"{per_words('day', rule)} in total"


def _often(rule: DoseRule) -> str:
    """Return how often one dose is given: "once daily", "twice daily", "daily"."""
    counts = rule.doses_per_day
    if counts is None or counts == CountRange(1, 1):
        return once_words(rule).rstrip(",")
    times = often_in_words(counts.low, counts.high)
    if rule.is_given_once:
        return f"{times}, on one day only"
    if rule.every_days == 1:
        return f"{times} daily"
    return f"{times} on a dosing day, {quantities.interval_in_words(rule.every_days)}"


def _counts(counts: CountRange) -> str:
    """Return "2, 3 or 4", or "2"."""
    *most, last = map(str, range(counts.low, counts.high + 1))
    return f"{', '.join(most)} or {last}" if most else last


def _of_one_dose(rule: DoseRule, patient: Patient, dose: Dose) -> tuple[str, ...]:
    """Return what is said of a dose: its volume, or what a fixed dose is per kg."""
    volume = wording.volume(dose.doses[0].shown_ml) if rule.is_weight_based else ""
    line = "adult line" if rule.population == "adult" else ""
    return volume, _under_smallest(rule, dose), _per_kg(rule, patient), line


def _under_smallest(rule: DoseRule, dose: Dose) -> str:
    """Return "under 20 mg" where the answer has the caution on small doses."""
    product, codes = rule.chosen_product, {each.code for each in dose.cautions}
    said = any(
        each.trigger == "small-dose" and each.code in codes for each in rule.cautions
    )
    if not said or product is None or product.smallest_dose_mg is None:
        return ""
    smallest = quantities.dose_amount(product.smallest_dose_mg, rule.unit)
    return f"under {smallest}"


def _says_per_kg(caution: CautionRule, weight_kg: Decimal) -> bool:
    """Return whether a caution on fixed doses gives the amount per kg at a weight."""
    gives_it = caution.trigger == "fixed-dose" and "{mg_per_kg}" in caution.text
    band = WhoFor(caution.from_weight_kg, caution.below_weight_kg)
    return gives_it and band.takes_weight(weight_kg)


def _per_kg(rule: DoseRule, patient: Patient) -> str:
    """Return "equals 5 mg/kg at 20 kg" where a caution gives that figure."""
    weight_kg = patient.weight_kg
    if weight_kg is None or rule.needs_weight:
        return ""
    if not any(_says_per_kg(each, weight_kg) for each in rule.cautions):
        return ""
    amount = (rule.rate.high / weight_kg).quantize(SHOWN_STEP_PER_KG, ROUND_HALF_UP)
    unit = f"{quantities.spelled_unit(rule.unit)}/kg"
    weight = quantities.quantity(weight_kg, "kg")
    return f"equals {quantities.number_in_words(amount)} {unit} at {weight}"


def _in_a_day(rule: DoseRule, patient: Patient, dose: Dose) -> str:
    """Return "960 mg per 24 hours", where an infusion may run as long."""
    duration, weight_kg = rule.duration, patient.weight_kg
    if weight_kg is None or duration is None or duration.high < HOURS_PER_DAY:
        return ""
    amount = (dose.rate.low * weight_kg * HOURS_PER_DAY).quantize(
        SHOWN_STEP, ROUND_HALF_UP
    )
    unit = quantities.spelled_unit(rule.unit)
    return f"{quantities.quantity(amount, unit)} per {HOURS_PER_DAY} hours"


def _unusual(rule: DoseRule) -> str:
    line = " for a pediatric line" if rule.population == "pediatric" else ""
    return f"unusual weight{line}"


def _not_for(answer: DoseAnswer) -> str:
    """Return whom a line is for, where it is not for this patient; else why not."""
    rule, weight_kg, age = answer.rule, answer.patient.weight_kg, answer.patient.age
    if rule is not None and weight_kg is not None:
        if not rule.who.takes_weight(weight_kg):
            weights = phrases.weights_in_words(rule.who)
            return wording.nobreak(f"not for this weight: for {weights}")
        lowest = rule.who.from_age_months
        if lowest is not None and age is not None and not rule.who.takes_age(age):
            from_age = phrases.lowest_age_in_words(lowest)
            return wording.nobreak(f"not for this age: from {from_age} of age")
    return answer.result.text if isinstance(answer.result, Refusal) else ""
