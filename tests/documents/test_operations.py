"""docs/operations.md and docs/systemd/ name commands, settings and files there are."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from reference.keeping.backup import MONTHS_KEPT
from tests.documents.named_places import ROOT, commands_in, missing_places

DOCS = ROOT / "docs"
DOCUMENT = (DOCS / "operations.md").read_text()
UNITS = sorted((DOCS / "systemd").iterdir())


def unit(file: Path) -> ConfigParser:
    """A unit, its settings in small letters; of one that is repeated, the last."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.read_string(file.read_text())
    return parser


def test_the_commands_of_an_operator_are_named() -> None:
    text = DOCUMENT + "".join(file.read_text() for file in UNITS)
    named = {"run", "bench", "backup", "restore", "draw", "verify", ".venv/runtime"}
    assert named <= commands_in(text)
    assert missing_places(text, DOCS) == []


def test_every_setting_is_in_the_table_and_is_read() -> None:
    before, _, after = DOCUMENT.partition("\n## Configuration\n")
    table, _, rest = after.partition("\n## ")
    rows = "".join(re.findall(r"^\| (`[^|]+)\|", table, re.MULTILINE))
    listed = set(re.findall(r"`([A-Z_]+)`", rows))
    elsewhere = before + rest + "".join(file.read_text() for file in UNITS)
    named = set(re.findall(r"^([A-Z_]+)=", elsewhere, re.MULTILINE))
    named |= set(re.findall(r"`([A-Z_]{5,})=?[^`]*`", elsewhere))
    assert {"PUBLIC_ORIGIN", "SECRET_KEY", "DATABASE_URL", "WORKERS"} <= named <= listed
    readers = [ROOT / "Makefile", *(ROOT / "anakinra_site").rglob("*.py")]
    code = "".join(file.read_text() for file in readers)
    assert [name for name in listed if not re.search(rf"\b{name}\b", code)] == []


def test_the_units_run_what_this_project_has() -> None:
    for file in UNITS:
        if file.suffix == ".service":
            service = unit(file)["Service"]
            assert service["workingdirectory"] == "/srv/anakinra/current"
            assert service["environmentfile"] == "/etc/anakinra.env"
            assert service["execstart"] in {
                "/usr/bin/make run PORT=%i",
                "/srv/anakinra/current/.venv/bin/python manage.py draw",
                "/srv/anakinra/current/.venv/bin/python manage.py backup "
                "--to /var/backups/anakinra --keep 14",
            }


def test_a_backup_keeps_what_the_document_says() -> None:
    (service,) = (one for one in UNITS if one.name == "anakinra-backup.service")
    keep = re.search(r"--keep (\d+)$", unit(service)["Service"]["execstart"])
    assert keep is not None
    said = f"the newest {keep[1]}, and the last one of each of {MONTHS_KEPT} months"
    assert said in DOCUMENT


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="this machine has no systemd"
)
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """But for the paths of the sample, which are not on this machine."""
    for file in UNITS:
        text = file.read_text().replace("User=anakinra", "User=root")
        text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text)
        (tmp_path / file.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    # It may have more to say, of units that this machine has.
    assert [line for line in done.stderr.splitlines() if "anakinra" in line] == []
