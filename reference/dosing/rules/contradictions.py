"""Which rules the arithmetic cannot take: lines whose fields contradict each other."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations

from .. import model
from ..quantities import spelled_unit
from ..typed import HIGHEST_WEIGHT_KG
from .rule import maxima_of, who_for
from .times import Row, how_often_problems, schedule_of

REFERENCE_WEIGHTS_KG = frozenset(map(Decimal, (3, 10, 30, 70)))
SAME_PATIENTS = ("indication", "route", "population", "phase")


def regimen_problems(regimen: Row) -> list[str]:
    """Return what the arithmetic cannot take in a regimen, in the committee's words."""
    problems = [*_unit_problems(regimen), *how_often_problems(regimen)]
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
        if regimen["route"] == "oral":
            problems.append("An infusion is not given by mouth.")
    elif low_count is None and not basis.endswith("/day"):
        problems.append(
            f"Without a number of doses a day, the amount has to be in {unit}/kg or "
            f"{unit}/m² per day."
        )
    units = (regimen["max_per_dose_unit"], regimen["max_per_day_unit"])
    if "/kg/" not in basis and f"{unit}/kg" in units:
        what = "dose per m²" if "/m2/" in basis else "fixed dose"
        problems.append(f"A {what} cannot have a maximum in {unit}/kg.")
    has_one_count = low_count and low_count == regimen["doses_per_day_high"]
    if basis.endswith("/day") and has_dose_maximum and not has_one_count:
        in_unit = spelled_unit(basis.removesuffix("/day")).replace(" per ", "/")
        problems.append(
            f"With an amount in {in_unit} per day, a maximum per dose needs one number "
            "of doses a day."
        )
    if regimen["phase"] == "loading" and not _has_an_end(regimen):
        problems.append("A loading dose needs its duration: 1 day if it is given once.")
    return problems


def _has_an_end(regimen: Row) -> bool:
    """Return whether a length is given, or a list of days after which nothing comes."""
    when = schedule_of(regimen)
    is_ended_list = when.kind == "listed" and when.number_of_doses is not None
    return regimen["duration_high"] is not None or is_ended_list


def _unit_problems(regimen: Row) -> Iterator[str]:
    """Yield a maximum whose unit is not that of the amount, and empty bands."""
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
    first, end = regimen["from_age_months"], regimen["below_age_months"]
    if None not in (first, end) and first >= end:
        yield "No patient lies between the ages of the line."


def preparation_problems(preparation: Row) -> Iterator[str]:
    """Yield what no preparation can be: a tablet with a volume, a syringe without."""
    if preparation["container"] != "tablet":
        if preparation["strength_ml"] is None:
            yield "Type the mL that hold the strength: only a tablet has none."
        return
    if preparation["strength_ml"] is not None:
        yield "A tablet has no volume: leave the mL empty."
    if preparation["smallest_dose_mg"] is not None:
        yield "A tablet has no marks: leave the smallest dose empty."
    if any(route != "oral" for route in preparation["routes"]):
        yield "A tablet is given by mouth: tick the oral route alone."


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


def weights_capped_below_low_kg(regimen: Row) -> list[Decimal]:
    """Return the reference weights at which a maximum lies below the lowest dose.

    The test that finds a maximum whose "per kg" was lost in print. Weights that the
    line is not for are left out; the lowest it is for is looked at as well. None of a
    line per m², for which no weight is multiplied.
    """
    if "/m2/" in regimen["basis"]:
        return []
    capped, who = [], who_for(regimen)
    lightest = set() if who.from_weight_kg is None else {who.from_weight_kg}
    for weight_kg in filter(who.takes_weight, sorted(REFERENCE_WEIGHTS_KG | lightest)):
        factor = weight_kg if "/kg" in regimen["basis"] else Decimal(1)
        low = Decimal(regimen["low"]) * factor
        if any(_at(maximum, weight_kg) < low for maximum in maxima_of(regimen)):
            capped.append(weight_kg)
    return capped


def _at(maximum: model.Maximum, weight_kg: Decimal) -> Decimal:
    """Return a maximum at a weight, in the unit of its line."""
    return maximum.amount * (weight_kg if maximum.unit.endswith("/kg") else 1)
