"""Whether an answer is ever stale or mixed: the test of it, on both databases."""

import re
import subprocess
import sys
from pathlib import Path

from bench.reach import Part, Row
from bench.running.load import say
from bench.running.servers import ENVIRONMENT, ROOT

TEST = "tests/publishing/test_staleness.py"
DATABASES = {
    "SQLite": (),
    "PostgreSQL": ("-p", "tests.support.postgresql"),
}


def measure(_folder: Path, _rounds: int) -> Part:
    """Run the test once on each database."""
    rows = [
        Row(
            "stale or mixed answers after publish() returned, or a crash in between: "
            f"tests that found one, {name}",
            [_failed(name, options)],
            0,
            note="1,000 tries, 2 workers",
        )
        for name, options in DATABASES.items()
    ]
    remarks = f"`{TEST}` ends acts, or kills them, and asks two workers after each."
    return Part("Stale answers", rows, [], remarks)


def _failed(name: str, options: tuple[str, ...]) -> int:
    """Return how many tests failed; raises when none was run."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options, TEST],
        cwd=ROOT,
        env=ENVIRONMENT | {"DATABASE_URL": "", "FAULTS": "full"},
        check=False,
        capture_output=True,
        text=True,
    )
    outcomes = re.findall(r"(\d+) (passed|failed|error)", done.stdout)
    found = {outcome: int(count) for count, outcome in outcomes}
    if not found:
        raise RuntimeError(f"{TEST} did not run: {done.stdout}{done.stderr}")
    say(f"  {name}: {done.stdout.splitlines()[-1]}")
    return found.get("failed", 0) + found.get("error", 0)
