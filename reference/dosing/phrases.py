"""The small words of a dosing line: its rate, its counts, whom it is for, its vials."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .answers import Tablets, TabletsRange, Vials
from .model import DoseRule, Product, Range, WhoFor
from .patient import MONTHS_PER_YEAR, Age
from .quantities import (
    counted,
    dose_amount,
    number_range,
    quantity,
    singular_at,
    spelled_unit,
)
from .schedule import DAYS_PER_UNIT, FIRST_DOSES, Schedule, first_days

# Below this, an age is told in months, as the growth charts do.
YEARS_FROM_MONTHS = 24
# What "once" stands before: not before "every 4 weeks" or listed days.
ADVERBS = ("daily", "weekly", "monthly")


def rate_in_words(rule: DoseRule, rate: Range) -> str:
    """Return "1 to 2 mg per kg per day"."""
    unit = singular_at(rate.high, spelled_unit(rule.basis))
    return f"{number_range(rate.low, rate.high)} {unit}"


def doses_per_what(rule: DoseRule) -> str:
    """Return what doses are counted over: "a day", "on a dosing day", or "in all"."""
    if rule.is_given_once:
        return "in all"
    return "a day" if rule.schedule.is_daily else "on a dosing day"


def interval_in_words(schedule: Schedule) -> str:
    """Return "weekly", "every 2 weeks", "every 10 days", "monthly", "every 6 months".

    Of a schedule that goes on so: on its days, or after those that it lists.
    """
    if schedule.every_months and schedule.kind != "every-n-days":
        months = schedule.every_months
        return "monthly" if months == 1 else f"every {months} months"
    if schedule.every_days == DAYS_PER_UNIT["weeks"]:
        return "weekly"
    return f"every {days_in_words(schedule.every_days)}"


def when_in_words(schedule: Schedule) -> str:
    """Return "every 4 weeks", "weekly", or which days or weeks are listed.

    Of a schedule with days between its doses.
    """
    if schedule.kind == "listed":
        return listed_in_words(schedule)
    return interval_in_words(schedule)


def once_in_words(schedule: Schedule) -> str:
    """Return how often one dose is given: "once daily", "once weekly", "every 4 weeks".

    "once" where it is given on one day alone; of listed days, which they are.
    """
    if schedule.kind == "once":
        return "once"
    when = when_in_words(schedule) if schedule.has_days_between else "daily"
    return f"once {when}" if when in ADVERBS else when


def days_in_words(days: int) -> str:
    """Return "2 weeks", "10 days": in weeks where it is a whole number of them."""
    weeks, rest = divmod(days, DAYS_PER_UNIT["weeks"])
    return counted(days, "day", "days") if rest else counted(weeks, "week", "weeks")


def listed_in_words(schedule: Schedule) -> str:
    """Return "at weeks 0, 2 and 6, then every 8 weeks".

    Or "on days 1 and 15, repeated every 24 weeks"; of one week alone "at week 0". Empty
    where none is listed.
    """
    if not schedule.listed:
        return ""
    *most, last = map(str, schedule.listed)
    unit = schedule.listed_unit if most else schedule.listed_unit.removesuffix("s")
    numbers = f"{', '.join(most)} and {last}" if most else last
    words = f"{'on' if schedule.listed_unit == 'days' else 'at'} {unit} {numbers}"
    if schedule.again_after_days is not None:
        return f"{words}, repeated every {days_in_words(schedule.again_after_days)}"
    return f"{words}, then {interval_in_words(schedule)}" if schedule.goes_on else words


def begins_in_words(row: Mapping[str, Any]) -> str:
    """Return "week 14": from when a line runs after another; "" where none is given."""
    if row["begins_at"] is None:
        return ""
    return f"{row['begins_unit'].removesuffix('s')} {row['begins_at']}"


def first_times_in_words(schedule: Schedule) -> str:
    """Return "weeks 0, 2, 6, 14, 22 and 30": the first six, as the guide counts.

    Empty where the guide itself lists all of them, or goes on by months.
    """
    if schedule.every_months or not (schedule.goes_on or schedule.again_after_days):
        return ""
    days, first = first_days(schedule, FIRST_DOSES), schedule.listed[0]
    each = DAYS_PER_UNIT[schedule.listed_unit]
    unit = schedule.listed_unit
    if any(day % each for day in days):  # weeks that go on by no whole number of weeks
        unit, first, each = "days", first * each, 1
    *most, last = (str(first + day // each) for day in days)
    return f"{unit} {', '.join(most)} and {last}"


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


def ages_in_words(who: WhoFor) -> str:
    """Return "from 2 years to less than 18 years of age", or one end of it, or ""."""
    first, end = who.from_age_months, who.below_age_months
    parts = [] if first is None else [f"from {lowest_age_in_words(first)}"]
    if end is not None:
        parts.append(f"less than {lowest_age_in_words(end)}")
    return f"{' to '.join(parts)} of age" if parts else ""


def line_details(phase: str, who: WhoFor) -> list[str]:
    """Return what tells a line from others of its route: phase, weights, lowest age."""
    details = [f"{phase} dose"] if phase else []
    if who.has_weights:
        details.append(weights_in_words(who))
    if who.has_ages:
        details.append(ages_in_words(who))
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
    return _counted_of_each(vials.counts, unit)


def tablets_in_words(tablets: Tablets | None, unit: str) -> str:
    """Return "6 tablets of 2.5 mg", or "no whole number of tablets"."""
    if tablets is None:
        return "no whole number of tablets"
    return _counted_of_each(tablets.counts, unit)


def tablets_of_ends(taken: TabletsRange, mg: Range, unit: str) -> str:
    """Return "6 tablets of 2.5 mg", or "7.5 mg: 3 tablets of 2.5 mg; 10 mg: …".

    Of a range that whole tablets make at neither end, just that: they may within it.
    """
    if taken.low is None and taken.high is None and mg.low < mg.high:
        return "no whole number of tablets at either end"
    if taken.low == taken.high:
        return tablets_in_words(taken.low, unit)
    return "; ".join(
        f"{dose_amount(end_mg, unit)}: {tablets_in_words(tablets, unit)}"
        for end_mg, tablets in ((mg.low, taken.low), (mg.high, taken.high))
    )


def _counted_of_each(counts: Iterable[tuple[Product, int]], unit: str) -> str:
    return joined(
        [
            f"{counted(count, product.unit_name, product.unit_name_plural)} of "
            f"{dose_amount(product.strength_mg, unit)}"
            for product, count in counts
        ]
    )


def left_over_in_words(vials: Vials, unit: str) -> str:
    """Return "40 mg (2 mL) left over", in mg or micrograms, or "nothing left over"."""
    if not vials.left_over_mg:
        return "nothing left over"
    amount = dose_amount(vials.left_over_mg, unit)
    return f"{amount} ({quantity(vials.left_over_ml, 'mL')}) left over"
