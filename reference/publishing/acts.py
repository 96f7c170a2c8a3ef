"""The acts that lead an edition from state to state, from its submission on.

Each is one transaction that holds the drug's row, and raises a PublishingError whose
text says what to do.
"""

from collections.abc import Iterable
from datetime import date
from typing import Unpack

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reference import editions
from reference.drawn import draw_once_committed, draw_what_changed
from reference.models import Edition
from reference.search import index_drug

from . import rules
from .problems import (
    blockers_in_words,
    open_discrepancies,
    publication_problems,
    review_date_problems,
)
from .record import Details, record_act

State = Edition.State


@transaction.atomic
def submit(*, edition: Edition, by: User) -> Edition:
    """Freeze a draft for review, with the date on which each row last changed.

    Raises NotReadyError, naming every blocker, while there is one.
    """
    edition = rules.locked(edition, State.DRAFT, "submitted")
    rules.require(by, "reference.submit_edition")
    document = editions.canonical_document(edition)
    blockers = blockers_in_words(publication_problems(edition, document))
    if blockers:
        raise rules.NotReadyError(f"It cannot be submitted yet: {blockers}")
    _date_changed_rows(edition, document)
    edition.submitted_by, edition.submitted_at = by, timezone.now()
    rules.change_state(edition, State.IN_REVIEW)
    seen = editions.fingerprint(editions.canonical_bytes(document))
    record_act(edition, "submitted", by=by, reason=seen)
    return edition


@transaction.atomic
def return_to_draft(*, edition: Edition, by: User, reason: str) -> Edition:
    """Reopen an edition in review, with the reason that its authors read."""
    edition = rules.locked(edition, State.IN_REVIEW, "returned")
    if not by.has_perm("reference.submit_edition"):
        rules.require(by, "reference.publish_edition")
    rules.require_reason(reason)
    edition.submitted_by = edition.submitted_at = None
    rules.change_state(edition, State.DRAFT)
    record_act(edition, "returned", by=by, reason=reason)
    return edition


@transaction.atomic
def publish(
    *, edition: Edition, by: User, seen: str, acknowledged: Iterable[str] = ()
) -> Edition:
    """Put an edition in force, as the reviewer saw it, and supersede the one before.

    seen is the fingerprint of what was reviewed; acknowledged holds the keys of the
    discrepancies that stay open. Raises NotAllowedError for whoever submitted or edited
    the edition, ChangedSinceSeenError when the document is another one, and
    NotReadyError for blockers and for open discrepancies that were not acknowledged.
    """
    edition = rules.locked(edition, State.IN_REVIEW, "published")
    rules.require_second_person(edition, by)
    document = editions.canonical_document(edition)
    canonical = editions.canonical_bytes(document)
    if editions.fingerprint(canonical) != seen:
        raise rules.ChangedSinceSeenError(
            "The edition is not the one you reviewed. Nothing was published. "
            "Open the review page again."
        )
    _require_ready(edition, document, acknowledged)
    now = timezone.now()
    for previous in edition.drug.editions.filter(state=State.PUBLISHED):
        rules.change_state(previous, State.SUPERSEDED)
        record_act(previous, "superseded", by=by, reason=f"edition {edition.number}")
    edition.published_by, edition.published_at = by, now
    edition.canonical, edition.fingerprint = canonical, seen
    rules.change_state(edition, State.PUBLISHED)
    index_drug(edition.drug)
    after = {"open": sorted(acknowledged)} | edition.review_dates
    return _record_and_show(edition, "published", by=by, after=after)


@transaction.atomic
def withdraw(*, edition: Edition, by: User, reason: str) -> Edition:
    """Withdraw a published or superseded edition at once; one person suffices."""
    edition = rules.locked(edition, (State.PUBLISHED, State.SUPERSEDED), "withdrawn")
    rules.require(by, "reference.withdraw_edition")
    rules.require_reason(reason)
    edition.withdrawn_by, edition.withdrawn_at = by, timezone.now()
    edition.withdrawal_reason = reason
    rules.change_state(edition, State.WITHDRAWN)
    index_drug(edition.drug)
    return _record_and_show(edition, "withdrawn", by=by, reason=reason)


@transaction.atomic
def request_restoration(*, edition: Edition, by: User, reason: str) -> Edition:
    """Ask for a withdrawal to be undone; a second person has to agree."""
    edition = rules.locked(edition, State.WITHDRAWN, "restored")
    rules.require(by, "reference.withdraw_edition")
    rules.require_reason(reason)
    edition.restoration_requested_by = by
    edition.restoration_requested_at = timezone.now()
    rules.save_state(edition)
    record_act(edition, "restoration requested", by=by, reason=reason)
    return edition


@transaction.atomic
def restore(*, edition: Edition, by: User) -> Edition:
    """Undo a withdrawal that someone else asked to undo.

    The edition is in force again unless another one has been published since.
    """
    edition = rules.locked(edition, State.WITHDRAWN, "restored")
    rules.require(by, "reference.publish_edition")
    asked_by = edition.restoration_requested_by
    if asked_by is None:
        raise rules.WrongStateError("Nobody has asked to undo this withdrawal yet.")
    if asked_by == by:
        raise rules.NotAllowedError("A second person has to agree: you asked for this.")
    edition.restoration_requested_by = edition.restoration_requested_at = None
    edition.withdrawn_by = edition.withdrawn_at = None
    edition.withdrawal_reason = ""
    is_latest = edition.drug.editions.current() == edition
    rules.change_state(edition, State.PUBLISHED if is_latest else State.SUPERSEDED)
    index_drug(edition.drug)
    return _record_and_show(edition, "restored", by=by, after={"state": edition.state})


@transaction.atomic
def propose_full_review(
    *, edition: Edition, by: User, reviewed_on: str, review_due: date
) -> Edition:
    """Propose that the whole text of the edition in force was checked, with dates.

    Raises NotReadyError for dates that no published edition could have.
    """
    edition = rules.locked(edition, State.PUBLISHED, "marked as fully reviewed")
    rules.require(by, "reference.submit_edition")
    problems = [text for _, text in review_date_problems(reviewed_on, review_due)]
    if problems:
        raise rules.NotReadyError(" ".join(problems))
    edition.review_proposed_on = reviewed_on
    edition.review_proposed_due = review_due
    edition.review_proposed_by = by
    edition.review_proposed_at = timezone.now()
    edition.full_clean()
    rules.save_state(edition)
    proposed = {"reviewed_on": reviewed_on, "review_due": review_due.isoformat()}
    record_act(edition, "full review proposed", by=by, after=proposed)
    return edition


@transaction.atomic
def confirm_full_review(*, edition: Edition, by: User) -> Edition:
    """Confirm a full review that someone else proposed; its dates become public."""
    edition = rules.locked(edition, State.PUBLISHED, "marked as fully reviewed")
    rules.require(by, "reference.publish_edition")
    if edition.review_proposed_by is None:
        raise rules.WrongStateError(
            "Nobody has proposed a full review of this edition."
        )
    if edition.review_proposed_by == by:
        raise rules.NotAllowedError(
            "A second person has to confirm: you proposed this."
        )
    edition.reviewed_on = edition.review_proposed_on
    edition.review_due = edition.review_proposed_due
    edition.review_proposed_by = edition.review_proposed_at = None
    edition.review_proposed_on, edition.review_proposed_due = "", None
    rules.save_state(edition)
    return _record_and_show(
        edition, "full review confirmed", by=by, after=edition.review_dates
    )


def _record_and_show(
    edition: Edition, act: str, *, by: User, **details: Unpack[Details]
) -> Edition:
    """Record an act that readers see the end of, and draw what it changes for them."""
    record_act(edition, act, by=by, **details)
    draw_what_changed(edition.drug)
    draw_once_committed()
    return edition


def _require_ready(
    edition: Edition, document: editions.Document, acknowledged: Iterable[str]
) -> None:
    blockers = blockers_in_words(publication_problems(edition, document))
    if blockers:
        raise rules.NotReadyError(blockers)
    still_open = open_discrepancies(document)
    if still_open.keys() - set(acknowledged):
        raise rules.NotAcknowledgedError(still_open)


def _date_changed_rows(edition: Edition, document: editions.Document) -> None:
    """Date every row that differs from the current edition's, here and as stored."""
    today = timezone.now().date().isoformat()
    current = edition.drug.editions.current()
    before = editions.read_document(bytes(current.canonical or b"")) if current else {}
    for section, model in editions.SECTIONS.items():
        known = {row["key"]: row for row in before.get(section, [])}
        for row in document[section]:
            old = known.get(row["key"], {})
            dated_as_before = row | {"revised_on": old.get("revised_on")}
            revised_on = old["revised_on"] if dated_as_before == old else today
            if revised_on != row["revised_on"]:
                row["revised_on"] = revised_on
                rows = model._base_manager.filter(edition=edition, key=row["key"])
                rows.update(revised_on=revised_on)
