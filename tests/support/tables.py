"""Tables beside the tests that read them: a row a case, to be read without Python.

`# …` is the title of a table, `|` stands between its cells, and {U+200B} is a sign that
nobody would see.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])
Row = tuple[str, ...]
UNSEEN = re.compile(r"\{U\+([0-9A-F]{4,6})\}")


def each_row(*names: str, more: Sequence[Row] = ()) -> Callable[[Test], Test]:
    """Run a test for each row of the table whose title is the test's own promise.

    The table is in the file beside the test's; names are those of its columns, and more
    are rows that no table can hold.
    """

    def parametrized(test: Test) -> Test:
        file, name = test.__code__.co_filename, test.__name__
        rows = [*table(file, name.removeprefix("test_")), *more]
        found: Test = pytest.mark.parametrize(names, rows)(test)
        return found

    return parametrized


def table(test: str, title: str) -> list[Row]:
    """The rows of the table with this title, in the file beside a test's own."""
    tables = tables_in(Path(test).with_suffix(".txt"))
    return tables[name_of(title)]


def column(test: str, title: str) -> list[str]:
    """The rows of a table that has one column."""
    return [cell for (cell,) in table(test, title)]


def tables_in(file: Path) -> dict[str, list[Row]]:
    """The rows of each table of a file, by its title as the name of a test has it."""
    _, *parts = re.split(r"^# ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    tables = {}
    for part in parts:
        title, *rows = part.split("\n")
        tables[name_of(title)] = [_cells(row) for row in rows if row]
    assert len(tables) == len(parts), file
    return tables


def name_of(title: str) -> str:
    """A title as the name of its test has it, without `test_`."""
    return re.sub(r"[^a-z0-9]+", "_", title.lower().replace("'", ""))


def _cells(row: str) -> Row:
    cells = (cell.strip(" ") for cell in re.split(r"(?:^| )\|(?: |$)", row))
    return tuple(UNSEEN.sub(lambda sign: chr(int(sign[1], 16)), each) for each in cells)
