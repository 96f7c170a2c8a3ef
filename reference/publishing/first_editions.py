"""The first edition of a drug, approved before this site had it."""

from django.db import transaction
from django.utils import timezone

from reference.drawn import draw_what_changed
from reference.editions import (
    Document,
    canonical_bytes,
    canonical_document,
    edition_of,
    fingerprint,
    write_rows,
)
from reference.models import Drug, Edition
from reference.search import index_drug

from .problems import blockers_in_words, document_problems
from .record import record_act
from .rules import NotAnImportError, NotReadyError, State, change_state, hold


@transaction.atomic
def publish_imported(*, edition: Edition, actor: str) -> Edition:
    """Publish a drug's first edition, which was approved before this site had it.

    actor is kept as text in place of the two people. Raises NotAnImportError when the
    edition is not a draft, or the drug has a published edition already, and
    NotReadyError when something in its content blocks it.
    """
    hold(edition.drug)
    if edition.state != State.DRAFT or edition.drug.editions.public().exists():
        raise NotAnImportError(
            "Only a draft that is the first edition of its drug can be imported as "
            "published. Any other edition goes through review."
        )
    document = canonical_document(edition)
    blockers = blockers_in_words(document_problems(document, None))
    if blockers:
        raise NotReadyError(blockers)
    edition.imported_by = actor
    edition.published_at = timezone.now()
    edition.canonical = canonical_bytes(document)
    edition.fingerprint = fingerprint(edition.canonical)
    change_state(edition, State.PUBLISHED)
    index_drug(edition.drug)
    after = edition.review_dates
    record_act(edition, "imported", by=None, actor_name=actor, after=after)
    draw_what_changed(edition.drug)
    return edition


@transaction.atomic
def publish_first_edition(document: Document) -> Edition:
    """Make a drug with this edition and publish it in the name of its issuer.

    Raises NotReadyError, or FileRefusedError for what a model refuses; then nothing of
    it stays.
    """
    edition = edition_of(document, Drug.objects.create(**document["drug"]))
    edition.save()
    write_rows(document, edition)
    return publish_imported(edition=edition, actor=f"{edition.issuer}, imported")
