"""docs/reliability.md: every figure from a run, put in order and written out.

What a run of one command found replaces what its last run found, and nothing else.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.tables import table
from tests.tools.reliability.figures import Figure

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "reliability.md"
FIGURES = ROOT / "docs" / "reliability.json"

# In the order of the report; what was found of each is introduced by its sentence.
PARTS = {
    key: (name, sentence)
    for key, name, sentence in table(__file__, "Parts of the report")
}


@dataclass(frozen=True)
class Run:
    """One run of a command, and what it found."""

    command: str
    parts: tuple[str, ...]
    minutes: float
    figures: tuple[Figure, ...]
    failed: bool = False


def read_figures(file: Path) -> tuple[Figure, ...]:
    """Return what was gathered in a file, in the order of its lines."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(Figure(**json.loads(line)) for line in lines)


def write_report(run: Run) -> None:
    """Put what a run found in the place of what the last one found of its parts."""
    kept: dict[str, Any] = {}
    if FIGURES.exists():
        kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    for part in run.parts:
        mine = [asdict(figure) for figure in run.figures if figure.part == part]
        kept[part] = {
            "command": run.command,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "commit": _commit(),
            "minutes": round(run.minutes, 1),
            "machine": _machine(),
            "failed": run.failed,
            "figures": mine,
        }
    text = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
    FIGURES.write_text(f"{text}\n", encoding="utf-8")
    DOCUMENT.write_text(document(kept), encoding="utf-8")


def document(parts: dict[str, Any]) -> str:
    """Return the report of the parts that were ever run."""
    found = [row for part in parts.values() for row in part["figures"]]
    mutants = [row for row in found if row["part"] == "mutation"]
    others = [row for row in found if row["part"] != "mutation"]
    paragraphs = [
        "# Reliability",
        "Written by `make faults`, `make fuzz`, `make soak` and `make mutation` from "
        "`docs/reliability.json`. Do not edit either.",
        f"Faults injected, attacks and inputs tried: {_total(others, 'tried'):,}. "
        f"Lost: {_lost(_total(others, 'lost'))}. "
        f"Changes to the code tried: {_total(mutants, 'tried'):,}; not noticed by a "
        f"test: {_lost(_total(mutants, 'lost'))}.",
    ]
    for key, (title, introduction) in PARTS.items():
        if key in parts:
            paragraphs += _section(title, introduction, parts[key])
    return "\n\n".join(paragraphs) + "\n"


def _total(rows: Iterable[dict[str, Any]], name: str) -> int:
    return sum(row[name] for row in rows)


def _section(title: str, introduction: str, part: dict[str, Any]) -> Iterator[str]:
    yield f"## {title}"
    yield introduction
    yield (
        f"`{part['command']}`, {part['date']}, commit {part['commit']}, "
        f"{part['minutes']:g} minutes, {part['machine']}."
        + (" **Not every test of this run passed.**" if part.get("failed") else "")
    )
    lines = [
        f"| {row['what']} | {row['database'] or 'any'} "
        f"| {row['tried']:,} {row['unit']} | {_lost(row['lost'])} | {row['note']} |"
        for row in sorted(
            part["figures"], key=lambda row: (row["what"], row["database"])
        )
    ]
    head = (
        "| What was done | Database | Tried | Lost | Measured |\n|---|---|---|---|---|"
    )
    yield "\n".join([head, *lines])
    listed = [f"- {line}" for row in part["figures"] for line in row["listed"]]
    if listed:
        yield "\n".join(listed)


def _lost(number: int) -> str:
    return "nothing" if number == 0 else f"**{number:,}**"


def _commit() -> str:
    """The commit that ran; "-dirty" if anything but this report differs from it."""
    commit = _git("rev-parse", "--short", "HEAD")
    others = (".", *(f":!docs/{file.name}" for file in (DOCUMENT, FIGURES)))
    changed = _git("status", "--porcelain", "--", *others)
    return f"{commit}-dirty" if changed else commit or "unknown"


def _git(*command: str) -> str:
    shown = subprocess.run(
        ["git", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, Python {platform.python_version()}"
