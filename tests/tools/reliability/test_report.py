"""docs/reliability.md is what was found, and nothing that a hand wrote."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.tools.reliability import figures, report
from tests.tools.reliability.report import (
    DOCUMENT,
    FIGURES,
    PARTS,
    Run,
    document,
    write_report,
)


def test_the_report_is_made_of_the_figures_alone() -> None:
    found = json.loads(FIGURES.read_text(encoding="utf-8"))
    assert DOCUMENT.read_text(encoding="utf-8") == document(found)


def git(folder: Path, *command: str) -> None:
    name = ("-c", "user.name=x", "-c", "user.email=x@reference.example")
    subprocess.run(["git", *name, *command], cwd=folder, check=True)


def test_a_run_tells_a_change_of_the_code_from_its_own_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, docs = tmp_path / "code.py", tmp_path / "docs"
    docs.mkdir()
    shown = docs / DOCUMENT.name
    for name, file in (("DOCUMENT", shown), ("FIGURES", docs / FIGURES.name)):
        monkeypatch.setattr(report, name, file)
    monkeypatch.setattr(report, "ROOT", tmp_path)
    code.touch()
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "As it was.")
    run = Run("make faults", ("kills",), 2.0, (_figure(lost=0),))
    for _ in range(2):
        write_report(run)
        assert "-dirty" not in shown.read_text(encoding="utf-8")
    code.write_text("changed", encoding="utf-8")
    write_report(run)
    assert "-dirty" in shown.read_text(encoding="utf-8")


@pytest.fixture
def own_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A report of its own, in an empty folder; returns its document."""
    monkeypatch.setattr(report, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(report, "DOCUMENT", tmp_path / "report.md")
    return tmp_path / "report.md"


def _figure(lost: int, part: str = "kills") -> figures.Figure:
    return figures.Figure(part, "publish", 1234, "kills", lost)


def test_a_loss_is_shown(own_report: Path) -> None:
    write_report(Run("make faults", ("kills",), 2.0, (_figure(lost=3),)))
    assert "| 1,234 kills | **3** |" in own_report.read_text(encoding="utf-8")


def test_a_run_in_which_a_test_failed_is_shown_as_such(own_report: Path) -> None:
    write_report(Run("make faults", ("kills",), 2.0, (_figure(lost=0),)))
    assert "Not every test" not in own_report.read_text(encoding="utf-8")
    write_report(Run("make faults", ("kills",), 2.0, (_figure(lost=0),), failed=True))
    assert "Not every test of this run passed" in own_report.read_text(encoding="utf-8")


def test_a_run_replaces_what_the_last_run_found_and_nothing_else(
    own_report: Path,
) -> None:
    write_report(Run("make faults", ("kills",), 2.0, (_figure(lost=3),)))
    write_report(Run("make soak", ("soak",), 30.0, (_figure(0, part="soak"),)))
    write_report(Run("make faults", ("kills",), 2.0, (_figure(lost=0),)))
    text = own_report.read_text(encoding="utf-8")
    assert "**3**" not in text
    assert f"## {PARTS['kills'][0]}" in text
    assert f"## {PARTS['soak'][0]}" in text
    assert "Lost: nothing" in text


def test_a_figure_is_kept_only_where_figures_are_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "figures"
    monkeypatch.delenv(figures.GATHERED_IN, raising=False)
    figures.count("kills", "x", tried=1, unit="kills", lost=0, on_database=False)
    monkeypatch.setenv(figures.GATHERED_IN, str(file))
    figures.count("kills", "y", tried=2, unit="kills", lost=1, on_database=False)
    assert report.read_figures(file) == (figures.Figure("kills", "y", 2, "kills", 1),)
