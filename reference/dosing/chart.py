"""The dose of a weight-based line drawn against weight: points, marks and a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from .answers import Dose
from .arithmetic import compute_dose
from .model import CountRange, DoseRule, Patient, Product, Range
from .phrases import weights_in_words
from .quantities import (
    counted,
    in_unit,
    number_in_words,
    quantity,
    quantity_range,
    spelled_unit,
)
from .refusals import counts_allowed
from .weights import (
    PANEL_KG,
    binding_weights_kg,
    end_weights_kg,
    first_weight_kg,
    last_drawn_kg,
    last_weight_kg,
)

CHARTS_KEPT = 256

# The drawing's own units; the style sheet gives it its size.
LEFT, RIGHT, TOP, BOTTOM = map(Decimal, (44, 330, 22, 176))
COORDINATE = Decimal("0.1")
MOST_STEPS = 6
STEPS = tuple(map(Decimal, (1, 2, 5)))


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in units of the drawing, and its label."""

    at: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from zero to a round number, between two places of the drawing."""

    highest: Decimal
    step: Decimal
    start: Decimal
    end: Decimal

    @classmethod
    def up_to(cls, highest: Decimal, start: Decimal, end: Decimal) -> "Axis":
        """Return an axis that holds this amount."""
        step = _step(highest)
        steps = (highest / step).to_integral_value(ROUND_CEILING)
        return cls(steps * step, step, start, end)

    def at(self, amount: Decimal) -> Decimal:
        place = self.start + (self.end - self.start) * amount / self.highest
        return place.quantize(COORDINATE)

    def ticks(self) -> list[Tick]:
        amounts = [self.step * n for n in range(int(self.highest / self.step) + 1)]
        return [Tick(self.at(amount), number_in_words(amount)) for amount in amounts]


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One line of the table that says the same as the drawing."""

    weight: str
    amount: str
    is_limited: bool


@dataclass(frozen=True, slots=True, eq=False)
class DoseChart:
    """A drawing of 340 by 210 units, with the sentences and the table that equal it.

    A line has one, which is kept, so that it is compared as an object.
    """

    rule: DoseRule
    measure: str
    weight: Axis
    amount: Axis
    low: str
    high: str
    band: str
    unit_line: Tick | None
    maxima: Sequence[Tick]
    notes: Sequence[str]
    rows: Sequence[ChartRow]

    @property
    def is_range(self) -> bool:
        return self.low != self.high


@lru_cache(maxsize=CHARTS_KEPT)
def dose_chart(rule: DoseRule) -> DoseChart | None:
    """Return the chart of a line; None for a fixed dose.

    Shows what the line gives before any choice, in its own unit, per dose, per day or
    per hour; only for the weights that it is for.
    Raises ValueError or ArithmeticError for a line that the arithmetic refuses.
    """
    if not rule.is_weight_based:
        return None
    bends = sorted(binding_weights_kg(rule))
    first_kg, last_kg = first_weight_kg(rule), last_drawn_kg(rule, bends)
    weights = [first_kg, *bends, last_kg]
    amounts = [_amount(rule, kg) for kg in weights]
    x = Axis.up_to(last_kg, LEFT, RIGHT)
    y = Axis.up_to(max(span.high for span in amounts), BOTTOM, TOP)
    ends = list(zip(map(x.at, weights), amounts, strict=True))
    low = [(at, y.at(span.low)) for at, span in ends]
    high = [(at, y.at(span.high)) for at, span in ends]
    told = {kg for kg in PANEL_KG if first_kg <= kg <= last_kg} | end_weights_kg(rule)
    return DoseChart(
        rule=rule,
        measure=_measure(rule),
        weight=x,
        amount=y,
        low=_points(low),
        high=_points(high),
        band=_points([*low, *reversed(high)]),
        unit_line=_unit_line(rule, y),
        maxima=[Tick(x.at(kg), quantity(kg, "kg")) for kg in bends],
        notes=tuple(_notes(rule, bends)),
        rows=[_row(rule, kg) for kg in sorted({*told, *bends})],
    )


def _step(highest: Decimal) -> Decimal:
    """Return a step of 1, 2 or 5 times a power of ten that needs few steps."""
    power = Decimal(1).scaleb(highest.adjusted() - 1)
    return next(
        step * tens
        for tens in (power, power * 10)
        for step in STEPS
        if highest <= step * tens * MOST_STEPS
    )


def _amount(rule: DoseRule, weight_kg: Decimal) -> Range:
    measured = _measured(rule, _dose(rule, weight_kg))
    if measured is None:
        raise ValueError(f"the line {rule.key} gives no amount before a choice")
    return measured


def _dose(rule: DoseRule, weight_kg: Decimal) -> Dose:
    """Return the dose at a weight; its amount is the same from every product."""
    drawn = rule.drawn_from(rule.products[0].key)
    dose = compute_dose(drawn, Patient(weight_kg=weight_kg, confirmed=True))
    if not isinstance(dose, Dose):
        raise ValueError(f"the line {rule.key} gives no dose at {weight_kg} kg")
    return dose


def _measured(rule: DoseRule, dose: Dose) -> Range | None:
    """Return a dose in the chart's measure: the line's unit per hour, day or dose.

    None where the amount of a dose waits for a choice.
    """
    mg = _measured_mg(rule, dose)
    return None if mg is None else mg.each(lambda amount: in_unit(amount, rule.unit))


def _measured_mg(rule: DoseRule, dose: Dose) -> Range | None:
    if dose.infusion is not None:
        return Range(dose.infusion.mg_per_hour, dose.infusion.mg_per_hour)
    if rule.is_by_day or rule.doses_per_day == CountRange(1, 1):
        return dose.daily_mg
    if not dose.doses:
        return None
    return Range(
        min(item.mg.low for item in dose.doses),
        max(item.mg.high for item in dose.doses),
    )


def _measure(rule: DoseRule) -> str:
    unit = spelled_unit(rule.unit)
    if rule.is_by_day and rule.every_days > 1:
        return f"{unit} per dosing day"
    return f"{unit} per {rule.basis.rpartition('/')[2]}"


def _points(points: Sequence[tuple[Decimal, Decimal]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _fewest_doses(rule: DoseRule) -> int:
    """Return how many doses the charted amount is divided into, at the least."""
    return counts_allowed(rule)[0] if rule.is_by_day else 1


def _unit_line(rule: DoseRule, y: Axis) -> Tick | None:
    """Return the height above which a dose needs a second unit, if it is drawn."""
    count, product = _fewest_doses(rule), rule.chosen_product
    if product is None or rule.is_infusion:
        return None
    amount = in_unit(product.strength_mg * count, rule.unit)
    if amount > y.highest:
        return None
    one = f"1 {product.unit_name}"
    if rule.is_by_day:
        one = f"{counted(count, 'dose', 'doses')} of {one}"
    return Tick(y.at(amount), one)


def _notes(rule: DoseRule, bends: Sequence[Decimal]) -> Iterator[str]:
    """Yield what the marks of the drawing say."""
    if rule.who.has_weights:
        weights = weights_in_words(rule.who)
        yield f"The line is for {weights}; nothing is drawn for other weights."
    for maximum in rule.maxima:
        words = f"The maximum of {maximum.in_words} ({maximum.source})"
        met = " and ".join(quantity(kg, "kg") for kg in bends)
        yield (
            f"{words} begins to bind at {met}."
            if bends and not maximum.unit.endswith("/kg")
            else f"{words} is above all that is drawn."
        )
    if not rule.is_infusion and rule.chosen_product is not None:
        yield from _second_unit_notes(rule, rule.chosen_product)


def _second_unit_notes(rule: DoseRule, product: Product) -> Iterator[str]:
    """Yield above which weights a dose needs more than one unit, if any."""
    count, unit = _fewest_doses(rule), product.unit_name
    amount = in_unit(product.strength_mg * count, rule.unit)
    heaviest = _amount(rule, last_weight_kg(rule))
    if _amount(rule, first_weight_kg(rule)).low > amount:
        yield f"Every dose that is drawn needs more than 1 {unit}."
        return
    ends = [
        ("high", rule.rate.high, heaviest.high),
        ("low", rule.rate.low, heaviest.low),
    ]
    reached = [
        (end, quantity((amount / rate).quantize(COORDINATE, ROUND_CEILING), "kg"))
        for end, rate, heaviest_amount in ends
        if heaviest_amount > amount
    ]
    if not reached:
        return
    weights, given = " and ".join(f"{kg} at the {end} end" for end, kg in reached), ""
    if rule.rate.low == rule.rate.high:
        weights = reached[0][1]
    if rule.is_by_day:
        given = f" if {counted(count, 'dose is', 'doses are')} given a day"
    yield f"A dose needs more than 1 {unit} above {weights}{given}."


def _row(rule: DoseRule, weight_kg: Decimal) -> ChartRow:
    limit, amount = _dose(rule, weight_kg).limit, _amount(rule, weight_kg)
    return ChartRow(
        weight=quantity(weight_kg, "kg"),
        amount=quantity_range(amount.low, amount.high, spelled_unit(rule.unit)),
        is_limited=limit is not None and limit.applied,
    )
