"""What faults, attacks and fuzzing count; each figure is written down as it is found.

A test judges by itself, or has none_lost require that nothing was lost.
docs/reliability.md is made in tests/tools/reliability/report.py.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.db import connection

# `make faults` tries in full what `make test` tries a few times.
IN_FULL = os.environ.get("FAULTS") == "full"
# Where figures are gathered, a line each; without it they are not wanted.
GATHERED_IN = "RELIABILITY_FIGURES"


@dataclass(frozen=True)
class Figure:
    """One line of the report: what was tried, how often, and what was lost by it.

    listed are sentences of Markdown that stand below the table.
    """

    part: str
    what: str
    tried: int
    unit: str
    lost: int
    database: str = ""
    note: str = ""
    listed: list[str] = field(default_factory=list)


def times(short: int, full: int) -> int:
    """Return how often to try: a few times in `make test`, often in `make faults`."""
    return full if IN_FULL else short


def count(
    part: str,
    what: str,
    *,
    tried: int,
    unit: str,
    lost: int,
    on_database: bool = True,
    note: str = "",
) -> None:
    """Write a figure down, before the test judges it, so that a loss is reported too.

    part is a key of report.PARTS. lost counts what should not have been: an answer that
    was wrong, a change that was half made, an attempt that got through.
    """
    file = os.environ.get(GATHERED_IN)
    if not file:
        return
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    database = names[connection.vendor] if on_database else ""
    line = json.dumps(asdict(Figure(part, what, tried, unit, lost, database, note)))
    with Path(file).open("a", encoding="utf-8") as gathered:
        gathered.write(f"{line}\n")


def none_lost(
    lost: Sequence[object],
    part: str,
    what: str,
    *,
    tried: int,
    unit: str,
    on_database: bool = True,
    note: str = "",
) -> None:
    """Write a figure down, and then require that nothing was lost."""
    number = len(lost)
    count(
        *(part, what),
        tried=tried,
        unit=unit,
        lost=number,
        on_database=on_database,
        note=note,
    )
    assert not number, lost
