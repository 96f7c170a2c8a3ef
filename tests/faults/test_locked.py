"""Something else holds the database: who reads reads on, who saves is told so at once.

The site is a server of its own here, so the lock is another process's. `make faults`
waits as long as production does and holds each lock for ten seconds; `make test` waits
for one second, as the address of its database says.
"""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from reference import publishing
from reference.keeping import faults
from reference.models import Edition
from tests.support.databases.own_database import DatabaseCopy
from tests.support.databases.prepared_database import copy_prepared
from tests.support.desk_forms import (
    FORM,
    TOKEN,
    act_address,
    act_form,
    cookies_of,
    page_address,
    row_form,
    start_address,
)
from tests.support.guides import small_guide
from tests.support.servers.server_process import Server, running_server
from tests.support.shown_edition import ask
from tests.tools.reliability.figures import IN_FULL, count

pytestmark = pytest.mark.django_db

TYPED = "What somebody typed while the database was held."
BUSY = "The database is busy"
HELD_FOR_SECONDS = 10 if IN_FULL else 0  # or until the last refusal, if that is later
READ = (
    *("/anakinra/", "/anakinra/editions/", "/anakinra/editions/1/edition.json"),
    *("/anakinra/dose/?regimen=css-sc&weight=20", "/search/?q=neut"),
)
# What is held, and whether readers may be refused in words as well.
LOCKS = {
    "sqlite": {
        "a change that is being written": (("BEGIN IMMEDIATE",), False),
        "a commit that does not end": (("BEGIN EXCLUSIVE",), True),
        # A commit waits for it, and keeps new readers waiting meanwhile.
        "a long read": (("BEGIN", "SELECT * FROM reference_drug"), True),
    },
    "postgresql": {
        "the row of the drug": (("SELECT * FROM reference_drug FOR UPDATE",), False),
        "every write to two tables": (
            (
                "LOCK reference_drug, reference_edition IN SHARE ROW EXCLUSIVE MODE",
                "SELECT * FROM reference_drug FOR UPDATE",
            ),
            False,
        ),
        "two tables altogether": (
            (
                "LOCK reference_edition, reference_drug IN ACCESS EXCLUSIVE MODE",
                "LOCK reference_drawnpage IN ACCESS EXCLUSIVE MODE",
            ),
            True,
        ),
    },
}


@dataclass(frozen=True)
class Answer:
    status: int
    page: str
    begun: float
    ended: float


@dataclass
class Held:
    """What was answered while a lock was held."""

    saves: list[Answer] = field(default_factory=list)
    reads: list[Answer] = field(default_factory=list)
    released_at: float = 0


@pytest.fixture(scope="module")
def server(
    database_copy: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """`make run` on the copy; on SQLite, on a database prepared for others, too."""
    url = database_copy.url
    if connection.vendor == "sqlite":
        copy_prepared(Path(database_copy.name), [])
    if not IN_FULL:
        wait = {"sqlite": "timeout=1", "postgresql": "options=-c%20lock_timeout=1s"}
        url += ("&" if "?" in url else "?") + wait[connection.vendor]
    folder = tmp_path_factory.mktemp("server")
    # Held requests take the threads of a worker, and readers need others.
    given = ("WORKERS=2", f"DATABASE_URL={url}")
    with running_server(folder, *given) as running:
        yield running


@contextmanager
def held(database: DatabaseCopy, statements: tuple[str, ...]) -> Iterator[None]:
    """Hold the database as another process would, until the block ends."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(database.name, isolation_level=None)) as other:
            kept = [other.execute(statement) for statement in statements]
            kept[-1].fetchone()  # a read that is not over
            yield
        return
    with psycopg.connect(database.url) as other:
        _lock(other, statements)
        yield
        other.rollback()


def _lock(other: "psycopg.Connection[Any]", statements: tuple[str, ...]) -> None:
    """Take every lock; begin anew where a reader held one and waited for another."""
    while True:
        try:
            for statement in statements:
                other.execute(statement.encode())
        except psycopg.errors.DeadlockDetected:
            other.rollback()
        else:
            return


class Desk:
    """Two people who are signed in, with an edition in force, a draft and a review."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.author, self.reviewer = (
            User.objects.get_or_create(username=f"held-{group}", is_staff=True)[0]
            for group in ("author", "reviewer")
        )
        self.author.groups.add(Group.objects.get(name="author"))
        self.reviewer.groups.add(Group.objects.get(name="reviewer"))
        self.drafted = self._in_force("drafted")
        self.draft = small_guide.next_draft(self.drafted, by=self.author)
        reviewed = self._in_force("reviewed")
        draft = small_guide.next_draft(reviewed, by=self.author)
        self.in_review = publishing.submit(edition=draft, by=self.author)
        self.started = self._in_force("started")
        self.cookies = {user: cookies_of(user) for user in (self.author, self.reviewer)}

    def _in_force(self, slug: str) -> Edition:
        draft = small_guide.begin_guide(
            self.author, f"{slug}-{Edition.objects.count()}"
        )
        return small_guide.publish(draft, author=self.author, reviewer=self.reviewer)

    def requests(self) -> list[tuple[User, str, dict[str, Any]]]:
        """One of each act of the desk, as a browser sends it."""
        row = self.draft.storage_set.all()[0]
        return [
            (self.author, start_address(self.started.drug), {}),
            (self.author, page_address(row), row_form(row, TYPED)),
            self._act(self.author, self.draft, "submit"),
            self._act(self.reviewer, self.in_review, "publish"),
            self._act(self.reviewer, self.started, "withdraw"),
        ]

    @staticmethod
    def _act(by: User, edition: Edition, name: str) -> tuple[User, str, dict[str, Any]]:
        return by, act_address(edition, name), act_form(edition, TYPED)

    def send(self, request: tuple[User, str, dict[str, Any]]) -> Answer:
        by, address, typed = request
        return answer_to(
            self.server,
            address,
            method="POST",
            body=urlencode(typed | {"csrfmiddlewaretoken": TOKEN}),
            Cookie=self.cookies[by],
            **FORM,
        )


def answer_to(server: Server, path: str, **given: str) -> Answer:
    begun = time.monotonic()
    response, body = ask(
        lambda: _patient(server), path, given.pop("method", "GET"), **given
    )
    return Answer(response.status, body.decode(), begun, time.monotonic())


def _patient(server: Server) -> Any:
    connection = server.connect()
    connection.timeout = 60
    return connection


def read_on(server: Server, is_over: Event) -> list[Answer]:
    seen = []
    while not is_over.wait(0.05):
        seen += [answer_to(server, path) for path in READ]
    return seen


def try_while_held(
    desk: Desk, database: DatabaseCopy, statements: tuple[str, ...]
) -> Held:
    """Send every act at once while the database is held, and read meanwhile."""
    found, is_over, requests = Held(), Event(), desk.requests()
    connection.close()  # this process would wait, too
    with ThreadPoolExecutor(len(requests) + 1) as threads:
        with held(database, statements):
            begun = time.monotonic()
            reading = threads.submit(read_on, desk.server, is_over)
            saving = []
            for request in requests:
                saving.append(threads.submit(desk.send, request))
                # A worker takes two forms at the same moment, and they are three.
                time.sleep(0.1)
            found.saves = [each.result() for each in saving]
            time.sleep(max(0.0, begun + HELD_FOR_SECONDS - time.monotonic()))
            is_over.set()
        found.released_at = time.monotonic()
        found.reads = reading.result()
    return found


# The locks that keep most out; `make faults` tries each.
TRIED = [*LOCKS[connection.vendor]][-1 if not IN_FULL else 0 :]


@pytest.mark.parametrize("name", TRIED)
def test_while_another_process_holds_the_database_readers_read_and_savers_are_told(
    name: str, server: Server, database_copy: DatabaseCopy
) -> None:
    statements, may_refuse_readers = LOCKS[connection.vendor][name]
    with database_copy.used():
        desk = Desk(server)
        before = [*Edition.objects.order_by("pk").values_list("pk", "state", "version")]
        found = try_while_held(desk, database_copy, statements)
        after = [*Edition.objects.order_by("pk").values_list("pk", "state", "version")]
        unlike = [
            answer
            for answer in found.saves
            if answer.status != 503 or BUSY not in answer.page
        ]
        kept = sum(TYPED in answer.page for answer in found.saves)
        allowed = (200, 503) if may_refuse_readers else (200,)
        unread = [each for each in found.reads if each.status not in allowed]
        refused = sum(each.status == 503 for each in found.reads)
        count(
            *("storage", f"acts of the desk while held: {name}"),
            tried=len(found.saves),
            unit="refused acts",
            lost=len(unlike) + (before != after),
            note="told that it is busy before the lock was released; text kept",
        )
        count(
            *("storage", f"public reads while held: {name}"),
            tried=len(found.reads),
            unit="reads",
            lost=len(unread),
            note=f"{refused} refused in words" if may_refuse_readers else "",
        )
        assert (unlike, unread) == ([], [])
        assert before == after
        assert kept >= 3
        assert found.reads
        assert all(each.ended < found.released_at for each in found.saves)
        assert [desk.send(each).status for each in desk.requests()] == [302] * 5
        assert list(faults()) == []
