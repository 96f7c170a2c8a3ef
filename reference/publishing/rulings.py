"""What blocks a discrepancy: where it is said, how, and what its ruling changed."""

from collections.abc import Iterator
from functools import partial

from reference.editions import SECTIONS, Document

from .problem import Problem, Row

MOST_WORDS = 14
NOT_RULED = "has not ruled"


def discrepancy_problems(
    document: Document, before: Document | None
) -> Iterator[Problem]:
    """Yield what is wrong with tiers, notes and rulings; before is what is in force."""
    notes = {row["key"]: row for row in document["cautions"]}
    named = {row["note"] for row in document["discrepancies"]}
    still_open = (row for row in document["discrepancies"] if row["ruling"] == "open")
    waiting = {row["note"] for row in still_open}
    for row in document["discrepancies"]:
        block = partial(Problem, "block", "discrepancies", row["key"])
        where = f"Discrepancies, {row['key']}"
        if (row["tier"] == "line") != (row["note"] is not None):
            yield block(f"{where}: the tier line, and no other, has a note.")
        for text in _ruling_problems(row, document, before):
            yield block(f"{where}: {text}")
        if row["ruling"] != "open" and row["note"] is not None:
            text = f"{where}: it is ruled on; does the note {row['note']} still hold?"
            yield Problem("warning", "discrepancies", row["key"], text)
    for key, note in notes.items():
        block = partial(Problem, "block", "cautions", key)
        count = len(note["text"].split())
        if count > MOST_WORDS and note["trigger"] != "under-table":
            yield block(f"Cautions, {key}: {count} words; {MOST_WORDS} are the most.")
        if NOT_RULED in note["text"] and key not in waiting:
            text = f"Cautions, {key}: it says “{NOT_RULED}”, and that is ruled on."
            yield block(text)
        if note["trigger"] == "named" and key not in named:
            yield block(f"Cautions, {key}: no discrepancy has this note.")


def _ruling_problems(
    row: Row, document: Document, before: Document | None
) -> Iterator[str]:
    """Yield where a ruling does not name what it changed, or that did not change."""
    changed = [line.split() for line in row["ruling_changed"].splitlines() if line]
    if row["ruling"] != "corrected":
        if changed:
            yield "only a ruling “corrected” names what it changed."
        return
    if not changed:
        yield "name what the ruling changed, as section, key and field."
    for names in changed:
        if len(names) != 3 or names[0] not in SECTIONS:
            yield f"“{' '.join(names)}” is not a section, a key and a field."
            continue
        section, key, field = names
        now = _field(document, section, key, field)
        is_new = before is not None and not _was_ruled_before(row, before)
        if now is MISSING:
            yield f"there is no {field} of {section} {key}."
        elif before and is_new and _field(before, section, key, field) == now:
            yield f"{field} of {section} {key} is as it was in the edition before."


MISSING = object()


def _field(document: Document, section: str, key: str, field: str) -> object:
    """Return a field's value, or MISSING where there is no such row or field."""
    for row in document[section]:
        if row["key"] == key:
            return row.get(field, MISSING)
    return MISSING


def _was_ruled_before(row: Row, before: Document) -> bool:
    """Return whether the edition before made this ruling, and so its change."""
    return any(
        old["key"] == row["key"] and old["ruling"] == row["ruling"]
        for old in before["discrepancies"]
    )
