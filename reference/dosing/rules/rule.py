"""From a regimen of the canonical document to the rule that is computed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .. import model
from ..cautions import NAMED
from ..phrases import line_details
from ..schedule import Schedule
from .times import Row, duration_of, how_often_problems, schedule_of

Document = Mapping[str, Any]

# What is said of lines that a discrepancy names, and of no other.
BY_NAME = (NAMED, "table")


def dose_rule(document: Document, regimen: Row) -> model.DoseRule:
    """Return the rule of one regimen of a document, as read_document gives it.

    Raises ValueError for a document without a preparation, and for a row whose fields
    contradict each other on how often it is given: no dose rather than a doubtful one.
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
        schedule=_schedule(regimen),
        words=regimen["text"] if regimen["how_often"] else "",
        increase_to=decimal_or_none(regimen["increase_to"]),
        maxima=tuple(maxima_of(regimen)),
        duration=duration_of(regimen),
        products=_products(document, regimen["route"]),
        diluent_ml_per_mg=_diluent_ml_per_mg(document, regimen),
        cautions=tuple(_cautions(document, regimen)),
        discrepancies=tuple(_open_discrepancies(document, regimen)),
    )


def _schedule(regimen: Row) -> Schedule:
    """Return when the doses are given. Raises ValueError for fields that do not fit."""
    problems = [*how_often_problems(regimen)]
    if problems:
        raise ValueError(f"{regimen['key']}: {' '.join(problems)}")
    return schedule_of(regimen)


def who_for(regimen: Row) -> model.WhoFor:
    """Return the patients that a regimen is for, by weight and age."""
    return model.WhoFor(
        from_weight_kg=decimal_or_none(regimen["from_weight_kg"]),
        below_weight_kg=decimal_or_none(regimen["below_weight_kg"]),
        from_age_months=regimen["from_age_months"],
        below_age_months=regimen["below_age_months"],
    )


def lines_of(document: Document, discrepancy_key: str) -> set[tuple[str, str]]:
    """Return the (section, key) of every line that a discrepancy concerns."""
    return {
        (line["section"], line["row_key"])
        for line in document["discrepancy_lines"]
        if line["discrepancy"] == discrepancy_key
    }


def decimal_or_none(value: Decimal | str | None) -> Decimal | None:
    """Return a field that is a number or its decimal string as a Decimal."""
    return None if value is None else Decimal(value)


def _count_range(low: int | None, high: int | None) -> model.CountRange | None:
    return None if low is None or high is None else model.CountRange(low, high)


def maxima_of(regimen: Row) -> Iterator[model.Maximum]:
    """Yield each maximum of a regimen with its unit."""
    for per in ("dose", "day"):
        amount = decimal_or_none(regimen[f"max_per_{per}"])
        if amount is not None:
            unit = regimen[f"max_per_{per}_unit"]
            yield model.Maximum(amount, unit, per, regimen["maximum_source"])


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
            strength_ml=decimal_or_none(preparation["strength_ml"]),
            smallest_dose_mg=decimal_or_none(preparation["smallest_dose_mg"]),
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
        from_weight_kg=decimal_or_none(caution["from_weight_kg"]),
        below_weight_kg=decimal_or_none(caution["below_weight_kg"]),
        below_crcl_ml_per_min=decimal_or_none(caution["below_crcl_ml_per_min"]),
    )
