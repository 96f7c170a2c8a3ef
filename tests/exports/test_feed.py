"""The feed of a drug, as a feed reader nobody here wrote has it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from reference import publishing
from reference.models import Edition
from tests.support.guides.next_edition import limit_pjia, start_next
from tests.support.guides.small_guide import publish

pytestmark = pytest.mark.django_db

FEED = "/anakinra/changes.atom"
ORIGIN = "https://reference.example"
MOMENT = datetime(2026, 11, 28, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MOMENT, tick=False) as clock:
        yield clock


def read(client: Client) -> Any:
    answer = client.get(FEED)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    return feed


def test_the_first_edition_is_the_first_entry(
    client: Client, published_edition: Edition
) -> None:
    feed = read(client)
    [entry] = feed.entries
    assert feed.feed.title == "anakinra (Kineret): editions of the guide"
    assert entry.title == "anakinra, edition 1 (June 2024): first edition on this site"
    assert entry.link == f"{ORIGIN}/anakinra/editions/1/"
    assert entry.author == published_edition.issuer
    assert published_edition.change_note in entry.summary


def test_a_new_edition_says_its_grade_its_note_and_what_it_changes_in_doses(
    client: Client, author: User, reviewer: User
) -> None:
    draft = start_next(author, "July 2026", "A lower maximum.")
    limit_pjia(draft, 80)
    publish(draft, author=author, reviewer=reviewer)
    newest, first = read(client).entries
    assert newest.title == "anakinra, edition 2 (July 2026): in force"
    assert newest.link == f"{ORIGIN}/anakinra/editions/2/"
    assert newest.tags[0].term == "dose or safety"
    assert newest.summary.startswith("Grade: Dose or safety. A lower maximum. ")
    page = client.get("/anakinra/editions/2/changes/").content.decode()
    impact = newest.summary.partition("A lower maximum. ")[2]
    counted = impact.partition(". ")[0]
    assert counted.startswith("This edition changes ")
    assert f"<strong>{counted}.</strong>" in page
    assert first.title.endswith("first edition on this site")


def test_a_withdrawal_and_its_end_are_entries_and_change_no_earlier_one(
    client: Client,
    person: Callable[..., User],
    reviewer: User,
    clock: time_machine.Traveller,
) -> None:
    before = {entry.id: entry for entry in read(client).entries}
    edition = Edition.objects.get()
    publishing.withdraw(edition=edition, by=reviewer, reason="A wrong\n\nmaximum.")
    withdrawn, *_ = read(client).entries
    assert withdrawn.title.endswith("withdrawn, not to be used")
    assert withdrawn.summary == "Reason: A wrong maximum."
    assert withdrawn.updated == "2026-11-28T12:00:00+00:00"
    clock.shift(timedelta(hours=1))
    publishing.request_restoration(edition=edition, by=reviewer, reason="It was right.")
    publishing.restore(edition=edition, by=person("second", "reviewer"))
    restored, again, *earlier = read(client).entries
    assert restored.title.endswith("the withdrawal was undone")
    assert restored.updated == "2026-11-28T13:00:00+00:00"
    assert again == withdrawn
    assert {entry.id: entry for entry in earlier} == before


def test_identifiers_are_permanent_wherever_the_site_moves(
    client: Client, settings: Settings
) -> None:
    here = [entry.id for entry in read(client).entries]
    settings.PUBLIC_ORIGIN = "https://elsewhere.example"
    assert [entry.id for entry in read(client).entries] == here
    assert all(name.startswith("urn:uuid:") for name in here)
