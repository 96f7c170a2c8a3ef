"""`make soak`: readers of everything, while editions are published and workers killed.

Half of the time on SQLite, half on PostgreSQL, the shipped server with two workers on
each. Every 20 s an edition is published that changes a dose; every 5 minutes the worker
that was started last is killed with SIGKILL, so that the other one lives throughout.

Memory: the resident size of each process of the server is read every 5 s. A process is
judged against itself: the median of the last quarter of its time against that of the
first, once it is warm. It is warm when as many editions were published as a worker
keeps (8, so after 160 s); before that it fills what it keeps. A process that was not
watched for four minutes in all is not judged, and a respawned worker is another one.
"""

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
    django.setup()

from bench.running.postgresql import running_postgresql
from tests.support.servers.own_site import say
from tests.support.servers.server_process import Server, running_server
from tests.tools.reliability.figures import Figure
from tests.tools.reliability.load import Failure, Findings, Site, read_on
from tests.tools.reliability.report import DOCUMENT, ROOT, Run, write_report
from tests.tools.reliability.workers import (
    Committee,
    Kill,
    committee,
    granian_of,
    have_started,
    kill,
    resident_bytes,
    workers_of,
)

WHOLE_MINUTES = 30
READERS = 4
PUBLISH_EVERY, KILL_EVERY, LOOK_EVERY = 20.0, 300.0, 5.0  # seconds
WARM_AFTER, JUDGED_AFTER = 160.0, 240.0  # seconds of a process's life
MOST_GROWTH = 0.05
WORKERS, OLDEST, YOUNGEST = 2, 0, -1
ANSWERED_WITHIN = 60.0  # seconds; whoever waits longer went unanswered


@dataclass
class Soak:
    """One database under load, and everything that was seen of it."""

    server: Server
    committee: Committee
    kills: list[Kill] = field(default_factory=list)
    sizes: dict[int, list[tuple[float, int]]] = field(default_factory=dict)
    longest_log: int = 0
    lasted: float = 0
    found: list[Findings] = field(default_factory=list)

    def connect(self) -> HTTPConnection:
        host, port = self.server.host, self.server.port
        return HTTPConnection(host, port, timeout=ANSWERED_WITHIN)

    def look(self) -> None:
        """Note how much memory each process has, and how long the journal is."""
        for pid in [granian_of(self.server), *workers_of(self.server)]:
            size = resident_bytes(pid)
            if size:
                self.sizes.setdefault(pid, []).append((time.monotonic(), size))
        journal = self.server.log.parent / "db-journal"
        with suppress(FileNotFoundError):
            self.longest_log = max(self.longest_log, journal.stat().st_size)

    def kill(self, victim: int) -> None:
        """Kill the worker of this place in the order in which they were started."""
        self.kills.append(kill(workers_of(self.server)[victim]))

    def growth(self) -> dict[int, float]:
        """Return how much each process that can be judged has grown, as a fraction."""
        grown = {}
        for pid, seen in self.sizes.items():
            first, last = seen[0][0], seen[-1][0]
            if last - first < JUDGED_AFTER:
                continue
            warm = [size for at, size in seen if at - first >= WARM_AFTER]
            quarter = max(1, len(warm) // 4)
            before = statistics.median(warm[:quarter])
            grown[pid] = statistics.median(warm[-quarter:]) / before - 1
        return grown

    def beyond_the_kills(self, failures: list[Failure]) -> list[Failure]:
        """Return the failures that no killed worker was at."""
        return [
            failure
            for failure in failures
            if not any(
                failure.begun <= kill.gone and failure.ended >= kill.begun
                for kill in self.kills
            )
        ]

    @property
    def is_whole(self) -> bool:
        """Whether there is a worker that answers in the place of each killed one."""
        return have_started(self.server) == WORKERS + len(self.kills)

    @property
    def answered(self) -> int:
        return sum(each.answered for each in self.found)

    @property
    def unanswered(self) -> list[Failure]:
        return [failure for each in self.found for failure in each.unanswered]

    @property
    def refused(self) -> list[Failure]:
        return [failure for each in self.found for failure in each.refused]

    @property
    def wrong(self) -> list[str]:
        """Return what was wrong; an edition that nobody published is wrong, too."""
        return [
            *(text for each in self.found for text in each.wrong),
            *(name for each in self.found for _, _, name, _ in each.waiting),
        ]


@contextmanager
def prepared(folder: Path, url: str) -> Iterator[Soak]:
    """The shipped server on this database, and a committee that publishes."""
    given = (f"WORKERS={WORKERS}", f"DATABASE_URL={url}", "DRAW_PDF=0")
    with running_server(folder, *given) as server, committee(url) as publishers:
        yield Soak(server, publishers)


def hold(
    soak: Soak,
    seconds: float,
    *,
    publish_every: float = PUBLISH_EVERY,
    kill_every: float = KILL_EVERY,
    victim: int = YOUNGEST,
    is_told: bool = False,
) -> None:
    """Load the server for so long, publishing and killing meanwhile."""
    site = Site(soak.connect, soak.committee.cookie, soak.committee.editions)
    begun = time.monotonic()
    events = {
        "look": [LOOK_EVERY, 0.0],
        "publish": [publish_every, publish_every],
        "kill": [kill_every, kill_every],
    }
    with ThreadPoolExecutor(READERS + 1) as threads:
        reading = [threads.submit(read_on, site, seed) for seed in range(READERS)]
        publishing: Future[None] | None = None
        try:
            while (at := time.monotonic() - begun) < seconds:
                due = [name for name, (_, next_at) in events.items() if at >= next_at]
                for name in due:
                    if name == "kill" and not soak.is_whole:
                        continue
                    events[name][1] += events[name][0]
                    if name == "look":
                        soak.look()
                    elif name == "kill":
                        soak.kill(victim)
                    elif publishing is None or publishing.done():
                        publishing = threads.submit(soak.committee.publish)
                        if is_told:
                            say(f"  {at / 60:.1f} of {seconds / 60:g} minutes")
                time.sleep(0.02)
            if publishing is not None:
                publishing.result()
        finally:
            site.is_over.set()
    soak.lasted = time.monotonic() - begun
    soak.found = [each.result() for each in reading]
    for each in soak.found:
        site.judge(each)


def figures(soak: Soak, database: str) -> list[Figure]:
    """Return what was held and what was lost, as the report has it."""
    judged = soak.committee.judge()
    kills, growth = len(soak.kills), soak.growth()
    refused = len(soak.refused)
    unexcused = len(soak.beyond_the_kills(soak.unanswered))
    log_mb = max(soak.longest_log, judged["log_bytes"]) / 1e6
    log = "rollback journal" if database == "SQLite" else "write-ahead log"
    grown = (
        ", ".join(f"{100 * part:+.1f} %" for part in growth.values()) or "not judged"
    )
    rows: list[tuple[str, int, str, int, str]] = [
        (
            "requests answered, each judged",
            soak.answered,
            "requests",
            len(soak.wrong),
            f"{soak.answered / soak.lasted:.0f} a second; lost are wrong answers",
        ),
        (
            "workers killed",
            kills,
            "kills",
            unexcused + max(0, refused - kills),
            f"{len(soak.unanswered)} requests that they were at, {refused} answers of "
            "500 and above",
        ),
        (
            "editions published",
            len(soak.committee.editions) - 1,
            "publications",
            len(judged["faults"]),
            f"verification clean; {log} of {log_mb:.1f} MB at most",
        ),
        (
            "memory of each process",
            len(growth),
            "processes",
            sum(part > MOST_GROWTH for part in growth.values()),
            f"grown by {grown}, from warm to the end",
        ),
    ]
    return [
        Figure("soak", what, tried, unit, lost, database, note)
        for what, tried, unit, lost, note in rows
    ]


def _tell(soak: Soak, found: list[Figure]) -> None:
    for figure in found:
        say(
            f"  {figure.what}: {figure.tried:,} {figure.unit}, lost {figure.lost}. "
            f"{figure.note}"
        )
    lost = [*soak.refused, *soak.beyond_the_kills(soak.unanswered)]
    texts = Counter([*(failure.why for failure in lost), *soak.wrong])
    for text, times in texts.most_common(10):
        say(f"  ! {times} times: {text}")


def main() -> int:
    """Soak both databases and write down what was found; 1 if something was lost."""
    minutes = float(os.environ.get("MINUTES") or WHOLE_MINUTES)
    begun, found = time.monotonic(), list[Figure]()
    with ExitStack() as stack:
        postgresql = stack.enter_context(running_postgresql())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for database in ("SQLite", "PostgreSQL"):
            own = folder / database
            own.mkdir()
            is_sqlite = database == "SQLite"
            url = f"sqlite:///{own}/db" if is_sqlite else postgresql.create("soak")
            say(f"{database}, {minutes / 2:g} minutes")
            with prepared(own, url) as soak:
                hold(soak, minutes * 30, is_told=True)
                mine = figures(soak, database)
                _tell(soak, mine)
            found += mine
    lasted = (time.monotonic() - begun) / 60
    if minutes < WHOLE_MINUTES:
        say(f"Nothing is written: {minutes:g} minutes are less than {WHOLE_MINUTES}.")
    else:
        write_report(Run("make soak", ("soak",), lasted, tuple(found)))
        say(f"Wrote {DOCUMENT.relative_to(ROOT)}.")
    return int(any(figure.lost for figure in found))


if __name__ == "__main__":
    sys.exit(main())
