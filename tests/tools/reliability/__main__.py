"""`make faults` and `make fuzz`: their tests in full; each writes docs/reliability.md.

Ends with 1 if one failed. `make test` runs the same tests, each a few times. Of a part,
`make faults ONLY=tests/attacks`, only what it found is written anew.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tools.reliability.figures import GATHERED_IN
from tests.tools.reliability.report import (
    DOCUMENT,
    ROOT,
    Run,
    read_figures,
    write_report,
)

OK, NO_TESTS_COLLECTED = pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED
PYTEST = (sys.executable, "-m", "pytest", "-q", "--numprocesses", "2")


@dataclass(frozen=True)
class Campaign:
    """A command of make: which tests it runs in full, and what it reports of."""

    tests: tuple[str, ...]
    parts: tuple[str, ...]
    spread: tuple[str, ...]  # over two processes


CAMPAIGNS = {
    "faults": Campaign(
        tests=(
            *("tests/faults", "tests/attacks", "tests/site/starting/test_release.py"),
            *(
                "tests/site/starting/test_several_hosts.py",
                "tests/publishing/test_concurrency.py",
            ),
            *("tests/desk/test_leaks.py", "tests/desk/test_restored_forms.py"),
            "tests/publishing/test_staleness.py",
        ),
        parts=(
            *("kills", "storage", "database", "clock", "releases", "workers"),
            *("backup", "attacks"),
        ),
        # In the order of tests/conftest.py: what takes longest first.
        spread=("--dist", "loadfile", "--no-loadscope-reorder"),
    ),
    "fuzz": Campaign(
        tests=(
            "tests/fuzz",
            "tests/comparing/test_doses.py::test_any_limit_of_pjia_changes_exactly_the_doses_that_it_cuts",
            "tests/editions/test_file.py::test_a_spoiled_file_is_imported_to_the_letter_or_refused_whole",
            "tests/editions/test_file.py::test_one_damaged_byte_is_never_taken_for_the_same_edition",
            "tests/editions/test_file.py::test_our_check_refuses_what_the_schema_refuses",
            "tests/editions/test_schema.py::test_a_value_of_another_type_is_refused_wherever_it_stands",
            "tests/editions/test_schema.py::test_an_unknown_key_is_refused_wherever_it_stands",
            "tests/doses/test_oracle.py::test_the_oracle_agrees_on_any_random_request",
        ),
        parts=("fuzz",),
        spread=("--dist", "worksteal"),
    ),
}


def main(name: str, only: list[str]) -> int:
    """Run all on both databases, and write down what was found; 1 if a test failed."""
    campaign, begun, endings = CAMPAIGNS[name], time.monotonic(), set[int]()
    with tempfile.TemporaryDirectory() as folder:
        gathered = Path(folder) / "figures"
        gathered.touch()
        environment = os.environ | {"FAULTS": "full", GATHERED_IN: str(gathered)}
        for database in ((), ("-p", "tests.support.postgresql")):
            ended = subprocess.run(
                [*PYTEST, *campaign.spread, *database, *(only or campaign.tests)],
                cwd=ROOT,
                env=environment | ({} if database else {"DATABASE_URL": ""}),
                check=False,
            )
            endings.add(ended.returncode)
        minutes, found = (time.monotonic() - begun) / 60, read_figures(gathered)
    # A file whose tests are the same on any database has none on the second.
    failed = not endings <= {OK, NO_TESTS_COLLECTED} or OK not in endings
    parts = {figure.part for figure in found} if only else {*campaign.parts}
    command = " ".join(["make", name, *(f"ONLY={test}" for test in only)])
    write_report(Run(command, tuple(parts), minutes, found, failed))
    sys.stdout.write(f"Wrote {DOCUMENT.relative_to(ROOT)}.\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
