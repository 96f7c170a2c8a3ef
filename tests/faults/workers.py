"""The processes of a running server: which they are, how large, and the end of one."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

from bench.servers import process_tree
from tests.server_process import Server

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
    return next(pid for pid in tree if b"bin/granian" in _command(pid))


def workers_of(server: Server) -> list[int]:
    """Return the processes that answer, in the order in which they were started."""
    first, *others = process_tree(granian_of(server))
    found = [pid for pid in others if _command(pid) == _command(first)]
    return sorted(found, key=_started)


def have_started(server: Server) -> int:
    """Return how many workers ever came so far that they answer.

    Nobody listens while none does, and whoever asks then is refused.
    """
    return server.log.read_text().count("Started worker-")


def kill(pid: int) -> Kill:
    """End a process at once, and wait until it is gone."""
    begun = time.monotonic()
    os.kill(pid, SIGKILL)
    while resident_bytes(pid):
        time.sleep(0.001)
    return Kill(pid, begun, time.monotonic())


def resident_bytes(pid: int) -> int:
    """Return how much memory a process has; nothing once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _started(pid: int) -> int:
    """Return when a process was started, in ticks since the machine was."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[19])
