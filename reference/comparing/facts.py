"""The parts of one dose that are compared, each with its value and its words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reference import dosing
from reference.dosing import Dose, DoseRule, Schedule, answers, phrases, quantities

HEADLINE = "amount"


@dataclass(frozen=True, slots=True)
class Fact:
    """One part of a dose: what is compared, and how it is said."""

    value: object
    words: str


def facts_of_dose(
    rule: DoseRule, dose: Dose, daily_mg: dosing.Range
) -> Iterator[tuple[str, Fact]]:
    """Yield every part of a dose that is compared, with its words."""
    per = _per_what(rule.schedule)
    words = f"{quantities.dose_range(daily_mg.low, daily_mg.high, rule.unit)} {per}"
    yield HEADLINE, Fact((daily_mg, rule.schedule), words)
    if rule.who.has_ages:
        ends = (rule.who.from_age_months, rule.who.below_age_months)
        yield "age", Fact(ends, phrases.ages_in_words(rule.who))
    if "doses_per_day" in dose.needs:
        yield "needs", Fact(True, "the number of doses a day is to be chosen")


def _per_what(schedule: Schedule) -> str:
    """Return "a day", "on a dosing day, every 2 weeks", "once, on one day only"."""
    if schedule.is_daily:
        return "a day"
    if schedule.kind == "once":
        return "once, on one day only"
    return f"on a dosing day, {phrases.when_in_words(schedule)}"


def limit_facts(dose: Dose) -> Iterator[tuple[str, Fact]]:
    """Yield the maximum that a dose is limited to, if one is."""
    if dose.limit is not None and dose.limit.applied:
        maximum = dose.limit.maximum
        value = (maximum.amount, maximum.unit, maximum.per)
        yield "limit", Fact(value, f"limited to {maximum.in_words}")


def facts_of_product(
    rule: DoseRule, product: dosing.Product, dose: Dose
) -> Iterator[tuple[str, Fact]]:
    """Yield what depends on the product a dose is drawn from; named if of several."""
    several = dosing.drawn_by(rule) is None
    prefix = f"{product.key} " if several else ""
    lead = f"{product.name}: " if several else ""
    for item in dose.doses:
        yield f"{prefix}{item.per_day} doses", _divided(rule, product, item, lead)
    if dose.infusion is not None:
        yield f"{prefix}infusion", _infusion(rule, product, dose.infusion, lead)
    if dose.course is not None:
        yield f"{prefix}course", _course(rule, product, dose.course, lead)


def _divided(
    rule: DoseRule, product: dosing.Product, item: answers.DividedDose, lead: str
) -> Fact:
    doses = quantities.counted(item.per_day, "dose", "doses")
    amount = quantities.dose_range(item.mg.low, item.mg.high, rule.unit)
    if item.tablets is not None:
        made = phrases.tablets_of_ends(item.tablets, item.mg, rule.unit)
        return Fact((item.mg, made), f"{lead}{doses} of {amount}, {made}")
    words = [
        f"{lead}{doses} of {amount}",
        quantities.quantity_range(item.drawn.ml.low, item.drawn.ml.high, "mL"),
        f"{_units_in_words(rule, product, item)} a dose",
    ]
    if item.diluent_ml is not None:
        low, high = item.diluent_ml.low, item.diluent_ml.high
        words.append(f"diluent {quantities.quantity_range(low, high, 'mL')}")
    taken = item.vials
    sizes = None if taken is None else (taken.low.sizes, taken.high.sizes)
    value = (item.mg, item.drawn.ml, item.drawn.units, item.drawn.units_per_day, sizes)
    fluid = (item.diluent_ml, item.fluid_ml_per_kg_per_day)
    return Fact((value, fluid), ", ".join(words))


def _units_in_words(
    rule: DoseRule, product: dosing.Product, item: answers.DividedDose
) -> str:
    """Return "1 syringe", or which vials: of each end, where they differ."""
    if item.vials is None:
        return product.counted(item.drawn.units)
    ends = (item.vials.low, item.vials.high)
    words = (phrases.vials_in_words(vials, rule.unit) for vials in ends)
    return " to ".join(dict.fromkeys(words))


def _infusion(
    rule: DoseRule, product: dosing.Product, infusion: answers.Infusion, lead: str
) -> Fact:
    hours = quantities.counted(infusion.hours or 0, "hour", "hours")
    per_hour = quantities.dose_amount(infusion.mg_per_hour, rule.unit)
    words = [f"{lead}{per_hour} per hour for {hours}"]
    if infusion.total_mg is not None and infusion.units is not None:
        units = product.counted(dosing.CountRange(infusion.units, infusion.units))
        if infusion.vials is not None:
            units = phrases.vials_in_words(infusion.vials, rule.unit)
        total = quantities.dose_amount(infusion.total_mg, rule.unit)
        words.append(f"{total} in all, at least {units}")
    if infusion.diluent_ml_per_hour is not None:
        volume = quantities.quantity(infusion.diluent_ml_per_hour, "mL")
        words.append(f"diluent {volume} per hour")
    sizes = None if infusion.vials is None else infusion.vials.sizes
    return Fact((replace(infusion, vials=None), sizes), ", ".join(words))


def _course(
    rule: DoseRule, product: dosing.Product, course: answers.Course, lead: str
) -> Fact:
    days = quantities.number_range(course.days.low, course.days.high)
    noun = "day" if course.days.high == 1 else "days"
    amount = quantities.dose_range(course.mg.low, course.mg.high, rule.unit)
    units = product.counted(course.units)
    return Fact(course, f"{lead}course of {days} {noun}: {amount}, {units}")
