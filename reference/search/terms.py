"""What a reader typed, read as terms, each with the ways in which it may be found.

A term is a word, or several that mean one thing. What the words of the ward stand for
is in medicine.csv, a table of the language of medicine that knows no drug's guide: the
first column is what is said, the second what a guide may say for it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from .stems import stem
from .words import HYPHENS, Word, Words, is_among, separate_words

TABLE = Path(__file__).with_name("medicine.csv")
Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """What was typed, as it was typed; ways to find it, and what it may stand for.

    Each way is plain words, all of which a passage has to have.
    """

    text: str
    ways: tuple[Way, ...]
    means: tuple[str, ...] = ()

    def is_in(self, *texts: Words) -> bool:
        """Return whether the words of texts together have it in one of its ways."""
        return any(
            all(any(is_among(word, words) for words in texts) for word in way)
            for way in self.ways
        )

    def is_exactly_in(self, *texts: Words) -> bool:
        """Return whether the words of texts together have it as it was typed."""
        return all(any(word in words for words in texts) for word in self.ways[0])

    def every_word(self) -> frozenset[str]:
        return frozenset(word for way in self.ways for word in way)


def terms_in(text: str) -> list[Term]:
    """Return the different terms of a text, in their order."""
    found: dict[tuple[Way, ...], Term] = {}
    for term in _terms(text, separate_words(text)):
        found.setdefault(term.ways, term)
    return list(found.values())


def _terms(text: str, words: list[Word]) -> Iterator[Term]:
    at = 0
    while at < len(words):
        length, means = _meaning(words[at:])
        length = length or _hyphenated(text, words[at:])
        term = words[at : at + length]
        own = tuple(word.plain for word in term)
        ways = [own, *(_way(each) for each in means)]
        if length > 1 and not means:
            ways.append(("".join(own),))
        yield Term(text[term[0].start : term[-1].end], tuple(ways), means)
        at += length


def _meaning(words: list[Word]) -> tuple[int, tuple[str, ...]]:
    """Return how many of the first words mean something together, and what."""
    table = _meanings()
    for length in range(min(max(map(len, table)), len(words)), 0, -1):
        means = table.get(_stems(words[:length]))
        if means:
            return length, means
    return 0, ()


def _hyphenated(text: str, words: list[Word]) -> int:
    """Return how many of the first words hyphens join, which is at least one."""
    joined = 1
    for before, after in pairwise(words):
        if not HYPHENS.fullmatch(text[before.end : after.start]):
            break
        joined += 1
    return joined


@lru_cache(maxsize=1)
def _meanings() -> dict[Way, tuple[str, ...]]:
    """Return the table: the stems of what is said, and what a guide may say for it."""
    table: dict[Way, tuple[str, ...]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for said, means in csv.reader(file):
            key = _stems(separate_words(said))
            table[key] = (*table.get(key, ()), means)
    return table


def _stems(words: list[Word]) -> Way:
    return tuple(stem(word.plain) for word in words)


def _way(text: str) -> Way:
    return tuple(word.plain for word in separate_words(text))
