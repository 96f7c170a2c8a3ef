"""From a regimen of the canonical document to the rule that dosing.py computes.

Pure: no Django. Says as well which rules the arithmetic cannot take.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .dose_model import (
    CautionRule,
    CountRange,
    DoseRule,
    Duration,
    Maximum,
    OpenDiscrepancy,
    Product,
    Range,
)

Row = Mapping[str, Any]


def dose_rule(document: Mapping[str, Any], regimen: Row) -> DoseRule:
    """Return the rule of one regimen of a document, as read_document gives it."""
    return DoseRule(
        key=regimen["key"],
        route=regimen["route"],
        population=regimen["population"],
        basis=regimen["basis"],
        rate=Range(Decimal(regimen["low"]), Decimal(regimen["high"])),
        doses_per_day=_count_range(
            regimen["doses_per_day_low"], regimen["doses_per_day_high"]
        ),
        divided=regimen["divided"],
        every_days=regimen["every_days"],
        increase_to=_decimal(regimen["increase_to"]),
        maxima=tuple(_maxima(regimen)),
        duration=_duration(regimen),
        product=_product(document),
        diluent_ml_per_mg=_diluent_ml_per_mg(document, regimen),
        cautions=tuple(
            _caution(caution)
            for caution in document["cautions"]
            if caution["regimen"] in (None, regimen["key"])
        ),
        discrepancies=tuple(
            OpenDiscrepancy(row["title"], row["consequence"])
            for row in document["discrepancies"]
            if row["dose_relevant"] and row["ruling"] == "open"
            if ("regimens", regimen["key"]) in lines_of(document, row["key"])
        ),
    )


def rule_problems(rule: DoseRule) -> list[str]:
    """Return what the arithmetic cannot take in this rule, in the committee's words."""
    problems = []
    if rule.is_infusion:
        if rule.rate.low != rule.rate.high or rule.maxima:
            problems.append("An infusion needs one rate, and can have no maximum.")
        if rule.duration is None or rule.duration.unit != "hours":
            problems.append("An infusion needs its longest duration, in hours.")
        if rule.doses_per_day is not None:
            problems.append("An infusion has no number of doses a day.")
    elif rule.doses_per_day is None and rule.basis != "mg/kg/day":
        problems.append(
            "Without a number of doses a day, the amount has to be in mg/kg per day."
        )
    if not rule.is_weight_based and any(
        maximum.unit == "mg/kg" for maximum in rule.maxima
    ):
        problems.append("A fixed dose cannot have a maximum in mg/kg.")
    counts = rule.doses_per_day
    has_one_count = counts is not None and counts.low == counts.high
    has_dose_maximum = any(maximum.per == "dose" for maximum in rule.maxima)
    if rule.basis == "mg/kg/day" and has_dose_maximum and not has_one_count:
        problems.append(
            "With an amount in mg/kg per day, a maximum per dose needs one number of "
            "doses a day."
        )
    return problems


def lines_of(document: Mapping[str, Any], discrepancy_key: str) -> set[tuple[str, str]]:
    """Return the (section, key) of every line that a discrepancy concerns."""
    return {
        (line["section"], line["row_key"])
        for line in document["discrepancy_lines"]
        if line["discrepancy"] == discrepancy_key
    }


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _count_range(low: int | None, high: int | None) -> CountRange | None:
    return None if low is None or high is None else CountRange(low, high)


def _maxima(regimen: Row) -> Iterator[Maximum]:
    for per in ("dose", "day"):
        amount = _decimal(regimen[f"max_per_{per}"])
        if amount is not None:
            unit = regimen[f"max_per_{per}_unit"]
            yield Maximum(amount, unit, per, regimen["maximum_source"])


def _duration(regimen: Row) -> Duration | None:
    if regimen["duration_high"] is None:
        return None
    return Duration(
        regimen["duration_low"], regimen["duration_high"], regimen["duration_unit"]
    )


def _product(document: Mapping[str, Any]) -> Product:
    """Return the edition's preparation. Raises ValueError unless there is just one."""
    (preparation,) = document["preparations"]
    return Product(
        strength_mg=Decimal(preparation["strength_mg"]),
        strength_ml=Decimal(preparation["strength_ml"]),
        smallest_dose_mg=_decimal(preparation["smallest_dose_mg"]),
        unit_name=preparation["unit_name"],
        unit_name_plural=preparation["unit_name_plural"],
    )


def _diluent_ml_per_mg(document: Mapping[str, Any], regimen: Row) -> Decimal | None:
    """Return the diluent of the edition's intravenous instructions, in mL per mg."""
    if not regimen["route"].startswith("intravenous"):
        return None
    for instruction in document["administration"]:
        if instruction["diluent_ml_per_mg"] is not None:
            return Decimal(instruction["diluent_ml_per_mg"])
    return None


def _caution(caution: Row) -> CautionRule:
    return CautionRule(
        code=caution["code"],
        trigger=caution["trigger"],
        text=caution["text"],
        from_weight_kg=_decimal(caution["from_weight_kg"]),
        below_weight_kg=_decimal(caution["below_weight_kg"]),
    )
