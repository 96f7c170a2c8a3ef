"""The dates of an edition's blood tests from the start of treatment.

Knows no patient and no request; which months a test is due at is the edition's data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reference.dosing import schedule
from reference.editions import Row


@dataclass(frozen=True, slots=True)
class DueTest:
    """One test on one day. Month 0 is before treatment, on the day it starts at last.

    is_early says that the month has no such day, so that the test is due on its last
    day; is_disputed, that only the longer reading of the print asks for it.
    """

    key: str
    name: str
    month: int
    on: date
    is_early: bool
    is_disputed: bool


def due_tests(tests: Iterable[Row], start: date) -> list[DueTest]:
    """Return every test of a monitoring section by date, both readings included."""
    found = [
        DueTest(
            key=test["key"],
            name=test["name"],
            month=month,
            on=on,
            is_early=on.day != start.day,
            is_disputed=month not in test["months"],
        )
        for test in tests
        for month in sorted({*test["months"], *test["months_other_reading"]})
        if (on := schedule.add_months(start, month))
    ]
    return sorted(found, key=lambda due: (due.on, due.key))
