"""The dates of blood tests: by calendar months, both readings shown, as a file too."""

from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest
import vobject
from django.test import Client
from django.utils import timezone

from reference import publishing
from reference.editions import Monograph
from reference.models import Edition
from reference.monitoring.calendar import calendar_file
from reference.monitoring.dates import due_tests

pytestmark = pytest.mark.django_db

ADDRESS, FILE = "/anakinra/monitoring/", "/anakinra/monitoring.ics"
NOT_A_DAY = "Type a day of the calendar as year-month-day, such as 2026-11-26."


def test_the_guide_s_counts_from_31_january_2026(june_2024: Monograph) -> None:
    due = due_tests(june_2024.sections["monitoring"], date(2026, 1, 31))
    assert [(test.month, str(test.on), test.is_early) for test in due] == [
        (0, "2026-01-31", False),
        (1, "2026-02-28", True),
        (2, "2026-03-31", False),
        (3, "2026-04-30", True),
        (6, "2026-07-31", False),
        (9, "2026-10-31", False),
        (12, "2027-01-31", False),
        (15, "2027-04-30", True),
    ]
    assert [test.month for test in due if test.is_disputed] == [15]


# The file


def file_of(
    guide: Monograph, start: date, origin: str = "https://a.example", number: int = 1
) -> bytes:
    return calendar_file(
        due_tests(guide.sections["monitoring"], start),
        start=start,
        drug=guide.document["drug"],
        edition=guide.document["edition"] | {"number": number},
        address=f"{origin}/anakinra/editions/{number}/",
        stamp=datetime(2026, 11, 1, 12, tzinfo=UTC),
    )


def events(file: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(file.decode()).walk("VEVENT"))


def test_a_calendar_reads_each_date_once(june_2024: Monograph) -> None:
    start = date(2026, 1, 31)
    file = file_of(june_2024, start)
    read = events(file)
    due = due_tests(june_2024.sections["monitoring"], start)
    assert [event["DTSTART"].dt for event in read] == [test.on for test in due]
    assert len({event["UID"] for event in read}) == len(due)
    assert {str(event["SUMMARY"]) for event in read} == {
        "Neutrophil count (anakinra monitoring)"
    }
    assert "Only in the longer reading" in read[-1]["DESCRIPTION"]
    assert all("Edition June 2024." in event["DESCRIPTION"] for event in read)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert b"\n" not in file.replace(b"\r\n", b"")


def test_another_library_than_the_one_that_wrote_it_reads_the_same(
    june_2024: Monograph,
) -> None:
    start = date(2026, 1, 31)
    read = vobject.readOne(file_of(june_2024, start).decode())
    due = due_tests(june_2024.sections["monitoring"], start)
    assert read.method.value == "PUBLISH"
    assert [event.dtstart.value for event in read.vevent_list] == [
        test.on for test in due
    ]
    assert {event.url.value for event in read.vevent_list} == {
        "https://a.example/anakinra/editions/1/"
    }


def test_the_same_start_gives_the_same_bytes_and_another_other_names(
    june_2024: Monograph,
) -> None:
    first, other = date(2026, 1, 31), date(2026, 2, 1)
    assert file_of(june_2024, first) == file_of(june_2024, first)
    names = [{e["UID"] for e in events(file_of(june_2024, d))} for d in (first, other)]
    assert not names[0] & names[1]


def test_a_calendar_taken_again_replaces_the_events_of_an_earlier_edition(
    june_2024: Monograph,
) -> None:
    start = date(2026, 1, 31)
    first, later = (
        {event["UID"]: event["SEQUENCE"] for event in events(file)}
        for file in (file_of(june_2024, start), file_of(june_2024, start, number=2))
    )
    assert first.keys() == later.keys()
    assert {*first.values()} == {1}
    assert {*later.values()} == {2}


def test_without_an_origin_there_is_no_half_an_address(june_2024: Monograph) -> None:
    file = file_of(june_2024, date(2026, 1, 31), origin="")
    assert b"URL:" not in file
    assert b"@localhost" in file


# The addresses


def test_the_page_lists_both_readings(client: Client) -> None:
    start = timezone.now().date().replace(month=1, day=31)
    answer = client.get(ADDRESS, {"start": start.isoformat()})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"From 31 January {start.year}" in page
    assert page.count("only in the longer reading") == 1
    assert "on the last day of a shorter month" in page
    assert "can be read in two ways" in page
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(("reading", "dates"), [("", 7), ("longer", 8)])
def test_the_file_holds_the_reading_that_was_asked_for(
    reading: str, dates: int, client: Client
) -> None:
    start = timezone.now().date().isoformat()
    answer = client.get(FILE, {"start": start, "reading": reading})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert f"anakinra-monitoring-{start}.ics" in answer.headers["Content-Disposition"]
    assert len(events(answer.content)) == dates


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("", "Type the first day of treatment, such as 2026-11-26."),
        ("soon", NOT_A_DAY),
        ("31/01/2026", NOT_A_DAY),
        ("2026-02-30", NOT_A_DAY),
        ("0001-01-01", "Type a day at most 10 years from today."),
        ("9999-12-31", "Type a day at most 10 years from today."),
        ("\x00", NOT_A_DAY),
        ("9" * 10_000, NOT_A_DAY),
    ],
)
def test_rubbish_is_refused_in_words(start: str, said: str, client: Client) -> None:
    for address in (ADDRESS, FILE):
        answer = client.get(address, {"start": start})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    page = client.get(ADDRESS, {"start": start, "reading": "upside down"})
    assert page.status_code == 422


def test_no_dates_come_from_a_withdrawn_edition(
    client: Client, published_edition: Edition, reviewer: Any
) -> None:
    publishing.withdraw(edition=published_edition, by=reviewer, reason="why")
    start = timezone.now().date().isoformat()
    page = client.get(ADDRESS, {"start": start})
    assert page.status_code == 200
    assert "withdrawn" in page.content.decode()
    assert "<table" not in page.content.decode()
    assert client.get(FILE, {"start": start}).status_code == 404
