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

REFERENCE_WEIGHTS_KG = (3, 10, 30, 70)


def dose_rule(document: Mapping[str, Any], regimen: Row) -> DoseRule:
    """Return the rule of one regimen of a document, as read_document gives it."""
    concerning = {
        line["discrepancy"]
        for line in document["discrepancy_lines"]
        if (line["section"], line["row_key"]) == ("regimens", regimen["key"])
    }
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
            if row["key"] in concerning
        ),
    )


def regimen_problems(regimen: Row) -> list[str]:
    """Return what the arithmetic cannot take in a regimen, in the committee's words."""
    problems = []
    basis, low_count = regimen["basis"], regimen["doses_per_day_low"]
    has_day_maximum = regimen["max_per_day"] is not None
    has_dose_maximum = regimen["max_per_dose"] is not None
    if basis == "mg/kg/hour":
        if regimen["low"] != regimen["high"] or has_day_maximum or has_dose_maximum:
            problems.append("An infusion needs one rate, and can have no maximum.")
        if regimen["duration_unit"] != "hours":
            problems.append("An infusion needs its longest duration, in hours.")
        if low_count is not None:
            problems.append("An infusion has no number of doses a day.")
    elif low_count is None and basis != "mg/kg/day":
        problems.append(
            "Without a number of doses a day, the amount has to be in mg/kg per day."
        )
    units = (regimen["max_per_dose_unit"], regimen["max_per_day_unit"])
    if basis == "mg/dose" and "mg/kg" in units:
        problems.append("A fixed dose cannot have a maximum in mg/kg.")
    has_one_count = low_count and low_count == regimen["doses_per_day_high"]
    if basis == "mg/kg/day" and has_dose_maximum and not has_one_count:
        problems.append(
            "With an amount in mg/kg per day, a maximum per dose needs one number of "
            "doses a day."
        )
    return problems


def weights_capped_below_low_kg(regimen: Row) -> list[int]:
    """Return the reference weights at which a maximum lies below the lowest dose.

    The test that finds a maximum whose "per kg" was lost in print.
    """
    capped = []
    for weight_kg in REFERENCE_WEIGHTS_KG:
        factor = Decimal(weight_kg) if "/kg" in regimen["basis"] else Decimal(1)
        low_mg = Decimal(regimen["low"]) * factor
        if any(_in_mg(maximum, weight_kg) < low_mg for maximum in _maxima(regimen)):
            capped.append(weight_kg)
    return capped


def _in_mg(maximum: Maximum, weight_kg: int) -> Decimal:
    return maximum.amount * (weight_kg if maximum.unit == "mg/kg" else 1)


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
        below_crcl_ml_per_min=_decimal(caution["below_crcl_ml_per_min"]),
    )
