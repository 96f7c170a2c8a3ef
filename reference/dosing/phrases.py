"""The small words of a dosing line: its rate, its counts, and whom it is for."""

from .model import MONTHS_PER_YEAR, Age, DoseRule, Range, WhoFor
from .quantities import counted, number_range, quantity, singular_at, spelled_unit

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
