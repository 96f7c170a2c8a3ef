"""At which weights and areas a dose is worth looking at: set ones, and its bends."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from .model import DoseRule
from .refusals import counts_allowed
from .typed import HIGHEST_BSA_M2, HIGHEST_WEIGHT_KG, LOWEST_BSA_M2, LOWEST_WEIGHT_KG

PANEL_KG = tuple(map(Decimal, (3, 5, 10, 15, 20, 30, 40, 50, 70, 100, 120)))
PANEL_M2 = tuple(map(Decimal, ("0.25", "0.5", "1", "1.5", "2", "2.5")))
WEIGHT_STEP_KG = AREA_STEP_M2 = Decimal("0.01")


def panel_weights_kg(rules: Iterable[DoseRule]) -> list[Decimal]:
    """Return the set panel, where these lines bend and where they end, rising."""
    own = (binding_weights_kg(rule) | end_weights_kg(rule) for rule in rules)
    return sorted({*PANEL_KG}.union(*own))


def panel_areas_m2(rules: Iterable[DoseRule]) -> list[Decimal]:
    """Return the set areas in m², and where these lines bend, rising."""
    return sorted({*PANEL_M2}.union(*map(binding_areas_m2, rules)))


def binding_areas_m2(rule: DoseRule) -> set[Decimal]:
    """Return the areas in m² at which a maximum meets an amount per m².

    To 0.01 m², rounded up; only areas from 0.2 m² to 3 m².
    """
    if not rule.is_area_based:
        return set()
    areas = _bends(rule, AREA_STEP_M2)
    return {m2 for m2 in areas if LOWEST_BSA_M2 <= m2 <= HIGHEST_BSA_M2}


def binding_weights_kg(rule: DoseRule) -> set[Decimal]:
    """Return the weights at which a maximum meets an amount by weight.

    To 0.01 kg, rounded up; only weights from 0.5 kg to 300 kg.
    """
    if not rule.is_weight_based:
        return set()
    return {
        kg
        for kg in _bends(rule, WEIGHT_STEP_KG)
        if LOWEST_WEIGHT_KG <= kg <= HIGHEST_WEIGHT_KG and rule.who.takes_weight(kg)
    }


def _bends(rule: DoseRule, step: Decimal) -> set[Decimal]:
    """Return where an amount that rises with the body meets one that does not."""
    bends = set()
    for count in counts_allowed(rule):
        doses = 1 if rule.is_by_day else count
        level: set[Decimal] = set()
        rising = {rule.rate.low * doses, rule.rate.high * doses}
        if rule.increase_to is not None:
            rising.add(rule.increase_to * doses)
        for maximum in rule.maxima:
            per_day = maximum.amount * (count if maximum.per == "dose" else 1)
            (rising if maximum.unit.endswith("/kg") else level).add(per_day)
        bends |= {
            (amount / of_body).quantize(step, ROUND_CEILING)
            for amount in level
            for of_body in rising
        }
    return bends


def end_weights_kg(rule: DoseRule) -> set[Decimal]:
    """Return the lightest and the heaviest patient of a line for some weights only.

    To 0.01 kg; the weight at which the line ends is not one of them.
    """
    ends_kg = (rule.who.from_weight_kg, _heaviest_kg(rule))
    return {kg for kg in ends_kg if kg is not None}


def _heaviest_kg(rule: DoseRule) -> Decimal | None:
    """Return the heaviest weight that a line names, itself not below any."""
    end_kg = rule.who.below_weight_kg
    return None if end_kg is None else end_kg - WEIGHT_STEP_KG
