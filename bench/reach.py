"""The table of what must be reached: rows, what was found, and the document."""

import platform
import re
import statistics
import subprocess
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.running.load import Rounds, spread, three_digits
from bench.running.servers import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
PACKAGES = ("django", "granian", "brotli", "psycopg")
PEERS = ("wagtail", "flask", "jinja2")
HEAD = "| Work | Measured (min / median / max) | Must be | Met |\n|---|---|---|---|"
RUNS_HEAD = (
    "| Run | Connections | CPU µs per request (min / median / max) "
    "| Requests/s | p99 ms | Errors |\n|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Row:
    """One promise: what was found of it in each round, and its limit."""

    work: str
    values: Sequence[float]
    limit: float
    unit: str = ""
    is_minimum: bool = False
    note: str = ""
    held_back_by: str = ""  # what was tried and what stands in the way, if it is known

    @property
    def is_met(self) -> bool:
        """Return whether the median keeps the limit."""
        found = statistics.median(self.values)
        return found >= self.limit if self.is_minimum else found <= self.limit

    @property
    def line(self) -> str:
        single = len(set(self.values)) == 1
        found = three_digits(self.values[0]) if single else spread(self.values)
        limit = f"{'≥' if self.is_minimum else '≤'} {self.limit:g}{self.unit}"
        note = f" ({self.note})" if self.note else ""
        met = "yes" if self.is_met else "**no**"
        return f"| {self.work} | {found}{self.unit}{note} | {limit} | {met} |"


@dataclass(frozen=True)
class Part:
    """What one part of the benchmark found: rows, and the runs they were taken from."""

    title: str
    rows: list[Row]
    rounds: list[Rounds]
    remarks: str = ""

    @property
    def text(self) -> str:
        """Return the part as a section of the document."""
        text = f"## {self.title}\n\n"
        if self.remarks:
            text += f"{textwrap.fill(self.remarks, 88)}\n\n"
        if self.rounds:
            lines = [line for rounds in self.rounds for line in rounds.lines()]
            text += "\n".join([RUNS_HEAD, *lines]) + "\n"
        return text


def table(parts: Sequence[Part]) -> str:
    return "\n".join([HEAD, *(row.line for part in parts for row in part.rows)])


def not_met(parts: Sequence[Part]) -> str:
    """Return for each row that is not met by how much, and what holds it back."""
    rows = [row for part in parts for row in part.rows if not row.is_met]
    if not rows:
        return "Every row is met."
    reasons: dict[str, list[Row]] = {}
    for row in rows:
        reasons.setdefault(row.held_back_by, []).append(row)
    paragraphs = []
    for reason, held in reasons.items():
        paragraphs += [
            f"- {row.work}: {three_digits(statistics.median(row.values))}{row.unit} "
            f"for {row.limit:g}{row.unit}"
            for row in held
        ]
        said = reason or "It is not known what holds it back."
        paragraphs.append(f"\n{textwrap.fill(said, 88)}\n")
    return "\n".join(paragraphs).rstrip()


def document(parts: Sequence[Part], rounds: int, peers: str) -> str:
    """Return the whole record in Markdown."""
    sections = "\n".join(part.text for part in parts)
    return f"""\
# Performance

Written by `make bench ROUNDS={rounds}` on {datetime.now(UTC):%-d %B %Y}, {commit()}.
Do not edit it.

The unit is processor time: microseconds, user and system, of the server's whole process
tree per request. Server and load generator are pinned to a core each, all servers of a
part stay up, every round visits every run once, and a ratio is taken within one round,
before the least, the median and the greatest are. The median decides. Requests per
second and the 99th percentile stand beside it and promise nothing: they depend on who
else is at work on the machine.

{table(parts)}

## What is not met, and why

{not_met(parts)}

{sections}
## Machine and versions

{machine()}

{versions()}
Of the peers: {peers}.

Each server but nginx has the command of `make run` with one worker:

```
{_server_command()}
```
"""


def commit() -> str:
    """Return the commit in words, and whether the tree is as committed."""
    found = _said("git", "rev-parse", "--short", "HEAD") or "no commit"
    # What this command writes is no change of what was measured.
    changes = _said("git", "status", "--porcelain", "--", ".", ":!docs/performance.md")
    return f"commit {found}" + (", with changes that are not committed" * bool(changes))


def machine() -> str:
    """Return the processor, its cores, the memory and the kernel."""
    processor = re.search(
        r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE
    )
    memory = re.search(r"^MemTotal: +(\d+)", Path("/proc/meminfo").read_text())
    name = processor[1] if processor else platform.processor()
    gibibytes = int(memory[1]) / 2**20 if memory else 0
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    kernel = platform.release()
    return f"{name}, {cores} cores, {gibibytes:.0f} GiB; Linux {kernel}."


def versions() -> str:
    own = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    nginx = _said("/usr/sbin/nginx", "-v").rpartition("/")[2]
    wrk = re.search(r"wrk\D+(\S+)", _said("wrk", "-v"))
    tools = f"nginx {nginx}, wrk {wrk[1] if wrk else ''}"
    return f"Python {platform.python_version()}, {own}; {tools}."


def peers_versions(python: Path) -> str:
    """Return the versions of what is installed for the peers alone."""
    code = (
        "from importlib.metadata import version as v;"
        f"print(', '.join(f'{{n}} {{v(n)}}' for n in {PEERS}))"
    )
    return _said(str(python), "-c", code)


def _server_command() -> str:
    from bench.running.servers import server_command

    return " ".join(server_command(8000))


def _said(*command: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=False, text=True
    )
    return (done.stdout or done.stderr).strip()
