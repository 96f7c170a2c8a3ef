"""Why some changes of the code need no test: tests/tools/mutation/equivalent.toml."""

import tomllib
from pathlib import Path

Name = tuple[str, str, str, str]

FILE = Path(__file__).parent / "equivalent.toml"


def reasons() -> dict[Name, str]:
    """Return the reason of each survivor that has one, by the name of the mutant."""
    groups = tomllib.loads(FILE.read_text(encoding="utf-8"))["survivors"]
    return {
        (group["module"], group["where"], group["line"], change): group["reason"]
        for group in groups
        for change in group["changes"]
    }
