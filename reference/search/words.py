"""The words of a text as they are searched, and where they stand in it.

One way for what is stored, what is typed and what is marked, whichever database
looks them up: plain letters, one spelling (stems.py), and the stem beside each word.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from sys import intern

from .stems import spelled, stem

# Letters and numbers are words apart, so that "100mg" and "100 mg" are the same; a
# decimal number is one word. Letters round a hyphen are one word more: "MIS-C", "misc".
WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
HYPHENATED = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)+")
HYPHENS = re.compile(r"[-\u2010]")
# A number set above, below or as a fraction is a number of its own: 10⁹ is not 109.
SET_APART = ("<super>", "<sub>", "<fraction>")
# In place of an apostrophe, so that what follows keeps its place; dropped as it is.
SOFT_HYPHEN = "\u00ad"
IN_PLACE = str.maketrans(dict.fromkeys("'’‘`´", SOFT_HYPHEN))
# Both databases hold words this long; nothing that is looked for is longer.
LONGEST_WORD = 64
# Before a stem where words are stored; no word begins with it.
STEM = "."
# As they are stored, in order: a set would take ten times the room.
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its plain form, and the span of the text that it stands for."""

    plain: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text, and whether it is one of the words looked for."""

    text: str
    is_match: bool


def words_in(text: str) -> Iterator[Word]:
    """Yield the words of a text without case, accents, apostrophes and soft hyphens."""
    letters, origins = _plain(text)
    for pattern, between in ((WORD, None), (HYPHENATED, HYPHENS)):
        for match in pattern.finditer(letters):
            word = between.sub("", match[0]) if between else match[0]
            start, last = origins[match.start()], origins[match.end() - 1]
            yield Word(spelled(word[:LONGEST_WORD]), start, last + 1)


def separate_words(text: str) -> list[Word]:
    """Return the words of a text in their order, those round a hyphen apart."""
    letters, origins = _plain(text)
    return [
        Word(
            spelled(match[0][:LONGEST_WORD]),
            origins[match.start()],
            origins[match.end() - 1] + 1,
        )
        for match in WORD.finditer(letters)
    ]


def plain(text: str) -> str:
    """Return a text without case, accents, apostrophes and soft hyphens."""
    return "".join(map(_letters, text.translate(IN_PLACE)))


def is_whole(typed: str) -> bool:
    """Return whether a typed word stands for itself alone, and begins no other.

    A number does: who looks for 10 mg is not shown 100 mg. A single letter does, since
    it begins too much: the E of E. coli.
    """
    return len(typed) == 1 or typed[0].isdecimal()


def stored_words(texts: Iterable[str]) -> Words:
    """Return the words of texts as they are stored: each, and its stem with a mark."""
    found = {word.plain for text in texts for word in words_in(text)}
    forms = {stem_of(word) for word in found if not is_whole(word)}
    # The same word stands in many passages of many guides.
    return tuple(map(intern, sorted(found | forms)))


def stem_of(word: str) -> str:
    """Return the stem of a plain word as it is stored."""
    return f"{STEM}{stem(word)}"


def finds(typed: str, word: str) -> bool:
    """Return whether a word is what was typed, begins with it or is a form of it."""
    if is_whole(typed) or is_whole(word):
        return word == typed
    return word.startswith(typed) or stem(word) == stem(typed)


def is_among(typed: str, words: Words) -> bool:
    """Return whether a typed word finds one of these words."""
    if is_whole(typed):
        return _first_from(typed, words) == typed
    form = stem_of(typed)
    return _first_from(typed, words).startswith(typed) or form == _first_from(
        form, words
    )


def _first_from(word: str, words: Words) -> str:
    """Return the first of the words that is not before one, or ""."""
    at = bisect_left(words, word)
    return words[at] if at < len(words) else ""


def marked(text: str, typed: Collection[str]) -> list[Part]:
    """Return the text in parts, which put together are the text."""
    parts, done = [], 0
    for word in sorted(words_in(text), key=lambda word: (word.start, -word.end)):
        if word.start < done or not any(finds(each, word.plain) for each in typed):
            continue
        parts += [
            Part(text[done : word.start], is_match=False),
            Part(text[word.start : word.end], is_match=True),
        ]
        done = word.end
    parts.append(Part(text[done:], is_match=False))
    return [part for part in parts if part.text]


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in plain letters, and where each of them comes from."""
    if text.isascii() and "'" not in text and "`" not in text:
        return text.lower(), range(len(text))
    letters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text.translate(IN_PLACE)):
        for letter in _letters(character):
            letters.append(letter)
            origins.append(index)
    return "".join(letters), origins


def _letters(character: str) -> str:
    if character.isascii():
        return character.lower()
    folded = unicodedata.normalize("NFKD", character).casefold()
    letters = "".join(
        each
        for each in unicodedata.normalize("NFKD", folded)
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf"
    )
    is_apart = unicodedata.decomposition(character).startswith(SET_APART)
    return f" {letters} " if is_apart else letters
