"""What one edition changes in the statements of another, to the word and the digit.

Walks whatever two canonical documents hold, so that a new field needs no name here.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from reference.dosing import Document, Row, quantities
from reference.reading import line_sentence

from .names import FIELD_NAMES, SECTION_NAMES

# What is not a list of rows, and what in it is about the edition, not in the guide.
FACTS: dict[str, frozenset[str]] = {
    "drug": frozenset({"slug"}),
    "edition": frozenset({"number", "change_note", "change_grade"}),
}
# The date of a row follows from its other fields; the key is how rows are matched.
NOT_A_STATEMENT = frozenset({"key", "revised_on"})
TITLE_FIELDS = ("title", "name", "code", "text", "population", "value")
LONGEST_TITLE = 90

TOKEN = re.compile(
    r"(?:(?<![\w)])[-−])?(?:(?<!\w)\.)?\d+(?:,\d{3}(?!\d))*(?:\.\d+)?"  # a whole number
    r"|[^\W\d_]+"  # a word
    r"|\s+"
    r"|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a changed text: kind is "same", "removed" or "added"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as text, and the pieces in which they differ."""

    field: str
    name: str
    before: str
    after: str
    segments: tuple[Segment, ...]

    @property
    def before_segments(self) -> tuple[Segment, ...]:
        return tuple(piece for piece in self.segments if piece.kind != "added")

    @property
    def after_segments(self) -> tuple[Segment, ...]:
        return tuple(piece for piece in self.segments if piece.kind != "removed")


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that both editions have, and its fields that differ."""

    key: str
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field of a row that was added or removed, as text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class WholeRow:
    """A row that only one of the editions has, and its fields that are not empty."""

    key: str
    title: str
    values: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A row in another place: the titles of the rows it stood and stands after."""

    key: str
    title: str
    was_after: str
    now_after: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What changed in one section; a row that changed may have moved as well."""

    section: str
    name: str
    changed: tuple[RowChange, ...]
    added: tuple[WholeRow, ...]
    removed: tuple[WholeRow, ...]
    moved: tuple[MovedRow, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.changed or self.added or self.removed or self.moved)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The fields of drug and edition that differ, and the sections that do."""

    facts: tuple[FieldChange, ...]
    sections: tuple[SectionChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.facts or self.sections)

    @property
    def summary(self) -> str:
        """Return "3 statements changed, 1 added, 2 removed, 1 moved", or less."""
        counts = {
            "changed": len(self.facts)
            + sum(len(part.changed) for part in self.sections),
            "added": sum(len(part.added) for part in self.sections),
            "removed": sum(len(part.removed) for part in self.sections),
            "moved": sum(len(part.moved) for part in self.sections),
        }
        parts = [(count, act) for act, count in counts.items() if count]
        if not parts:
            return "no statement differs"
        (first, act), *others = parts
        words = [f"{quantities.counted(first, 'statement', 'statements')} {act}"]
        return ", ".join([*words, *(f"{count} {act}" for count, act in others)])


def compare(before: Document, after: Document) -> Comparison:
    """Return what differs between two canonical documents, in the order of the page.

    Every field must be present, as read_document and canonical_document give them.
    """
    sections = (
        _section_change(name, before.get(name, []), after.get(name, []))
        for name in dict.fromkeys([*after, *before])
        if name not in FACTS
    )
    return Comparison(
        facts=tuple(
            change
            for part, left_out in FACTS.items()
            for change in _field_changes(before[part], after[part], left_out)
        ),
        sections=tuple(section for section in sections if not section.is_empty),
    )


def segments(before: str, after: str) -> tuple[Segment, ...]:
    """Return the pieces of two texts: numbers and words are the same whole or not.

    White space between two changed words counts as changed with them.
    """
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pieces: list[Segment] = []
    removed = added = ""
    for place, (kind, start, end, new_start, new_end) in enumerate(opcodes):
        was, now = "".join(old[start:end]), "".join(new[new_start:new_end])
        is_between = 0 < place < len(opcodes) - 1
        if kind == "equal" and not (is_between and was.isspace()):
            pieces += [Segment("removed", removed), Segment("added", added)]
            pieces.append(Segment("same", was))
            removed = added = ""
        else:
            removed, added = removed + was, added + now
    pieces += [Segment("removed", removed), Segment("added", added)]
    return tuple(piece for piece in pieces if piece.text)


def _section_change(section: str, before: list[Row], after: list[Row]) -> SectionChange:
    old = {row["key"]: row for row in before}
    new = {row["key"]: row for row in after}
    return SectionChange(
        section=section,
        name=SECTION_NAMES.get(section, section.replace("_", " ").capitalize()),
        changed=tuple(
            RowChange(key, _title(row), fields)
            for key, row in new.items()
            if key in old
            for fields in [tuple(_field_changes(old[key], row, NOT_A_STATEMENT))]
            if fields
        ),
        added=tuple(_whole(row) for key, row in new.items() if key not in old),
        removed=tuple(_whole(row) for key, row in old.items() if key not in new),
        moved=tuple(_moved(old, new)),
    )


def _field_changes(
    before: Row, after: Row, left_out: frozenset[str]
) -> Iterator[FieldChange]:
    for field in dict.fromkeys([*after, *before]):
        old, new = before.get(field), after.get(field)
        if field not in left_out and old != new:
            was, now = _text(old), _text(new)
            yield FieldChange(field, _name(field), was, now, segments(was, now))


def _whole(row: Row) -> WholeRow:
    values = tuple(
        FieldValue(_name(field), _text(value))
        for field, value in row.items()
        if field not in NOT_A_STATEMENT and _text(value)
    )
    return WholeRow(row["key"], _title(row), values)


def _moved(old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[MovedRow]:
    """Yield the fewest rows whose moving explains the new order of the common ones."""
    was = [key for key in old if key in new]
    now = [key for key in new if key in old]
    if was == now:
        return
    places = {key: place for place, key in enumerate(was)}
    stayed = _longest_rising([places[key] for key in now])
    for place, key in enumerate(now):
        if places[key] not in stayed:
            before = was[places[key] - 1] if places[key] else None
            after = now[place - 1] if place else None
            yield MovedRow(
                key=key,
                title=_title(new[key]),
                was_after=_title(old[before]) if before else "",
                now_after=_title(new[after]) if after else "",
            )


def _longest_rising(places: list[int]) -> set[int]:
    runs: list[list[int]] = [[]]
    for place in places:
        below = [run for run in runs if not run or run[-1] < place]
        runs.append([*max(below, key=len), place])
    longest = max(runs, key=len)
    return set(longest)


def _title(row: Row) -> str:
    """Return what a reader knows the row by: its name, what a line says, or its key."""
    found = next((row[name] for name in TITLE_FIELDS if row.get(name)), row["key"])
    with suppress(ValueError, ArithmeticError, TypeError):  # no line can be like this
        found = line_sentence(row) if "how_often" in row else found
    return textwrap.shorten(found, LONGEST_TITLE, placeholder=" …")


def _name(field: str) -> str:
    return FIELD_NAMES.get(field, field.replace("_", " "))


def _text(value: Any) -> str:
    """Return a value as a reader sees it; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
