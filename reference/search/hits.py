"""A passage that was found: where it stands, by which word, and what is shown of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from reference.editions import wording
from reference.models import Edition

from .passages import Line, Passage
from .terms import Term
from .words import Part, Words, marked, stored_words

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
        """Return the line with the most terms, if it has any; of the register, all.

        A row of the table shows its cells: its line has to have a term which neither
        they nor its names have.
        """
        lines = self.passage.lines
        if not self.passage.on_register:
            best = max(lines, key=self._terms_in, default=Line(""))
            wanted = self._is_new(best) if self.passage.row else best.text
            lines = (best,) if wanted else ()
        return [ShownLine(line.label, self._shown(line)) for line in lines]

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

    def _terms_in(self, line: Line) -> int:
        words = stored_words([line.text])
        return sum(term.is_in(words) for term in self.terms)

    def _is_new(self, line: Line) -> bool:
        passage, row = self.passage, self.passage.row
        cells = (row.route, row.dose, row.limits, row.status) if row else ()
        names = (passage.title, *passage.names, *passage.others)
        seen = stored_words((*names, *passage.notes, *cells))
        words = stored_words([line.text])
        return any(term.is_in(words) and not term.is_in(seen) for term in self.terms)

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
