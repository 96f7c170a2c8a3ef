"""A dose in words: its number, rounded for reading alone, and its time.

A range is rounded into itself; JSON stays exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from reference.dosing import (
    CountRange,
    Dose,
    DoseRule,
    Patient,
    Product,
    Range,
    answers,
    compute_dose,
    phrases,
    quantities,
)
from reference.reading import often_in_words

ROUNDED_TO_MG = (Decimal(1), Decimal("0.1"))
MOST_MOVED = Decimal("0.05")
ONCE = CountRange(1, 1)
HOURS_PER_DAY = 24


def shown_range(span_mg: Range, unit: str) -> str:
    """Return a range of mg as a page says it, rounded into itself where it may be."""
    return _shown(span_mg, unit, lambda _: True)


def shown_dose(rule: DoseRule, dose: answers.DividedDose) -> str:
    """Return one dose as a page says it, its range rounded where its volume agrees.

    What is rounded needs as many units of the preparation as the exact dose, is on the
    same side of the lowest mark, and less than 5 % from the volume beside it. Of vials
    nothing is rounded: what is left over is said beside it, and the two add up.
    """
    product = rule.chosen_product
    if dose.vials is not None or dose.tablets is not None:
        return quantities.dose_range(dose.mg.low, dose.mg.high, rule.unit)
    if product is None:
        return shown_range(dose.mg, rule.unit)
    return _shown(dose.mg, rule.unit, lambda mg: _agrees(mg, dose, product))


def _agrees(rounded: Range, dose: answers.DividedDose, product: Product) -> bool:
    ends = (
        (rounded.low, dose.mg.low, dose.drawn.shown_ml.low),
        (rounded.high, dose.mg.high, dose.drawn.shown_ml.high),
    )
    strength_ml = product.strength_ml or Decimal(0)
    return all(
        _steps_of(mg, product) == _steps_of(exact_mg, product)
        and abs(ml * product.strength_mg - mg * strength_ml)
        < MOST_MOVED * mg * strength_ml
        for mg, exact_mg, ml in ends
    )


def _steps_of(mg: Decimal, product: Product) -> tuple[bool, Decimal, bool]:
    """Return whether a dose is under the lowest mark, its units, and if all whole."""
    units = mg / product.strength_mg
    whole = units.to_integral_value(ROUND_CEILING)
    return mg < (product.smallest_dose_mg or 0), whole, units == whole


def _shown(span_mg: Range, unit: str, is_true: Callable[[Range], bool]) -> str:
    shown = _into_itself(span_mg, is_true) if unit == "mg" else span_mg
    return quantities.dose_range(shown.low, shown.high, unit)


def _into_itself(span_mg: Range, is_true: Callable[[Range], bool]) -> Range:
    """Return the range to whole mg, else to 0.1 mg, neither end outside of it.

    Only where each end moves by less than 5 %, the ends stay apart, and what else is
    said of the dose is true of it; else exact.
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
        if is_near and inner.low < inner.high and is_true(inner):
            return inner
    return span_mg


def number_and_time(rule: DoseRule, patient: Patient, dose: Dose) -> tuple[str, str]:
    """Return the one amount of a dose and its time: "10 mg to 20 mg", "twice a day"."""
    if dose.infusion is not None:
        number = quantities.dose_amount(dose.infusion.mg_per_hour, rule.unit)
        return number, per_words("hour", rule)
    if has_one_dose(rule, patient, dose):
        chosen = patient.doses_per_day
        number = shown_dose(rule, dose.doses[0])
        return number, often(rule) if chosen is None else _often_as_chosen(rule, chosen)
    number = shown_range(dose.daily_mg or Range(Decimal(0), Decimal(0)), rule.unit)
    return number, often(rule) if rule.doses_per_day == ONCE else in_total(rule)


def in_24_hours(rule: DoseRule, patient: Patient) -> answers.Infusion | None:
    """Return an infusion over 24 hours, None where the line does not run as long."""
    asked = replace(patient, hours=HOURS_PER_DAY, confirmed=True)
    result = compute_dose(rule, asked)
    return result.infusion if isinstance(result, Dose) else None


def total_in_24_hours(rule: DoseRule, patient: Patient) -> str:
    """Return the amount of an infusion over 24 hours, such as "960 mg", or ""."""
    day = in_24_hours(rule, patient)
    if day is None or day.total_mg is None:
        return ""
    return quantities.dose_amount(day.total_mg, rule.unit)


def has_one_dose(rule: DoseRule, patient: Patient, dose: Dose) -> bool:
    """Return whether each dose is the same amount, the line's own or by a choice.

    Not where an amount of a day is still to be divided, nor where a maximum lowers it
    for some counts alone.
    """
    is_of_a_day = rule.is_by_day and rule.doses_per_day != ONCE
    waits = is_of_a_day and patient.doses_per_day is None
    return not waits and len({each.mg for each in dose.doses}) == 1


def often(rule: DoseRule) -> str:
    """Return how often one dose is given: "once daily", "twice daily", "daily"."""
    counts = rule.doses_per_day
    if counts is None or counts == ONCE:
        return once_words(rule)
    return _times(rule, counts, "daily")


def _often_as_chosen(rule: DoseRule, count: int) -> str:
    """Return how often one dose is given by choice: "twice a day"."""
    if rule.doses_per_day == CountRange(count, count):
        return often(rule)
    return _times(rule, CountRange(count, count), "a day")


def _times(rule: DoseRule, counts: CountRange, per_day: str) -> str:
    times = often_in_words(counts.low, counts.high)
    if rule.is_given_once:
        return f"{times}, on one day only"
    if rule.schedule.is_daily:
        return f"{times} {per_day}"
    return f"{times} on a dosing day, {phrases.when_in_words(rule.schedule)}"


def once_words(rule: DoseRule) -> str:
    """Return how often one dose is given: "once daily", or "once, on one day only".

    A line that says "daily" and not "once" is answered so.
    """
    if rule.is_given_once:
        return "once, on one day only"
    once = phrases.once_in_words(rule.schedule)
    is_plain = "daily" in rule.words and "once" not in rule.words
    return once.removeprefix("once ") if is_plain else once


def in_total(rule: DoseRule) -> str:
    """Return "per DAY in total", as the line writes it."""
    if rule.is_given_once:
        return "in total, on one day only"
    if not rule.schedule.is_daily:
        when = phrases.when_in_words(rule.schedule)
        return f"per dosing day in total, {when}"
    return f"{per_words('day', rule)} in total"


def per_words(time: str, rule: DoseRule) -> str:
    """Return "per day", or "per DAY" where the line says it so."""
    return f"per {time.upper() if time.upper() in rule.words else time}"


def counts_in_words(counts: Sequence[int]) -> str:
    """Return "2, 3 or 4", or "2"."""
    *most, last = map(str, counts)
    return f"{', '.join(most)} or {last}" if most else last


def choice_words(rule: DoseRule, count: int) -> str:
    """Return "usual (label)", "(label)", "not divided", or "".

    A row of the line's own that begins at so many doses says whose numbers those below
    are; one on the single dose, whether it is usual.
    """
    own = [each for each in rule.cautions if each.is_own]
    single = [each.text for each in own if each.trigger == "single-dose"]
    if count == 1 and rule.divided and not single:
        return "not divided"
    for each in own:
        if each.from_doses_per_day and count < each.from_doses_per_day:
            _, bracket, source = each.text.partition("(")
            whose = bracket + source.partition(")")[0] + ")" * bool(bracket)
            is_usual = count == 1 and any("usual" in text for text in single)
            return " ".join(filter(None, ("usual" * is_usual, whose)))
    return ""
