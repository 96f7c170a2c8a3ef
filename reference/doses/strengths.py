"""What a dose from one preparation is in mL and in whole units, for a few doses.

The doses are the edition's own: the smallest that the preparation can measure, quarters
of one unit, and what its lines give at any weight. Plain data in and out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reference.dosing import DoseRule, Product, Row, quantities, shown_ml, whole_units

QUARTERS = tuple(map(Decimal, ("0.25", "0.5", "0.75", "1")))


@dataclass(frozen=True, slots=True)
class StrengthDose:
    """One dose: its amount and its volume as numbers in words, and its units."""

    amount: str
    ml: str
    units: int


@dataclass(frozen=True, slots=True)
class StrengthTable:
    """The doses of a preparation, in the unit of its lines, and their common ratio."""

    strength: str
    unit: str
    doses: tuple[StrengthDose, ...]


def strength_table(
    preparation: Row, sections: Mapping[str, Any]
) -> StrengthTable | None:
    """Return the doses of a preparation; None of a tablet, and where units differ."""
    rules = [
        regimen["rule"]
        for indication in sections["indications"]
        for regimen in indication["regimens"]
    ]
    mine = [
        (rule, product)
        for rule in rules
        for product in rule.products
        if product.key == preparation["key"]
    ]
    if len({rule.unit for rule, _ in mine}) != 1:
        return None
    rule, product = mine[0]
    if product.strength_ml is None:
        return None
    doses_mg = sorted(set(_doses_mg(product, [rule for rule, _ in mine])))
    return StrengthTable(
        strength=product.strength_in_words(rule.unit),
        unit=quantities.spelled_unit(rule.unit),
        doses=tuple(
            StrengthDose(
                quantities.number_in_words(quantities.in_unit(dose_mg, rule.unit)),
                quantities.number_in_words(shown_ml(dose_mg, product)),
                whole_units(dose_mg, product),
            )
            for dose_mg in doses_mg
        ),
    )


def _doses_mg(product: Product, rules: list[DoseRule]) -> Iterator[Decimal]:
    """Yield the doses: none below what can be measured.

    Above one unit only where a line has no other preparation to take it from.
    """
    smallest_mg = product.smallest_dose_mg or Decimal(0)
    if smallest_mg:
        yield smallest_mg
    for part in QUARTERS:
        if product.strength_mg * part >= smallest_mg:
            yield product.strength_mg * part
    for rule in rules:
        if rule.is_by_body or len(rule.products) > 1:
            continue
        per_mg = quantities.in_unit(Decimal(1), rule.unit)
        for dose in (rule.rate.low, rule.rate.high, rule.increase_to):
            if dose is not None and dose / per_mg >= smallest_mg:
                yield dose / per_mg
