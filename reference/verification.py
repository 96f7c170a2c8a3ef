"""Checks what must always hold: fingerprints, states, two people, the record, triggers.

Reads only; `manage.py verify` prints what it finds.
"""

from collections.abc import Iterator

from .document import canonical_bytes, canonical_document, fingerprint
from .models import Drug, Edition
from .triggers import missing_triggers

State = Edition.State


def faults() -> Iterator[str]:
    """Yield every fault found, naming what is wrong."""
    for name in missing_triggers():
        yield f"the database lacks the trigger {name}"
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
    previous_seal, publications = "", []
    for entry in drug.history.order_by("pk"):
        if entry.previous_seal != previous_seal:
            yield f"{drug}: the record has a gap before entry {entry.pk}"
        if entry.seal != entry.computed_seal():
            yield f"{drug}: entry {entry.pk} of the record was altered"
        previous_seal = entry.seal
        if entry.act in ("published", "imported"):
            publications.append((entry.edition_number, entry.fingerprint))
    if previous_seal != drug.last_seal:
        yield f"{drug}: the end of the record is missing"
    public = drug.editions.public().values_list("number", "fingerprint")
    if sorted(publications) != sorted(public):
        yield f"{drug}: the record of publications is not that of the editions"
