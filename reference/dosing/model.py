"""What a dose starts from: a dosing line as data.

Every number is a Decimal whose name carries its unit.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from .patient import Age
from .quantities import dose_amount, number_range, quantity, spelled_unit
from .schedule import Schedule


@dataclass(frozen=True, slots=True)
class Range:
    """A low and a high end in one unit; equal where there is a single value."""

    low: Decimal
    high: Decimal

    def each(self, change: Callable[[Decimal], Decimal]) -> "Range":
        """Return the range whose ends are what is made of these."""
        return Range(change(self.low), change(self.high))


@dataclass(frozen=True, slots=True)
class CountRange:
    """A low and a high count."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Maximum:
    """A limit with its unit ("mg", "mg/kg", "microgram"…), per "dose" or per "day"."""

    amount: Decimal
    unit: str
    per: str
    source: str

    @property
    def in_words(self) -> str:
        """Return "8 mg per kg per day", or "100 mg per dose"."""
        return f"{quantity(self.amount, spelled_unit(self.unit))} per {self.per}"


@dataclass(frozen=True, slots=True)
class Duration:
    """How long: low is None for "up to"; in hours, days, weeks, months or doses."""

    low: int | None
    high: int
    unit: str


@dataclass(frozen=True, slots=True)
class Product:
    """One unit of the drug; its strength is a ratio, never rounded.

    container is "syringe", "pen", "vial" or "tablet", or "" where the edition does not
    say. A tablet has no volume: its strength_ml is None.
    """

    strength_mg: Decimal
    strength_ml: Decimal | None
    smallest_dose_mg: Decimal | None
    unit_name: str
    unit_name_plural: str
    key: str
    name: str
    container: str = ""

    @property
    def in_words(self) -> str:
        """Return "10 mg in 0.5 mL, prefilled syringe": what no field may cut off."""
        return f"{self.strength_in_words('mg')}, {self.name}"

    def strength_in_words(self, unit: str) -> str:
        """Return "10 mg in 0.5 mL", or "2.5 mg" of a tablet; mg or micrograms."""
        amount = dose_amount(self.strength_mg, unit)
        if self.strength_ml is None:
            return amount
        return f"{amount} in {quantity(self.strength_ml, 'mL')}"

    def counted(self, units: CountRange) -> str:
        """Return a range of counts with its noun: "1 syringe", "2 to 4 syringes"."""
        noun = self.unit_name if units.high == 1 else self.unit_name_plural
        return f"{number_range(units.low, units.high)} {noun}"


@dataclass(frozen=True, slots=True)
class CautionRule:
    """A caution's text and what makes it apply.

    One of the line's own takes the place of one for all lines with the same trigger.
    mark is its letter in the table, or "".
    """

    code: str
    trigger: str
    text: str
    from_weight_kg: Decimal | None
    below_weight_kg: Decimal | None
    below_crcl_ml_per_min: Decimal | None
    from_doses_per_day: int | None
    mark: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class OpenDiscrepancy:
    """A conflict in the printed guide that bears on the dose and is not ruled on."""

    title: str
    consequence: str


@dataclass(frozen=True, slots=True)
class WhoFor:
    """The patients a line is for, by weight in kg and age; None where it names none.

    The lowest weight and the lowest age belong to the line; below_weight_kg and
    below_age_months do not.
    """

    from_weight_kg: Decimal | None = None
    below_weight_kg: Decimal | None = None
    from_age_months: int | None = None
    below_age_months: int | None = None

    @property
    def has_weights(self) -> bool:
        return self.from_weight_kg is not None or self.below_weight_kg is not None

    def takes_weight(self, weight_kg: Decimal) -> bool:
        """Return whether a weight lies within the line's."""
        first_kg, end_kg = self.from_weight_kg, self.below_weight_kg
        is_heavy_enough = first_kg is None or weight_kg >= first_kg
        return is_heavy_enough and (end_kg is None or weight_kg < end_kg)

    @property
    def has_ages(self) -> bool:
        return self.from_age_months is not None or self.below_age_months is not None

    def takes_age(self, age: Age) -> bool:
        """Return whether an age, as it was typed, is sure to lie within the line's."""
        first, end = self.from_age_months, self.below_age_months
        is_old_enough = first is None or age.from_months >= first
        return is_old_enough and (end is None or age.until_months <= end)


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Another line of the same indication: what tells it apart, and whom it is for."""

    text: str
    who: WhoFor


@dataclass(frozen=True, slots=True)
class DoseRule:
    """A dosing line as numbers and units.

    basis is one of mg/dose, mg/kg/dose, mg/kg/day, mg/kg/hour, the same in microgram,
    mg/m2/dose or mg/m2/day; rate, increase_to and maxima are in its unit. doses_per_day
    is None where the guide gives no number. words are the line's own for amount and
    time, or "". Of several products a dose is drawn from the one chosen, or from vials
    together: dosing/containers.py.
    """

    key: str
    route: str
    population: str
    phase: str
    who: WhoFor
    other_lines: tuple[OtherLine, ...]
    basis: str
    rate: Range
    doses_per_day: CountRange | None
    divided: bool
    schedule: Schedule
    words: str
    increase_to: Decimal | None
    maxima: tuple[Maximum, ...]
    duration: Duration | None
    products: tuple[Product, ...]
    diluent_ml_per_mg: Decimal | None
    cautions: tuple[CautionRule, ...]
    discrepancies: tuple[OpenDiscrepancy, ...]

    @property
    def is_weight_based(self) -> bool:
        return "/kg" in self.basis

    @property
    def is_area_based(self) -> bool:
        """Whether the amount is multiplied by a body surface area, typed in m²."""
        return "/m2" in self.basis

    @property
    def is_by_body(self) -> bool:
        """Whether the amount is multiplied by a weight or by an area."""
        return self.is_weight_based or self.is_area_based

    @property
    def needs_weight(self) -> bool:
        """Whether a weight decides: it is multiplied, or tells whom the line is for."""
        return self.is_weight_based or self.who.has_weights

    @property
    def is_infusion(self) -> bool:
        return self.basis.endswith("/kg/hour")

    @property
    def is_by_day(self) -> bool:
        """Whether the amount is a day's, to be divided by the count of doses."""
        return self.basis.endswith("/day")

    @property
    def unit(self) -> str:
        """The unit its amounts are printed and written in: "mg" or "microgram"."""
        return self.basis.partition("/")[0]

    @property
    def is_given_once(self) -> bool:
        """Whether the guide gives it on one day alone, as it does a loading dose."""
        return self.schedule.kind == "once"

    @property
    def chosen_product(self) -> Product | None:
        return self.products[0] if len(self.products) == 1 else None

    def drawn_from(self, key: str) -> "DoseRule":
        """Return the rule with this one of its products chosen."""
        chosen = tuple(product for product in self.products if product.key == key)
        return replace(self, products=chosen)

    @property
    def crcl_thresholds_ml_per_min(self) -> tuple[Decimal, ...]:
        """The creatinine clearances below which a statement of the line begins."""
        found = (caution.below_crcl_ml_per_min for caution in self.cautions)
        return tuple(sorted({each for each in found if each is not None}))

    @property
    def highest_rate(self) -> Decimal:
        """The highest rate that may be asked for, on the rule's basis and in its unit.

        A maximum in the same unit as the rate raises the printed upper end (NOMID and
        DIRA: 8 mg/kg per day); any other maximum only bounds the result.
        """
        same_basis = [
            maximum.amount
            for maximum in self.maxima
            if f"{maximum.unit}/{maximum.per}" == self.basis
        ]
        if not self.is_by_body:
            return self.rate.high
        return max([self.rate.high, *same_basis])
