"""What a dose is taken from, where it is vials or tablets, and what is left over.

Never in the words of a syringe: a vial has no marks, and is used whole or in part; a
tablet has no volume, and is used whole.
"""

from collections.abc import Iterator
from decimal import Decimal

from reference.dosing import (
    DoseRule,
    Product,
    answers,
    phrases,
    quantities,
    tablets_of,
    vials_of,
)


def from_vials(
    rule: DoseRule, item: answers.DividedDose, product: Product, ml: str, per_day: str
) -> Iterator[str]:
    """Yield sentences of the volume, the vials of a dose, of a day, and a choice.

    "28 mL from 1 vial of 400 mg and 1 vial of 200 mg; 40 mg (2 mL) left over", then "Or
    1 vial of 400 mg and 2 vials of 80 mg: nothing left over". ml is the volume in
    words, per_day what the vials of all doses are counted over. Nothing without vials.
    """
    if item.vials is None:
        return
    low, high = item.vials.low, item.vials.high
    if low.counts == high.counts:
        words = f"{ml}{_of_one_choice(rule, low, high)}"
    else:
        ends = ((item.mg.low, low), (item.mg.high, high))
        words = "; ".join([ml, *(_of_an_end(rule, mg, it) for mg, it in ends)])
    if item.per_day > 1:
        words += f"; {product.counted(item.drawn.units_per_day)} {per_day}"
    yield words
    if low == high and low.instead is not None:
        instead = phrases.vials_in_words(low.instead, rule.unit)
        yield f"Or {instead}: {phrases.left_over_in_words(low.instead, rule.unit)}"


def of_tablets(
    rule: DoseRule, item: answers.DividedDose, made: answers.TabletsRange, per_day: str
) -> Iterator[str]:
    """Yield sentences of the tablets of a dose, and of a day; "6 tablets of 2.5 mg".

    Where no whole ones make an end, that they do not, and that none is split.
    """
    low, high = item.mg.low, item.mg.high
    ends = {low: made.low, high: made.high}
    if made.units is not None:
        words = phrases.tablets_of_ends(made, item.mg, rule.unit)
        if item.per_day > 1 and made.low == made.high:
            words = f"{words} a dose, {made.units.high * item.per_day} {per_day}"
        yield words
        return
    sizes = [
        quantities.dose_amount(each.strength_mg, rule.unit) for each in tablets_of(rule)
    ]
    missed = [
        quantities.dose_amount(mg, rule.unit)
        for mg, tablets in ends.items()
        if tablets is None
    ]
    noun = tablets_of(rule)[0].unit_name_plural
    yield (
        f"No whole {noun} of {phrases.joined(sizes)} make {' or '.join(missed)}; none "
        "is split or rounded here"
    )


def _of_one_choice(rule: DoseRule, low: answers.Vials, high: answers.Vials) -> str:
    """Return " from 1 vial of 400 mg; 20 mg to 80 mg left over"."""
    words = phrases.vials_in_words(low, rule.unit)
    if not low.left_over_mg and len(low.counts) == 1:
        count, rest = words.split(" ", 1)
        return f", {count} whole {rest}"
    left = phrases.left_over_in_words(low, rule.unit)
    if low.left_over_mg != high.left_over_mg:
        span = (high.left_over_mg, low.left_over_mg)
        left = f"{quantities.dose_range(*span, rule.unit)} left over"
    return f" from {words}; {left}"


def _of_an_end(rule: DoseRule, mg: Decimal, vials: answers.Vials) -> str:
    """Return "160 mg from 1 vial of 200 mg, 40 mg (2 mL) left over"."""
    amount = quantities.dose_amount(mg, rule.unit)
    left = phrases.left_over_in_words(vials, rule.unit)
    return f"{amount} from {phrases.vials_in_words(vials, rule.unit)}, {left}"


def sizes_offered(rule: DoseRule) -> Iterator[str]:
    """Yield the vials or tablets a dose is taken from, by what choice, if several."""
    vials, tablets = vials_of(rule), tablets_of(rule)
    sizes = vials or tablets
    if len(sizes) > 1:
        choice = "the fewest, then the least left over"
        if tablets:
            choice = "the fewest whole ones that make the dose exactly"
        strengths = [each.strength_in_words(rule.unit) for each in sizes]
        noun = sizes[0].unit_name_plural
        yield f"From {noun} of {phrases.joined(strengths)}: {choice}"
