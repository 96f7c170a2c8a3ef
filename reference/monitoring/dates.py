"""The dates of an edition's blood tests from the start of treatment, and as a calendar.

Knows no patient and no request; which months a test is due at is the edition's data.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

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
        if (on := add_months(start, month))
    ]
    return sorted(found, key=lambda due: (due.on, due.key))


def calendar_file(
    due: Iterable[DueTest],
    *,
    start: date,
    drug: Row,
    edition: Row,
    address: str,
    stamp: datetime,
) -> bytes:
    """Return the tests as an iCalendar file (RFC 5545), the same bytes every time.

    The identifiers depend on drug, edition, test and dates alone. stamp is when the
    edition was published; address is its own.
    """
    # Asked for seldom, it takes 1.6 MB of a worker and a tenth of a start.
    from icalendar import Calendar, Event

    file = Calendar()
    file.add("prodid", f"-//Biologic guides//{drug['generic_name']} monitoring//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    for test in due:
        event = Event()
        name = f"{drug['slug']}-{edition['number']}-{test.key}-{test.month}-{start}"
        event.add("uid", f"{name}@{urlsplit(address).hostname or 'localhost'}")
        event.add("dtstamp", stamp)
        event.add("sequence", 0)
        event.add("dtstart", test.on)
        event.add("transp", "TRANSPARENT")
        event.add("summary", f"{test.name} ({drug['generic_name']} monitoring)")
        event.add("description", _description(test, edition))
        if urlsplit(address).hostname:
            event.add("url", address)
        file.add_component(event)
    return bytes(file.to_ical())


def _description(test: DueTest, edition: Row) -> str:
    when = f"Month {test.month} of treatment." if test.month else "Before treatment."
    early = " The last day of a shorter month." if test.is_early else ""
    disputed = " Only in the longer reading of the guide." if test.is_disputed else ""
    return f"{when}{early}{disputed} Edition {edition['label']}."
