"""Every change of an edition's state; nothing else in the site makes one.

Each function is one transaction and raises a PublishingError that says what to do.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from .document import (
    SECTIONS,
    canonical_bytes,
    canonical_document,
    fingerprint,
    links_to_rows,
)
from .models import Drug, Edition, Row


class PublishingError(Exception):
    """A change of state that is refused; the text is shown to the committee."""


class OpenDraftExistsError(PublishingError):
    """The drug already has an edition being written or reviewed."""


class NotAnImportError(PublishingError):
    """Only the first edition of a drug can be published without two people."""


@transaction.atomic
def start_draft(*, drug: Drug, by: Any) -> Edition:
    """Return a new draft that copies the drug's current edition, keys kept.

    Raises OpenDraftExistsError while another edition of the drug is open.
    """
    current = drug.editions.current().first()
    last = drug.editions.order_by("-number").first()
    draft = Edition(drug=drug) if current is None else _copy_of_edition(current)
    draft.number = 1 if last is None else last.number + 1
    draft.label = f"edition {draft.number}, in preparation"
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        raise OpenDraftExistsError(
            f"{drug} already has an open edition. Finish or discard that one first."
        ) from None
    draft.contributors.add(by)
    if current is not None:
        _copy_rows(current, draft)
    return draft


@transaction.atomic
def publish_imported(*, edition: Edition, actor: str) -> Edition:
    """Publish a drug's first edition, which was approved before this site had it.

    actor is kept as text in place of the two people. Raises NotAnImportError when the
    edition is not a draft, or the drug has a published edition already.
    """
    if edition.state != Edition.State.DRAFT or edition.drug.editions.public().exists():
        raise NotAnImportError(
            "Only a draft that is the first edition of its drug can be imported as "
            "published. Any other edition goes through review."
        )
    edition.imported_by = actor
    edition.published_at = timezone.now()
    edition.state = Edition.State.PUBLISHED
    edition.canonical = canonical_bytes(canonical_document(edition))
    edition.fingerprint = fingerprint(edition.canonical)
    edition.save()
    return edition


def _copy_of_edition(edition: Edition) -> Edition:
    """Return an unsaved draft with the content of an edition and none of its acts."""
    return Edition(
        drug=edition.drug,
        printed_title=edition.printed_title,
        overview=edition.overview,
        revised_on=edition.revised_on,
        revision_line=edition.revision_line,
        issuer=edition.issuer,
        publisher=edition.publisher,
        jurisdiction=edition.jurisdiction,
        disclaimer=edition.disclaimer,
    )


def _copy_rows(source: Edition, target: Edition) -> None:
    """Copy every row of source into target; rows point to each other by key."""
    copies: dict[type[Row], dict[str, Row]] = {}
    for model in SECTIONS.values():
        links = links_to_rows(model)
        rows = list(
            model._base_manager.filter(edition=source).select_related(*links)
            if links
            else model._base_manager.filter(edition=source)
        )
        for row in rows:
            for name in links:
                original = getattr(row, name)
                if original is not None:
                    setattr(row, name, copies[type(original)][original.key])
            row.pk = None
            row._state.adding = True
            row.edition = target
        model._base_manager.bulk_create(rows)
        copies[model] = {
            row.key: row for row in model._base_manager.filter(edition=target)
        }
