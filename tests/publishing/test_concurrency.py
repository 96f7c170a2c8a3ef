"""Two people at the same moment: one is first, the other is told, nothing is lost.

Over HTTP, each person by a server process of their own, on a database that both share.
`make faults` has them meet more often.
"""

import http.client
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import unescape
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from reference import publishing
from reference.desk import saving
from reference.editions import canonical_document
from reference.keeping import faults
from reference.models import Edition, HistoryEntry, Row, Storage
from reference.publishing import open_discrepancies
from tests.support.accounts import member
from tests.support.databases.own_database import DatabaseCopy
from tests.support.desk_forms import (
    FORM,
    TOKEN,
    act_address,
    cookies_of,
    page_address,
    row_form,
    start_address,
)
from tests.support.guides import small_guide
from tests.support.servers.server_process import running_server
from tests.tools.reliability.figures import count, times

pytestmark = pytest.mark.django_db

State = Edition.State
TOLD = "saved this after you opened it"
PAIRS_OF_SAVES = times(30, 200)
SAVES_AGAINST_SUBMISSION = times(6, 20)
SAVES_AGAINST_DELETION = times(4, 10)
FIRST_DRAFTS = times(2, 3)
RACES_OF_EACH_KIND = times(6, 25)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    page: str


@dataclass(slots=True)
class Person:
    """Somebody who is signed in, and the connection to their server."""

    user: User
    port: int
    cookies: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.cookies = cookies_of(self.user)

    def post(self, address: str, values: dict[str, Any]) -> Answer:
        body = urlencode(values | {"csrfmiddlewaretoken": TOKEN})
        return self._ask("POST", address, body)

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, "")

    def _ask(self, method: str, address: str, body: str) -> Answer:
        headers = FORM | {"Cookie": self.cookies}
        self.connection.request(method, address, body, headers)
        response = self.connection.getresponse()
        for name, value in response.getheaders():
            if name == "Set-Cookie" and value.startswith("messages="):
                self.cookies += "; " + value.partition(";")[0]
        return Answer(response.status, unescape(response.read().decode()))


@pytest.fixture(scope="module")
def ports(
    database_copy: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, int]]:
    """Two server processes on one database."""
    given = f"DATABASE_URL={database_copy.url}", "WORKERS=1", "DRAW_PAGES=0"
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(
                running_server(tmp_path_factory.mktemp("server"), *given)
            )
            for _ in range(2)
        )
        yield first.port, second.port


@pytest.fixture
def used_copy(database_copy: DatabaseCopy, db: None) -> Iterator[None]:
    with database_copy.used():
        yield


Enter = Callable[..., Person]
Request = tuple[Person, str, dict[str, Any]]


@pytest.fixture
def enter(ports: tuple[int, int], used_copy: None) -> Iterator[Enter]:
    """Makes somebody in a group who is signed in: by turns at one server and the other.

    The names differ from test to test, since what one test did stays.
    """
    made: list[Person] = []

    def enter(*groups: str) -> Person:
        name = f"{'-'.join(groups)}-{User.objects.count()}"
        made.append(Person(member(name, *groups), ports[len(made) % 2]))
        return made[-1]

    yield enter
    for person in made:
        person.connection.close()
    assert list(faults()) == []


@pytest.fixture
def at_once(
    request: pytest.FixtureRequest,
) -> Iterator[Callable[[Request, Request], list[Answer]]]:
    """Sends two requests at the same moment; the first race lost ends a test."""
    barrier = Barrier(2, timeout=60)
    sent, failed_before = 0, request.session.testsfailed

    def send(request: Request) -> Answer:
        person, address, values = request
        barrier.wait()
        return person.post(address, values)

    with ThreadPoolExecutor(2) as threads:

        def at_once(*requests: Request) -> list[Answer]:
            nonlocal sent
            sent += 1
            return list(threads.map(send, requests))

        yield at_once
    count(
        "workers",
        f"Two people at once: {in_words(request.node.name)}",
        tried=sent,
        unit="races",
        lost=request.session.testsfailed - failed_before,
    )


def in_words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


AtOnce = Callable[[Request, Request], list[Answer]]


@pytest.fixture
def begin(used_copy: None) -> Callable[[Person], Edition]:
    """Makes a small drug with a draft that is ready to be submitted."""

    def begin(author: Person) -> Edition:
        number = Edition.objects.count() + HistoryEntry.objects.count()
        return small_guide.begin_guide(author.user, f"example-{number}")

    return begin


def act(
    by: Person, edition: Edition, name: str, values: Mapping[str, Any] | None = None
) -> Request:
    """An act on the edition as it stands, which is what its page shows by now."""
    opened = publishing.versions_of(now(edition))
    return by, act_address(edition, name), {"opened": opened, **(values or {})}


def shows(answer: Answer, typed: str, stored: str) -> bool:
    """Whether the page of a refused save names what was typed and what is stored."""
    return (
        TOLD in answer.page
        and f"Stored now: “{stored}”." in answer.page
        and re.search(rf"<textarea[^>]*>\s*{re.escape(typed)}<", answer.page)
        is not None
    )


def now(edition: Edition) -> Edition:
    return Edition.objects.get(pk=edition.pk)


# Two saves


def test_of_two_saves_one_is_first_and_the_other_sees_both(
    enter: Enter, begin: Callable[[Person], Edition], at_once: AtOnce
) -> None:
    people = enter("author"), enter("author")
    draft = begin(people[0])
    rows: list[Row] = [*draft.storage_set.all(), *draft.resource_set.all()]
    versions = {row.key: row.version for row in rows}
    wins = [0, 0]
    for number in range(PAIRS_OF_SAVES):
        row = rows[number % len(rows)]
        version = versions[row.key]
        typed = [f"first author, {number}", f"second author, {number}"]
        answers = at_once(
            (people[0], page_address(row), row_form(row, typed[0], version)),
            (people[1], page_address(row), row_form(row, typed[1], version)),
        )
        assert sorted(answer.status for answer in answers) == [200, 302]
        winner = 0 if answers[0].status == 302 else 1
        wins[winner] += 1
        assert shows(answers[1 - winner], typed[1 - winner], typed[winner])
        row.refresh_from_db()
        assert (row.printed, row.version) == (typed[winner], version + 1)
        versions[row.key] += 1
    saved = draft.drug.history.filter(act="changed").exclude(section="edition")
    assert saved.count() == PAIRS_OF_SAVES
    assert all(wins), "the requests do not overlap"


def test_a_save_is_in_the_submitted_document_or_its_author_is_told(
    enter: Enter, begin: Callable[[Person], Edition], at_once: AtOnce
) -> None:
    editor, submitter = enter("author"), enter("author")
    draft = begin(submitter)
    row = draft.storage_set.all()[0]
    outcomes = set()
    for number in range(SAVES_AGAINST_SUBMISSION):
        row.refresh_from_db()
        typed = f"typed the last moment, {chr(ord('a') + number)}"
        save, submit = at_once(
            (editor, page_address(row), row_form(row, typed, row.version)),
            act(submitter, draft, "submit"),
        )
        assert submit.status == 302
        assert now(draft).state == State.IN_REVIEW
        document = canonical_document(now(draft))
        in_document = typed in str(document)
        assert (save.status, in_document) in [(302, True), (409, False)]
        if save.status == 409:
            assert typed in save.page
            assert "can no longer be edited" in save.page
        submitted = draft.drug.history.filter(act="submitted").latest("pk")
        assert submitted.reason == publishing.fingerprint_of(now(draft))
        outcomes.add(save.status)
        publishing.return_to_draft(edition=draft, by=submitter.user, reason="again")


def test_a_save_against_a_delete_loses_nothing_that_was_typed(
    enter: Enter, begin: Callable[[Person], Edition], at_once: AtOnce
) -> None:
    people = enter("author"), enter("author")
    draft = begin(people[0])
    for number in range(SAVES_AGAINST_DELETION):
        row = Storage(
            edition=draft, key=f"row-{number}", printed="As printed.", text="Text."
        )
        saving.save_row(row, by=people[0].user)
        delete = reverse("admin:reference_storage_delete", args=[row.pk])
        typed = f"typed meanwhile, {number}"
        save, removal = at_once(
            (people[0], page_address(row), row_form(row, typed, row.version)),
            (people[1], delete, {"post": "yes", "standing": "1"}),
        )
        assert removal.status == 302
        is_there = Storage.objects.filter(pk=row.pk, printed=typed).exists()
        assert (save.status, is_there) in [(302, True), (409, False)]
        if save.status == 409:
            assert typed in save.page
        else:
            assert "Nothing was deleted" in people[1].get(delete).page
            assert typed in people[1].get(delete).page


def test_of_two_first_drafts_one_is_made(enter: Enter, at_once: AtOnce) -> None:
    people = enter("author"), enter("author")
    drug = Edition.objects.get(state=State.PUBLISHED, number=1).drug
    start = start_address(drug)
    for _ in range(FIRST_DRAFTS):
        answers = at_once((people[0], start, {}), (people[1], start, {}))
        assert [answer.status for answer in answers] == [302, 302]
        draft = drug.editions.get(state=State.DRAFT)
        publishing.discard(edition=draft, by=people[0].user, reason="again")


# Publication against everything else


@dataclass(frozen=True, slots=True)
class Stage:
    """An edition in review over one in force, and who may act on it."""

    edition: Edition
    in_force: Edition
    author: Person
    reviewer: Person
    rival: Person

    def publication(self, by: Person) -> Request:
        keys = open_discrepancies(canonical_document(self.edition))
        values = {
            "seen": publishing.fingerprint_of(self.edition),
            "acknowledged": "on",
            "acknowledged_keys": " ".join(keys),
        }
        return act(by, self.edition, "publish", values)


@pytest.fixture
def stages(
    enter: Enter, begin: Callable[[Person], Edition]
) -> Callable[[int], Iterator[Stage]]:
    """One stage after the other, each over what the last one left."""

    def stages(count: int) -> Iterator[Stage]:
        author, reviewer, rival = enter("author"), enter("reviewer"), enter("reviewer")
        # The reviewer and the rival sit at two servers.
        assert reviewer.port != rival.port
        by = author.user
        in_force = small_guide.publish(begin(author), author=by, reviewer=reviewer.user)
        for _ in range(count):
            open_one = in_force.drug.editions.open_draft().first()
            draft = open_one or small_guide.next_draft(in_force, by=by)
            edition = publishing.submit(edition=draft, by=by)
            yield Stage(edition, in_force, author, reviewer, rival)
            in_force = in_force.drug.editions.get(state=State.PUBLISHED)

    return stages


Stages = Callable[[int], Iterator[Stage]]


def test_publish_against_publish(stages: Stages, at_once: AtOnce) -> None:
    for stage in stages(RACES_OF_EACH_KIND):
        answers = at_once(
            stage.publication(stage.reviewer), stage.publication(stage.rival)
        )
        assert sorted(answer.status for answer in answers) == [302, 409]
        (refused,) = [answer for answer in answers if answer.status == 409]
        assert "is published. Somebody else was quicker" in refused.page
        assert now(stage.edition).state == State.PUBLISHED
        assert now(stage.in_force).state == State.SUPERSEDED
        winner = stage.reviewer if answers[0].status == 302 else stage.rival
        assert now(stage.edition).published_by == winner.user


def test_publish_against_return(stages: Stages, at_once: AtOnce) -> None:
    for stage in stages(RACES_OF_EACH_KIND):
        published, returned = at_once(
            stage.publication(stage.reviewer),
            act(stage.rival, stage.edition, "return", {"reason": "Not yet."}),
        )
        assert sorted([published.status, returned.status]) == [302, 409]
        if published.status == 302:
            assert now(stage.edition).state == State.PUBLISHED
            assert "is published. Somebody else was quicker" in returned.page
            assert "Not yet." in returned.page
        else:
            assert now(stage.edition).state == State.DRAFT
            assert now(stage.in_force).state == State.PUBLISHED
            assert "is draft. Somebody else was quicker" in published.page


def test_publish_against_withdraw(stages: Stages, at_once: AtOnce) -> None:
    """By turns the edition that is published itself, and the one it supersedes.

    Who withdraws the one in force takes away what the reviewer compared with.
    """
    for number, stage in enumerate(stages(RACES_OF_EACH_KIND)):
        target = stage.edition if number % 2 else stage.in_force
        published, withdrawn = at_once(
            stage.publication(stage.reviewer),
            act(stage.rival, target, "withdraw", {"reason": "Wrong."}),
        )
        assert sorted([published.status, withdrawn.status]) == [302, 409]
        states = now(stage.edition).state, now(stage.in_force).state
        if published.status == 302:
            assert states == (State.PUBLISHED, State.SUPERSEDED)
            told = withdrawn.page
            is_early = target == stage.edition and "is in review, so it cannot" in told
            assert is_early or "Somebody else was quicker" in told
            assert "Wrong." in withdrawn.page
            continue
        assert states == (State.IN_REVIEW, State.WITHDRAWN)
        assert target == stage.in_force
        assert "Somebody else was quicker" in published.page
        assert "Open the review page again" in published.page
        # Two people put it back, so that the next one has an edition in force.
        by = stage.rival.user
        publishing.request_restoration(edition=target, by=by, reason="Right.")
        publishing.restore(edition=target, by=stage.reviewer.user)
        author = stage.author.user
        publishing.return_to_draft(edition=stage.edition, by=author, reason="Again.")


def test_publish_against_save(stages: Stages, at_once: AtOnce) -> None:
    """A save comes too late for an edition in review, whichever is first."""
    for number, stage in enumerate(stages(RACES_OF_EACH_KIND)):
        row = stage.edition.resource_set.get()
        typed = f"too late, {number}"
        published, saved = at_once(
            stage.publication(stage.reviewer),
            (stage.author, page_address(row), row_form(row, typed, row.version)),
        )
        assert (published.status, saved.status) == (302, 409)
        assert typed in saved.page
        assert now(stage.edition).state == State.PUBLISHED
        row.refresh_from_db()
        assert row.printed != typed
