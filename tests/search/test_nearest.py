"""The word a reader may have meant: few slips, the fewest first, no number."""

import pytest

from reference.search.nearest import MOST_GUESSES, nearest

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("typed", "words", "expected"),
    [
        ("anakenra", ["anakinra", "arthralgia"], ["anakinra"]),
        ("ankainra", ["anakinra"], ["anakinra"]),  # two letters exchanged
        ("gotu", ["gout"], ["gout"]),
        ("gou", ["gout"], []),  # too short for a guess
        ("gxyt", ["gout"], []),  # two slips in a short word
        ("mediteranian", ["mediterranean"], ["mediterranean"]),
        ("mediterxyzan", ["mediterranean"], []),
        ("anakinr4", ["anakinra"], []),
        ("1001", ["1000"], []),
        ("anakinra", [".anakinr", "1000", "a"], []),
    ],
)
def test_few_slips_are_forgiven(
    typed: str, words: list[str], expected: list[str]
) -> None:
    assert nearest(typed, words) == expected


def test_words_that_are_as_near_are_all_named_up_to_three() -> None:
    names = ["xelova", "delota", "xelora", "xelona", "xelosa", "zelora"]
    assert nearest("xelota", names) == ["xelona", "xelora", "xelosa"]
    assert nearest("xelota", ["delota", "xelora"]) == ["xelora", "delota"]
    assert MOST_GUESSES == 3
