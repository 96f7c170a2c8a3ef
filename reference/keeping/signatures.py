"""Compares who signed and worked on an edition, and when, with the record of acts."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from reference.models import Edition, HistoryEntry

# Which pair of columns, who and when, an act signs; and which it takes away again.
SIGNS = {
    "submitted": "submitted",
    "published": "published",
    "withdrawn": "withdrawn",
    "restoration requested": "restoration_requested",
    "full review proposed": "review_proposed",
}
TAKES_AWAY = {
    "returned": ("submitted",),
    "restored": ("withdrawn", "restoration_requested"),
    "full review confirmed": ("review_proposed",),
}
IN_WORDS = {
    "submitted": "submitted it",
    "published": "published it",
    "withdrawn": "withdrew it",
    "restoration_requested": "asked to undo its withdrawal",
    "review_proposed": "proposed its full review",
}
# With either of these all that was done to an edition is on record.
BEGINNINGS = ("started", "imported")
OF_THE_STATE = {*SIGNS, *TAKES_AWAY, "imported", "superseded", "discarded"}
# An act is signed a moment before it is recorded.
A_MOMENT = timedelta(minutes=1)

Signature = tuple[int | None, datetime | None]
UNSIGNED: Signature = (None, None)


def signature_contradictions(
    edition: Edition, acts: Iterable[HistoryEntry]
) -> Iterator[str]:
    """Yield what of an edition's signatures and contributors is not as on record.

    Of an edition that was there before the record, only what has been done since.
    """
    recorded = _since_its_beginning(acts)
    is_whole = bool(recorded) and recorded[0].act in BEGINNINGS
    for name, signature in _signatures(recorded, is_whole=is_whole).items():
        stored = getattr(edition, f"{name}_by_id"), getattr(edition, f"{name}_at")
        if not _agree(stored, signature):
            yield f"{edition}: who {IN_WORDS[name]}, or when, is not as on record"
    yield from _import_contradictions(edition, recorded, is_whole=is_whole)
    yield from _contributor_contradictions(edition, recorded, is_whole=is_whole)


def _since_its_beginning(acts: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """Return the acts on this edition; its number may be that of one discarded."""
    recorded = list[HistoryEntry]()
    for entry in acts:
        if entry.act in BEGINNINGS:
            recorded = []
        recorded.append(entry)
    return recorded


def _signatures(
    recorded: list[HistoryEntry], *, is_whole: bool
) -> dict[str, Signature]:
    """Return each pair as the acts have left it, where that is known."""
    signatures = dict.fromkeys(SIGNS.values(), UNSIGNED) if is_whole else {}
    for entry in recorded:
        if entry.act in SIGNS:
            signatures[SIGNS[entry.act]] = entry.actor_id, entry.at
        elif entry.act == "imported":
            signatures["published"] = None, entry.at
        for name in TAKES_AWAY.get(entry.act, ()):
            signatures[name] = UNSIGNED
    return signatures


def _agree(stored: Signature, recorded: Signature) -> bool:
    (by, at), (by_on_record, at_on_record) = stored, recorded
    if at is None or at_on_record is None:
        return stored == recorded
    return by == by_on_record and abs(at_on_record - at) <= A_MOMENT


def _import_contradictions(
    edition: Edition, recorded: list[HistoryEntry], *, is_whole: bool
) -> Iterator[str]:
    imported_by = [entry.actor_name for entry in recorded if entry.act == "imported"]
    if is_whole and edition.imported_by != "".join(imported_by):
        yield f"{edition}: in whose name it was imported is not as on record"


def _contributor_contradictions(
    edition: Edition, recorded: list[HistoryEntry], *, is_whole: bool
) -> Iterator[str]:
    on_record: set[Any] = {
        entry.actor_id
        for entry in recorded
        if entry.act not in OF_THE_STATE and entry.actor_id is not None
    }
    stored = set(edition.contribution_set.values_list("user_id", flat=True))
    if on_record - stored or (is_whole and stored - on_record):
        yield f"{edition}: those who worked on it are not those on record"
