"""Whether readers feel a publication: the 99th percentile, with and without any."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.reach import Part, Row
from bench.running import site
from bench.running.load import Rounds, Run, measured, say
from bench.running.postgresql import running_postgresql
from bench.running.servers import ENVIRONMENT, LOAD_CORE, ROOT, Server, on_core, running

READERS = (8, 64)
TIMES_QUIET = 2.5
LONGEST_MS = 10
SECONDS = 5
BROTLI = {"Accept-Encoding": "br"}
MONOGRAPH = f"/{site.SLUG}/"


class Publisher:
    """A process that publishes an edition a second while a run lasts."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.took: list[float] = []

    def __call__(self, seconds: float) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the publisher has stopped; its error is above")
        self.took += json.loads(answer)


@contextmanager
def publisher(database: str) -> Iterator[Publisher]:
    """A publisher on the load generator's core, which gives way to it."""
    process = subprocess.Popen(
        on_core(
            LOAD_CORE,
            [
                "nice",
                "-n",
                "19",
                sys.executable,
                "-m",
                "bench.running.publisher",
                site.SLUG,
            ],
        ),
        cwd=ROOT,
        env={**ENVIRONMENT, "DATABASE_URL": database},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Publisher(process)
    finally:
        process.communicate()


def measure(folder: Path, rounds: int) -> Part:
    """Measure 8 and 64 readers of the monograph that is published anew, on both."""
    rows, kept, took = [], [], []
    with ExitStack() as stack:
        postgresql = stack.enter_context(running_postgresql())
        databases = {
            "SQLite": (f"sqlite:///{folder}/readers.sqlite3", ()),
            "PostgreSQL": (postgresql.create("readers"), (postgresql.pid,)),
        }
        for name, (address, beside) in databases.items():
            site.manage("prepare", DATABASE_URL=address)
            server = stack.enter_context(
                running(name, folder, beside=beside, settings={"DATABASE_URL": address})
            )
            with publisher(address) as publishing:
                found = measured(_runs(name, server, publishing), rounds, folder)
            kept.append(found)
            took += publishing.took
            rows += _rows(name, found)
    # The round that warms up publishes as well.
    loaded_for = len(databases) * len(READERS) * (rounds + 1) * SECONDS
    say(f"  publish() took {statistics.median(took):.2f} s, {len(took)} times")
    remarks = REMARKS.format(
        median=statistics.median(took),
        longest=max(took),
        count=len(took),
        seconds=loaded_for,
    )
    return Part("Readers while an edition a second is published", rows, kept, remarks)


REMARKS = """\
The publisher is a process of its own on the load generator's core and gives way to it
(`nice -n 19`). Each publication writes a draft of the whole guide, submits it and
publishes it by `publish()`, which draws its pages in its transaction: median
{median:.2f} s, longest {longest:.2f} s. The next one begins after a second, or once the
one before is done: {count} of them in {seconds:.0f} s of load. The pages of the edition
before, which production draws afterwards in a process of its own, are not drawn."""


HELD_BACK = """\
All readers ask again at once, so the server's core is never idle, and the 99th
percentile is what waiting for it takes: with 64 readers on one core it passes 10 ms
while nobody publishes, on a machine where a page takes 80 µs or more. On PostgreSQL
the server's core also holds the database. While an edition was published,
pg_stat_activity showed no lock and no wait event, but backends that were runnable
for up to half a second: they wait for that core. Not tried: the database on a core
of its own, for which this takes three."""


def _runs(name: str, server: Server, publishing: Publisher) -> list[Run]:
    return [
        Run(
            f"{count} readers, {name}, {state}",
            server,
            MONOGRAPH,
            BROTLI,
            count,
            during=publishing if state == "publishing" else None,
            seconds=SECONDS,
        )
        for count in READERS
        for state in ("quiet", "publishing")
    ]


def _rows(name: str, found: Rounds) -> list[Row]:
    rows = []
    for count in READERS:
        quiet, busy = (
            [one.p99_ms for one in found.results[f"{count} readers, {name}, {state}"]]
            for state in ("quiet", "publishing")
        )
        ratios = [b / a for a, b in zip(quiet, busy, strict=True)]
        rows += [
            Row(
                f"a publication a second, {count} readers, {name}: p99, times quiet",
                ratios,
                TIMES_QUIET,
                unit=" ×",
                held_back_by=HELD_BACK,
            ),
            Row(
                f"a publication a second, {count} readers, {name}: p99",
                busy,
                LONGEST_MS,
                unit=" ms",
                held_back_by=HELD_BACK,
            ),
        ]
    return [*rows, Row(f"a publication a second, {name}: errors", [found.errors()], 0)]
