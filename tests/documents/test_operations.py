"""docs/operations.md and docs/systemd/ name commands, settings and files there are."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from django.core.management import get_commands

from reference.keeping.backup import MONTHS_KEPT

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
MAKEFILE = (ROOT / "Makefile").read_text()
README = (ROOT / "README.md").read_text()


def unit(file: Path) -> ConfigParser:
    """A unit, its settings in small letters; of one that is repeated, the last."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.read_string(file.read_text())
    return parser


def targets() -> set[str]:
    return set(re.findall(r"^([\w./]+):(?!=)", MAKEFILE, re.MULTILINE))


def test_every_command_is_one() -> None:
    text = DOCUMENT + "".join(file.read_text() for file in UNITS)
    commands = set(re.findall(r"manage\.py (\w+)", text))
    assert {"backup", "draw", "verify"} <= commands <= set(get_commands())
    made = set(re.findall(r"`make ([a-z]+)", DOCUMENT))
    made |= set(re.findall(r"make -C \S+ (\S+?)`?[.\s]", DOCUMENT))
    made |= set(re.findall(r"^(?:runuser .* )?make ([a-z]\w+)", DOCUMENT, re.MULTILINE))
    assert {"run", "bench", "backup", "restore", ".venv/runtime"} <= made <= targets()


def test_every_setting_is_in_the_readme() -> None:
    set_there = set(re.findall(r"^([A-Z_]+)=", DOCUMENT, re.MULTILINE))
    set_there |= set(re.findall(r"`([A-Z_]{5,})=?[^`]*`", DOCUMENT))
    assert {"PUBLIC_ORIGIN", "SECRET_KEY", "DATABASE_URL", "WORKERS"} <= set_there
    assert not {name for name in set_there if f"`{name}`" not in README}


def test_every_file_it_points_to_is_there() -> None:
    linked = re.findall(r"\]\(([\w./-]+)\)", DOCUMENT)
    named = re.findall(r"`((?:tests|docs)/[\w./-]+)`", DOCUMENT)
    assert "nginx.conf" in linked
    assert "tests/site/starting/test_release.py" in named
    assert not [name for name in linked if not (ROOT / "docs" / name).exists()]
    assert not [name for name in named if not (ROOT / name).exists()]


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
