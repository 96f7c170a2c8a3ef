"""On which days one dosing line is given, in words and as days that can be drawn."""

from dataclasses import dataclass, field
from datetime import date

from reference.dosing import Row, phrases, rules, schedule
from reference.reading import duration_in_sentence

MOST_WEEKS = 26
MOST_DAYS = MOST_WEEKS * schedule.DAYS_PER_UNIT["weeks"]
# Months have no number of days; counted from a day that every month has.
COUNTED_FROM = date(2001, 1, 1)
HOURS_PER_DAY = 24
# Of doses that go on without an end, as many as show their interval.
FEWEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class DosingDays:
    """When a line is given, and to whom.

    Two are alike where their fields and patients are, however they are worded. days are
    counted from the first of the picture, to the end of week 26; of a line that is
    given each day, its first alone. until is its last day, None where it goes on
    beyond. shown_to is the day to which a picture has to go.
    """

    patients: str
    words: str = field(compare=False)
    fields: object = None
    days: tuple[int, ...] = field(default=(), compare=False)
    until: int | None = field(default=None, compare=False)
    is_each_day: bool = field(default=False, compare=False)
    shown_to: int = field(default=0, compare=False)


def days_of_line(row: Row) -> DosingDays:
    """Return when a line is given; why not, in words, where its fields make no dose."""
    patients = _patients(row)
    try:
        problems = " ".join(rules.regimen_problems(row))
        when = rules.schedule_of(row)
    except ValueError as error:
        problems = str(error)
    if problems:
        return DosingDays(patients, f"cannot be worked out: {problems}", problems)
    first, length = _first_day(row), rules.duration_of(row)
    days = [first + day for day in _days_from_the_first(when)]
    days = [day for day in days if day <= MOST_DAYS]
    most, end = when.number_of_doses, _end(row)
    if length is not None and length.unit == "doses" and not when.is_daily:
        most = length.high
    if end is not None:
        days = [day for day in days if day < first + end]
    days = days[:most]
    until = days[-1] if days and len(days) == most else None
    if end is not None and days and first + end <= MOST_DAYS:
        until = first + end - 1 if when.is_daily else days[-1]
    return DosingDays(
        patients=patients,
        words=_words(row, when),
        fields=(when, first, length),
        days=tuple(days),
        until=until,
        is_each_day=when.is_daily,
        shown_to=_shown_to(when, days, until),
    )


def _shown_to(when: schedule.Schedule, days: list[int], until: int | None) -> int:
    """Return the day of the third dose, of the second after a list, or of the last."""
    if until is not None:
        return until
    if when.is_daily:
        return 0
    doses = max(FEWEST_SHOWN, len(when.listed) + FEWEST_SHOWN - 1)
    return days[doses - 1] if len(days) >= doses else MOST_DAYS


def _patients(row: Row) -> str:
    """Return "pediatric, 15 kg to less than 30 kg", or "" where the line names none."""
    who = rules.who_for(row)
    population = row["population"] if row["population"] != "not stated" else ""
    return ", ".join(filter(None, [population, *phrases.line_details("", who)]))


def _words(row: Row, when: schedule.Schedule) -> str:
    """Return "every 8 weeks, from week 14, for 4 doses"."""
    often = phrases.once_in_words(when)
    if when.is_daily:
        often = "daily" if when.kind == "times-a-day" else "continuously"
    begins = phrases.begins_in_words(row)
    parts = (often, begins and f"from {begins}", duration_in_sentence(row))
    return ", ".join(filter(None, parts))


def _first_day(row: Row) -> int:
    if row["begins_at"] is None:
        return 0
    first: int = row["begins_at"] * schedule.DAYS_PER_UNIT[row["begins_unit"]]
    return first


def _end(row: Row) -> int | None:
    """Return the days after which nothing is given any more, None where none is told.

    At the longest that the line allows; a number of doses is none of days.
    """
    length = rules.duration_of(row)
    if length is None or length.unit == "doses":
        return None
    if length.unit == "hours":
        return -(-length.high // HOURS_PER_DAY)
    if length.unit == "months":
        return (schedule.add_months(COUNTED_FROM, length.high) - COUNTED_FROM).days
    return length.high * schedule.DAYS_PER_UNIT[length.unit]


def _days_from_the_first(when: schedule.Schedule) -> list[int]:
    """Return the dosing days of 26 weeks, counted from the first; daily, that alone."""
    if when.is_daily:
        return [0]
    if not when.every_months:
        number = schedule.doses_within(when, MOST_DAYS + 1)
        return schedule.first_days(when, number)
    # 26 weeks hold no more than six months after the listed days.
    number = len(when.listed) + 1 + MOST_WEEKS // (4 * when.every_months)
    dates = schedule.first_dates(when, COUNTED_FROM, number)
    return [(on - COUNTED_FROM).days for on in dates]
