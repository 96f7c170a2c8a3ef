"""The plain data of an answer: a worked dose, or why there is none."""

from dataclasses import dataclass, field
from decimal import Decimal

from .model import CautionRule, CountRange, Maximum, Product, Range


@dataclass(frozen=True, slots=True)
class Limit:
    """The maximum that the rule has, and whether it lowered a number."""

    maximum: Maximum
    applied: bool


@dataclass(frozen=True, slots=True)
class Vials:
    """The vials that one amount is taken from, the largest first, and what is left.

    left_over_mg is rounded as a dose is, left_over_ml as a page writes a volume.
    instead are the vials that leave less, one vial more than these; None if none do.
    """

    counts: tuple[tuple[Product, int], ...]
    left_over_mg: Decimal
    left_over_ml: Decimal
    instead: "Vials | None" = None

    @property
    def sizes(self) -> tuple[tuple[Decimal, int], ...]:
        """Return each size in mg with its count: what no other name of it changes."""
        return tuple((product.strength_mg, count) for product, count in self.counts)

    @property
    def holds_mg(self) -> Decimal:
        """Return what all of them hold, by what is printed on them."""
        return sum((mg * count for mg, count in self.sizes), Decimal(0))


@dataclass(frozen=True, slots=True)
class VialsRange:
    """The vials of the low and of the high end of a dose."""

    low: Vials
    high: Vials


@dataclass(frozen=True, slots=True)
class Tablets:
    """The whole tablets that make one amount exactly, the largest first."""

    counts: tuple[tuple[Product, int], ...]

    @property
    def number(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class TabletsRange:
    """The tablets of the low and of the high end; None where no whole ones make it."""

    low: Tablets | None
    high: Tablets | None

    @property
    def units(self) -> CountRange | None:
        """Return how many tablets each end is, None where one of them is none."""
        if self.low is None or self.high is None:
            return None
        return CountRange(self.low.number, self.high.number)


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """What one dose is drawn up as; mL to 0.0001, units are syringes, pens or vials.

    shown_ml is what pages write: to 0.01 mL where that keeps the dose within 5 %.
    """

    ml: Range
    shown_ml: Range
    is_measurable: bool
    units: CountRange
    units_per_day: CountRange


@dataclass(frozen=True, slots=True)
class DividedDose:
    """The dose for one count of doses a day.

    mg to 0.01, or to 0.00001 for a line in micrograms. It is drawn up or made of
    tablets, and the other is None; vials says which, where it is taken from vials.
    """

    per_day: int
    mg: Range
    drawn_up: DrawnUp | None = None
    tablets: TabletsRange | None = None
    diluent_ml: Range | None = None
    fluid_ml_per_kg_per_day: Range | None = None
    vials: VialsRange | None = None

    @property
    def drawn(self) -> DrawnUp:
        """What is drawn up. Raises ValueError for tablets, which have no volume."""
        if self.drawn_up is None:
            raise ValueError("a dose of tablets is not drawn up")
        return self.drawn_up


@dataclass(frozen=True, slots=True)
class Infusion:
    """A continuous infusion; totals are None until its hours are chosen."""

    mg_per_hour: Decimal
    hours: int | None
    total_mg: Decimal | None
    units: int | None
    diluent_ml: Decimal | None
    diluent_ml_per_hour: Decimal | None
    fluid_ml_per_kg_per_day: Decimal | None
    vials: Vials | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The whole course where the guide prints its length, or the days of its doses.

    doses counts its dosing days; days reach to the last of them where doses or days
    are printed and no length.
    """

    days: CountRange
    doses: CountRange
    mg: Range
    units: CountRange


@dataclass(frozen=True, slots=True)
class Caution:
    """A caution that applies to this dose.

    rule is the row that it comes from; None for what the site itself has to say.
    """

    code: str
    text: str
    rule: CautionRule | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Dose:
    """A worked dose. doses is empty where needs names what must be chosen first.

    Amounts are in mg, whatever the unit of the line; rate is in the line's own.
    """

    rate: Range
    daily_mg: Range | None
    doses: tuple[DividedDose, ...] = ()
    limit: Limit | None = None
    infusion: Infusion | None = None
    course: Course | None = None
    needs: tuple[str, ...] = ()
    working: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no dose."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An unusual weight or age that must be confirmed before there is a dose.

    title says what to check. asks_weight and asks_age are what is to be confirmed;
    is_unusual is whether the weight is rare, doubts are what does not fit together.
    """

    weight_kg: Decimal | None
    weight_lb: Decimal | None
    text: str
    title: str
    asks_weight: bool
    asks_age: bool
    is_unusual: bool
    doubts: tuple[str, ...]
