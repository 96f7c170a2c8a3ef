"""Looks up what a reader typed in the editions in force, and puts it in one order.

The database says where the words stand; what is shown is the edition as published,
looked through once more, so that a wrong index can miss a passage and not invent one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from reference.editions import wording
from reference.models import Edition, SearchPassage

from .index import with_every_word
from .passages import Line, Passage, published_passages
from .words import Part, marked, missing, typed_words, words_in

MOST_WORDS = 16
MOST_HITS = 60
# A long line without any number is shown in part; one with a number is shown whole,
# since a dose is nothing without its unit and its limit.
LONG_LINE = 320
SHOWN_AROUND = 120
GAP = "…"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a hit with the words looked for, and what stands before it."""

    label: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that has every word, where it stands, and what is shown of it."""

    edition: Edition
    passage: Passage
    typed: Sequence[str]

    @property
    def address(self) -> str:
        return f"{self._page}#{self.passage.anchor}"

    @property
    def register(self) -> str:
        return reverse("reference:discrepancies", args=[self.edition.drug.slug])

    @property
    def title(self) -> list[Part]:
        return marked(wording.nobreak(self.passage.title), self.typed)

    @property
    def names(self) -> list[list[Part]]:
        """Return the other names that have a word which the title lacks."""
        own = {word.plain for word in words_in(self.passage.title)}
        wanted = [word for word in self.typed if missing([word], own)]
        names = (marked(name, wanted) for name in self.passage.names)
        return [parts for parts in names if _has_match(parts)]

    @property
    def lines(self) -> list[ShownLine]:
        """Return the lines with a word, or the first; of a whole passage, every one."""
        lines = [
            ShownLine(line.label, _shown(line, self.typed))
            for line in self.passage.lines
        ]
        if self.passage.is_whole:
            return lines
        return [line for line in lines if _has_match(line.parts)] or lines[:1]

    @property
    def _page(self) -> str:
        """Return the page on which all of the passage stands."""
        if self.passage.on_register:
            return self.register
        return self.edition.drug.get_absolute_url()


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, and the first hits of all there are."""

    typed: list[str]
    left_out: int
    hits: list[Hit]
    total: int


def search(text: str) -> Found:
    """Return where every word of the text stands in the editions in force.

    A passage with more of the words in its title, or in another name of what it is
    about, comes first; then drugs by name, and each edition in its own order.
    """
    every_word = typed_words(text)
    typed = every_word[:MOST_WORDS]
    hits = _hits(typed) if typed else []
    return Found(typed, len(every_word) - len(typed), hits[:MOST_HITS], len(hits))


def _hits(typed: Sequence[str]) -> list[Hit]:
    rows = (
        with_every_word(SearchPassage.objects.all(), typed)
        .filter(edition__in=Edition.objects.in_force())
        .select_related("edition__drug")
        .defer("edition__canonical")
    )
    # Databases differ in how they put names in order.
    by_place = sorted(
        rows,
        key=lambda row: (row.edition.drug.generic_name, row.edition_id, row.position),
    )
    hits = [
        Hit(row.edition, passage, typed)
        for row in by_place
        for passage in published_passages(row.edition)[row.position :][:1]
        if not missing(typed, passage.words)
    ]
    return sorted(hits, key=lambda hit: missing(typed, hit.passage.title_words))


def _shown(line: Line, typed: Sequence[str]) -> list[Part]:
    """Return the line with the words marked, or the part of it round the first one."""
    text = line.text
    if len(text) > LONG_LINE and not re.search(r"\d", text):
        before, *after = marked(text, typed)
        is_far = bool(after) and not before.is_match and len(before.text) > SHOWN_AROUND
        start = len(before.text) - SHOWN_AROUND if is_far else 0
        text = _whole_words(text, start, start + LONG_LINE)
    return marked(wording.nobreak(text), typed)


def _whole_words(text: str, start: int, end: int) -> str:
    """Return a stretch of the text that begins and ends between words."""
    first = text.find(" ", start) + 1 if start else 0
    last = text.rfind(" ", first, end) if end < len(text) else len(text)
    before = f"{GAP} " if first else ""
    after = f" {GAP}" if last < len(text) else ""
    return f"{before}{text[first:last]}{after}"


def _has_match(parts: list[Part]) -> bool:
    return any(part.is_match for part in parts)
