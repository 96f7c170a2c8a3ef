"""What it costs that there are many drugs and editions: time, queries and memory."""

import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from bench.reach import Part, Row
from bench.running import site
from bench.running.load import Rounds, Run, measured, say
from bench.running.postgresql import running_postgresql
from bench.running.servers import (
    ENVIRONMENT,
    LOAD_CORE,
    ROOT,
    SERVER_CORE,
    Server,
    on_core,
    running,
)

DRUGS, EDITIONS = 1_000, 20
MORE_THAN_ONE = 1.15
WORKER_MIB = 64
BROTLI = {"Accept-Encoding": "br"}
JSON = {"Accept": "application/json", "Accept-Encoding": "br"}
ONE_OF = """
local slugs = {{ {slugs} }}
math.randomseed({seed})
request = function()
  local path = string.format("{path}", slugs[math.random(#slugs)])
  return wrk.format(nil, path)
end
"""


@dataclass(frozen=True)
class Filled:
    """A running site, its drugs, and what was found out about one of them."""

    server: Server
    slugs: list[str]
    edition: int
    preview: str
    cookie: dict[str, str]
    queries: dict[str, int]


@dataclass
class OneOf:
    """Makes a script for wrk that asks for one of these drugs each time, at random."""

    slugs: list[str]
    path: str
    seed: int = 0

    def __call__(self) -> str:
        self.seed += 1
        slugs = ", ".join(f'"{slug}"' for slug in self.slugs)
        return ONE_OF.format(slugs=slugs, path=self.path, seed=self.seed)


def measure(folder: Path, rounds: int) -> Part:
    """Compare one drug with one edition to many, on SQLite and on PostgreSQL."""
    rows: list[Row] = []
    kept: list[Rounds] = []
    with ExitStack() as stack:
        postgresql = stack.enter_context(running_postgresql())
        databases = {
            name: (f"sqlite:///{folder}/{name}.sqlite3", postgresql.create(name))
            for name in ("small", "large")
        }
        _fill(folder, databases)
        for place, vendor in enumerate(("SQLite", "PostgreSQL")):
            beside = (postgresql.pid,) if place else ()
            with ExitStack() as servers:
                small, large = (
                    _started(servers, folder, name, databases[name][place], beside)
                    for name in ("small", "large")
                )
                found = measured(_runs(vendor, small, large), rounds, folder)
            kept.append(found)
            rows += _rows(vendor, small, large, found)
            rows.append(
                Row(
                    f"memory of a worker, {DRUGS:,} drugs published and read, {vendor}",
                    [_memory_after_all(folder, databases["large"][place], large)],
                    WORKER_MIB,
                    unit=" MiB PSS",
                    held_back_by=MEMORY_HELD_BACK,
                )
            )
    return Part(f"{DRUGS:,} drugs with {EDITIONS} editions", rows, kept, _remarks())


SPREAD = """\
The rounds of one run spread wider than the 15 % that are looked for: see the least and
the greatest. The count of queries is the same, each a lookup by key. What is left may
be pages of a larger file that the machine has not at hand: a thousand drugs are asked
for at random, where one alone is read again and again."""


MEMORY_HELD_BACK = """\
Nine tenths of it is there with one drug: Python, Django and its admin take about 40 MB,
the server 4, templates, addresses and the first answer of each kind 10; the driver of
PostgreSQL adds 3. Tried, and kept: the driver of the database in use alone (10 MB
less), frozen objects after the start, 8 monographs kept where 16 were (3 MB), two heaps
for all threads (2 MB), icalendar loaded when the first dates are asked for (1.6 MB).
Not tried: the desk in a process of its own, without which a worker needs no admin."""


def _remarks() -> str:
    from reference.editions import EDITIONS_KEPT

    document_rows = _rows_of_the_guide()
    return f"""\
One drug with one edition beside {DRUGS:,} more with {EDITIONS} editions each:
{document_rows * DRUGS * EDITIONS:,} rows of content, copied with SQL from the guide,
each with its own canonical bytes and fingerprint. A drawn page is one of {DRUGS:,} at
random. A worker keeps {EDITIONS_KEPT} monographs: a dose and the dates of blood tests
(a page by Django's ORM) are asked for {EDITIONS_KEPT} drugs at random; a dose for any
of all {DRUGS:,} stands beside it, and has to read and check its edition nearly every
time. The draft's preview walks through all tables. Monographs are drawn as an act draws
them; the other drawn pages have the guide's bytes and are not read. Passages for the
search are left out."""


def _rows_of_the_guide() -> int:
    from reference.editions import SECTIONS, published_monograph

    document = published_monograph(site.edition_in_force()).document
    return sum(len(document[section]) for section in SECTIONS)


def _fill(folder: Path, databases: dict[str, tuple[str, str]]) -> None:
    """Prepare four databases and make two of them large, one on each core."""
    for address in chain(*databases.values()):
        site.manage("prepare", DATABASE_URL=address)
    sqlite, postgresql = databases["large"]
    say(f"Filling two databases with {DRUGS:,} drugs, {EDITIONS} editions each.")
    grow = ("grow", str(DRUGS), str(EDITIONS))
    _both(
        (sqlite, SERVER_CORE, grow),
        (postgresql, LOAD_CORE, grow),
    )
    say("Drawing their monographs.")
    half = DRUGS // 2
    _both(
        (sqlite, SERVER_CORE, ("draw", "1", str(half))),
        (sqlite, LOAD_CORE, ("draw", str(half + 1), str(DRUGS))),
    )
    pages = str(folder / "pages.json")
    _fill_in(sqlite, LOAD_CORE, "keep-pages", pages)
    _fill_in(postgresql, LOAD_CORE, "load-pages", pages)
    _both(
        (sqlite, SERVER_CORE, ("fill-pages",)),
        (postgresql, LOAD_CORE, ("fill-pages",)),
    )
    _fill_in(postgresql, LOAD_CORE, "tidy")


def _both(*steps: tuple[str, int, tuple[str, ...]]) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda step: _fill_in(step[0], step[1], *step[2]), steps))


def _fill_in(database: str, core: int, *step: str) -> str:
    """Run one step of running/scale_data.py on a database; return what it printed."""
    return subprocess.run(
        on_core(core, [sys.executable, "-m", "bench.running.scale_data", *step]),
        cwd=ROOT,
        env={**ENVIRONMENT, "DATABASE_URL": database},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def _started(
    stack: ExitStack, folder: Path, name: str, database: str, beside: tuple[int, ...]
) -> Filled:
    is_large = name == "large"
    slugs = [f"drug-{n:04}" for n in range(1, DRUGS + 1)] if is_large else [site.SLUG]
    middle = slugs[len(slugs) // 2]
    ready: dict[str, Any] = json.loads(
        _fill_in(database, LOAD_CORE, "ready", middle).splitlines()[-1]
    )
    server = stack.enter_context(
        running(name, folder, beside=beside, settings={"DATABASE_URL": database})
    )
    return Filled(
        server=server,
        slugs=slugs,
        edition=EDITIONS if is_large else 1,
        preview=ready["preview"],
        cookie={"Cookie": ready["cookie"]},
        queries=ready["queries"],
    )


def _runs(vendor: str, small: Filled, large: Filled) -> list[Run]:
    from reference.editions import EDITIONS_KEPT

    chosen = random.Random(1)
    runs = []
    for size, filled in (("one", small), ("many", large)):
        known = min(EDITIONS_KEPT, len(filled.slugs))
        kept = chosen.sample(filled.slugs, known)
        dose = f"/%s/dose/?regimen=ra-sc&edition={filled.edition}&weight=20"
        asked: list[tuple[str, dict[str, str], OneOf]] = [
            ("drawn page", BROTLI, OneOf(filled.slugs, "/%s/")),
            ("dose as JSON", JSON, OneOf(kept, dose)),
            ("dates of tests", BROTLI, OneOf(kept, "/%s/monitoring/")),
        ]
        if filled is large:
            asked.append(("dose, of any drug", JSON, OneOf(filled.slugs, dose)))
        runs += [
            Run(f"{kind}, {size}, {vendor}", filled.server, "/", headers, script=script)
            for kind, headers, script in asked
        ]
        runs.append(
            Run(
                f"draft preview, {size}, {vendor}",
                filled.server,
                filled.preview,
                filled.cookie,
            )
        )
        _require_answers(filled, kept)
    return runs


def _require_answers(filled: Filled, kept: list[str]) -> None:
    """Stop unless the pages are there, and drawn pages of the drug itself."""
    for slug in {*kept, filled.slugs[0], filled.slugs[-1]}:
        dose = f"/{slug}/dose/?regimen=ra-sc&edition={filled.edition}&weight=20"
        status, body = filled.server.get(dose, {"Accept": "application/json"})
        if status != 200 or json.loads(body)["status"] != "computed":
            raise RuntimeError(f"{dose}: {status}")
        status, body = filled.server.get(f"/{slug}/", {})
        if status != 200 or f'href="/{slug}/"'.encode() not in body:
            raise RuntimeError(f"/{slug}/ is not the drug's page: {status}")
    if filled.server.get(filled.preview, filled.cookie)[0] != 200:
        raise RuntimeError(f"{filled.preview} does not answer")


def _rows(vendor: str, small: Filled, large: Filled, found: Rounds) -> list[Row]:
    rows = [
        Row(
            f"{DRUGS:,} × {EDITIONS} editions, times 1 × 1: {kind}, {vendor}",
            found.cost_ratios(f"{kind}, many, {vendor}", f"{kind}, one, {vendor}"),
            MORE_THAN_ONE,
            unit=" ×",
            held_back_by=SPREAD,
        )
        for kind in ("drawn page", "dose as JSON", "dates of tests", "draft preview")
    ]
    other = {
        name: (count, large.queries[name])
        for name, count in small.queries.items()
        if count != large.queries[name]
    }
    said = "; ".join(f"{name}: {a} and {b}" for name, (a, b) in other.items())
    work = f"{DRUGS:,} × {EDITIONS}: reads with another number of queries, {vendor}"
    rows.append(Row(work, [len(other)], 0, note=said))
    rows.append(Row(f"{DRUGS:,} × {EDITIONS}, {vendor}: errors", [found.errors()], 0))
    return rows


def _memory_after_all(folder: Path, database: str, large: Filled) -> float:
    """Return a new worker's memory in MiB after every drug was read and dosed.

    No other server runs that could share its pages.
    """
    with running("memory", folder, settings={"DATABASE_URL": database}) as server:
        for slug in large.slugs:
            dose = f"/{slug}/dose/?regimen=ra-sc&edition={large.edition}&weight=20"
            for path, headers in ((f"/{slug}/", BROTLI), (dose, JSON)):
                if server.get(path, headers)[0] != 200:
                    raise RuntimeError(f"{path} does not answer")
        return server.workers_pss() / 2**20
