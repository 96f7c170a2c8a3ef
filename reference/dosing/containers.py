"""What a dose is taken from, where it is vials or tablets: which of them, how many.

Of vials the fewest that hold the dose, and of those the least: a vial holds what is
printed on it, overfill is never counted on. Of tablets the fewest that make the dose
exactly: none is split. Sizes are in mg; vials are of one concentration.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from math import gcd

from .model import DoseRule, Product

VIAL, TABLET = "vial", "tablet"
# More of them are no dose of one patient.
MOST_TABLETS = 100
# So many of the step that the strengths share make the largest, at most: the search has
# no more amounts to look at than this and the most tablets allow.
MOST_STEPS = 200
# As finely as a strength is typed.
STRENGTH_STEP_MG = Decimal("0.0001")


def vials_of(rule: DoseRule) -> tuple[Product, ...]:
    """Return the vials that a line's dose is taken from, the largest first.

    One of each size. None, unless every product of the line is a vial and all are of
    one concentration, compared as ratios: between several the reader chooses.
    """
    first = rule.products[:1]
    are_alike = all(
        each.container == VIAL and _have_one_concentration(each, other)
        for other in first
        for each in rule.products
    )
    return _by_size(rule.products) if are_alike else ()


def tablets_of(rule: DoseRule) -> tuple[Product, ...]:
    """Return the tablets that a line's dose is made of, the largest first.

    One of each size. None, unless every product of the line is a tablet, and their
    strengths share a step that is not too small: between others the reader chooses.
    """
    if not all(each.container == TABLET for each in rule.products):
        return ()
    tablets = _by_size(rule.products)
    sizes_mg = [each.strength_mg for each in tablets]
    has_step = max(sizes_mg, default=0) <= MOST_STEPS * _common_step_mg(sizes_mg)
    return tablets if has_step else ()


def _common_step_mg(sizes_mg: Iterable[Decimal]) -> Decimal:
    """Return the largest amount of which each size is a whole multiple."""
    return gcd(*(int(mg / STRENGTH_STEP_MG) for mg in sizes_mg)) * STRENGTH_STEP_MG


def _have_one_concentration(one: Product, other: Product) -> bool:
    if one.strength_ml is None or other.strength_ml is None:
        return False
    return one.strength_mg * other.strength_ml == other.strength_mg * one.strength_ml


def _by_size(products: Sequence[Product]) -> tuple[Product, ...]:
    of_size = {each.strength_mg: each for each in reversed(products)}
    return tuple(of_size[mg] for mg in sorted(of_size, reverse=True))


def drawn_by(rule: DoseRule) -> Product | None:
    """Return the product that volumes and units are worked out by; None while open.

    The one that was chosen, or the largest of the vials: their ratio is the same, and
    as many of the largest as hold the dose are the fewest that do. Of tablets the
    largest, which has no volume.
    """
    combined = vials_of(rule) or tablets_of(rule)
    return combined[0] if combined else rule.chosen_product


def smallest_dose_mg(rule: DoseRule) -> Decimal | None:
    """Return the least that can be measured of what a dose is drawn from, if known.

    Of several vials the most that any needs, so that no caution is lost.
    """
    if drawn_by(rule) is None:
        return None
    known = (each.smallest_dose_mg for each in rule.products)
    return max((mg for mg in known if mg is not None), default=None)


def tablets_making(
    sizes_mg: Sequence[Decimal], dose_mg: Decimal
) -> tuple[int, ...] | None:
    """Return how many of each size, the largest first, make a dose exactly.

    The fewest; of ways that are as few, the one with most of the larger. None where no
    hundred whole tablets make it.
    """
    is_too_many = dose_mg > MOST_TABLETS * max(sizes_mg)
    if is_too_many or dose_mg % _common_step_mg(sizes_mg):
        return None
    newest = {Decimal(0): (0,) * len(sizes_mg)}
    found = set(newest)
    for _ in range(MOST_TABLETS):
        newest = _with_one_more(newest, sizes_mg, dose_mg)
        newest = {mg: counts for mg, counts in newest.items() if mg not in found}
        if dose_mg in newest or not newest:
            break
        found |= newest.keys()
    return newest.get(dose_mg)


def whole(number: Decimal) -> int:
    """Return number rounded up to a whole count: part of a vial is a vial."""
    return int(number.to_integral_value(ROUND_CEILING))


def counts_of(
    sizes_mg: Sequence[Decimal], dose_mg: Decimal, *, more: int = 0
) -> tuple[int, ...]:
    """Return how many of each size, the largest first, a dose is taken from.

    As few as hold it, or so many more than that; of the ways to take so many, the one
    that holds the least; of ways that hold the same, the one with most of the larger.
    """
    largest_mg, *smaller_mg = sizes_mg
    count = whole(dose_mg / largest_mg) + more
    spare_mg = count * largest_mg - dose_mg
    less_mg = [largest_mg - size_mg for size_mg in smaller_mg]
    # Smaller vials in place of largest ones, by how much less they hold: one vial more
    # in each round, so that what is found first has most of the largest. What may be
    # spared is less than one or two of them, so there are few rounds, however many
    # vials the dose needs.
    found = newest = {Decimal(0): (0,) * len(smaller_mg)}
    for _ in range(count):
        newest = _with_one_more(newest, less_mg, spare_mg)
        newest = {mg: counts for mg, counts in newest.items() if mg not in found}
        if not newest:
            break
        found = found | newest
    counts = found[max(found)]
    return (count - sum(counts), *counts)


def _with_one_more(
    found: Mapping[Decimal, tuple[int, ...]],
    less_mg: Sequence[Decimal],
    spare_mg: Decimal,
) -> dict[Decimal, tuple[int, ...]]:
    """Return what one more smaller vial, or one more tablet, makes of each choice.

    Within what is spare, or the dose.
    """
    made = dict[Decimal, tuple[int, ...]]()
    for mg, counts in found.items():
        for index, less in enumerate(less_mg):
            total_mg = mg + less
            if total_mg <= spare_mg:
                more = (*counts[:index], counts[index] + 1, *counts[index + 1 :])
                made[total_mg] = max(more, made.get(total_mg, more))
    return made
