"""What the site is made of: its pinned packages, and the scripts that they carry.

Read from requirements/runtime.txt, from the installed packages and from the table of
licences in docs/security.md, which says how each of them was judged.
"""

import hashlib
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
SECURITY = ROOT / "docs" / "security.md"


@dataclass(frozen=True)
class Pin:
    """One line of a requirements file: a version, and the digests of its files."""

    name: str
    version: str
    marker: str
    sha256: tuple[str, ...]


@dataclass(frozen=True)
class Licence:
    """How a package's licence is judged: what it says of itself, and what that is."""

    stated: str
    spdx: str
    remark: str


@dataclass(frozen=True)
class Script:
    """A script of somebody else that a package carries and the site sends."""

    name: str
    version: str
    spdx: str
    package: str
    path: str
    sha256: str

    @property
    def file(self) -> Path:
        spec = find_spec(self.package)
        assert spec is not None
        assert spec.origin is not None
        return Path(spec.origin).parent / self.path


ADMIN = "contrib/admin/static/admin/js/vendor"
SCRIPTS = [
    Script(
        *("htmx.org", "2.0.10", "0BSD", "django_htmx"),
        "static/django_htmx/htmx-2.min.js",
        "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de",
    ),
    Script(
        *("jquery", "3.7.1", "MIT", "django"),
        f"{ADMIN}/jquery/jquery.min.js",
        "fc9a93dd241f6b045cbff0481cf4e1901becd0e12fb45166a8f17f95823f0b1a",
    ),
    Script(
        *("select2", "4.0.13", "MIT", "django"),
        f"{ADMIN}/select2/select2.full.min.js",
        "5c6fdab80cb86a279695dccc226a1fac50e2c922bea70242edaa28f52b7bad2d",
    ),
    Script(
        *("xregexp", "5.1.1", "MIT", "django"),
        f"{ADMIN}/xregexp/xregexp.min.js",
        "f854171b2c0e1b05bee4374531622ad105a9197deb405b90a480dee8dffd7952",
    ),
]


def pins(name: str) -> list[Pin]:
    """Return the pins of a requirements file, in its order."""
    text = (REQUIREMENTS / name).read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [_pin(line) for line in lines.splitlines()]


def _pin(line: str) -> Pin:
    requirement, *digests = re.split(r"\s+--hash=sha256:", line.strip())
    pinned, _, marker = requirement.partition(";")
    package, _, version = pinned.strip().partition("==")
    return Pin(package, version, marker.strip(), tuple(digests))


def licences() -> dict[str, Licence]:
    """Return the table of licences, by package."""
    _, _, section = SECURITY.read_text(encoding="utf-8").partition("\n### Licences\n")
    rows = re.findall(r"^\| `([^`]+)` \|(.*)\|$", section.partition("\n#")[0], re.M)
    return {
        package: Licence(*(cell.strip() for cell in cells.split("|")))
        for package, cells in rows
    }


def stated_licence(package: str) -> str | None:
    """Return what an installed package says of its licence; None if there is none."""
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return None
    if said["License-Expression"]:
        return said["License-Expression"]
    classified = [
        each.rpartition(" :: ")[2]
        for each in said.get_all("Classifier", [])
        if each.startswith("License ::")
    ]
    return "; ".join(classified) or said["License"]


def sha256_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
