"""`make bench`: measures the site against its peers and writes docs/performance.md.

Ends with 1 if a row is not met. Parts alone are printed, and write nothing.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import doses, first_visit, pages, preview, readers, scale, staleness
from bench.reach import DOCUMENT, Part, document, peers_versions, table
from bench.running import site
from bench.running.load import say
from bench.running.servers import PEERS_PROGRAMS

PARTS: dict[str, Callable[[Path, int], Part]] = {
    "pages": pages.measure,
    "doses": doses.measure,
    "readers": readers.measure,
    "staleness": staleness.measure,
    "scale": scale.measure,
    "preview": preview.measure,
    "first-visit": first_visit.measure,
}


def main() -> int:
    """Measure the parts that are asked for; return 1 if a row is not met."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="at least 5 count")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    asked = parser.parse_args()
    names = asked.only.split(",") if asked.only else list(PARTS)
    unknown = set(names) - set(PARTS)
    if unknown:
        parser.error(f"ONLY knows {', '.join(PARTS)}, not {', '.join(unknown)}")
    if asked.rounds < 1:
        parser.error("ROUNDS is 1 or more")
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("two cores are needed: one serves, the other one asks")
    measured = []
    with site.prepared_site() as folder:
        for name in names:
            begun = time.monotonic()
            say(f"{name} …")
            own = folder / name
            own.mkdir()
            part = PARTS[name](own, asked.rounds)
            measured.append(part)
            say(f"  took {time.monotonic() - begun:.0f} s")
            say(f"\n{part.text}\n{table([part])}")
    say(f"\n{table(measured)}")
    if names == list(PARTS):
        peers = peers_versions(PEERS_PROGRAMS / "python")
        DOCUMENT.write_text(document(measured, asked.rounds, peers), encoding="utf-8")
        say(f"\nWrote {DOCUMENT.name}.")
    else:
        say("\nA part alone writes nothing.")
    rows = [row for part in measured for row in part.rows]
    return int(not all(row.is_met for row in rows))


if __name__ == "__main__":
    sys.exit(main())
