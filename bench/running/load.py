"""Loads servers with wrk from the other core, in interleaved rounds."""

import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.running.servers import LOAD_CORE, Server, on_core

SECONDS = 2.0
WARM_UP_SECONDS = 1
IDLE_BELOW = 0.10  # of each core
IDLE_WITHIN = 20  # seconds
DONE = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests,
    summary.duration, e.connect + e.read + e.write + e.timeout, e.status,
    latency:percentile(99)))
end
"""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Run:
    """What is asked of a server; a script in Lua may make each request another one.

    The script is made anew for each time the run is loaded.
    """

    name: str
    server: Server
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    connections: int = 16
    script: Callable[[], str] = str
    during: Callable[[float], None] | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Result:
    """What came of a run; only complete answers count as requests."""

    requests: int
    seconds: float
    cpu_seconds: float
    p99_ms: float
    errors: int

    @property
    def cpu_us(self) -> float:
        """Return the processor time of the server per request, in microseconds."""
        return self.cpu_seconds / self.requests * 1_000_000

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


class Rounds:
    """The results of some runs, round by round; ratios are taken within a round."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs
        self.results: dict[str, list[Result]] = {run.name: [] for run in runs}

    def cost_ratios(self, dear: str, cheap: str) -> list[float]:
        """Return in each round how many times the cost of one run the other's is."""
        return [
            a.cpu_us / b.cpu_us
            for a, b in zip(self.results[dear], self.results[cheap], strict=True)
        ]

    def errors(self) -> int:
        return sum(one.errors for found in self.results.values() for one in found)

    def lines(self) -> list[str]:
        """Return a line of a Markdown table for each run."""
        return [self._line(run) for run in self.runs]

    def _line(self, run: Run) -> str:
        found = self.results[run.name]
        costs = [one.cpu_us for one in found]
        cells = [
            run.name,
            str(run.connections),
            spread(costs),
            f"{statistics.median(one.per_second for one in found):,.0f}",
            f"{statistics.median(one.p99_ms for one in found):.1f}",
            str(sum(one.errors for one in found)),
        ]
        return f"| {' | '.join(cells)} |"


def spread(values: Sequence[float]) -> str:
    """Return the least, the median and the greatest, with three digits each."""
    three = (min(values), statistics.median(values), max(values))
    return " / ".join(three_digits(value) for value in three)


def three_digits(value: float) -> str:
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def measured(runs: Sequence[Run], rounds: int, folder: Path) -> Rounds:
    """Run each once to warm it up, and then all of them in every round.

    The order is another one in each round, so that no run always follows the same.
    """
    kept = Rounds(runs)
    for run in runs:
        loaded(run, run.seconds or WARM_UP_SECONDS, folder)
    for number in range(1, rounds + 1):
        wait_until_idle()
        order = list(runs)
        random.Random(number).shuffle(order)
        for run in order:
            result = loaded(run, run.seconds or SECONDS, folder)
            kept.results[run.name].append(result)
        say(f"  round {number} of {rounds}")
    return kept


def loaded(run: Run, seconds: float, folder: Path) -> Result:
    """Ask for some seconds and return what came of it."""
    script = folder / "wrk.lua"
    script.write_text(run.script() + DONE)
    command = [
        *("wrk", "-t1", f"-c{run.connections}", f"-d{round(seconds)}s"),
        *("--timeout", "10s", "-s", str(script)),
    ]
    for name, value in run.headers.items():
        command += ["-H", f"{name}: {value}"]
    command.append(f"{run.server.address}{run.path}")
    before = run.server.cpu_seconds()
    with subprocess.Popen(
        on_core(LOAD_CORE, command), stdout=subprocess.PIPE, text=True
    ) as wrk:
        if run.during is not None:
            run.during(seconds)
        said, _ = wrk.communicate()
    used = run.server.cpu_seconds() - before
    found = re.search(r"^RESULT (\d+) (\d+) (\d+) (\d+) (\d+)$", said, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk said nothing of {run.name}: {said}")
    requests, micros, broken, refused, p99 = map(int, found.groups())
    if not requests:
        raise RuntimeError(f"{run.name} answered nothing")
    return Result(requests, micros / 1e6, used, p99 / 1000, broken + refused)


def wait_until_idle() -> None:
    """Wait until others leave the machine alone, or no longer than it is worth."""
    end = time.monotonic() + IDLE_WITHIN
    while max(_busy()) > IDLE_BELOW and time.monotonic() < end:
        pass


def _busy() -> list[float]:
    """Return what part of a moment each of the two cores was at work."""
    before = _core_times()
    time.sleep(0.3)
    after = _core_times()
    shares = []
    for old, new in zip(before, after, strict=True):
        spent = [b - a for a, b in zip(old, new, strict=True)]
        idle = spent[3] + spent[4]
        shares.append(1 - idle / max(sum(spent), 1))
    return shares


def _core_times() -> list[list[int]]:
    lines = Path("/proc/stat").read_text().splitlines()
    return [
        [int(it) for it in line.split()[1:9]]
        for line in lines
        if re.match(r"cpu[01] ", line)
    ]
