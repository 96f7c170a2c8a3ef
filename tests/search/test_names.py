"""What the field on the page of the table is given: the names that the search has."""

import re

import pytest

from reference.doses import dose_table
from reference.editions import Monograph
from reference.search import find_words
from reference.search.names import RowNames
from reference.search.words import plain

pytestmark = pytest.mark.any_database


@pytest.fixture
def names(june_2024: Monograph) -> dict[str, RowNames]:
    table = dose_table(june_2024.sections, june_2024.document)
    return find_words(table, june_2024.sections)


def rows_with(names: dict[str, RowNames], typed: str) -> list[str]:
    """The rows that a page shows: each word, begun with a space, stands in one name."""
    words = typed.lower().replace("-", " ").split()
    return [
        key
        for key, row in names.items()
        if any(
            all(f" {word}" in name for word in words)
            for name in (row.own, *map(spaced, row.others.split("|")))
        )
    ]


def spaced(name: str) -> str:
    """The words of a name, and all of them joined, as static/js/rows.js has it."""
    words = re.split(r"[^a-z0-9]+", re.sub("['’]", "", plain(name)))
    return f" {' '.join(words)} {''.join(words)}"


def test_every_row_of_the_table_has_names(
    names: dict[str, RowNames], june_2024: Monograph
) -> None:
    table = dose_table(june_2024.sections, june_2024.document)
    assert list(names) == [row.key for row in table.rows]
    assert len(names) == 16


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("AOSD", ["stills-sc"]),
        ("sJIA", ["stills-sc"]),
        ("stills", ["stills-sc"]),
        ("MAS", ["css-sc", "css-iv"]),
        ("HLH", ["css-sc", "css-iv"]),
        ("CAPS", ["nomid-sc"]),
        ("behcet", ["behcet-sc"]),
        ("covid19", ["covid-19-sc", "mis-c-sc", "mis-c-iv"]),
        ("covid-19", ["covid-19-sc", "mis-c-sc", "mis-c-iv"]),
        ("misc", ["mis-c-sc", "mis-c-iv"]),
        ("mis-c intravenous", ["mis-c-iv"]),
        ("css", []),
        ("RA", ["ra-sc"]),
        ("fmf ped", ["fmf-pediatric-sc"]),
        ("kidney", []),
        ("kawa", ["kawasaki"]),
    ],
)
def test_a_row_is_found_by_any_name_it_goes_by(
    names: dict[str, RowNames], typed: str, expected: list[str]
) -> None:
    assert rows_with(names, typed) == expected


def test_another_name_stands_in_its_own_letters_at_its_place(
    names: dict[str, RowNames],
) -> None:
    stills = names["stills-sc"]
    assert "sJIA" in stills.others.split("|")
    assert stills.prints == "the guide prints Still's disease, no age"
    assert stills.own == " stills disease subcutaneous"


def test_no_name_breaks_out_of_its_place(names: dict[str, RowNames]) -> None:
    for row in names.values():
        assert "|" not in row.own
        assert '"' not in row.own + row.others
