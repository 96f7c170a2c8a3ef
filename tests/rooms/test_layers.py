"""The storeys of the house: pyproject.toml's contracts hold, and each one can fail."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LINT = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
# What breaks each contract, by the beginning of its name: a module, and a line in it.
BREAKS = {
    "The reference's packages": ("reference/dosing/typed.py", "import reference.desk"),
    "Doses and comparisons": ("reference/comparing/panel.py", "import django"),
    "FHIR's forms": ("reference/exports/fhir/datatypes.py", "import django"),
    "The site knows": ("anakinra_site/logs.py", "import reference.dosing"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code with its contracts, to be broken."""
    for package in ("reference", "anakinra_site"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def said_of(folder: Path) -> str:
    """What is said of the contracts there, in lines without colour."""
    return subprocess.run(
        LINT, cwd=folder, capture_output=True, text=True, check=False
    ).stdout


def test_each_contract_fails_when_it_is_broken_on_purpose(copy: Path) -> None:
    for module, line in BREAKS.values():
        file = copy / module
        file.write_text(f"{file.read_text()}\n{line}\n")
    said = said_of(copy)
    assert "Contracts: 0 kept" in said
    for contract in CONTRACTS:
        (_,) = (start for start in BREAKS if contract["name"].startswith(start))
        assert f"{contract['name']} BROKEN" in said


def test_a_new_package_has_to_be_given_its_storey(copy: Path) -> None:
    (copy / "reference" / "cellar").mkdir()
    (copy / "reference" / "cellar" / "__init__.py").touch()
    assert "reference.cellar" in said_of(copy)
