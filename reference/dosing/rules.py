"""From a regimen of the canonical document to the rule that is computed.

Says as well which rules the arithmetic cannot take.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any

from . import model
from .cautions import NAMED
from .phrases import line_details
from .quantities import spelled_unit
from .typed import HIGHEST_WEIGHT_KG

Document = Mapping[str, Any]
Row = Mapping[str, Any]

REFERENCE_WEIGHTS_KG = frozenset(map(Decimal, (3, 10, 30, 70)))
# What is said of lines that a discrepancy names, and of no other.
BY_NAME = (NAMED, "table")
SAME_PATIENTS = ("indication", "route", "population", "phase")


def dose_rule(document: Document, regimen: Row) -> model.DoseRule:
    """Return the rule of one regimen of a document, as read_document gives it.

    Raises ValueError for a document without a preparation.
    """
    return model.DoseRule(
        key=regimen["key"],
        route=regimen["route"],
        population=regimen["population"],
        phase=regimen["phase"],
        who=who_for(regimen),
        other_lines=tuple(_other_lines(document, regimen)),
        basis=regimen["basis"],
        rate=model.Range(Decimal(regimen["low"]), Decimal(regimen["high"])),
        doses_per_day=_count_range(
            regimen["doses_per_day_low"], regimen["doses_per_day_high"]
        ),
        divided=regimen["divided"],
        every_days=regimen["every_days"],
        how_often=how_often(regimen),
        words=regimen["text"] if regimen["how_often"] else "",
        increase_to=_decimal(regimen["increase_to"]),
        maxima=tuple(_maxima(regimen)),
        duration=_duration(regimen),
        products=_products(document, regimen["route"]),
        diluent_ml_per_mg=_diluent_ml_per_mg(document, regimen),
        cautions=tuple(_cautions(document, regimen)),
        discrepancies=tuple(_open_discrepancies(document, regimen)),
    )


def regimen_problems(regimen: Row) -> list[str]:
    """Return what the arithmetic cannot take in a regimen, in the committee's words."""
    problems = [*_unit_problems(regimen), *_how_often_problems(regimen)]
    basis, low_count = regimen["basis"], regimen["doses_per_day_low"]
    has_day_maximum = regimen["max_per_day"] is not None
    has_dose_maximum = regimen["max_per_dose"] is not None
    unit = basis.partition("/")[0]
    if basis == f"{unit}/kg/hour":
        if regimen["low"] != regimen["high"] or has_day_maximum or has_dose_maximum:
            problems.append("An infusion needs one rate, and can have no maximum.")
        if regimen["duration_unit"] != "hours":
            problems.append("An infusion needs its longest duration, in hours.")
        if low_count is not None:
            problems.append("An infusion has no number of doses a day.")
    elif low_count is None and basis != f"{unit}/kg/day":
        problems.append(
            f"Without a number of doses a day, the amount has to be in {unit}/kg per "
            "day."
        )
    units = (regimen["max_per_dose_unit"], regimen["max_per_day_unit"])
    if basis == f"{unit}/dose" and f"{unit}/kg" in units:
        problems.append(f"A fixed dose cannot have a maximum in {unit}/kg.")
    has_one_count = low_count and low_count == regimen["doses_per_day_high"]
    if basis == f"{unit}/kg/day" and has_dose_maximum and not has_one_count:
        problems.append(
            f"With an amount in {unit}/kg per day, a maximum per dose needs one number "
            "of doses a day."
        )
    if regimen["phase"] == "loading" and regimen["duration_high"] is None:
        problems.append("A loading dose needs its duration: 1 day if it is given once.")
    return problems


def _how_often_problems(regimen: Row) -> Iterator[str]:
    """Yield where how often a line is given does not fit its amount or its days."""
    said, is_by_hour = how_often(regimen), regimen["basis"].endswith("/hour")
    if (said == "continuous") != is_by_hour:
        yield "An amount per hour is given continuously, and no other amount is."
    if said == "every-n-days" and regimen["every_days"] == 1:
        yield "Every so many days: type of how many days, 7 for weekly."
    if said != "every-n-days" and regimen["every_days"] != 1:
        yield "Leave the days at 1: they are for a line given every so many days."


def _unit_problems(regimen: Row) -> Iterator[str]:
    """Yield a maximum whose unit is not that of the amount, and an empty band."""
    unit = regimen["basis"].partition("/")[0]
    for per in ("dose", "day"):
        of_maximum = regimen[f"max_per_{per}_unit"].partition("/")[0]
        if of_maximum not in ("", unit):
            yield (
                f"The amount is in {spelled_unit(unit)} and the maximum per {per} in "
                f"{spelled_unit(of_maximum)}. Type both in the same unit."
            )
    first_kg, end_kg = regimen["from_weight_kg"], regimen["below_weight_kg"]
    if None not in (first_kg, end_kg) and Decimal(first_kg) >= Decimal(end_kg):
        yield "No patient lies between the weights of the line."


def overlapping(regimens: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Yield the keys of each two lines that give the same patients two doses by weight.

    They share indication, route, population and phase, and at least one names weights.
    """
    for one, other in combinations(regimens, 2):
        alike = all(one[name] == other[name] for name in SAME_PATIENTS)
        bands = who_for(one), who_for(other)
        if alike and any(band.has_weights for band in bands):
            ends_kg = [band.below_weight_kg or HIGHEST_WEIGHT_KG for band in bands]
            starts_kg = [band.from_weight_kg or Decimal(0) for band in bands]
            if max(starts_kg) < min(ends_kg):
                yield one["key"], other["key"]


def who_for(regimen: Row) -> model.WhoFor:
    """Return the patients that a regimen is for, by weight and age."""
    return model.WhoFor(
        from_weight_kg=_decimal(regimen["from_weight_kg"]),
        below_weight_kg=_decimal(regimen["below_weight_kg"]),
        from_age_months=regimen["from_age_months"],
    )


def weights_capped_below_low_kg(regimen: Row) -> list[Decimal]:
    """Return the reference weights at which a maximum lies below the lowest dose.

    The test that finds a maximum whose "per kg" was lost in print. Weights that the
    line is not for are left out; the lowest it is for is looked at as well.
    """
    capped, who = [], who_for(regimen)
    lightest = set() if who.from_weight_kg is None else {who.from_weight_kg}
    for weight_kg in filter(who.takes_weight, sorted(REFERENCE_WEIGHTS_KG | lightest)):
        factor = weight_kg if "/kg" in regimen["basis"] else Decimal(1)
        low = Decimal(regimen["low"]) * factor
        if any(_at(maximum, weight_kg) < low for maximum in _maxima(regimen)):
            capped.append(weight_kg)
    return capped


def _at(maximum: model.Maximum, weight_kg: Decimal) -> Decimal:
    """Return a maximum at a weight, in the unit of its line."""
    return maximum.amount * (weight_kg if maximum.unit.endswith("/kg") else 1)


def lines_of(document: Document, discrepancy_key: str) -> set[tuple[str, str]]:
    """Return the (section, key) of every line that a discrepancy concerns."""
    return {
        (line["section"], line["row_key"])
        for line in document["discrepancy_lines"]
        if line["discrepancy"] == discrepancy_key
    }


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _count_range(low: int | None, high: int | None) -> model.CountRange | None:
    return None if low is None or high is None else model.CountRange(low, high)


def _maxima(regimen: Row) -> Iterator[model.Maximum]:
    for per in ("dose", "day"):
        amount = _decimal(regimen[f"max_per_{per}"])
        if amount is not None:
            unit = regimen[f"max_per_{per}_unit"]
            yield model.Maximum(amount, unit, per, regimen["maximum_source"])


def _duration(regimen: Row) -> model.Duration | None:
    if regimen["duration_high"] is None:
        return None
    return model.Duration(
        regimen["duration_low"], regimen["duration_high"], regimen["duration_unit"]
    )


def how_often(regimen: Row) -> str:
    """Return how often a line is given, by the name of the choice.

    A row from before that was asked has its answer in its other fields.
    """
    said: str = regimen["how_often"]
    if said:
        return said
    if regimen["basis"].endswith("/hour"):
        return "continuous"
    if regimen["every_days"] > 1:
        return "every-n-days"
    is_once = _duration(regimen) == model.Duration(1, 1, "days")
    return "once" if is_once else "times-a-day"


def preparations_for(document: Document, route: str) -> list[Row]:
    """Return the preparations that are given by a route.

    One of an edition from before preparations had routes is given by all of them.
    """
    return [
        row
        for row in document["preparations"]
        if not row["routes"] or route in row["routes"]
    ]


def _products(document: Document, route: str) -> tuple[model.Product, ...]:
    """Return what a line is drawn from. Raises ValueError if there is nothing."""
    preparations = preparations_for(document, route)
    if not preparations:
        raise ValueError(f"the edition has no preparation to draw a {route} dose from")
    return tuple(
        model.Product(
            strength_mg=Decimal(preparation["strength_mg"]),
            strength_ml=Decimal(preparation["strength_ml"]),
            smallest_dose_mg=_decimal(preparation["smallest_dose_mg"]),
            unit_name=preparation["unit_name"],
            unit_name_plural=preparation["unit_name_plural"],
            key=preparation["key"],
            name=preparation["name"],
            container=preparation["container"],
        )
        for preparation in preparations
    )


def _diluent_ml_per_mg(document: Document, regimen: Row) -> Decimal | None:
    """Return the diluent of the edition's intravenous instructions, in mL per mg."""
    if not regimen["route"].startswith("intravenous"):
        return None
    for instruction in document["administration"]:
        if instruction["diluent_ml_per_mg"] is not None:
            return Decimal(instruction["diluent_ml_per_mg"])
    return None


def _other_lines(document: Document, regimen: Row) -> Iterator[model.OtherLine]:
    for row in document["regimens"]:
        is_other = row["key"] != regimen["key"]
        if is_other and row["indication"] == regimen["indication"]:
            who = who_for(row)
            details = [row["route"], *line_details(row["phase"], who)]
            yield model.OtherLine(", ".join(details), who)


def _open_discrepancies(
    document: Document, regimen: Row
) -> Iterator[model.OpenDiscrepancy]:
    """Yield what is not ruled on and bears on the dose of this line."""
    line = ("regimens", regimen["key"])
    for row in document["discrepancies"]:
        is_open = row["dose_relevant"] and row["ruling"] == "open"
        if is_open and line in lines_of(document, row["key"]):
            yield model.OpenDiscrepancy(row["title"], row["consequence"])


def _cautions(document: Document, regimen: Row) -> Iterator[model.CautionRule]:
    """Yield a line's own cautions, those of what names it, and those of all lines.

    One that goes by name alone is nobody's where nothing names it. Any other goes with
    every line that meets its trigger, a line that no discrepancy names yet among them.
    """
    line, rows = ("regimens", regimen["key"]), document["discrepancies"]
    named = {row["note"] for row in rows if line in lines_of(document, row["key"])}
    for caution in document["cautions"]:
        is_own = caution["regimen"] == regimen["key"] or caution["key"] in named
        is_for_all = caution["regimen"] is None and caution["trigger"] not in BY_NAME
        if is_own or is_for_all:
            yield _caution(caution, is_own=is_own)


def _caution(caution: Row, *, is_own: bool) -> model.CautionRule:
    return model.CautionRule(
        code=caution["code"],
        mark=caution["mark"],
        is_own=is_own,
        from_doses_per_day=caution["from_doses_per_day"],
        trigger=caution["trigger"],
        text=caution["text"],
        from_weight_kg=_decimal(caution["from_weight_kg"]),
        below_weight_kg=_decimal(caution["below_weight_kg"]),
        below_crcl_ml_per_min=_decimal(caution["below_crcl_ml_per_min"]),
    )
