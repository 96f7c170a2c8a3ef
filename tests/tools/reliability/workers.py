"""The processes of a server under load, and the one that publishes beside it.

Which they are, how large they are, and the end of one.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any

from bench.running.servers import process_tree
from tests.support.servers.server_process import ROOT, Server
from tests.tools.reliability.load import InForce

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Kill:
    """A worker that was killed: from when on, and when it was gone."""

    pid: int
    begun: float
    gone: float


def granian_of(server: Server) -> int:
    """Return the server's first process, which starts its workers."""
    tree = process_tree(server.process.pid)
    return next(pid for pid in tree if b"anakinra_site.starting.serve" in _command(pid))


def workers_of(server: Server) -> list[int]:
    """Return the processes that answer, in the order in which they were started."""
    tree = process_tree(granian_of(server))
    found = [pid for pid in tree if b"multiprocessing.spawn" in _command(pid)]
    return sorted(found, key=_started)


def have_started(server: Server) -> int:
    """Return how many workers ever came so far that they answer.

    Nobody listens while none does, and whoever asks then is refused.
    """
    return server.log.read_text().count("Started worker-")


def kill(pid: int) -> Kill:
    """End a process at once, and wait until it is gone, its connections too.

    Its memory goes first: whoever asks between the two is still reset by it.
    """
    begun = time.monotonic()
    os.kill(pid, SIGKILL)
    while _threads_of(pid):
        time.sleep(0.001)
    return Kill(pid, begun, time.monotonic())


def resident_bytes(pid: int) -> int:
    """Return how much memory a process has; nothing once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


class Committee:
    """The process that publishes; see committee.py."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        first = self._hear()
        self.cookie = first.pop("cookie")
        self.editions = [InForce(**first, asked_at=0, done_at=0)]

    def publish(self) -> None:
        asked_at = time.monotonic()
        shown = self._ask("publish")
        self.editions.append(
            InForce(**shown, asked_at=asked_at, done_at=time.monotonic())
        )

    def judge(self) -> dict[str, Any]:
        """Return what `manage.py verify` finds, and the length of PostgreSQL's log."""
        return self._ask("judge")

    def _ask(self, word: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        heard: dict[str, Any] = json.loads(self.process.stdout.readline())
        return heard


@contextmanager
def committee(url: str) -> Iterator[Committee]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.tools.reliability.committee"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DRAW_PDF": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Committee(process)
        assert process.stdin is not None
        process.stdin.close()


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _started(pid: int) -> int:
    """Return when a process was started, in ticks since the machine was."""
    facts = _facts(pid)
    return int(facts[19]) if facts else 0


def _threads_of(pid: int) -> int:
    """Return how many threads have not ended; while one has not, nothing is closed."""
    facts = _facts(pid)
    if not facts:
        return 0
    others = int(facts[17]) - 1
    return others + (facts[0] not in "ZX")


def _facts(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
