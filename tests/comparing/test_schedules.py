"""The picture of when each line is given: its days, and those it had before."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from reference.comparing import dose_impact, nothing_before, schedules_of_lines
from reference.comparing.schedules import LineSchedule, SchedulePicture
from reference.dosing import Document

EVERY_2_WEEKS = {"how_often": "every-n-days", "every_days": 14}
EVERY_4_WEEKS = {"how_often": "every-n-days", "every_days": 28}
WEEKS_0_2_6 = {"how_often": "listed", "listed": [0, 2, 6], "listed_unit": "weeks"}
DAYS_1_8 = {"how_often": "listed", "listed": [1, 8], "listed_unit": "days"}
A_MONTH = {"duration_low": 1, "duration_high": 1, "duration_unit": "months"}


def with_line(document: Document, **fields: Any) -> Document:
    after = deepcopy(document)
    next(row for row in after["regimens"] if row["key"] == "ra-sc").update(fields)
    return after


def with_bands(document: Document, below: str, above: str) -> Document:
    """RA every 2 weeks below 30 kg by one line, every 4 weeks by another above it."""
    after = with_line(document, **EVERY_2_WEEKS, below_weight_kg="30")
    (first,) = (row for row in after["regimens"] if row["key"] == "ra-sc")
    above_30 = {"below_weight_kg": None, "from_weight_kg": "30"}
    after["regimens"].append(first | EVERY_4_WEEKS | above_30 | {"key": above})
    first["key"] = below
    return after


def pictures(before: Document, after: Document) -> list[SchedulePicture]:
    return schedules_of_lines(before, after, dose_impact(before, after))


def picture(before: Document, after: Document) -> SchedulePicture:
    (found,) = pictures(before, after)
    return found


def drawn(before: Document, after: Document) -> LineSchedule:
    (line,) = picture(before, after).lines
    assert line.key == "ra-sc"
    return line


def test_a_guide_that_is_given_each_day_needs_no_picture(document: Document) -> None:
    assert pictures(document, document) == []


def test_weeks_0_2_and_6_are_drawn_below_the_two_weeks_they_were(
    document: Document,
) -> None:
    before = with_line(document, **EVERY_2_WEEKS)
    found = picture(before, with_line(document, **WEEKS_0_2_6))
    (line,) = found.lines
    assert line.now is not None
    assert line.now.words == "at weeks 0, 2 and 6"
    assert line.now.days == (0, 14, 42)
    assert line.before is not None
    assert line.before.words == "every 2 weeks"
    assert line.before.days == tuple(range(0, 183, 14))
    assert line.turns == ("times",)
    assert (found.unit, found.ticks) == ("weeks", (0, 1, 2, 3, 4, 5, 6))
    assert found.marks(line.now) == [0, Decimal("33.33"), 100]
    assert found.marks(line.before) == [0, Decimal("33.33"), Decimal("66.67"), 100]
    assert found.course_to(line.now) == 100
    assert found.course_to(line.before) > 100


def test_every_4_weeks_for_every_2_is_told_as_half_the_dose_is(
    document: Document,
) -> None:
    before = with_line(document, **EVERY_2_WEEKS)
    after = with_line(document, **EVERY_4_WEEKS)
    halved = with_line(before, low="50", high="50")
    line = drawn(before, after)
    assert line.turns == ("lower",)
    assert line.turns == tuple(
        change.turn for change in dose_impact(before, halved).changes
    )
    assert drawn(before, halved).turns == ()


def test_what_is_alike_is_drawn_once_and_shouted_never(document: Document) -> None:
    same = with_line(document, **EVERY_2_WEEKS)
    line = drawn(same, same)
    assert line.before is None
    assert line.turns == ()


def test_longer_than_the_picture_is_another_schedule_all_the_same(
    document: Document,
) -> None:
    yearly = with_line(document, how_often="every-n-months", every_months=12)
    every_2_years = with_line(document, how_often="every-n-months", every_months=24)
    line = drawn(yearly, every_2_years)
    assert line.before is not None
    assert line.now is not None
    assert line.now.days == line.before.days == (0,)
    assert line.turns == ("lower",)
    assert picture(yearly, every_2_years).last == 26


def test_a_weekly_line_that_becomes_daily_is_drawn_too(document: Document) -> None:
    weekly = with_line(document, how_often="every-n-days", every_days=7)
    line = drawn(weekly, document)
    assert line.now is not None
    assert line.now.is_each_day
    assert line.before is not None
    assert line.before.days[:3] == (0, 7, 14)
    assert line.turns == ("higher",)


def test_a_course_ends_and_a_later_line_begins_where_they_say(
    document: Document,
) -> None:
    four = {"duration_low": 4, "duration_high": 4, "duration_unit": "doses"}
    later = {"begins_at": 14, "begins_unit": "weeks"}
    line = drawn(document, with_line(document, **EVERY_2_WEEKS, **four, **later))
    assert line.now is not None
    assert line.now.words == "every 2 weeks, from week 14, for 4 doses"
    assert line.now.days == (98, 112, 126, 140)
    assert line.now.until == 140


@pytest.mark.parametrize(
    ("fields", "days", "until"),
    [
        ({"how_often": "every-n-months", "every_months": 6}, (0, 181), None),
        ({**EVERY_2_WEEKS, **A_MONTH}, (0, 14, 28), 28),
        ({"how_often": "once"}, (0,), 0),
        ({**WEEKS_0_2_6, "every_days": 56}, (0, 14, 42, 98, 154), None),
        ({**DAYS_1_8, "again_after_days": 84}, (0, 7, 84, 91, 168, 175), None),
        ({**EVERY_4_WEEKS, "begins_at": 52, "begins_unit": "weeks"}, (), None),
    ],
)
def test_the_days_of_a_schedule_of_each_kind(
    document: Document, fields: dict[str, Any], days: tuple[int, ...], until: int | None
) -> None:
    line = drawn(document, with_line(document, **fields))
    assert line.now is not None
    assert (line.now.days, line.now.until) == (days, until)


@pytest.mark.parametrize(
    ("fields", "unit", "ticks"),
    [
        (DAYS_1_8, "days", range(8)),
        ({**DAYS_1_8, "listed": [1, 8, 15]}, "days", range(0, 15, 2)),
        ({**DAYS_1_8, "listed": [1, 8, 22]}, "weeks", range(4)),
        ({"how_often": "every-n-days", "every_days": 7}, "weeks", range(3)),
        (EVERY_4_WEEKS, "weeks", range(0, 9, 2)),
        ({**WEEKS_0_2_6, "every_days": 56}, "weeks", range(0, 25, 4)),
        ({"how_often": "every-n-months", "every_months": 6}, "weeks", range(0, 25, 4)),
    ],
)
def test_a_picture_is_as_long_as_three_doses_or_26_weeks(
    document: Document, fields: dict[str, Any], unit: str, ticks: range
) -> None:
    same = with_line(document, **fields)
    found = picture(same, same)
    assert (found.unit, found.ticks) == (unit, tuple(ticks))


def test_bands_that_changed_places_are_each_for_other_patients(
    document: Document,
) -> None:
    before = with_bands(document, "light", "heavy")
    after = deepcopy(before)
    for row in after["regimens"]:
        if row["key"] in ("light", "heavy"):
            ends = (row["from_weight_kg"], row["below_weight_kg"])
            row["below_weight_kg"], row["from_weight_kg"] = ends
    lines = picture(before, after).lines
    assert [line.turns for line in lines] == [("patients",), ("patients",)]
    told = [
        (each.patients, each.words)
        for line in lines
        for each in (line.before, line.now)
        if each is not None
    ]
    assert told == [
        ("less than 30 kg", "every 2 weeks"),
        ("30 kg or more", "every 2 weeks"),
        ("30 kg or more", "every 4 weeks"),
        ("less than 30 kg", "every 4 weeks"),
    ]


def test_lines_that_come_and_go_are_shouted_but_in_a_first_edition(
    document: Document,
) -> None:
    before = with_bands(document, "light", "heavy")
    after = with_bands(document, "light", "other")
    lines = {line.key: line for line in picture(before, after).lines}
    assert {key: line.turns for key, line in lines.items()} == {
        "light": (),
        "other": ("appears",),
        "heavy": ("disappears",),
    }
    assert lines["heavy"].now is None
    first = picture(nothing_before(after), after).lines
    assert [line.turns for line in first] == [(), ()]


def test_fields_that_contradict_each_other_have_no_days_but_words(
    document: Document,
) -> None:
    for fields in (
        {"how_often": "listed", "every_days": 14},
        {"how_often": "now and then"},
    ):
        line = drawn(document, with_line(document, **fields))
        assert line.now is not None
        assert line.now.words.startswith("cannot be worked out: ")
        assert line.now.days == ()
        assert line.turns == ("disappears",)
