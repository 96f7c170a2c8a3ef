"""An act in a process of its own, which kills itself with SIGKILL at a given point.

The process is a copy of this one with connections of its own; nothing is left of it but
what it did to the database.
"""

import os
import signal
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, NoReturn

from django.db import connections

from reference.drawn import files, rows

Act = Callable[[], object]

# So few pages of an SQLite file in memory that half of a change is in the file before
# its commit.
FEW_PAGES = 5


class Point(NamedTuple):
    """Before or after a statement, counted from 1, or a commit, from -1 downwards."""

    step: int
    is_after: bool


BEFORE_COMMIT = Point(-1, is_after=False)
AFTER_COMMIT = Point(-1, is_after=True)


class OutlivedError(Exception):
    """The act ended, and never came to the point at which it was to be killed."""


def kill_at(point: Point, act: Act, *, is_spilling: bool = False) -> int:
    """Do an act until it comes to the point; return how many statements it had begun.

    is_spilling has SQLite write to its file before the commit. Raises OutlivedError if
    there was no such point, and fails if the act did.
    """
    connections["default"].close()  # nothing may be open on both sides
    rows.close()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _do(act, _Killer(point, writing), is_spilling=is_spilling)
    os.close(writing)
    with os.fdopen(reading, "rb") as noted:
        statements = len(noted.read())
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if ended == 0:
        raise OutlivedError(str(point))
    assert ended == -signal.SIGKILL, f"{point}: ended with {ended}"
    return statements


class _Killer:
    """Stands round every statement and every commit, and notes each that begins."""

    def __init__(self, point: Point, noted: int) -> None:
        self.point, self.noted = point, noted
        self.statements = self.commits = 0

    def execute(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.statements += 1
        os.write(self.noted, b".")
        return self._around(self.statements, execute, *given)

    def commit(self, commit: Callable[[], None]) -> None:
        self.commits += 1
        self._around(-self.commits, commit)

    def _around(self, number: int, step: Callable[..., Any], *given: Any) -> Any:
        self._meet(Point(number, is_after=False))
        answer = step(*given)
        self._meet(Point(number, is_after=True))
        return answer

    def _meet(self, point: Point) -> None:
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)


def _do(act: Act, killer: _Killer, *, is_spilling: bool) -> NoReturn:
    """Do the act; in the new process alone, which does not outlive it."""
    try:
        # What an act starts once it is over would outlive this process.
        vars(files)["_draw_beside_the_server"] = lambda: None
        connection: Any = connections["default"]
        connection.ensure_connection()
        if is_spilling and connection.vendor == "sqlite":
            connection.connection.execute(f"PRAGMA cache_size = {FEW_PAGES}")
        vars(connection)["_commit"] = partial(killer.commit, connection._commit)
        with connection.execute_wrapper(killer.execute):
            act()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
