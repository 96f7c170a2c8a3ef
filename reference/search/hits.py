"""A passage that was found: where it stands, by which word, and what is shown of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from reference.editions import wording
from reference.models import Edition

from .passages import Line, Passage
from .terms import Term
from .words import Part, Words, finds, marked, stored_words, words_in

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
    """A passage that has every term, where it stands, and what is shown of it.

    The words about its drug find it only beside others.
    """

    edition: Edition
    passage: Passage
    terms: Sequence[Term]
    about: Words = ()

    @property
    def address(self) -> str:
        """Return its place on the page on which all of the passage stands."""
        anchor = f"#{self.passage.anchor}" if self.passage.anchor else ""
        return f"{self._page}{anchor}"

    @property
    def is_true(self) -> bool:
        """Return whether it has every term, and not only as the drug's name."""
        own = self.passage.words
        return all(term.is_in(own, self.about) for term in self.terms) and any(
            term.is_in(own) for term in self.terms
        )

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Return its place among hits: the register last, then what the title lacks."""
        titles = (self.passage.title_words, self.about)
        return (
            self.passage.on_register,
            sum(not term.is_exactly_in(*titles) for term in self.terms),
            sum(not term.is_in(*titles) for term in self.terms),
        )

    @property
    def title(self) -> list[Part]:
        return self._marked(self.passage.title)

    @property
    def found_by(self) -> str:
        """Return the name by which a row is found, if the guide does not print it.

        "sJIA: the guide prints Still's disease, no age"; "" where its own words do.
        """
        passage = self.passage
        own = stored_words((passage.title, *passage.names))
        lacking = [term for term in self.terms if not term.is_in(own)]
        found = [
            (sum(term.is_in(stored_words([name])) for term in lacking), -at, name)
            for at, name in enumerate(passage.others)
        ]
        count, _place, name = max(found, default=(0, 0, ""))
        said = passage.prints.in_words() if count and passage.prints else ""
        return f"{name}: {said}" if said else ""

    @property
    def route(self) -> list[Part]:
        return self._marked(self.passage.row.route if self.passage.row else "")

    @property
    def dose(self) -> list[Part]:
        return self._marked(self.passage.row.dose if self.passage.row else "")

    @property
    def limits(self) -> list[Part]:
        return self._marked(self.passage.row.limits if self.passage.row else "")

    @property
    def lines(self) -> list[ShownLine]:
        """Return the lines with a term, or the first; of the register, every one.

        A row of the table shows its cells: of its other lines, those with a term which
        neither its cells nor its names have.
        """
        shown = [
            ShownLine(line.label, self._shown(line)) for line in self.passage.lines
        ]
        if self.passage.on_register:
            return shown
        if self.passage.row:
            return [line for line in shown if self._is_new(line)][:1]
        return [line for line in shown if _has_match(line.parts)] or shown[:1]

    def written(self, word: str) -> str:
        """Return a plain word as it is written where it stands, or ""."""
        texts = (self.passage.title, *self.passage.names, *self.passage.others)
        for text in (*texts, *(line.text for line in self.passage.lines)):
            for part in marked(text, [word]):
                if part.is_match:
                    return part.text
        return ""

    @property
    def _page(self) -> str:
        drug = self.edition.drug
        if self.passage.on_register:
            return reverse("reference:discrepancies", args=[drug.slug])
        return drug.get_absolute_url()

    def _is_new(self, line: ShownLine) -> bool:
        row = self.passage.row
        cells = (row.route, row.dose, row.limits, row.status) if row else ()
        passage = self.passage
        texts = (passage.title, *passage.names, *passage.others, *passage.notes, *cells)
        seen = [word.plain for text in texts for word in words_in(text)]
        unseen = [
            word
            for term in self.terms
            for word in term.every_word()
            if not any(finds(word, each) for each in seen)
        ]
        text = "".join(part.text for part in line.parts)
        return any(
            finds(word, each.plain) for each in words_in(text) for word in unseen
        )

    def _shown(self, line: Line) -> list[Part]:
        """Return the line with the words marked, or the part round the first one."""
        text = line.text
        if len(text) > LONG_LINE and not re.search(r"\d", text):
            before, *after = self._marked(text)
            is_far = (
                bool(after) and not before.is_match and len(before.text) > SHOWN_AROUND
            )
            start = len(before.text) - SHOWN_AROUND if is_far else 0
            text = _whole_words(text, start, start + LONG_LINE)
        return self._marked(text)

    def _marked(self, text: str) -> list[Part]:
        words = {word for term in self.terms for word in term.every_word()}
        return marked(wording.nobreak(text), words)


def _whole_words(text: str, start: int, end: int) -> str:
    """Return a stretch of the text that begins and ends between words."""
    first = text.find(" ", start) + 1 if start else 0
    last = text.rfind(" ", first, end) if end < len(text) else len(text)
    before = f"{GAP} " if first else ""
    after = f" {GAP}" if last < len(text) else ""
    return f"{before}{text[first:last]}{after}"


def _has_match(parts: list[Part]) -> bool:
    return any(part.is_match for part in parts)
