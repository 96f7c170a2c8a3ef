"""Servers that start together prepare their database one after another."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite

# Any number will do that nothing else on the database uses.
POSTGRESQL_LOCK = 0x616E616B
SECONDS_BETWEEN_TRIES = 0.1


@contextmanager
def one_start_at_a_time(say: Callable[[str], object]) -> Iterator[None]:
    """Wait for those that prepare the same database; `say` is told of the wait once.

    The lock ends with its holder, so one that is killed keeps nobody waiting.
    """
    with _lock() as is_free:
        if not is_free():
            say("Another server is preparing this database. Waiting for it.")
            while not is_free():
                time.sleep(SECONDS_BETWEEN_TRIES)
        yield


def _lock() -> AbstractContextManager[Callable[[], bool]]:
    connection = connections["default"]
    if not isinstance(connection, SQLite):
        return _postgresql(connection)
    if connection.is_in_memory_db():
        return nullcontext(lambda: True)  # no other process sees it
    return _sqlite(Path(connection.settings_dict["NAME"]))


@contextmanager
def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[Callable[[], bool]]:
    """A lock of the session, tried again and again: a wait would hold a snapshot."""

    def is_free() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [POSTGRESQL_LOCK])
            return bool(cursor.fetchone()[0])

    yield is_free
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [POSTGRESQL_LOCK])


@contextmanager
def _sqlite(database: Path) -> Iterator[Callable[[], bool]]:
    """A lock on a file beside the database, since a migration takes several turns."""
    beside = database.with_name(f".{database.name}-start")
    try:
        opened = beside.open("w")
    except OSError as error:
        raise CommandError(
            f"Not started: {beside} cannot be written ({error.strerror}). SQLite needs "
            "a folder in which it may write."
        ) from error
    with opened as file:

        def is_free() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield is_free
