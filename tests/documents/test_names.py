"""Every place that a document, a docstring or a comment names is there."""

from pathlib import Path

import pytest

from tests.documents.named_places import PACKAGES, ROOT, missing_places, prose_of
from tests.support.tables import each_row

DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs" / "systemd").iterdir(),
        *(ROOT / "reference").rglob("*.md"),
        *(ROOT / name for name in ("Makefile", "pyproject.toml", "docs/nginx.conf")),
    ]
)


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix()
)
def test_every_place_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert missing_places(text, document.parent) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_place_that_a_docstring_or_comment_names_is_there(package: str) -> None:
    files = [
        file
        for file in (ROOT / package).rglob("*.py")
        if "migrations" not in file.parts
    ]
    missing = {
        file.relative_to(ROOT).as_posix(): missing_places(
            prose_of(file.read_text(encoding="utf-8")), file.parent
        )
        for file in files
    }
    assert {file: names for file, names in missing.items() if names} == {}


@each_row("right", "wrong")
def test_a_place_that_is_not_there_is_found(right: str, wrong: str) -> None:
    assert missing_places(right) == []
    assert len(missing_places(wrong)) == 1


def test_a_module_named_alone_is_one_of_the_package_that_names_it() -> None:
    assert missing_places("typed.py reads it", ROOT / "reference" / "dosing") == []
    assert missing_places("typed.py reads it", ROOT / "reference" / "search") != []


def test_only_docstrings_and_comments_of_code_are_read() -> None:
    code = '"""Here."""\n\nNAME = "nowhere"  # Round it.\n# Below.\n'
    assert prose_of(code).split() == ["Here.", "#", "Round", "it.", "#", "Below."]
