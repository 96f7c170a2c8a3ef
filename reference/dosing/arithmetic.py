"""The arithmetic of a dose: one rule and one patient in, a dose or a refusal out.

Pure: no Django, Decimal only, exact until a number is rounded once, at the end.
The sentences that go with a dose are in dosing/sentence.py.
"""

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from . import cautions as dose_cautions
from . import working as dose_steps
from .model import (
    Confirmation,
    CountRange,
    Course,
    Dose,
    DoseRule,
    Infusion,
    Limit,
    Maximum,
    Patient,
    Range,
    Refusal,
)
from .phrases import fitting_steps
from .questions import question_about, unused_facts
from .refusals import counts_allowed, refusal_of_choice
from .typed import HIGHEST_WEIGHT_KG, LOWEST_WEIGHT_KG
from .volume import (
    MG_STEP,
    ML_STEP,
    UNBOUNDED,
    divided_dose,
    rounded,
    rounded_range,
    whole,
)

MG_PER = {"mg": Decimal(1), "microgram": Decimal("0.001")}

DAYS_PER = {"days": 1, "months": 30}
HOURS_PER_DAY = 24
SPARE_DIGITS = 60


def compute_dose(rule: DoseRule, patient: Patient) -> Dose | Refusal | Confirmation:
    """Return the dose of this patient under this rule, or why there is none.

    Doses are in mg to 0.01 (to 0.00001 for a line in micrograms) and mL to 0.0001, half
    up, never rounded past a maximum; of several products, one has to be chosen first.
    A patient or a choice the guide does not allow is a Refusal; an unusual weight or
    age that was not confirmed is a Confirmation. Raises ValueError for a rule that
    needs a weight without one from 0.5 kg to 300 kg, which the form refuses first.
    """
    refusal = refusal_of_choice(rule, patient)
    if refusal is not None:
        return refusal
    if rule.needs_weight:
        _weight_kg(patient)
    question = None if patient.confirmed else question_about(rule, patient)
    if question is not None:
        return question
    with localcontext() as context:
        # Every digit typed is kept, with room to spare, so that rounding happens once.
        context.prec = SPARE_DIGITS + sum(
            len(number.as_tuple().digits)
            for number in (patient.weight_kg, patient.rate)
            if number is not None
        )
        dose = (
            _infusion_dose(rule, patient) if rule.is_infusion else _dose(rule, patient)
        )
    facts = (*fitting_steps(rule, patient), *unused_facts(rule, patient))
    return replace(dose, working=(*dose.working, *facts))


def _needs(rule: DoseRule, choice: str) -> tuple[str, ...]:
    """Return what is to be chosen first: this, if anything, and one of the products."""
    product = () if rule.chosen_product else ("preparation",)
    return (choice, *product) if choice else product


def _weight_kg(patient: Patient) -> Decimal:
    weight_kg = patient.weight_kg
    if weight_kg is None or not LOWEST_WEIGHT_KG <= weight_kg <= HIGHEST_WEIGHT_KG:
        raise ValueError("this dose needs a weight from 0.5 kg to 300 kg")
    return weight_kg


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The maxima of a rule in mg for one patient; infinite where it has none."""

    dose_mg: Decimal
    day_mg: Decimal

    def of_dose(self, count: int) -> Decimal:
        return min(self.dose_mg, self.day_mg / count)

    def of_day(self, count: int) -> Decimal:
        return min(self.day_mg, self.dose_mg * count)


def _bounds(rule: DoseRule, patient: Patient) -> _Bounds:
    lowest = {"dose": UNBOUNDED, "day": UNBOUNDED}
    for maximum in rule.maxima:
        lowest[maximum.per] = min(lowest[maximum.per], _in_mg(maximum, patient))
    return _Bounds(dose_mg=lowest["dose"], day_mg=lowest["day"])


def _in_mg(maximum: Maximum, patient: Patient) -> Decimal:
    unit, _, per_kg = maximum.unit.partition("/")
    return maximum.amount * MG_PER[unit] * (_weight_kg(patient) if per_kg else 1)


def _rate(rule: DoseRule, patient: Patient) -> Range:
    """Return the rate used: the increased one, the one chosen, or the printed range."""
    if patient.increased and rule.increase_to is not None:
        return Range(rule.increase_to, rule.increase_to)
    if patient.rate is not None:
        return Range(patient.rate, patient.rate)
    return rule.rate


def _dose(rule: DoseRule, patient: Patient) -> Dose:
    """Return the dose of anything but an infusion."""
    rate = _rate(rule, patient)
    bounds = _bounds(rule, patient)
    factor = MG_PER[rule.unit] * (_weight_kg(patient) if rule.is_weight_based else 1)
    step = MG_STEP[rule.unit]
    counts = counts_allowed(rule)
    if patient.doses_per_day is not None:
        counts = range(patient.doses_per_day, patient.doses_per_day + 1)
    needs_count = rule.doses_per_day is None and patient.doses_per_day is None
    product = rule.chosen_product

    def wanted_mg(rate_end: Decimal, count: int) -> Decimal:
        """Return the unrounded mg per dosing day, before any maximum."""
        return rate_end * factor * (1 if rule.is_by_day else count)

    def day_mg(rate_end: Decimal, count: int) -> Decimal:
        return min(wanted_mg(rate_end, count), bounds.of_day(count))

    def dose_mg(count: int) -> Range:
        return Range(day_mg(rate.low, count) / count, day_mg(rate.high, count) / count)

    doses = tuple(
        divided_dose(
            rule, patient, product, bounds.of_dose(count), count, dose_mg(count)
        )
        for count in ([] if needs_count else counts)
        if product is not None
    )
    first, last = counts[0], counts[-1]
    day = Range(day_mg(rate.low, first), day_mg(rate.high, last))
    lowered = any(
        day_mg(end, count) < wanted_mg(end, count)
        for end in (rate.low, rate.high)
        for count in counts
    )
    limit = Limit(_binding(rule, patient, last), lowered) if rule.maxima else None
    smallest_mg = day.low if needs_count else day_mg(rate.low, last) / last
    daily_mg = Range(
        rounded(day.low, step, bounds.of_day(first)),
        rounded(day.high, step, bounds.of_day(last)),
    )
    first_mg = rounded_range(dose_mg(first), step, bounds.of_dose(first))
    return Dose(
        rate=rate,
        daily_mg=daily_mg,
        doses=doses,
        limit=limit,
        infusion=None,
        course=_course(rule, patient, day),
        needs=_needs(rule, "doses_per_day" if needs_count else ""),
        working=dose_steps.working(
            rule, patient, rate, daily_mg, first_mg, doses, limit
        ),
        cautions=dose_cautions.cautions(rule, patient, rate, doses, None, smallest_mg),
    )


def _binding(rule: DoseRule, patient: Patient, count: int) -> Maximum:
    """Return the maximum that allows the least in a day."""
    return min(
        rule.maxima,
        key=lambda maximum: (
            _in_mg(maximum, patient) * (count if maximum.per == "dose" else 1)
        ),
    )


def _course(rule: DoseRule, patient: Patient, day_mg: Range) -> Course | None:
    """Return the whole course, for a fixed dose with a printed number of days."""
    duration, product = rule.duration, rule.chosen_product
    if duration is None or rule.is_weight_based or patient.increased:
        return None
    if product is None:
        return None
    if duration.unit not in DAYS_PER or rule.doses_per_day is None:
        return None
    days = CountRange(
        (duration.low or duration.high) * DAYS_PER[duration.unit],
        duration.high * DAYS_PER[duration.unit],
    )
    dosing_days = CountRange(
        -(-days.low // rule.every_days), -(-days.high // rule.every_days)
    )
    units = CountRange(
        rule.doses_per_day.low
        * whole(day_mg.low / rule.doses_per_day.low / product.strength_mg),
        rule.doses_per_day.high
        * whole(day_mg.high / rule.doses_per_day.high / product.strength_mg),
    )
    return Course(
        days=days,
        mg=Range(
            rounded(day_mg.low * dosing_days.low, MG_STEP[rule.unit], UNBOUNDED),
            rounded(day_mg.high * dosing_days.high, MG_STEP[rule.unit], UNBOUNDED),
        ),
        units=CountRange(units.low * dosing_days.low, units.high * dosing_days.high),
    )


def _infusion_dose(rule: DoseRule, patient: Patient) -> Dose:
    """Return a continuous infusion; its totals wait until the hours are chosen."""
    rate = _rate(rule, patient)
    if rate.low != rate.high or rule.maxima:
        raise ValueError("an infusion has one rate and no maximum")
    weight_kg = _weight_kg(patient)
    mg_per_hour = rate.low * weight_kg * MG_PER[rule.unit]
    hours, per_mg, product = patient.hours, rule.diluent_ml_per_mg, rule.chosen_product
    total_mg = None if hours is None else mg_per_hour * hours

    def rounded_mg(mg: Decimal) -> Decimal:
        return rounded(mg, MG_STEP[rule.unit], UNBOUNDED)

    def diluted(mg: Decimal | None) -> Decimal | None:
        if mg is None or per_mg is None:
            return None
        return rounded(mg * per_mg, ML_STEP, UNBOUNDED)

    infusion = Infusion(
        mg_per_hour=rounded_mg(mg_per_hour),
        hours=hours,
        total_mg=None if total_mg is None else rounded_mg(total_mg),
        units=None
        if total_mg is None or product is None
        else whole(total_mg / product.strength_mg),
        diluent_ml=diluted(total_mg),
        diluent_ml_per_hour=diluted(mg_per_hour),
        fluid_ml_per_kg_per_day=diluted(mg_per_hour * HOURS_PER_DAY / weight_kg),
    )
    daily_mg = None
    if hours is not None:
        first_day_mg = rounded_mg(mg_per_hour * min(hours, HOURS_PER_DAY))
        daily_mg = Range(first_day_mg, first_day_mg)
    return Dose(
        rate=rate,
        daily_mg=daily_mg,
        doses=(),
        limit=None,
        infusion=infusion,
        course=None,
        needs=_needs(rule, "hours" if hours is None else ""),
        working=dose_steps.infusion_working(rule, patient, rate, infusion),
        cautions=dose_cautions.cautions(rule, patient, rate, (), infusion, total_mg),
    )
