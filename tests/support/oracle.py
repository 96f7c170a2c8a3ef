"""An independent oracle for the doses of two guides: anakinra and an invented one.

Written apart from the dose engine, from the design alone, so that the two can be
compared. It imports nothing from the project, calculates in exact fractions only,
and rounds once, when a number is written down.

It judges requests that are well formed. What the site answers with 422 (a weight that
is missing, malformed or outside 0.5 to 300 kg, or a parameter that does not apply to
the regimen) is outside its scope and raises ValueError.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from math import ceil, exp, floor, log
from operator import mul
from pathlib import Path
from typing import Any, Final

# --- Steps numbers are rounded to, and thresholds ---

STEP: Final = Fraction(1, 100)  # of mg, or of micrograms where a line is in them
ML_STEP: Final = Fraction(1, 10000)
MEASURABLE_ML_STEP: Final = Fraction(1, 100)
MEASURABLE_CHANGE: Final = Fraction(5, 100)

LIGHTEST_KG: Final = Fraction(1, 2)
HEAVIEST_KG: Final = Fraction(300)
CONFIRM_BELOW_KG: Final = Fraction(2)
CONFIRM_ABOVE_KG: Final = Fraction(150)
CONFIRM_CHILD_ABOVE_KG: Final = Fraction(60)

LABEL_SPEAKS_BELOW_ML_PER_MIN: Final = Fraction(30)

# The published table alone is shared with the site; what it means is worked out here.
GROWTH_TABLE: Final = (
    Path(__file__).parents[2]
    / "reference"
    / "dosing"
    / "growth"
    / "cdc_2000_weight_for_age.csv"
)

COUNTS_TO_CHOOSE_FROM: Final = (1, 2, 3, 4)


# --- Products, lines and guides ---


@dataclass(frozen=True)
class Product:
    """What a dose is drawn from: mg in mL, and the least it measures."""

    mg: Fraction
    ml: Fraction
    smallest_mg: Fraction

    @property
    def ml_per_mg(self) -> Fraction:
        return self.ml / self.mg

    def units_for(self, amount_mg: Fraction) -> int:
        return ceil(amount_mg / self.mg)


def ways_to_take(count: int, kinds: int) -> Iterator[tuple[int, ...]]:
    """Every way to take so many of so many kinds: bars between what is taken."""
    for bars in combinations(range(count + kinds - 1), kinds - 1):
        ends = (-1, *bars, count + kinds - 1)
        yield tuple(end - start - 1 for start, end in pairwise(ends))


@dataclass(frozen=True)
class Vials(Product):
    """Vials of one concentration, taken together; mg and ml are of the largest."""

    sizes: dict[str, int]  # in mg, by key

    def taken(self, amount_mg: Fraction) -> dict[str, int]:
        """How many of each: as few as hold it, and of all such ways the least."""
        ways = list(ways_to_take(self.units_for(amount_mg), len(self.sizes)))
        holding = [way for way in ways if self.held(way) >= amount_mg]
        least = min(map(self.held, holding))
        (chosen,) = (way for way in holding if self.held(way) == least)
        counted = zip(self.sizes, chosen, strict=True)
        return {key: count for key, count in counted if count}

    def held(self, way: tuple[int, ...]) -> int:
        return sum(map(mul, self.sizes.values(), way))

    def containers(self, amount_mg: Fraction) -> list[dict[str, Any]]:
        return [
            {
                "key": key,
                "name": f"vial of {self.sizes[key]} mg",
                "strength_mg": str(self.sizes[key]),
                "count": count,
            }
            for key, count in self.taken(amount_mg).items()
        ]

    def left_over(self, amount_mg: Fraction, step: Fraction) -> str:
        """What no dose takes, in mg: rounded half down, as the dose is half up."""
        taken = self.taken(amount_mg)
        left = sum(self.sizes[key] * count for key, count in taken.items()) - amount_mg
        return plain(-half_up(-left, step))


@dataclass(frozen=True)
class Most:
    """A maximum in the unit of its line: whether per kg, per dose or day, and whose."""

    amount: int
    per_kg: bool
    per: str
    source: str


@dataclass(frozen=True)
class Regimen:
    """One dosing line, as the design's table gives it."""

    basis: str  # mg or microgram, then /dose, /kg/dose, /kg/day or /kg/hour
    low: Fraction
    high: Fraction
    counts: tuple[int, ...] = (1,)  # doses per day; () = "divided doses", none printed
    children_only: bool = False
    adults_only: bool = False
    label_on_kidneys: bool = False
    increase_to: int | None = None  # on the same basis
    most: Most | None = None
    divided: bool = False
    every_days: int = 1
    from_kg: int | None = None
    below_kg: int | None = None
    from_months: int | None = None
    longest_hours: int = 72
    course_days: tuple[int, int] | None = None
    intravenous: bool = False
    always: tuple[str, ...] = ()  # cautions every computed answer carries
    until_counted: tuple[str, ...] = ()  # until a number of doses is chosen
    from_three: tuple[str, ...] = ()  # from 3 doses a day chosen
    diluted: tuple[str, ...] = ()  # once the volume of a diluted dose is known
    over_one_unit: tuple[str, ...] = ()  # where a dose needs more than one

    @property
    def fixed(self) -> bool:
        return "kg" not in self.basis

    @property
    def by_day(self) -> bool:
        return self.basis.endswith("day")

    @property
    def infusion(self) -> bool:
        return self.basis.endswith("hour")

    @property
    def weight_decides(self) -> bool:
        return not self.fixed or self.from_kg is not None or self.below_kg is not None

    @property
    def count_is_chosen(self) -> bool:
        return not self.counts and not self.infusion

    @property
    def mg_each(self) -> Fraction:
        """One of the line's own unit in mg."""
        return Fraction(1, 1000) if self.basis.startswith("microgram") else Fraction(1)

    def mg(self, value: Fraction) -> str:
        """An amount in mg, rounded to 0.01 of the line's own unit."""
        return plain(half_up(value, STEP * self.mg_each))


def lines_of(guide: str) -> dict[str, Regimen]:
    """The lines of a guide by their keys, as they stand beside this file."""
    lines = Path(__file__).with_name("oracle_lines.json").read_text(encoding="utf-8")
    return {key: _regimen(line) for key, line in json.loads(lines)[guide].items()}


def _regimen(line: dict[str, Any]) -> Regimen:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in line.items()
    }
    fields |= {end: Fraction(line[end]) for end in ("low", "high")}
    if "most" in line:
        fields["most"] = Most(**line["most"])
    return Regimen(**fields)


# Of each line it is said what is known of kidneys, if only that nothing is.
REGIMENS: Final = {
    key: replace(line, label_on_kidneys=True)
    for key, line in lines_of("anakinra").items()
}

SECOND_REGIMENS: Final = lines_of("examplimab")


@dataclass(frozen=True)
class Guide:
    """Lines, products by key, the diluent in mL per mg, and names of two cautions."""

    regimens: dict[str, Regimen]
    products: dict[str, Product]
    diluent_ml_per_mg: Fraction
    several_units: str
    on_kidneys: str
    combined: Vials | None = None  # what a dose is taken from if none is chosen


ANAKINRA: Final = Guide(
    REGIMENS,
    {"prefilled-syringe": Product(Fraction(100), Fraction("0.67"), Fraction(20))},
    Fraction(1),
    "several-syringes",
    "label-renal-statement",
)
SIZES: Final = {"vial-100": 100, "vial-50": 50, "vial-20": 20}
IN_VIALS: Final = replace(
    ANAKINRA,
    products={
        key: Vials(Fraction(mg), Fraction(mg, 20), Fraction(20), {key: mg})
        for key, mg in SIZES.items()
    },
    combined=Vials(Fraction(100), Fraction(5), Fraction(20), SIZES),
)
EXAMPLIMAB: Final = Guide(
    SECOND_REGIMENS,
    {
        "syringe-10": Product(Fraction(10), Fraction("0.5"), Fraction(1)),
        "pen-25": Product(Fraction(25), Fraction(1), Fraction(5)),
    },
    Fraction(100),
    "several-units",
    "renal-statement",
)


# --- Reading, rounding and writing numbers ---


def exact(text: str) -> Fraction:
    """Read a plain decimal number, exactly."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise ValueError(f"not a plain number: {text!r}")
    return Fraction(text)


def half_up(value: Fraction, step: Fraction) -> Fraction:
    return floor(value / step + Fraction(1, 2)) * step


def down(value: Fraction, step: Fraction) -> Fraction:
    return floor(value / step) * step


def half_up_within(
    value: Fraction, step: Fraction, count: int, maximum: Fraction | None
) -> Fraction:
    """Round half up, unless `count` of the rounded value would pass the maximum."""
    rounded = half_up(value, step)
    if maximum is not None and rounded * count > maximum:
        return down(value, step)
    return rounded


def plain(value: Fraction) -> str:
    """Write a terminating fraction in full: no exponent, no trailing zero."""
    places = 0
    while value.denominator != 1:
        value *= 10
        places += 1
    digits = str(value.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def ml(value: Fraction) -> str:
    return plain(half_up(value, ML_STEP))


# --- Judging the request ---


def read_weight(rule: Regimen, weight: str | None) -> Fraction | None:
    if weight is None:
        if rule.weight_decides:
            raise ValueError("this regimen needs a weight")
        return None
    kg = exact(weight)
    if not LIGHTEST_KG <= kg <= HEAVIEST_KG:
        raise ValueError("weight outside 0.5 to 300 kg")
    return kg


def reject_what_does_not_apply(
    rule: Regimen,
    rate: str | None,
    doses_per_day: int | None,
    hours: int | None,
    increased: bool,
) -> None:
    if rate is not None and rule.fixed:
        raise ValueError("a fixed dose has no rate to choose")
    if increased and rule.increase_to is None:
        raise ValueError("this regimen has no increased dose")
    if hours is not None and not rule.infusion:
        raise ValueError("only an infusion has hours")
    if doses_per_day is not None and rule.infusion:
        raise ValueError("an infusion has no doses per day")


def is_for_others(rule: Regimen, kg: Fraction | None, age: "Age | None") -> bool:
    """Whether the line is not for this weight, or not surely for this age."""
    if kg is not None and rule.from_kg is not None and kg < rule.from_kg:
        return True
    if kg is not None and rule.below_kg is not None and kg >= rule.below_kg:
        return True
    return (
        age is not None
        and rule.from_months is not None
        and age.start < rule.from_months
    )


def refusal(
    rule: Regimen, rate: Fraction | None, doses_per_day: int | None, hours: int | None
) -> str | None:
    """The reason code for asking what the guide does not allow, or None."""
    if rate is not None:
        most = rule.most
        maximum = most.amount if most is not None and most.per_kg else None
        if maximum is not None and rate > maximum:
            return "above-maximum"
        highest = rule.high if maximum is None else maximum
        if not rule.low <= rate <= highest:
            return "outside-range"
    allowed = COUNTS_TO_CHOOSE_FROM if rule.count_is_chosen else rule.counts
    if doses_per_day is not None and doses_per_day not in allowed:
        return "outside-range"
    if hours is not None and not 1 <= hours <= rule.longest_hours:
        return "outside-range"
    return None


@dataclass(frozen=True)
class Age:
    """An age in months: all the time until the last digit typed changes."""

    text: str
    unit: str
    start: Fraction
    end: Fraction


def read_age(text: str, unit: str) -> Age:
    months = 12 if unit == "years" else 1
    start = exact(text)
    step = Fraction(1, 10 ** len(text.partition(".")[2]))
    return Age(text, unit, start * months, (start + step) * months)


def age_does_not_fit(rule: Regimen, age: Age | None) -> bool:
    if age is None:
        return False
    return (rule.children_only and age.start >= 17 * 12) or (
        rule.adults_only and age.start < 18 * 12
    )


@cache
def sd3_by_month() -> list[tuple[float, float, float]]:
    """Age in months, the lowest -3 SD and the highest +3 SD in kg of both sexes."""
    text = GROWTH_TABLE.read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if line[0] != "#")
    by_month: dict[float, list[float]] = {}
    for row in rows:
        power, median, spread = (float(row[name]) for name in ("L", "M", "S"))
        for sd in (-3, 3):
            weight = median * exp(log(1 + power * spread * sd) / power)
            by_month.setdefault(float(row["age_months"]), []).append(weight)
    return [(month, min(kg), max(kg)) for month, kg in sorted(by_month.items())]


def weights_at_age(age: Age) -> tuple[Fraction, Fraction] | None:
    """The lowest and highest weight in kg, outward to 0.1; None past 20 years."""
    table = sd3_by_month()
    if age.start > table[-1][0]:
        return None
    start, end = float(age.start), min(float(age.end), table[-1][0])
    inside = [row for row in table if start < row[0] < end]
    inside += [between(table, month) for month in (start, end)]
    tenth = Fraction(1, 10)
    return (
        floor(min(low for _, low, _ in inside) * 10) * tenth,
        ceil(max(high for _, _, high in inside) * 10) * tenth,
    )


def between(
    table: list[tuple[float, float, float]], month: float
) -> tuple[float, float, float]:
    for (m1, low1, high1), (m2, low2, high2) in pairwise(table):
        if m1 <= month <= m2:
            share = (month - m1) / (m2 - m1)
            return (
                month,
                low1 * (1 - share) + low2 * share,
                high1 * (1 - share) + high2 * share,
            )
    raise ValueError("past the table")


def age_part(age: Age | None) -> dict[str, Any] | None:
    if age is None:
        return None
    weights = weights_at_age(age)
    return {
        "value": plain(exact(age.text)),
        "unit": age.unit,
        "reference": None if weights is None else "CDC 2000 growth charts",
        "low_kg": None if weights is None else plain(weights[0]),
        "high_kg": None if weights is None else plain(weights[1]),
    }


def must_be_confirmed(rule: Regimen, kg: Fraction | None, age: Age | None) -> bool:
    if age_does_not_fit(rule, age):
        return True
    if not rule.weight_decides or kg is None:
        return False
    weights = None if age is None else weights_at_age(age)
    if weights is not None and not weights[0] <= kg <= weights[1]:
        return True
    if kg < CONFIRM_BELOW_KG or kg > CONFIRM_ABOVE_KG:
        return True
    return rule.children_only and kg > CONFIRM_CHILD_ABOVE_KG


# --- The answer ---


def expected_answer(
    regimen: str,
    *,
    weight: str | None = None,
    rate: str | None = None,
    doses_per_day: int | None = None,
    hours: int | None = None,
    increased: bool = False,
    confirmed: bool = False,
    age: str | None = None,
    age_unit: str = "years",
    crcl: str | None = None,
    preparation: str | None = None,
    guide: Guide = ANAKINRA,
) -> dict[str, Any]:
    """The parts of the JSON answer that the design settles.

    Refused: status and reason code. Confirm: status and weight_kg. Computed: everything
    but drug, edition, regimen and working; `cautions` is the sorted list of codes, the
    code `discrepancy-open` left out.
    """
    rule = guide.regimens[regimen]
    kg = read_weight(rule, weight)
    reject_what_does_not_apply(rule, rate, doses_per_day, hours, increased)
    asked = None if rate is None else exact(rate)

    understood = None if age is None else read_age(age, age_unit)
    reason = refusal(rule, asked, doses_per_day, hours)
    if is_for_others(rule, kg, understood):
        reason = "outside-range"
    if reason is not None:
        return {"status": "refused", "reason": {"code": reason}}
    unused = {
        "age": age_part(understood),
        "crcl_ml_per_min": None if crcl is None else plain(exact(crcl)),
    }
    if must_be_confirmed(rule, kg, understood) and not confirmed:
        shown = None if kg is None else plain(kg)
        return {"status": "confirm", "weight_kg": shown, **unused}

    low, high = Fraction(rule.low), Fraction(rule.high)
    if increased and rule.increase_to is not None:
        low = high = Fraction(rule.increase_to)
    if asked is not None:
        low = high = asked

    answer: dict[str, Any] = {
        "status": "computed",
        "weight_kg": None if kg is None else plain(kg),
        "rate": {"low": plain(low), "high": plain(high), "unit": rule.basis},
    }
    product = chosen_product(guide, preparation)
    if rule.infusion:
        assert kg is not None
        answer |= infusion_parts(guide, rule, product, kg, low, hours)
    else:
        answer |= injection_parts(
            guide, rule, product, kg, low, high, doses_per_day, increased
        )
    if rule.every_days > 1:
        answer["every_days"] = rule.every_days
    if product is None:
        answer["needs"] = [*answer["needs"], "preparation"]
    if rule.from_months is not None and age is None:
        answer["cautions"] = sorted([*answer["cautions"], "age-not-given"])
    is_low = crcl is not None and exact(crcl) < LABEL_SPEAKS_BELOW_ML_PER_MIN
    if is_low and rule.label_on_kidneys:
        answer["cautions"] = sorted([*answer["cautions"], guide.on_kidneys])
    return answer | unused


def chosen_product(guide: Guide, preparation: str | None) -> Product | None:
    """The product a dose is drawn from; None where one of several is to be chosen."""
    if len(guide.products) > 1:
        chosen = guide.products.get(preparation or "")
        return guide.combined if preparation is None else chosen
    if preparation is not None:
        raise ValueError("there is no preparation to choose")
    (product,) = guide.products.values()
    return product


def infusion_parts(
    guide: Guide,
    rule: Regimen,
    product: Product | None,
    kg: Fraction,
    rate: Fraction,
    hours: int | None,
) -> dict[str, Any]:
    mg_per_hour = rate * kg * rule.mg_each
    ml_per_hour = mg_per_hour * guide.diluent_ml_per_mg
    infusion: dict[str, Any] = {
        "mg_per_hour": rule.mg(mg_per_hour),
        "hours": None,
        "total_mg": None,
        "syringes": None,
        "diluent_ml": None,
        "diluent_ml_per_hour": ml(ml_per_hour),
        "fluid_ml_per_kg_per_day": ml(ml_per_hour * 24 / kg),
    }
    daily = None
    cautions = set(rule.always)
    if hours is not None:
        total = mg_per_hour * hours
        infusion["hours"] = str(hours)
        infusion["total_mg"] = rule.mg(total)
        infusion["diluent_ml"] = ml(total * guide.diluent_ml_per_mg)
        day = rule.mg(mg_per_hour * min(hours, 24))
        daily = {"low": day, "high": day}
        if product is not None:
            infusion["syringes"] = product.units_for(total)
            if isinstance(product, Vials):
                infusion["containers"] = product.containers(total)
                step = STEP * rule.mg_each
                infusion["left_over_mg"] = product.left_over(total, step)
            if total < product.smallest_mg:
                cautions.add("small-dose")
    return {
        "daily_mg": daily,
        "doses": [],
        "limit": None,
        "infusion": infusion,
        "course": None,
        "needs": ["hours"] if hours is None else [],
        "cautions": sorted(cautions),
    }


def injection_parts(
    guide: Guide,
    rule: Regimen,
    product: Product | None,
    kg: Fraction | None,
    low_rate: Fraction,
    high_rate: Fraction,
    doses_per_day: int | None,
    increased: bool,
) -> dict[str, Any]:
    counts = rule.counts if doses_per_day is None else (doses_per_day,)
    per_kg = Fraction(1) if rule.fixed or kg is None else kg
    few, many = (counts or COUNTS_TO_CHOOSE_FROM)[0], (counts or (4,))[-1]

    # mg of one dose, or of a day, before any maximum: low end and high end.
    amounts = [rate * per_kg * rule.mg_each for rate in (low_rate, high_rate)]

    def wanted(end: int, count: int) -> Fraction:
        return amounts[end] * (1 if rule.by_day else count)

    def most_a_day(count: int) -> Fraction | None:
        most = rule.most
        if most is None:
            return None
        mg = most.amount * rule.mg_each * (per_kg if most.per_kg else 1)
        return mg * count if most.per == "dose" else mg

    def limited(end: int, count: int) -> Fraction:
        most = most_a_day(count)
        return wanted(end, count) if most is None else min(wanted(end, count), most)

    daily = [limited(0, few), limited(1, many)]
    dose_ends = {
        count: [limited(end, count) / count for end in (0, 1)] for count in counts
    }
    lowered = any(
        limited(end, count) < wanted(end, count)
        for end in (0, 1)
        for count in (counts or (1,))
    )
    step = STEP * rule.mg_each

    return {
        "daily_mg": low_high(
            [
                plain(half_up_within(end, step, 1, most_a_day(count)))
                for end, count in zip(daily, (few, many), strict=True)
            ]
        ),
        "doses": [
            one_item(guide, rule, product, kg, count, ends, most_a_day(count))
            for count, ends in dose_ends.items()
            if product is not None
        ],
        "limit": limit_part(rule, applied=lowered),
        "infusion": None,
        "course": None if increased else course_part(rule, product, daily, dose_ends),
        "needs": [] if counts else ["doses_per_day"],
        "cautions": injection_cautions(
            guide, rule, product, kg, high_rate, doses_per_day, daily, dose_ends
        ),
    }


def one_item(
    guide: Guide,
    rule: Regimen,
    product: Product,
    kg: Fraction | None,
    count: int,
    ends: list[Fraction],
    maximum: Fraction | None,
) -> dict[str, Any]:
    """One entry of `doses`. `ends` are the unrounded low and high dose in mg."""
    per_mg = product.ml_per_mg
    maximum_ml = None if maximum is None else maximum * per_mg
    step = STEP * rule.mg_each
    item: dict[str, Any] = {
        "per_day": count,
        "mg": low_high([plain(half_up_within(d, step, count, maximum)) for d in ends]),
        "ml": low_high(
            [
                plain(half_up_within(d * per_mg, ML_STEP, count, maximum_ml))
                for d in ends
            ]
        ),
        "syringes": low_high([product.units_for(d) for d in ends]),
        "syringes_per_day": low_high([count * product.units_for(d) for d in ends]),
    }
    if isinstance(product, Vials):
        item["containers"] = low_high([product.containers(d) for d in ends])
        item["left_over_mg"] = low_high([product.left_over(d, step) for d in ends])
    if rule.intravenous:
        assert kg is not None
        diluent = [d * guide.diluent_ml_per_mg for d in ends]
        item["diluent_ml"] = low_high([ml(v) for v in diluent])
        item["fluid_ml_per_kg_per_day"] = low_high(
            [ml(v * count / kg) for v in diluent]
        )
    return item


def low_high(pair: list[Any]) -> dict[str, Any]:
    low, high = pair
    return {"low": low, "high": high}


def limit_part(rule: Regimen, *, applied: bool) -> dict[str, Any] | None:
    if rule.most is None:
        return None
    unit = rule.basis.partition("/")[0]
    return {
        "value": str(rule.most.amount),
        "unit": f"{unit}/kg" if rule.most.per_kg else unit,
        "per": rule.most.per,
        "applied": applied,
        "source": rule.most.source,
    }


def course_part(
    rule: Regimen,
    product: Product | None,
    daily: list[Fraction],
    dose_ends: dict[int, list[Fraction]],
) -> dict[str, Any] | None:
    if rule.course_days is None or product is None:
        return None
    # Every line with a course is a fixed dose with one count, so both ends are equal.
    ((count, (dose, _)),) = dose_ends.items()
    a_day = count * product.units_for(dose)
    return {
        "days": low_high(list(rule.course_days)),
        "mg": low_high([rule.mg(daily[0] * days) for days in rule.course_days]),
        "syringes": low_high([a_day * days for days in rule.course_days]),
    }


def injection_cautions(
    guide: Guide,
    rule: Regimen,
    product: Product | None,
    kg: Fraction | None,
    high_rate: Fraction,
    doses_per_day: int | None,
    daily: list[Fraction],
    dose_ends: dict[int, list[Fraction]],
) -> list[str]:
    codes = set(rule.always)
    known_doses = [dose for ends in dose_ends.values() for dose in ends]
    if product is not None:
        if min(known_doses or daily) < product.smallest_mg:
            codes.add("small-dose")
        if any(product.units_for(dose) > 1 for dose in known_doses):
            codes.add(guide.several_units)
        if any(not_measurable(dose * product.ml_per_mg) for dose in known_doses):
            codes.add("volume-not-measurable")
    if not rule.weight_decides and kg is not None:
        codes.add("fixed-dose-not-by-weight")
    if rule.most is not None and rule.most.per_kg and high_rate > rule.high:
        codes.add("above-printed-range")
    is_shown_once = product is not None and 1 in dose_ends
    if rule.count_is_chosen and doses_per_day == 1:
        codes.add("not-divided")
    if rule.divided and (doses_per_day == 1 or is_shown_once):
        codes.add("not-divided")
    if not dose_ends and rule.count_is_chosen:
        codes.update(rule.until_counted)
    if (doses_per_day or 0) >= 3:
        codes.update(rule.from_three)
    if dose_ends and product is not None:
        codes.update(rule.diluted)
        if any(product.units_for(dose) > 1 for dose in known_doses):
            codes.update(rule.over_one_unit)
    return sorted(codes)


def not_measurable(volume_ml: Fraction) -> bool:
    """Whether measuring to 0.01 mL would change the dose by more than 5 %."""
    change = abs(half_up(volume_ml, MEASURABLE_ML_STEP) - volume_ml)
    return change > volume_ml * MEASURABLE_CHANGE
