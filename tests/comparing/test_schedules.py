"""The picture of when each line is given: its days, and those it had before."""

from copy import deepcopy
from typing import Any

from reference.comparing import schedules_of_lines
from reference.comparing.schedules import LineSchedule
from reference.dosing import Document

EVERY_2_WEEKS = {"how_often": "every-n-days", "every_days": 14}
WEEKS_0_2_6 = {"how_often": "listed", "listed": [0, 2, 6], "listed_unit": "weeks"}


def with_line(document: Document, **fields: Any) -> Document:
    after = deepcopy(document)
    next(row for row in after["regimens"] if row["key"] == "ra-sc").update(fields)
    return after


def drawn(before: Document, after: Document) -> LineSchedule:
    (line,) = schedules_of_lines(before, after)
    assert line.key == "ra-sc"
    return line


def test_a_guide_that_is_given_each_day_needs_no_picture(document: Document) -> None:
    assert schedules_of_lines(document, document) == []


def test_weeks_0_2_and_6_are_drawn_beside_the_two_weeks_they_were(
    document: Document,
) -> None:
    before = with_line(document, **EVERY_2_WEEKS)
    line = drawn(before, with_line(document, **WEEKS_0_2_6))
    assert line.now.words == "at weeks 0, 2 and 6"
    assert line.now.days == (0, 14, 42)
    assert line.before is not None
    assert line.before.words == "every 2 weeks"
    assert line.before.days == tuple(range(0, 183, 14))


def test_what_is_alike_is_drawn_once(document: Document) -> None:
    same = with_line(document, **EVERY_2_WEEKS)
    assert drawn(same, same).before is None


def test_a_weekly_line_that_becomes_daily_is_drawn_too(document: Document) -> None:
    weekly = with_line(document, how_often="every-n-days", every_days=7)
    line = drawn(weekly, document)
    assert line.now.is_each_day
    assert line.before is not None
    assert line.before.days[:3] == (0, 7, 14)


def test_a_course_ends_and_a_later_line_begins_where_they_say(
    document: Document,
) -> None:
    four = {"duration_low": 4, "duration_high": 4, "duration_unit": "doses"}
    later = {"begins_at": 14, "begins_unit": "weeks"}
    line = drawn(document, with_line(document, **EVERY_2_WEEKS, **four, **later))
    assert line.now.words == "every 2 weeks, from week 14, for 4 doses"
    assert line.now.days == (98, 112, 126, 140)
    months = {"how_often": "every-n-months", "every_months": 6}
    assert drawn(document, with_line(document, **months)).now.days == (0, 181)
