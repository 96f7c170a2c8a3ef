"""The places in a document that a test spoils, and what it puts there."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text())
)


def paths_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value inside a document, objects and lists included."""
    yield path
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for name, each in items:
        yield from paths_in(each, (*path, name))


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document
