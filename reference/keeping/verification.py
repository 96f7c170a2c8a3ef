"""Checks what must always hold: fingerprints, states, two people, record, rights.

Reads only; `manage.py verify` prints what it finds.
"""

from collections.abc import Iterator
from typing import Any

from reference.editions import canonical_bytes, canonical_document, fingerprint
from reference.models import Drug, Edition, HistoryEntry

from .groups import group_faults
from .signatures import signature_contradictions
from .triggers import foreign_triggers, missing_triggers

State = Edition.State

# Where each act on record leaves the edition; SAYS_STATE says it itself.
STATE_AFTER = {
    "started": State.DRAFT,
    "submitted": State.IN_REVIEW,
    "returned": State.DRAFT,
    "published": State.PUBLISHED,
    "imported": State.PUBLISHED,
    "superseded": State.SUPERSEDED,
    "withdrawn": State.WITHDRAWN,
    "discarded": None,
}
SAYS_STATE = ("restored", "taken over")
REVIEWED = ("published", "imported", "taken over", "full review confirmed")


def faults() -> Iterator[str]:
    """Yield every fault found, naming what is wrong."""
    for name in missing_triggers():
        yield f"the database lacks the trigger {name}"
    for name in foreign_triggers():
        yield f"the database has a trigger that is not the site's: {name}"
    yield from group_faults()
    for drug in Drug.objects.all():
        yield from _state_faults(drug)
        yield from _record_faults(drug)
    for edition in Edition.objects.public().select_related("drug"):
        yield from _content_faults(edition)
        yield from _signature_faults(edition)


def _content_faults(edition: Edition) -> Iterator[str]:
    stored = bytes(edition.canonical or b"")
    if fingerprint(stored) != edition.fingerprint:
        yield f"{edition}: the stored document does not match its fingerprint"
    if canonical_bytes(canonical_document(edition)) != stored:
        yield f"{edition}: the rows are not those that were published"


def _state_faults(drug: Drug) -> Iterator[str]:
    states = list(drug.editions.values_list("state", flat=True))
    if states.count(State.PUBLISHED) > 1:
        yield f"{drug}: more than one edition is in force"
    if states.count(State.DRAFT) + states.count(State.IN_REVIEW) > 1:
        yield f"{drug}: more than one edition is open"


def _signature_faults(edition: Edition) -> Iterator[str]:
    """Yield where an edition was published by one person alone."""
    if edition.imported_by:
        return
    publisher = edition.published_by_id
    if publisher is None or edition.submitted_by_id is None:
        yield f"{edition}: it was published without two signatures"
    elif publisher == edition.submitted_by_id:
        yield f"{edition}: its publisher submitted it"
    elif edition.contribution_set.filter(user=publisher).exists():
        yield f"{edition}: its publisher had edited it"


def _record_faults(drug: Drug) -> Iterator[str]:
    """Yield where the record of a drug's editions has a gap or was altered."""
    entries, previous_seal = list(drug.history.order_by("pk")), ""
    for entry in entries:
        if entry.previous_seal != previous_seal:
            yield f"{drug}: the record has a gap before entry {entry.pk}"
        if entry.seal != entry.computed_seal():
            yield f"{drug}: entry {entry.pk} of the record was altered"
        previous_seal = entry.seal
    if previous_seal != drug.last_seal:
        yield f"{drug}: the end of the record is missing"
    editions = drug.editions.without_bytes()
    by_number = {edition.number: edition for edition in editions}
    for number in sorted({entry.edition_number for entry in entries} | {*by_number}):
        acts = [entry for entry in entries if entry.edition_number == number]
        edition = by_number.get(number)
        if edition is not None:
            yield from _contradictions(edition, acts)
        elif _state_on_record(acts) is not None:
            yield f"{drug}: edition {number} is on record, and missing"


def _state_on_record(acts: list[HistoryEntry]) -> str | None:
    """Return the state in which the acts leave an edition; None if there is none."""
    state = None
    for entry in acts:
        if entry.act in SAYS_STATE:
            state = (entry.after or {}).get("state")
        elif entry.act in STATE_AFTER:
            state = STATE_AFTER[entry.act]
    return state


def _contradictions(edition: Edition, acts: list[HistoryEntry]) -> Iterator[str]:
    """Yield where an edition is not as the acts on record have left it."""
    state = _state_on_record(acts)
    reviewed, reason, fingerprint_on_record = dict[str, Any](), "", ""
    for entry in acts:
        if entry.act in REVIEWED:
            reviewed = entry.after or {}
            fingerprint_on_record = entry.fingerprint
        if entry.act in ("withdrawn", "restored"):
            reason = entry.reason
    if edition.state != state:
        yield f"{edition}: it is {edition.state}, and {state or 'absent'} on record"
    # Entries from before the dates were recorded hold none to compare with.
    if edition.is_public and any(
        reviewed.get(name, date) != date for name, date in edition.review_dates.items()
    ):
        yield f"{edition}: the dates of its review are not those on record"
    if edition.withdrawal_reason != reason:
        yield f"{edition}: the reason of its withdrawal is not the one on record"
    if edition.fingerprint != fingerprint_on_record:
        yield f"{edition}: its fingerprint is not the one on record"
    yield from signature_contradictions(edition, acts)
