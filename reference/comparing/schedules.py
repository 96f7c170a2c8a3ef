"""On which days each dosing line is given, as one picture, with what it was before.

Drawn on the page of a review, where weeks 0, 2 and 6 and every two weeks look unlike.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from reference.dosing import Document, Row, phrases, rules, schedule
from reference.reading import duration_in_sentence

DRAWN_WEEKS = 26
DRAWN_DAYS = DRAWN_WEEKS * schedule.DAYS_PER_UNIT["weeks"]
# Months have no number of days; drawn from a day that every month has.
DRAWN_FROM = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class DrawnDays:
    """When a line is given, in words and as days from the first of the picture.

    A line that is given each day has no days of its own: is_each_day.
    """

    words: str
    days: tuple[int, ...] = ()
    is_each_day: bool = False


@dataclass(frozen=True, slots=True)
class LineSchedule:
    """One line: when it is given, and when it was; before is None if that is alike."""

    key: str
    indication: str
    route: str
    now: DrawnDays
    before: DrawnDays | None


def schedules_of_lines(before: Document, after: Document) -> list[LineSchedule]:
    """Return when each line with days between its doses is given, in order.

    With lines that had some before. A line that is new was given on no day before.
    """
    names = {row["key"]: row["short_name"] for row in after["indications"]}
    were = {row["key"]: _drawn(row) for row in before["regimens"]}
    return [
        LineSchedule(
            key=row["key"],
            indication=names.get(row["indication"], row["indication"]),
            route=row["route"],
            now=now,
            before=was if was != now else None,
        )
        for row in after["regimens"]
        for now, was in [(_drawn(row), were.get(row["key"]))]
        if not (now.is_each_day and (was is None or was.is_each_day))
    ]


def _drawn(row: Row) -> DrawnDays:
    """Return the days of a line; none where its fields make no schedule."""
    try:
        when = rules.schedule_of(row)
    except ValueError as error:
        return DrawnDays(str(error))
    if when.is_daily or when.kind == "continuous":
        return DrawnDays("daily", is_each_day=True)
    begins = phrases.begins_in_words(row)
    words = (
        phrases.once_in_words(when),
        begins and f"from {begins}",
        duration_in_sentence(row),
    )
    return DrawnDays(", ".join(filter(None, words)), tuple(_days(row, when)))


def _days(row: Row, when: schedule.Schedule) -> Iterator[int]:
    """Yield the dosing days of a line that lie within the picture."""
    length, first = rules.duration_of(row), 0
    if row["begins_at"] is not None:
        first = row["begins_at"] * schedule.DAYS_PER_UNIT[row["begins_unit"]]
    days = list(_from_the_first(when))
    if length is not None and length.unit == "doses":
        days = days[: length.high]
    elif length is not None and length.unit in schedule.DAYS_PER_UNIT:
        end = length.high * schedule.DAYS_PER_UNIT[length.unit]
        days = [day for day in days if day < end]
    return takewhile(lambda day: day <= DRAWN_DAYS, (first + day for day in days))


def _from_the_first(when: schedule.Schedule) -> Iterator[int]:
    dates: list[date] = []
    with suppress(OverflowError):
        dates = schedule.first_dates(when, DRAWN_FROM, DRAWN_DAYS)
    return ((on - DRAWN_FROM).days for on in dates)
