"""The dates of the doses of a line that is not given daily, from its first one."""

from dataclasses import dataclass
from datetime import date

from reference.dosing import DoseRule, Row, schedule
from reference.editions import Monograph, wording


@dataclass(frozen=True, slots=True)
class DueDose:
    """One dose on one day; number counts from 1.

    is_early says that the month has no such day, so that the dose falls on its last.
    """

    key: str
    line: str
    number: int
    on: date
    is_early: bool


def dated_lines(guide: Monograph) -> dict[str, str]:
    """Return the lines that have dates, by key: those given not daily and not once."""
    return {
        key: _name(guide.indications[row["indication"]], row)
        for key, row in guide.regimens.items()
        if guide.rules[key].schedule.has_days_between
    }


def due_doses(guide: Monograph, key: str, start: date) -> list[DueDose]:
    """Return the doses of a line by date: all of a course, or the first six.

    Raises OverflowError after the year 9999.
    """
    rule, name = guide.rules[key], dated_lines(guide)[key]
    when = rule.schedule
    dates = schedule.first_dates(when, start, _number(rule))
    # Doses by the month are counted from the start, or from the last listed day.
    counted_from = max(len(when.listed) - 1, 0)
    return [
        DueDose(
            key,
            name,
            place + 1,
            on,
            is_early=when.every_months > 0
            and place > counted_from
            and on.day < dates[counted_from].day,
        )
        for place, on in enumerate(dates)
    ]


def _number(rule: DoseRule) -> int:
    """Return how many doses are dated: those of the course, or the first six."""
    when, duration = rule.schedule, rule.duration
    if when.number_of_doses is not None:
        return when.number_of_doses
    if duration is None or duration.unit not in ("days", "weeks", "doses"):
        return schedule.FIRST_DOSES
    if duration.unit == "doses":
        return min(duration.high, schedule.MOST_LISTED)
    if when.every_months:
        return schedule.FIRST_DOSES
    days = duration.high * schedule.DAYS_PER_UNIT[duration.unit]
    return min(schedule.doses_within(when, days), schedule.MOST_LISTED)


def _name(indication: Row, row: Row) -> str:
    """Return "Rheumatoid arthritis, subcutaneous, adult"."""
    short_name, route = indication["short_name"], row["route"]
    return f"{short_name}, {route}{wording.line_name(row)}"
