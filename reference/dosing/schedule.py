"""When the doses of a line are given: its days, counted from the first dose.

Nothing is taken for daily: a schedule is one of a few kinds, each with its own numbers.
Days and dates are exact; a month is a month of the calendar, and no number of days.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, count, islice

DAYS_PER_UNIT = {"days": 1, "weeks": 7}
# To compare two schedules only; no date is counted with it.
DAYS_PER_MONTH = Decimal("30.4375")
KINDS = (
    "times-a-day",
    "every-n-days",
    "every-n-months",
    "listed",
    "once",
    "continuous",
)
# How many doses of a schedule without an end are told by day or date.
FIRST_DOSES = 6
MOST_LISTED = 24
LARGEST_LISTED = 999


@dataclass(frozen=True, slots=True)
class Schedule:
    """On which days a line is given.

    kind is one of KINDS. A listed schedule names days or weeks as the guide counts
    them: from 0 or from 1; only what lies between them counts. After the last of them
    it ends, or goes on every so many days or months, or begins again so many days after
    its first. Raises ValueError for another kind: it is never taken for daily.
    """

    kind: str
    every_days: int = 1
    every_months: int = 0
    listed: tuple[int, ...] = ()
    listed_unit: str = ""
    again_after_days: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no schedule is known as “{self.kind}”")

    @property
    def is_daily(self) -> bool:
        return self.kind in ("times-a-day", "continuous")

    @property
    def has_days_between(self) -> bool:
        """Whether dosing days follow one another with others between them."""
        return not self.is_daily and self.kind != "once"

    @property
    def goes_on(self) -> bool:
        """Whether doses follow those that are listed, without a list of their own."""
        return self.kind == "listed" and (self.every_days > 1 or self.every_months > 0)

    @property
    def listed_days(self) -> tuple[int, ...]:
        """The listed days or weeks as days after the first of them."""
        each = DAYS_PER_UNIT[self.listed_unit]
        return tuple((number - self.listed[0]) * each for number in self.listed)

    @property
    def number_of_doses(self) -> int | None:
        """How many dosing days there are, or None where no end is given."""
        if self.kind == "once":
            return 1
        is_ended = self.kind == "listed" and not self.goes_on
        return len(self.listed) if is_ended and not self.again_after_days else None

    @property
    def mean_days_between(self) -> Decimal:
        """The days from dose to dose in the long run: to compare two schedules."""
        if self.again_after_days:
            return Decimal(self.again_after_days) / len(self.listed)
        if self.every_months:
            return self.every_months * DAYS_PER_MONTH
        if self.kind == "listed" and not self.goes_on and len(self.listed) > 1:
            return Decimal(self.listed_days[-1]) / (len(self.listed) - 1)
        return Decimal(self.every_days)


def first_dates(schedule: Schedule, start: date, number: int) -> list[date]:
    """Return the dates of the first so many dosing days, fewer where it ends before.

    A dose every month falls on the day of the start, or on the last day of a month that
    has no such day. Raises OverflowError after the year 9999.
    """
    return list(islice(_dates(schedule, start), number))


def first_days(schedule: Schedule, number: int) -> list[int]:
    """Return the first so many dosing days as days after the first dose.

    Fewer where it ends before. Raises ValueError for a schedule in months, which is no
    number of days: first_dates counts those.
    """
    if schedule.every_months:
        raise ValueError("months are no number of days")
    return list(islice(_days(schedule), number))


def doses_within(schedule: Schedule, days: int) -> int:
    """Return how many dosing days lie within so many days, the first dose on the first.

    Raises ValueError for a schedule in months.
    """
    if schedule.every_months:
        raise ValueError("months are no number of days")
    return sum(1 for _ in _until(_days(schedule), days))


def add_months(start: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month.

    Raises OverflowError after the year 9999.
    """
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise OverflowError("there is no such year")
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last_day))


def _dates(schedule: Schedule, start: date) -> Iterator[date]:
    if schedule.kind == "every-n-months":
        yield from (add_months(start, n * schedule.every_months) for n in count())
    elif schedule.every_months:
        listed = [start + timedelta(days=day) for day in schedule.listed_days]
        after = (add_months(listed[-1], n * schedule.every_months) for n in count(1))
        yield from chain(listed, after)
    else:
        yield from (start + timedelta(days=day) for day in _days(schedule))


def _days(schedule: Schedule) -> Iterator[int]:
    """Yield each dosing day, without end where the schedule has none."""
    if schedule.kind == "once":
        yield 0
    elif schedule.kind != "listed":
        yield from count(0, schedule.every_days)
    elif schedule.again_after_days:
        for start in count(0, schedule.again_after_days):
            yield from (start + day for day in schedule.listed_days)
    else:
        yield from schedule.listed_days
        if schedule.every_days > 1:
            yield from count(
                schedule.listed_days[-1] + schedule.every_days, schedule.every_days
            )


def _until(days: Iterator[int], end: int) -> Iterator[int]:
    for day in days:
        if day >= end:
            return
        yield day
