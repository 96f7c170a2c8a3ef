"""What `make bench` says is true of how it measures; the figures are its own affair."""

import subprocess

import pytest

from bench.reach import Part, Row, table
from bench.running.load import spread
from bench.running.servers import ENVIRONMENT, ROOT, SITE, server_command


def test_every_server_is_started_as_make_run_starts_the_site() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "run", "PORT=8123", "WORKERS=1"],
        cwd=ROOT,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.replace("\\\n", " ")
    words = shown.replace('"', "").split()
    start = words.index("exec") + 1
    assert server_command(8123) == words[start:]
    assert server_command(8123, "peer:application")[:-1] == words[start:-1]
    assert words[-1] == SITE


@pytest.mark.parametrize(
    ("values", "is_minimum", "is_met"),
    [
        ([0.3, 0.41, 0.9], True, True),
        ([0.3, 0.39, 0.9], True, False),
        ([0.3, 0.39, 0.9], False, True),
        ([0.3, 0.41, 0.9], False, False),
    ],
)
def test_the_median_decides_whether_a_row_is_met(
    values: list[float], is_minimum: bool, is_met: bool
) -> None:
    row = Row("work", values, 0.40, is_minimum=is_minimum)
    assert row.is_met is is_met
    (line,) = table([Part("part", [row], [])]).splitlines()[2:]
    assert spread(values) in line
    assert line.endswith("| yes |" if is_met else "| **no** |")
