"""An act in a process of its own, which kills itself with SIGKILL at a given point.

The process is a copy of this one with connections of its own; nothing is left of it but
what it did to the database.
"""

import os
import signal
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from django.db import connections

from anakinra_site import drawn_rows
from reference import drawing

Act = Callable[[], object]

# So few pages of an SQLite file in memory that half of a change is in the file before
# its commit.
FEW_PAGES = 5


class Point(NamedTuple):
    """Before or after a statement, counted from 1; statement 0 is the commit."""

    statement: int
    is_after: bool


BEFORE_COMMIT = Point(0, is_after=False)
AFTER_COMMIT = Point(0, is_after=True)


def kill_at(point: Point, act: Act, *, is_spilling: bool = False) -> int:
    """Do an act of one transaction until the point; return the statements until there.

    is_spilling has SQLite write to its file before the commit. Fails if the process
    ended in any other way, as it does if the act never comes to that point.
    """
    connections["default"].close()  # nothing may be open on both sides
    drawn_rows.close()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _do(act, _Killer(point, writing), is_spilling=is_spilling)
    os.close(writing)
    with os.fdopen(reading, "rb") as noted:
        statements = len(noted.read())
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert ended == -signal.SIGKILL, f"{point}: ended with {ended}"
    return statements


class _Killer:
    """Stands round every statement and round the commit, and notes each that begins."""

    def __init__(self, point: Point, noted: int) -> None:
        self.point, self.noted, self.begun = point, noted, 0

    def execute(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.begun += 1
        os.write(self.noted, b".")
        return self._around(self.begun, execute, *given)

    def around_commit(self, commit: Callable[[], None]) -> Callable[[], None]:
        return lambda: self._around(0, commit)

    def _around(self, statement: int, step: Callable[..., Any], *given: Any) -> Any:
        self._meet(Point(statement, is_after=False))
        answer = step(*given)
        self._meet(Point(statement, is_after=True))
        return answer

    def _meet(self, point: Point) -> None:
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)


def _do(act: Act, killer: _Killer, *, is_spilling: bool) -> NoReturn:
    """Do the act; in the new process alone, which does not outlive it."""
    try:
        # What an act starts once it is over would outlive this process.
        vars(drawing)["_draw_beside_the_server"] = lambda: None
        connection = connections["default"]
        connection.ensure_connection()
        if is_spilling and connection.vendor == "sqlite":
            connection.connection.execute(f"PRAGMA cache_size = {FEW_PAGES}")
        vars(connection)["_commit"] = killer.around_commit(connection._commit)
        with connection.execute_wrapper(killer.execute):
            act()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
