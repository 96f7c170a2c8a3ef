"""The dates of blood tests and doses as a calendar file."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from reference.editions import Row

from .dates import DueTest
from .doses import DueDose


class _Event(NamedTuple):
    """One day of the file: what its identifier holds, and what is shown."""

    name: str
    on: date
    summary: str
    description: str


def calendar_file(
    due: Iterable[DueTest],
    doses: Iterable[DueDose] = (),
    *,
    start: date,
    drug: Row,
    edition: Row,
    address: str,
    stamp: datetime,
) -> bytes:
    """Return tests and doses as an iCalendar file (RFC 5545), always the same bytes.

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
    for said in (*_of_tests(due, drug, edition), *_of_doses(doses, drug, edition)):
        event = Event()
        name = f"{drug['slug']}-{said.name}-{start}"
        event.add("uid", f"{name}@{urlsplit(address).hostname or 'localhost'}")
        event.add("dtstamp", stamp)
        event.add("sequence", edition["number"])
        event.add("dtstart", said.on)
        event.add("transp", "TRANSPARENT")
        event.add("summary", said.summary)
        event.add("description", said.description)
        if urlsplit(address).hostname:
            event.add("url", address)
        file.add_component(event)
    return bytes(file.to_ical())


def _of_tests(due: Iterable[DueTest], drug: Row, edition: Row) -> Iterator[_Event]:
    for test in due:
        yield _Event(
            f"{test.key}-{test.month}",
            test.on,
            f"{test.name} ({drug['generic_name']} monitoring)",
            _description(test, edition),
        )


def _of_doses(doses: Iterable[DueDose], drug: Row, edition: Row) -> Iterator[_Event]:
    for dose in doses:
        early = " The last day of a shorter month." if dose.is_early else ""
        yield _Event(
            f"dose-{dose.key}-{dose.number}",
            dose.on,
            f"Dose {dose.number} of {drug['generic_name']}",
            f"{dose.line}.{early} Edition {edition['label']}.",
        )


def _description(test: DueTest, edition: Row) -> str:
    when = f"Month {test.month} of treatment." if test.month else "Before treatment."
    early = " The last day of a shorter month." if test.is_early else ""
    disputed = " Only in the longer reading of the guide." if test.is_disputed else ""
    return f"{when}{early}{disputed} Edition {edition['label']}."
