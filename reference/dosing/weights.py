"""At which weights a dose is worth looking at: a set panel, and where a line bends."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from .model import DoseRule
from .refusals import counts_allowed
from .typed import HIGHEST_WEIGHT_KG, LOWEST_WEIGHT_KG

PANEL_KG = tuple(map(Decimal, (3, 5, 10, 15, 20, 30, 40, 50, 70, 100, 120)))
WEIGHT_STEP_KG = Decimal("0.01")


def panel_weights_kg(rules: Iterable[DoseRule]) -> list[Decimal]:
    """Return the set panel, where these lines bend and where they end, rising."""
    own = (binding_weights_kg(rule) | end_weights_kg(rule) for rule in rules)
    return sorted({*PANEL_KG}.union(*own))


def binding_weights_kg(rule: DoseRule) -> set[Decimal]:
    """Return the weights at which a maximum meets an amount by weight.

    To 0.01 kg, rounded up; only weights from 0.5 kg to 300 kg.
    """
    if not rule.is_weight_based:
        return set()
    weights = set()
    for count in counts_allowed(rule):
        doses = 1 if rule.is_by_day else count
        level: set[Decimal] = set()
        rising = {rule.rate.low * doses, rule.rate.high * doses}
        if rule.increase_to is not None:
            rising.add(rule.increase_to * doses)
        for maximum in rule.maxima:
            per_day = maximum.amount * (count if maximum.per == "dose" else 1)
            (rising if maximum.unit.endswith("/kg") else level).add(per_day)
        weights |= {
            (amount / per_kg).quantize(WEIGHT_STEP_KG, ROUND_CEILING)
            for amount in level
            for per_kg in rising
        }
    return {
        kg
        for kg in weights
        if LOWEST_WEIGHT_KG <= kg <= HIGHEST_WEIGHT_KG and rule.who.takes_weight(kg)
    }


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
