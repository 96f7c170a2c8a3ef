"""`make faults`: every fault, attack and fuzz test in full; writes docs/reliability.md.

Ends with 1 if one failed. `make test` runs the same tests, each a few times. Of a part,
`make faults ONLY=tests/attacks`, only what it found is written anew.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.figures import GATHERED_IN
from tests.faults.report import DOCUMENT, ROOT, Run, read_figures, write_report

SUBJECTS = (
    "tests/faults",
    "tests/attacks",
    "tests/fuzz",
    "tests/test_release.py",
    "tests/test_several_hosts.py",
    "tests/test_concurrency.py",
    "tests/test_leaks.py",
    "tests/test_staleness.py",
    "tests/test_dose_impact.py::test_any_limit_of_pjia_changes_exactly_the_doses_that_it_cuts",
    "tests/test_dosing.py::test_the_oracle_agrees_on_any_random_request",
    "tests/test_edition_file.py::test_a_spoiled_file_is_imported_to_the_letter_or_refused_whole",
    "tests/test_edition_file.py::test_one_damaged_byte_is_never_taken_for_the_same_edition",
    "tests/test_edition_file.py::test_our_check_refuses_what_the_schema_refuses",
    "tests/test_edition_schema.py::test_a_value_of_another_type_is_refused_wherever_it_stands",
    "tests/test_edition_schema.py::test_an_unknown_key_is_refused_wherever_it_stands",
    "tests/test_second_biologic.py::test_the_oracle_agrees_on_any_random_request",
)
PARTS = (
    *("kills", "storage", "database", "clock", "releases", "workers", "backup"),
    *("attacks", "fuzz"),
)
# In the order of tests/conftest.py: what takes longest first.
PYTEST = (
    *(sys.executable, "-m", "pytest", "-q"),
    *("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"),
)


def main(only: list[str]) -> int:
    """Run all on both databases, and write down what was found; 1 if a test failed."""
    begun, failed = time.monotonic(), False
    with tempfile.TemporaryDirectory() as folder:
        gathered = Path(folder) / "figures"
        gathered.touch()
        environment = os.environ | {"FAULTS": "full", GATHERED_IN: str(gathered)}
        for database in ((), ("-p", "tests.database_server")):
            ended = subprocess.run(
                [*PYTEST, *database, *(only or SUBJECTS)],
                cwd=ROOT,
                env=environment | ({} if database else {"DATABASE_URL": ""}),
                check=False,
            )
            failed |= ended.returncode != 0
            minutes, found = (time.monotonic() - begun) / 60, read_figures(gathered)
            parts = {figure.part for figure in found} if only else set(PARTS)
            command = " ".join(["make faults", *(f"ONLY={name}" for name in only)])
            write_report(Run(command, tuple(parts), minutes, found))
    sys.stdout.write(f"Wrote {DOCUMENT.relative_to(ROOT)}.\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
