"""The words of a text as they are searched: plain, and in their place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.search.words import (
    LONGEST_WORD,
    finds,
    is_among,
    marked,
    separate_words,
    stored_words,
    words_in,
)

pytestmark = pytest.mark.any_database

ANY_TEXT = st.text(st.characters(), max_size=80)  # surrogates and NUL included


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Behçet", ["behcet"]),
        ("Behc\u0327et", ["behcet"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Still’s", ["stills"]),
        ("neutro\u00adphil", ["neutrophil"]),
        ("MIS-C", ["mis", "c", "misc"]),
        ("2-4 doses", ["2", "4", "doses"]),
        ("100mg/0.67 mL.", ["100", "mg", "0.67", "ml"]),
        ("ﬁrst １００㎎", ["first", "100", "mg"]),
        ("a_b", ["a", "b"]),
    ],
)
def test_words_are_plain(text: str, words: list[str]) -> None:
    assert [word.plain for word in words_in(text)] == words


def typed_words(text: str) -> list[str]:
    return [word.plain for word in separate_words(text)]


def test_a_number_set_above_is_no_part_of_the_one_below() -> None:
    said = ["1.5", "10", "9", "per", "l", "1", "1", "2"]
    assert typed_words("1.5 × 10⁹ per L, 1½") == said


@given(ANY_TEXT)
def test_words_are_plain_already_once_they_are_plain(text: str) -> None:
    words = typed_words(text)
    assert typed_words(" ".join(words)) == words
    assert all(0 < len(word) <= LONGEST_WORD for word in words)
    assert not any(re.search(r"[\s\x00'\"\ud800-\udfff]", word) for word in words)


@given(ANY_TEXT, ANY_TEXT)
def test_marked_parts_are_the_text(text: str, typed: str) -> None:
    assert "".join(part.text for part in marked(text, typed_words(typed))) == text
    for part in marked(text, typed_words(text)):
        assert part.is_match or typed_words(part.text) == []


@pytest.mark.parametrize(
    ("typed", "word", "is_found"),
    [
        ("neut", "neutrophil", True),
        ("neutrophil", "neut", False),
        ("trophil", "neutrophil", False),
        ("10", "10", True),
        ("10", "100", False),
        ("0.6", "0.67", False),
        ("e", "e", True),
        ("e", "every", False),
        ("co", "coli", True),
        ("neutrophils", "neutrophil", True),
        ("allergy", "allergic", True),
        ("doses", "dosing", True),
        ("does", "dose", False),
    ],
)
def test_a_typed_word_begins_a_word_and_a_number_or_letter_is_whole(
    typed: str, word: str, is_found: bool
) -> None:
    assert finds(typed, word) is is_found
    assert is_among(typed, stored_words([word])) is is_found


def test_a_mark_is_a_whole_word_in_its_own_letters() -> None:
    parts = marked("Behçet’s: 100mg MIS-C misc", typed_words("behcets mg misc"))
    found = [part.text for part in parts if part.is_match]
    assert found == ["Behçet’s", "mg", "MIS-C", "misc"]
