"""The arithmetic of a dose: one rule and one patient in, a dose or a refusal out.

Decimal only, exact until a number is rounded once, at the end.
"""

from dataclasses import replace
from decimal import Decimal, localcontext

from .amounts import MG_PER, Amounts, maximum_in_mg, rate_of, weight_kg_of
from .answers import Confirmation, Course, DividedDose, Dose, Infusion, Limit, Refusal
from .cautions import cautions
from .containers import drawn_by
from .model import CountRange, DoseRule, Maximum, Range
from .patient import Patient
from .questions import question_about
from .refusals import counts_allowed, refusal_of_choice
from .schedule import doses_within, first_days
from .volume import (
    MG_STEP,
    ML_STEP,
    UNBOUNDED,
    divided_dose,
    mg_step,
    rounded,
    rounded_range,
    taken_from,
    units_of,
    whole_units,
)
from .working import fact_steps, infusion_working, working

DAYS_PER = {"days": 1, "weeks": 7, "months": 30}
HOURS_PER_DAY = 24
SPARE_DIGITS = 60


def compute_dose(rule: DoseRule, patient: Patient) -> Dose | Refusal | Confirmation:
    """Return the dose of this patient under this rule, or why there is none.

    Doses are in mg to 0.01 (to 0.00001 for a line in micrograms) and mL to 0.0001, half
    up, never rounded past a maximum; of several products, one has to be chosen first,
    unless all are vials of one concentration.
    A patient or a choice the guide does not allow is a Refusal; an unusual weight or
    age that was not confirmed is a Confirmation. A line per m² without a body surface
    area has no amount, and needs one. Raises ValueError for a rule that needs a weight
    without one from 0.5 kg to 300 kg, and for an area that is used and is not from
    0.2 m² to 3 m²; the form refuses both first.
    """
    refusal = refusal_of_choice(rule, patient)
    if refusal is not None:
        return refusal
    if rule.needs_weight:
        weight_kg_of(patient)
    question = None if patient.confirmed else question_about(rule, patient)
    if question is not None:
        return question
    with localcontext() as context:
        # Every digit typed is kept, with room to spare, so that rounding happens once.
        context.prec = SPARE_DIGITS + sum(
            len(number.as_tuple().digits)
            for number in (patient.weight_kg, patient.bsa_m2, patient.rate)
            if number is not None
        )
        dose = _worked_out(rule, patient)
    facts = fact_steps(rule, patient)
    return replace(dose, working=(*dose.working, *facts))


def _worked_out(rule: DoseRule, patient: Patient) -> Dose:
    if rule.is_infusion:
        return _infusion_dose(rule, patient)
    if rule.is_area_based and patient.bsa_m2 is None:
        return _without_area(rule, patient)
    return _dose(rule, patient)


def _without_area(rule: DoseRule, patient: Patient) -> Dose:
    """Return no amount: the body surface area is typed, and never worked out."""
    is_open = rule.doses_per_day is None and patient.doses_per_day is None
    needs = _needs(rule, "doses_per_day" if is_open else "")
    dose = Dose(rate=rate_of(rule, patient), daily_mg=None, needs=("bsa", *needs))
    return replace(dose, cautions=cautions(rule, patient, dose, None))


def _needs(rule: DoseRule, choice: str) -> tuple[str, ...]:
    """Return what is to be chosen first: this, if anything, and one of the products."""
    product = () if drawn_by(rule) else ("preparation",)
    return (choice, *product) if choice else product


def _dose(rule: DoseRule, patient: Patient) -> Dose:
    """Return the dose of anything but an infusion."""
    amounts, step = Amounts.of(rule, patient), mg_step(rule)
    counts = counts_allowed(rule)
    if patient.doses_per_day is not None:
        counts = range(patient.doses_per_day, patient.doses_per_day + 1)
    first, last = counts[0], counts[-1]
    needs_count = rule.doses_per_day is None and patient.doses_per_day is None
    day = Range(amounts.of_day(first).low, amounts.of_day(last).high)
    daily_mg = Range(
        rounded(day.low, step, amounts.most_of_day(first)),
        rounded(day.high, step, amounts.most_of_day(last)),
    )
    doses = () if needs_count else _divided(rule, patient, amounts, counts)
    limit = None
    if rule.maxima:
        is_lowered = any(amounts.is_lowered(count) for count in counts)
        limit = Limit(_binding(rule, patient, last), is_lowered)
    first_mg = rounded_range(amounts.of_dose(first), step, amounts.most_of_dose(first))
    smallest_mg = day.low if needs_count else amounts.of_dose(last).low
    dose = Dose(
        rate=amounts.rate,
        daily_mg=daily_mg,
        doses=doses,
        limit=limit,
        course=_course(rule, patient, day),
        needs=_needs(rule, "doses_per_day" if needs_count else ""),
    )
    return replace(
        dose,
        working=tuple(working(rule, patient, dose, first_mg)),
        cautions=cautions(rule, patient, dose, smallest_mg),
    )


def _divided(
    rule: DoseRule, patient: Patient, amounts: Amounts, counts: range
) -> tuple[DividedDose, ...]:
    """Return the dose for each count of doses a day, once the product is known."""
    product = drawn_by(rule)
    if product is None:
        return ()
    return tuple(
        divided_dose(
            rule, patient, product, amounts.most_of_dose(n), n, amounts.of_dose(n)
        )
        for n in counts
    )


def _binding(rule: DoseRule, patient: Patient, count: int) -> Maximum:
    """Return the maximum that allows the least in a day."""
    return min(
        rule.maxima,
        key=lambda maximum: (
            maximum_in_mg(maximum, patient) * (count if maximum.per == "dose" else 1)
        ),
    )


def _course(rule: DoseRule, patient: Patient, day_mg: Range) -> Course | None:
    """Return the whole course of a fixed dose whose days or doses are printed."""
    product, counts = drawn_by(rule), rule.doses_per_day
    if rule.is_by_body or patient.increased or product is None or counts is None:
        return None
    found = _days_and_doses(rule)
    if found is None:
        return None
    days, doses = found
    step = mg_step(rule)
    each = day_mg.low / counts.low, day_mg.high / counts.high
    low, high = (units_of(rule, product, mg) for mg in each)
    if low is None or high is None:
        return None
    return Course(
        days=days,
        doses=doses,
        mg=Range(
            rounded(day_mg.low * doses.low, step, UNBOUNDED),
            rounded(day_mg.high * doses.high, step, UNBOUNDED),
        ),
        units=CountRange(doses.low * counts.low * low, doses.high * counts.high * high),
    )


def _days_and_doses(rule: DoseRule) -> tuple[CountRange, CountRange] | None:
    """Return the days of a course, to its last dose, and its dosing days.

    None without an end, and for doses every so many months, which are no days.
    """
    duration, when = rule.duration, rule.schedule
    ends = when.number_of_doses if when.kind == "listed" else None
    if ends is not None:
        days = CountRange(when.listed_days[-1] + 1, when.listed_days[-1] + 1)
        return days, CountRange(ends, ends)
    if duration is None or when.every_months:
        return None
    span = CountRange(duration.low or duration.high, duration.high)
    if duration.unit == "doses":
        last = first_days(when, span.high)
        return CountRange(last[span.low - 1] + 1, last[-1] + 1), span
    if duration.unit not in DAYS_PER:
        return None
    each = DAYS_PER[duration.unit]
    days = CountRange(span.low * each, span.high * each)
    return days, CountRange(doses_within(when, days.low), doses_within(when, days.high))


def _infusion_dose(rule: DoseRule, patient: Patient) -> Dose:
    """Return a continuous infusion; its totals wait until the hours are chosen."""
    rate, hours = rate_of(rule, patient), patient.hours
    if rate.low != rate.high or rule.maxima:
        raise ValueError("an infusion has one rate and no maximum")
    mg_per_hour = rate.low * weight_kg_of(patient) * MG_PER[rule.unit]
    total_mg = None if hours is None else mg_per_hour * hours
    infusion = _infusion(rule, patient, mg_per_hour, total_mg)
    daily_mg = None
    if hours is not None:
        first_day_mg = mg_per_hour * min(hours, HOURS_PER_DAY)
        first_day_mg = rounded(first_day_mg, MG_STEP[rule.unit], UNBOUNDED)
        daily_mg = Range(first_day_mg, first_day_mg)
    dose = Dose(
        rate=rate,
        daily_mg=daily_mg,
        infusion=infusion,
        needs=_needs(rule, "hours" if hours is None else ""),
    )
    return replace(
        dose,
        working=tuple(infusion_working(rule, patient, rate, infusion)),
        cautions=cautions(rule, patient, dose, total_mg),
    )


def _infusion(
    rule: DoseRule, patient: Patient, mg_per_hour: Decimal, total_mg: Decimal | None
) -> Infusion:
    """Return the numbers of an infusion, rounded from those that are not."""
    per_mg, product = rule.diluent_ml_per_mg, drawn_by(rule)
    step = MG_STEP[rule.unit]

    def diluted(mg: Decimal | None) -> Decimal | None:
        if mg is None or per_mg is None:
            return None
        return rounded(mg * per_mg, ML_STEP, UNBOUNDED)

    return Infusion(
        mg_per_hour=rounded(mg_per_hour, step, UNBOUNDED),
        hours=patient.hours,
        total_mg=None if total_mg is None else rounded(total_mg, step, UNBOUNDED),
        units=None
        if total_mg is None or product is None
        else whole_units(total_mg, product),
        diluent_ml=diluted(total_mg),
        diluent_ml_per_hour=diluted(mg_per_hour),
        fluid_ml_per_kg_per_day=diluted(
            mg_per_hour * HOURS_PER_DAY / weight_kg_of(patient)
        ),
        vials=None if total_mg is None else taken_from(rule, total_mg),
    )
