"""Django's PostgreSQL, but a server that takes a question and hangs is given up on.

The driver's own limits are for a server that is out of reach. One that hangs would hold
every thread of the site that asks it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from threading import local
from types import ModuleType
from typing import Any, Self, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from anakinra_site.environment import LONGEST_WAIT_FOR_A_LOCK, READERS_WAIT

# Who waits for a lock, and behind one who waits for it, is told so by the server first.
ANSWERS_WITHIN = 2 * LONGEST_WAIT_FOR_A_LOCK + 1.0  # seconds

Result = TypeVar("Result")


class _OfThread(local):
    answers_within = inf  # seconds


_of_thread = _OfThread()


class NoAnswerError(psycopg.OperationalError, TimeoutError):
    """The server took a question, or a caller, and did not answer in time."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that raises NoAnswerError, and closes, instead of waiting on.

    Without a limit, as in a command, it waits on: a migration may take its time.
    """

    answers_within: float | None = None  # seconds

    @classmethod
    def connect(cls, conninfo: str = "", **given: Any) -> Self:
        """Return a new connection; raises NoAnswerError if that takes too long."""
        try:
            return super().connect(conninfo, **given)
        except psycopg.errors.ConnectionTimeout as error:
            raise NoAnswerError(str(error)) from error

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """Return what the server answers; every question of the driver passes here."""
        limit = timeout
        if limit is None and self.answers_within is not None:
            limit = min(self.answers_within, _of_thread.answers_within)
        try:
            return super().wait(gen, interval, limit)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.close()  # what comes now would be taken for the next answer
            raise NoAnswerError(f"no answer within {limit} s") from error


# What Django and drawn/rows.py take for the driver.
driver = ModuleType("bounded_psycopg", psycopg.__doc__)
vars(driver).update(vars(psycopg), connect=BoundedConnection.connect)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with connections that give up."""

    Database = driver

    def is_usable(self) -> bool:
        """Return whether the server answers on the connection that was kept open."""
        with self.answering_within(READERS_WAIT):
            return bool(super().is_usable())

    @contextmanager
    def answering_within(self, seconds: float) -> Iterator[None]:
        """Give up sooner than elsewhere in this block, where a limit is set at all."""
        usual, _of_thread.answers_within = _of_thread.answers_within, seconds
        try:
            yield
        finally:
            _of_thread.answers_within = usual

    @staticmethod
    def give_up_in_time() -> None:
        """Limit how long every connection of this process waits for an answer."""
        BoundedConnection.answers_within = ANSWERS_WITHIN
