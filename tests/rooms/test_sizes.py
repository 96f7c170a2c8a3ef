"""Ceilings that smell when passed: rooms in a folder, lines of a module, a function.

docs/decisions.md names each function that may be longer, with the reason.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
MOST_MODULES = 16
MOST_IN_REFERENCE = 5  # beside its face
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40
DECISIONS = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")


def _modules(*parts: str) -> Iterator[Path]:
    for part in parts:
        for file in sorted((ROOT / part).rglob("*.py")):
            if "migrations" not in file.parts and file.name != "__init__.py":
                yield file.relative_to(ROOT)


def test_no_folder_has_more_rooms_than_a_stranger_can_look_through() -> None:
    rooms = Counter(
        module.parent
        for module in _modules("reference", "anakinra_site", "tests", "bench")
    )
    assert {folder for folder, count in rooms.items() if count > MOST_MODULES} == set()
    assert rooms[Path("reference")] <= MOST_IN_REFERENCE


def test_no_module_is_longer_than_one_subject_needs() -> None:
    long = {
        str(module)
        for module in _modules("reference", "anakinra_site", "bench")
        if len((ROOT / module).read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert long == set()


def test_a_function_longer_than_a_screen_has_its_reason_in_the_decisions() -> None:
    long = {
        f"`{module}::{node.name}`"
        for module in _modules("reference", "anakinra_site", "bench")
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        if (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    }
    assert {name for name in long if name not in DECISIONS} == set()
