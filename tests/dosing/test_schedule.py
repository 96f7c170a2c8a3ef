"""When doses are given: days and dates counted by hand, and by another calendar."""

import calendar
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.dosing.phrases import interval_in_words
from reference.dosing.schedule import (
    Schedule,
    add_months,
    doses_within,
    first_dates,
    first_days,
)
from tests.dosing.day_by_day import dates_day_by_day
from tests.tools.reliability.figures import times

WEEKS_0_2_6 = Schedule("listed", listed=(0, 2, 6), listed_unit="weeks")
THEN_EVERY_8 = Schedule("listed", 56, listed=(0, 2, 6), listed_unit="weeks")
PAIR_EVERY_24_WEEKS = Schedule(
    "listed", listed=(1, 15), listed_unit="days", again_after_days=168
)


def test_weeks_0_2_and_6_are_three_doses_and_no_more() -> None:
    assert first_days(WEEKS_0_2_6, 6) == [0, 14, 42]
    assert WEEKS_0_2_6.number_of_doses == 3


def test_then_every_8_weeks_is_counted_from_the_last_listed_week() -> None:
    assert first_days(THEN_EVERY_8, 6) == [0, 14, 42, 98, 154, 210]
    assert THEN_EVERY_8.number_of_doses is None


def test_a_pair_repeated_every_24_weeks_begins_again_from_its_first_day() -> None:
    assert first_days(PAIR_EVERY_24_WEEKS, 6) == [0, 14, 168, 182, 336, 350]


def test_days_count_from_the_first_whether_a_guide_calls_it_0_or_1() -> None:
    from_0 = Schedule("listed", listed=(0, 14), listed_unit="days")
    from_1 = Schedule("listed", listed=(1, 15), listed_unit="days")
    assert first_days(from_0, 9) == first_days(from_1, 9) == [0, 14]


def test_every_6_months_from_31_august_is_the_last_day_of_february() -> None:
    dates = first_dates(
        Schedule("every-n-months", every_months=6), date(2026, 8, 31), 3
    )
    assert dates == [date(2026, 8, 31), date(2027, 2, 28), date(2027, 8, 31)]


def test_listed_weeks_can_go_on_by_months() -> None:
    when = Schedule("listed", 1, 1, listed=(0, 4), listed_unit="weeks")
    assert first_dates(when, date(2026, 11, 30), 4) == [
        date(2026, 11, 30),
        date(2026, 12, 28),
        date(2027, 1, 28),
        date(2027, 2, 28),
    ]


def test_months_are_refused_where_days_are_asked_for() -> None:
    monthly = Schedule("every-n-months", every_months=1)
    with pytest.raises(ValueError, match="months are no number of days"):
        first_days(monthly, 1)
    with pytest.raises(ValueError, match="months are no number of days"):
        doses_within(monthly, 30)


def test_doses_within_so_many_days_begin_on_the_first() -> None:
    weekly = Schedule("every-n-days", 7)
    assert [doses_within(weekly, days) for days in (1, 7, 8, 28, 29)] == [1, 1, 2, 4, 5]
    assert doses_within(WEEKS_0_2_6, 42) == 2
    assert doses_within(WEEKS_0_2_6, 43) == 3


@pytest.mark.parametrize(
    ("when", "days"),
    [
        (Schedule("times-a-day"), Fraction(1)),
        (Schedule("every-n-days", 14), Fraction(14)),
        (WEEKS_0_2_6, Fraction(21)),
        (THEN_EVERY_8, Fraction(56)),
        (PAIR_EVERY_24_WEEKS, Fraction(84)),
    ],
)
def test_schedules_are_compared_by_the_days_between_doses(
    when: Schedule, days: Fraction
) -> None:
    assert Fraction(when.mean_days_between) == days


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (2, "every 2 days"),
        (7, "weekly"),
        (10, "every 10 days"),
        (14, "every 2 weeks"),
        (15, "every 15 days"),
        (28, "every 4 weeks"),
        (7000, "every 1,000 weeks"),
    ],
)
def test_an_interval_of_whole_weeks_is_said_in_weeks(days: int, words: str) -> None:
    assert interval_in_words(Schedule("every-n-days", days)) == words


@st.composite
def any_schedule(draw: st.DrawFn) -> Schedule:
    kind = draw(st.sampled_from(["every-n-days", "every-n-months", "listed", "once"]))
    if kind == "every-n-days":
        return Schedule(kind, draw(st.integers(2, 400)))
    if kind == "every-n-months":
        return Schedule(kind, every_months=draw(st.integers(1, 36)))
    if kind == "once":
        return Schedule(kind)
    listed = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=8)))
    unit = draw(st.sampled_from(["days", "weeks"]))
    last = (listed[-1] - listed[0]) * (7 if unit == "weeks" else 1)
    goes_on = draw(st.sampled_from(["", "days", "months", "again"]))
    return Schedule(
        kind,
        draw(st.integers(2, 200)) if goes_on == "days" else 1,
        draw(st.integers(1, 12)) if goes_on == "months" else 0,
        tuple(listed),
        unit,
        last + draw(st.integers(1, 300)) if goes_on == "again" else None,
    )


@settings(max_examples=times(150, 10_000))
@given(any_schedule(), st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_dates_are_those_that_are_counted_day_by_day(
    when: Schedule, start: date
) -> None:
    assert first_dates(when, start, 6) == dates_day_by_day(when, start, 6)


@given(any_schedule(), st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_days_and_dates_are_the_same(when: Schedule, start: date) -> None:
    if not when.every_months:
        days = [start + timedelta(day) for day in first_days(when, 8)]
        assert first_dates(when, start, 8) == days


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 5, 31), 15, date(2027, 8, 31)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(
    start: date, months: int, expected: date
) -> None:
    assert add_months(start, months) == expected


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(0, 600))
def test_months_are_counted_and_the_day_stays_if_it_can(
    start: date, months: int
) -> None:
    later = add_months(start, months)
    assert (later.year - start.year) * 12 + later.month - start.month == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == start.day or (later.day == last and start.day > last)


def test_no_date_after_the_last_year() -> None:
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)


def test_another_kind_is_refused_and_never_taken_for_daily() -> None:
    with pytest.raises(ValueError, match="no schedule is known as “hourly”"):
        Schedule("hourly")
