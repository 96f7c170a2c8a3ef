"""A PostgreSQL that takes a question and does not answer: given up on, nothing lost.

A lock that another holds, or a long sleep, stands for a server that hangs;
tests/faults/test_database_restarted.py stops every process of one.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection

from anakinra_site.postgresql.base import BoundedConnection, NoAnswerError, driver
from reference import publishing
from reference.drawn import rows
from reference.editions import current_edition, kept
from reference.keeping import faults
from reference.models import Edition
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides import small_guide

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no server that can hang"
    ),
]


@pytest.fixture
def database(
    database_copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseCopy]:
    """A copy whose questions are given up after half a second, as the site's are."""
    with database_copy.used():
        monkeypatch.setattr(BoundedConnection, "answers_within", 0.5)
        yield database_copy


@contextmanager
def locked(database: DatabaseCopy, statement: bytes) -> Iterator[None]:
    with psycopg.connect(database.url) as other:
        other.execute(statement)
        yield
        other.rollback()


def answer_to(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()


def end_request() -> None:
    """Do what Django does with a connection at the end of a request."""
    connection.close_if_unusable_or_obsolete()


def test_the_next_question_gets_its_own_answer(database: DatabaseCopy) -> None:
    with pytest.raises(OperationalError, match="no answer within"):
        answer_to("SELECT 'late', pg_sleep(60)")
    end_request()
    assert answer_to("SELECT 'its own'") == ("its own",)


def test_an_act_that_is_given_up_changes_nothing(
    database: DatabaseCopy, person: Callable[..., User]
) -> None:
    author = person("ann", "author")
    draft = small_guide.with_line(small_guide.begin_guide(author), by=author)
    the_drug = b"SELECT * FROM reference_drug FOR UPDATE"
    with locked(database, the_drug), pytest.raises(OperationalError):
        publishing.submit(edition=draft, by=author)
    end_request()
    assert Edition.objects.get(pk=draft.pk).state == Edition.State.DRAFT
    assert list(faults()) == []
    submitted = publishing.submit(edition=draft, by=author)
    assert submitted.state == Edition.State.IN_REVIEW


def test_a_drawn_page_that_is_not_found_in_time_is_left_to_django(
    database: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "READERS_WAIT", 0.5)
    rows.close()
    everything = b"LOCK reference_drawnpage IN ACCESS EXCLUSIVE MODE"
    with (
        locked(database, everything),
        pytest.raises(rows.RowsNotReadableError) as refusal,
    ):
        rows.drawn_row("/anakinra/", "a build", "br")
    assert isinstance(refusal.value.__cause__, TimeoutError)
    assert rows.drawn_row("/anakinra/", "a build", "br") is None
    rows.close()


def test_a_server_that_lets_nobody_in_is_one_that_does_not_answer() -> None:
    """Its port is open, as that of a server whose processes are all stopped."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        with pytest.raises(NoAnswerError):
            driver.connect(host=host, port=port, connect_timeout=2)


def test_a_reader_is_let_go_sooner_than_the_desk(
    database: DatabaseCopy,
    kept_nothing: kept.KeptEditions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(BoundedConnection, "answers_within", 60)
    monkeypatch.setattr(kept, "READERS_WAIT", 0.5)
    everything = b"LOCK reference_edition IN ACCESS EXCLUSIVE MODE"
    with locked(database, everything), pytest.raises(OperationalError) as refusal:
        current_edition("anakinra")
    assert isinstance(refusal.value.__cause__, TimeoutError)
    assert kept_nothing.database_is_down
    kept_nothing.note_answer()
    end_request()
    assert current_edition("anakinra")


def test_whoever_sets_no_limit_waits_on(database_copy: DatabaseCopy) -> None:
    """A migration may take its time."""
    with database_copy.used():
        connection.ensure_connection()
        assert connection.connection.answers_within is None
