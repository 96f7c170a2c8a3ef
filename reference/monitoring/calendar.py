"""The dates of blood tests as a calendar file."""

from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlsplit

from reference.editions import Row

from .dates import DueTest


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

    The identifiers depend on drug, test and dates alone, and a later edition has a
    higher sequence: taken again, its events replace those of an earlier one. stamp is
    when the edition was published; address is its own.
    """
    # Asked for seldom, it takes 1.6 MB of a worker and a tenth of a start.
    from icalendar import Calendar, Event

    file = Calendar()
    file.add("prodid", f"-//Biologic guides//{drug['generic_name']} monitoring//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    for test in due:
        event = Event()
        name = f"{drug['slug']}-{test.key}-{test.month}-{start}"
        event.add("uid", f"{name}@{urlsplit(address).hostname or 'localhost'}")
        event.add("dtstamp", stamp)
        event.add("sequence", edition["number"])
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
