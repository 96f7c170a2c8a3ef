"""The small words of a dosing line: its rate, its counts, whom it is for, its vials."""

from collections.abc import Sequence

from .answers import Vials
from .model import MONTHS_PER_YEAR, Age, DoseRule, Range, WhoFor
from .quantities import (
    counted,
    dose_amount,
    number_range,
    quantity,
    singular_at,
    spelled_unit,
)

# Below this, an age is told in months, as the growth charts do.
YEARS_FROM_MONTHS = 24


def rate_in_words(rule: DoseRule, rate: Range) -> str:
    """Return "1 to 2 mg per kg per day"."""
    unit = singular_at(rate.high, spelled_unit(rule.basis))
    return f"{number_range(rate.low, rate.high)} {unit}"


def doses_per_what(rule: DoseRule) -> str:
    """Return what doses are counted over: "a day", "on a dosing day", or "in all"."""
    if rule.is_given_once:
        return "in all"
    return "a day" if rule.every_days == 1 else "on a dosing day"


def weights_in_words(who: WhoFor) -> str:
    """Return "15 kg to less than 30 kg", "30 kg or more", "less than 15 kg", or ""."""
    first_kg, end_kg = who.from_weight_kg, who.below_weight_kg
    if first_kg is None:
        return "" if end_kg is None else f"less than {quantity(end_kg, 'kg')}"
    if end_kg is None:
        return f"{quantity(first_kg, 'kg')} or more"
    return f"{quantity(first_kg, 'kg')} to less than {quantity(end_kg, 'kg')}"


def lowest_age_in_words(months: int) -> str:
    """Return "2 years", or "18 months" where it is no whole number of years."""
    years, rest = divmod(months, MONTHS_PER_YEAR)
    if rest or months < YEARS_FROM_MONTHS:
        return counted(months, "month", "months")
    return counted(years, "year", "years")


def line_details(phase: str, who: WhoFor) -> list[str]:
    """Return what tells a line from others of its route: phase, weights, lowest age."""
    details = [f"{phase} dose"] if phase else []
    if who.has_weights:
        details.append(weights_in_words(who))
    if who.from_age_months is not None:
        details.append(f"from {lowest_age_in_words(who.from_age_months)} of age")
    return details


def age_in_words(age: Age) -> str:
    """Return "4 years", "1 month"."""
    unit = age.unit.removesuffix("s") if age.number == 1 else age.unit
    return quantity(age.number, unit)


def joined(parts: Sequence[str]) -> str:
    """Return "1 and 2", or "1, 2 and 3"."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def vials_in_words(vials: Vials, unit: str) -> str:
    """Return "1 vial of 400 mg and 2 vials of 80 mg", in mg or micrograms."""
    return joined(
        [
            f"{counted(count, product.unit_name, product.unit_name_plural)} of "
            f"{dose_amount(product.strength_mg, unit)}"
            for product, count in vials.counts
        ]
    )


def left_over_in_words(vials: Vials, unit: str) -> str:
    """Return "40 mg (2 mL) left over", in mg or micrograms, or "nothing left over"."""
    if not vials.left_over_mg:
        return "nothing left over"
    amount = dose_amount(vials.left_over_mg, unit)
    return f"{amount} ({quantity(vials.left_over_ml, 'mL')}) left over"
