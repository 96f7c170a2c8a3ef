"""Once an act has returned, no reader is shown what was before it.

Each act is begun twice: once to be killed on its way, and once to be finished. Readers
try 1,000 times in `make faults`.
"""

import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from anakinra_site.starting import build
from reference import publishing
from reference.keeping import faults
from reference.models import DrawnPage, Edition
from tests.support.databases.own_database import DatabaseCopy
from tests.support.databases.prepared_database import copy_prepared
from tests.support.guides import small_guide
from tests.support.servers.act_process import ActProcess, act_process
from tests.support.servers.server_process import Server, running_server
from tests.support.shown_edition import Shown, shown_by_dose, shown_by_page
from tests.tools.reliability.figures import none_lost, times

pytestmark = pytest.mark.django_db

PAGE = "/examplimab/"
DOSE = "/examplimab/dose/?regimen=line&weight=20"
ACTS = ("publish", "withdraw", "restore")
ROUNDS = times(6, 20)  # of one act that is killed and one that is not
TRIES = times(10, 25)  # after each


class People(NamedTuple):
    author: User
    reviewer: User
    administrator: User


@pytest.fixture
def server(
    database_copy: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """`make run` with two workers, on the database in which the acts are done."""
    if connection.vendor == "sqlite":  # one whose pages are drawn already
        copy_prepared(Path(database_copy.name), [])
    folder = tmp_path_factory.mktemp("server")
    address = f"DATABASE_URL={database_copy.url}"
    with running_server(folder, "WORKERS=2", address) as running, database_copy.used():
        yield running


@pytest.fixture
def actor(server: Server, database_copy: DatabaseCopy) -> Iterator[ActProcess]:
    with act_process(database_copy.url) as running:
        yield running


def current() -> Edition:
    found = Edition.objects.filter(drug__slug="examplimab").select_related("drug")
    return found.newest_first()[0]


def settled() -> Edition:
    """The edition of the database once whatever a killed process began is over."""
    with transaction.atomic():
        publishing.hold(current().drug)
        return current()


def prepare(act: str, people: People) -> tuple[Edition, User]:
    """Everything that goes before the act, and who does it on which edition."""
    edition = current()
    if act == "publish":
        draft = edition.drug.editions.open_draft().first()
        if draft is None:
            draft = small_guide.next_draft(edition, by=people.author)
            draft = publishing.submit(edition=draft, by=people.author)
        return draft, people.reviewer
    if act == "restore" and edition.restoration_requested_by is None:
        by = people.administrator
        publishing.request_restoration(edition=edition, by=by, reason="Right.")
    return edition, people.reviewer


def is_done(act: str, target: Edition) -> bool:
    """Whether the database says that the act was done on the edition."""
    state = Edition.objects.get(pk=target.pk).state
    wanted = Edition.State.WITHDRAWN if act == "withdraw" else Edition.State.PUBLISHED
    return state == wanted


def wait_until_done(act: str, target: Edition) -> None:
    end = time.monotonic() + 60
    while not is_done(act, target):
        assert time.monotonic() < end
        time.sleep(0.001)


def test_no_answer_is_stale_or_mixed_after_an_act_or_a_crash_within_one(
    server: Server, actor: ActProcess
) -> None:
    names = ("author", "reviewer", "administrator")
    people = People(*(User.objects.get(username=name) for name in names))
    small_guide.guide_in_force(people.author, people.reviewer)
    encodings = cycle(["br", "gzip", "identity"])
    tries = undone = 0
    wrong: list[tuple[Shown, Shown, Shown]] = []
    longest = 0.2

    def try_readers(expected: Shown) -> None:
        nonlocal tries
        for _ in range(TRIES):
            page = shown_by_page(server.connect, PAGE, next(encodings))
            dose = shown_by_dose(server.connect, DOSE)
            if not page == dose == expected:
                wrong.append((page, dose, expected))
            tries += 1

    for number, act in zip(range(ROUNDS), cycle(ACTS), strict=False):
        target, by = prepare(act, people)
        before = Shown.of(current())
        pid = actor.begin(act, target, by)
        if number % 2:
            wait_until_done(act, target)  # killed in the moment of its commit,
        else:
            time.sleep(longest * number / ROUNDS)  # or anywhere on its way
        words = actor.kill(pid)
        # A reader may be the first to meet what the dead process left behind.
        seen = shown_by_page(server.connect, PAGE)
        after = Shown.of(settled())
        assert seen in (before, after)
        assert (after != before) is is_done(act, target)
        try_readers(after)
        if not is_done(act, target):
            assert words == ["ended -9"]  # it had not returned
            undone += 1
            started = time.monotonic()
            pid = actor.begin(act, target, by)
            assert actor.next_word() == "returned"
            longest = time.monotonic() - started
            assert is_done(act, target)
            drawn = DrawnPage.objects.filter(address=PAGE, build=build())
            assert drawn.exists()
            assert Shown.of(current()) != before
            try_readers(Shown.of(current()))
            if number % 4:
                actor.kill(pid)  # as it draws the pages of older editions
            else:
                assert actor.next_word() == "ended 0"
        else:
            try_readers(Shown.of(current()))
    none_lost(
        wrong,
        "workers",
        "Read after an act that returned, or was killed on its way",
        tried=tries,
        unit="pages and doses",
        note="2 workers; lost is one that is stale or mixed",
    )
    assert tries == 2 * ROUNDS * TRIES
    assert undone
    assert list(faults()) == []
