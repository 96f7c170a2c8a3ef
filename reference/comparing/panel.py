"""The standard panel of doses: each dosing line at set weights, its dose in parts.

What two editions make of one point of the panel is compared in comparing/doses.py.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from reference import dosing
from reference.dosing import (
    Dose,
    DoseRule,
    Row,
    Schedule,
    answers,
    phrases,
    quantities,
    rules,
)

from .point import Point

# What can change in a dosing line without touching its arithmetic.
WORDING = frozenset({"printed", "text", "revised_on", "duration_words"})
HEADLINE = "amount"


@dataclass(frozen=True, slots=True)
class Fact:
    """One part of a dose: what is compared, and how it is said."""

    value: object
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A panel dose under one edition; mg_per_day is None where there is no dose.

    listed is the schedule of a line that lists its days, which no ratio tells apart.
    """

    facts: Mapping[str, Fact]
    mg_per_day: dosing.Range | None = None
    listed: Schedule | None = None


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One dosing line under one edition; no row where the edition has no such line."""

    key: str
    name: str
    row: Row | None
    rule: DoseRule | None
    preparations: int

    @classmethod
    def of(cls, document: dosing.Document, key: str) -> "PanelLine":
        """Return a line of a document, without a rule where it makes none."""
        count = len(document["preparations"])
        row = next((row for row in document["regimens"] if row["key"] == key), None)
        if row is None:
            return cls(key, "", None, None, count)
        rule = None
        with suppress(ValueError, ArithmeticError):
            rule = dosing.dose_rule(document, row)
        return cls(key, _name(document, row), row, rule, count)

    @property
    def is_by_weight(self) -> bool:
        """Return whether the weight decides: multiplied, or within the line's."""
        return self.row is not None and (
            "/kg" in self.row["basis"] or rules.who_for(self.row).has_weights
        )

    @property
    def is_by_area(self) -> bool:
        return self.row is not None and "/m2/" in self.row["basis"]

    def takes(self, weight_kg: Decimal) -> bool:
        """Return whether the line is for this weight."""
        return self.row is not None and rules.who_for(self.row).takes_weight(weight_kg)

    @property
    def is_increasable(self) -> bool:
        return self.row is not None and self.row["increase_to"] is not None

    @property
    def range_in_words(self) -> str:
        """Return the rates that may be asked for, or nothing where none may."""
        if self.rule is None or not self.rule.is_by_body:
            return ""
        span = quantities.number_range(self.rule.rate.low, self.rule.highest_rate)
        return f"{span} {quantities.spelled_unit(self.rule.basis)}"

    def outcome(self, point: Point) -> Outcome:
        """Return the dose at one point of the panel, or why there is none in words."""
        if self.row is None:
            return _no_dose("no such dosing line in this edition")
        if point.is_increased and not self.is_increasable:
            return _no_dose("no increased dose in this edition")
        try:
            return self._computed(point)
        except (ValueError, ArithmeticError):
            return self._not_computable(self.row)

    def _computed(self, point: Point) -> Outcome:
        """Return the dose with no choice made, an infusion at its longest.

        Raises ValueError or ArithmeticError for a line that the arithmetic refuses.
        """
        rule = self.rule
        if rule is None:
            raise ValueError(f"the line {self.key} makes no rule")
        patient = dosing.Patient(
            weight_kg=point.weight_kg,
            bsa_m2=point.bsa_m2,
            hours=dosing.hours_allowed(rule)[-1] if rule.is_infusion else None,
            increased=point.is_increased,
            confirmed=True,
        )
        dose = dosing.compute_dose(rule, patient)
        if not isinstance(dose, Dose):
            return Outcome({HEADLINE: Fact("no dose", dose.text)})
        if dose.daily_mg is None:
            raise ValueError(f"the line {self.key} gives no amount")
        facts = dict(_facts(rule, dose, dose.daily_mg))
        known = dosing.drawn_by(rule)
        for each in (known,) if known else rule.products:
            drawn: object = dose
            if known is None:
                drawn = dosing.compute_dose(rule.drawn_from(each.key), patient)
            if isinstance(drawn, Dose):
                facts |= _facts_of_product(rule, each, drawn)
        facts |= _limit_facts(dose)
        low, high = dose.daily_mg.low, dose.daily_mg.high
        days_between = rule.schedule.mean_days_between
        per_day = dosing.Range(low / days_between, high / days_between)
        is_listed = rule.schedule.kind == "listed"
        return Outcome(facts, per_day, rule.schedule if is_listed else None)

    def _not_computable(self, row: Row) -> Outcome:
        """Return words for a line that differs from any whose numbers are others."""
        problems = rules.regimen_problems(row)
        if not self.preparations:
            problems.append("There is no preparation to draw a dose from.")
        reason = " ".join(problems) or "The arithmetic cannot take its numbers."
        words = f"cannot be worked out: {reason}"
        numbers = {name: row[name] for name in row if name not in WORDING}
        return Outcome({HEADLINE: Fact((words, numbers), words)})


def points(old: PanelLine, new: PanelLine) -> Iterator[Point]:
    """Yield every point of a line's panel: each weight with each area, if it has any.

    Without the increase first, then with it.
    """
    weights: list[Decimal | None] = [None]
    areas: list[Decimal | None] = [None]
    of_both = [line.rule for line in (old, new) if line.rule is not None]
    if old.is_by_area or new.is_by_area:
        areas = [*dosing.panel_areas_m2(of_both)]
    if old.is_by_weight or new.is_by_weight:
        weights = [
            kg
            for kg in dosing.panel_weights_kg(of_both)
            if old.takes(kg) or new.takes(kg)
        ]
    increases = (False, True) if old.is_increasable or new.is_increasable else (False,)
    for is_increased, weight_kg, bsa_m2 in product(increases, weights, areas):
        yield Point(weight_kg, bsa_m2, is_increased)


def _no_dose(words: str) -> Outcome:
    return Outcome({HEADLINE: Fact(words, words)})


def _name(document: dosing.Document, regimen: Row) -> str:
    """Return "pJIA, subcutaneous, pediatric"."""
    names = {row["key"]: row["short_name"] for row in document["indications"]}
    parts = [names.get(regimen["indication"], regimen["key"]), regimen["route"]]
    if regimen["population"] != "not stated":
        parts.append(regimen["population"])
    return ", ".join(
        [*parts, *phrases.line_details(regimen["phase"], rules.who_for(regimen))]
    )


def _facts(
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


def _limit_facts(dose: Dose) -> Iterator[tuple[str, Fact]]:
    if dose.limit is not None and dose.limit.applied:
        maximum = dose.limit.maximum
        value = (maximum.amount, maximum.unit, maximum.per)
        yield "limit", Fact(value, f"limited to {maximum.in_words}")


def _facts_of_product(
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
