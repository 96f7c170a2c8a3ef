"""The standard panel of doses: each dosing line at set weights, its dose in parts.

What two editions make of one point of the panel is compared in comparing/doses.py; the
parts of a dose and their words are in comparing/facts.py.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

from reference import dosing
from reference.dosing import Dose, DoseRule, Row, Schedule, phrases, quantities, rules

from .facts import HEADLINE, Fact, facts_of_dose, facts_of_product, limit_facts
from .point import Point

# What can change in a dosing line without touching its arithmetic.
WORDING = frozenset({"printed", "text", "revised_on", "duration_words"})
# Amounts of two intervals stand side by side over days that hold most of them whole.
COMPARED_DAYS = 28
COMPARED_STEP_MG = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A panel dose under one edition; mg_per_day is None where there is no dose.

    days is on which days it is given, None where that is each day. in_28_days is what
    that comes to, "200 mg in 28 days", or "" where it ends or its interval is uneven.
    """

    facts: Mapping[str, Fact]
    mg_per_day: dosing.Range | None = None
    days: Schedule | None = None
    in_28_days: str = ""


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
        facts = dict(facts_of_dose(rule, dose, dose.daily_mg))
        known = dosing.drawn_by(rule)
        for each in (known,) if known else rule.products:
            drawn: object = dose
            if known is None:
                drawn = dosing.compute_dose(rule.drawn_from(each.key), patient)
            if isinstance(drawn, Dose):
                facts |= facts_of_product(rule, each, drawn)
        facts |= limit_facts(dose)
        low, high = dose.daily_mg.low, dose.daily_mg.high
        days_between = rule.schedule.mean_days_between
        per_day = dosing.Range(low / days_between, high / days_between)
        days = None if rule.schedule.is_daily else rule.schedule
        return Outcome(facts, per_day, days, _in_28_days(rule, per_day))

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


def _in_28_days(rule: DoseRule, mg_per_day: dosing.Range) -> str:
    is_even = rule.schedule.is_daily or rule.schedule.kind == "every-n-days"
    if not is_even or rule.duration is not None:
        return ""
    low, high = (
        (COMPARED_DAYS * mg).quantize(COMPARED_STEP_MG, ROUND_HALF_UP)
        for mg in (mg_per_day.low, mg_per_day.high)
    )
    return f"{quantities.dose_range(low, high, rule.unit)} in {COMPARED_DAYS} days"


def _name(document: dosing.Document, regimen: Row) -> str:
    """Return "pJIA, subcutaneous, pediatric"."""
    names = {row["key"]: row["short_name"] for row in document["indications"]}
    parts = [names.get(regimen["indication"], regimen["key"]), regimen["route"]]
    if regimen["population"] != "not stated":
        parts.append(regimen["population"])
    return ", ".join(
        [*parts, *phrases.line_details(regimen["phase"], rules.who_for(regimen))]
    )
