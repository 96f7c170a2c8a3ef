"""What a dosing line says, whether in fields or in words, in one form to be compared.

Two lines that mean the same have the same facts: every 2 weeks is every 14 days; with
one dose a day, an amount per day is the amount per dose.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reference.dosing import phrases, quantities

SPELLED = {"microgram": "micrograms", "unit": "units"}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with its unit, per body ("", "kg", "m2") and per time ("", "dose"…).

    low and high are equal where there is a single value.
    """

    low: Decimal
    high: Decimal
    unit: str
    body: str = ""
    per: str = ""

    @property
    def in_words(self) -> str:
        """Return "1 to 2 mg/kg per day", "375 mg/m²", "1 microgram/kg per dose"."""
        is_one = self.low == self.high == 1
        unit = self.unit if is_one else SPELLED.get(self.unit, self.unit)
        body = f"/{quantities.spelled_unit(self.body)}" if self.body else ""
        per = f" per {self.per}" if self.per else ""
        return f"{quantities.number_range(self.low, self.high)} {unit}{body}{per}"


@dataclass(frozen=True, slots=True)
class Often:
    """How often a dose is given.

    kind is "every" (so many doses on every so many days or months), "once",
    "continuous" or "listed" (on the listed days or weeks, then every so many days or
    months, or all of them again). low and high count the doses of a dosing day; None
    where their number is not given.
    """

    kind: str = "every"
    low: int | None = 1
    high: int | None = 1
    divided: bool = False
    every: int = 1
    every_unit: str = "days"
    listed: tuple[int, ...] = ()
    listed_unit: str = ""
    again_after_days: int | None = None

    @property
    def is_one_dose(self) -> bool:
        return self.low == self.high == 1 and self.kind != "continuous"

    @property
    def in_words(self) -> str:
        """Return "once every day", "2 to 4 divided doses every 14 days", "once"."""
        if self.kind == "continuous":
            return "continuously"
        divided = "divided " if self.divided else ""
        if self.low is None or self.high is None:
            doses = f"{divided}doses, number not given,"
        elif self.is_one_dose and not divided:
            doses = "once"
        else:
            noun = "dose" if self.high == 1 else "doses"
            doses = f"{quantities.number_range(self.low, self.high)} {divided}{noun}"
        return f"{doses} {self._when}".rstrip(" ,")

    @property
    def _when(self) -> str:
        if self.kind == "once":
            return "" if self.is_one_dose else "on one day only"
        if self.kind == "listed":
            return self._on_listed
        return self._interval

    @property
    def _on_listed(self) -> str:
        words = f"at {self.listed_unit} {', '.join(map(str, self.listed))}"
        if (self.every, self.every_unit) != (1, "days"):
            words = f"{words}, then {self._interval}"
        if self.again_after_days is not None:
            words = f"{words}, again after {self.again_after_days} days"
        return words

    @property
    def _interval(self) -> str:
        unit = self.every_unit
        if self.every == 1:
            return f"every {unit.removesuffix('s')}"
        return f"every {self.every} {unit}"


@dataclass(frozen=True, slots=True)
class Length:
    """How long: low is None for "up to"; in hours, days, weeks, months or doses."""

    low: int | None
    high: int
    unit: str

    @property
    def in_words(self) -> str:
        """Return "10 days", "3 to 5 days", "up to 72 hours"."""
        unit = self.unit.removesuffix("s") if self.high == 1 else self.unit
        if self.low is None:
            return f"up to {self.high} {unit}"
        return f"{quantities.number_range(self.low, self.high)} {unit}"


DAYS_PER_WEEK = 7
WEEK = (DAYS_PER_WEEK, "days")
ONE_DAY = Length(1, 1, "days")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a line says; None or empty where it does not say it.

    routes are those that the words can mean: "IV" is an injection or an infusion. over
    is how long one infusion runs, in minutes; begins is "week 14" of a line that runs
    after another.
    """

    dose: Amount | None = None
    often: Often | None = None
    increase: Amount | None = None
    limits: tuple[Amount, ...] = ()
    source: str = ""
    length: Length | None = None
    routes: frozenset[str] = field(default_factory=frozenset)
    population: str = ""
    phase: str = ""
    from_weight_kg: Decimal | None = None
    below_weight_kg: Decimal | None = None
    from_age_months: int | None = None
    below_age_months: int | None = None
    over: Length | None = None
    begins: str = ""

    @property
    def in_words(self) -> str:
        """Return what is said, one thing after the other: to be shown and compared."""
        return "; ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        for name, value in (
            ("dose", self.dose),
            ("how often", self.often),
            ("may increase to", self.increase),
            *(("maximum", limit) for limit in self.limits),
            ("for", self.length),
        ):
            if value is not None:
                yield f"{name} {value.in_words}"
        if self.routes:
            yield f"route {' or '.join(sorted(self.routes))}"
        yield from filter(None, (self.population, self.phase))
        if self.from_weight_kg is not None:
            yield f"from {quantities.quantity(self.from_weight_kg, 'kg')}"
        if self.below_weight_kg is not None:
            yield f"below {quantities.quantity(self.below_weight_kg, 'kg')}"
        if self.from_age_months is not None:
            yield f"from {phrases.lowest_age_in_words(self.from_age_months)} of age"
        if self.below_age_months is not None:
            end = phrases.lowest_age_in_words(self.below_age_months)
            yield f"less than {end} of age"
        if self.over is not None:
            yield f"over {self.over.in_words}"
        if self.begins:
            yield f"from {self.begins}"


def in_one_form(facts: Facts) -> Facts:
    """Return facts so that two lines of the same meaning have the same ones."""
    often, length = facts.often, _length_in_one_form(facts.length)
    if often is not None and facts.dose is not None:
        # Doses that share a day's amount divide it, whether the word is there or not.
        shares = facts.dose.per == "day" and (often.high or 0) > 1
        often = replace(often, divided=often.divided or shares)
    if often is not None and often.kind == "every" and length == ONE_DAY:
        is_of_each_day = often.every == 1 and often.every_unit == "days"
        often = replace(often, kind="once") if is_of_each_day else often
    if often is not None and often.kind == "once" and length == ONE_DAY:
        length = None
    return replace(
        facts,
        often=often,
        length=length,
        dose=_dose_in_one_form(facts.dose, often),
        increase=_dose_in_one_form(facts.increase, often),
        limits=limits_in_one_form(facts.limits, often),
    )


def _length_in_one_form(length: Length | None) -> Length | None:
    """Return weeks as days."""
    if length is None or length.unit != "weeks":
        return length
    low = None if length.low is None else length.low * DAYS_PER_WEEK
    return Length(low, length.high * DAYS_PER_WEEK, "days")


def limits_in_one_form(
    limits: tuple[Amount, ...], often: Often | None
) -> tuple[Amount, ...]:
    """Return limits, each once, in a fixed order; per dose where it is the same."""
    unique = {_per_dose_if_equal(limit, often) for limit in limits}
    return tuple(sorted(unique, key=lambda limit: limit.in_words))


def _per_dose_if_equal(amount: Amount, often: Often | None) -> Amount:
    if often is None or not often.is_one_dose:
        return amount
    is_weekly = often.kind == "every" and (often.every, often.every_unit) == WEEK
    same = ("", "dose", "day", "week") if is_weekly else ("", "dose", "day")
    return replace(amount, per="dose") if amount.per in same else amount


def _dose_in_one_form(amount: Amount | None, often: Often | None) -> Amount | None:
    """Return the amount of a dose per what it is, which its words may leave out."""
    if amount is None or often is None:
        return amount
    same = _per_dose_if_equal(amount, often)
    if same.per == "" and often.kind != "continuous":
        # "25 mg twice daily" is each dose; "25 mg in 2 divided doses" is all of them.
        return replace(same, per="day" if often.divided else "dose")
    return same


def count_in_words(count: int) -> str:
    """Return "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(
        count, quantities.counted(count, "time", "times")
    )
