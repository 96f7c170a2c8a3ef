"""Every change of an edition's state; nothing else in the site makes one.

Each function is one transaction that holds the drug's row, and raises a
PublishingError whose text says what to do.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from reference.drawn import draw_once_committed, draw_what_changed
from reference.editions import (
    EDITION_FIELDS,
    SECTIONS,
    Document,
    Fault,
    FileRefusedError,
    canonical_bytes,
    canonical_document,
    edition_of,
    fingerprint,
    links_to_rows,
    name_faults,
    read_document,
    write_rows,
)
from reference.models import Contribution, Drug, Edition, Row
from reference.search import index_drug

from .problems import (
    blocks,
    open_discrepancies,
    publication_problems,
    review_date_problems,
)
from .record import record_act

State = Edition.State

WRITTEN_ANEW = ("number", "label", "change_note", "change_grade")
COPIED_FIELDS = [name for name in EDITION_FIELDS if name not in WRITTEN_ANEW]
UNNAMED_LABEL = "in preparation"
DISCARDED = "This edition has been discarded."


class PublishingError(Exception):
    """A change of state that is refused; the text is shown to the committee."""


class OpenDraftExistsError(PublishingError):
    """The drug already has an edition being written or reviewed."""


class NotAnImportError(PublishingError):
    """Only the first edition of a drug can be published without two people."""


class WrongStateError(PublishingError):
    """The edition is not in a state from which this act leads."""


class NotAllowedError(PublishingError):
    """This person may not do this act on this edition, superuser or not."""


class ReasonMissingError(PublishingError):
    """The act needs a reason in words."""


class NotReadyError(PublishingError):
    """Something in the edition blocks its publication."""


class ChangedSinceSeenError(PublishingError):
    """The edition is not the document that the reviewer approved."""


@transaction.atomic
def start_draft(*, drug: Drug, by: User) -> Edition:
    """Return a new draft that copies the drug's current edition, keys kept.

    Raises OpenDraftExistsError while another edition of the drug is open.
    """
    _require(by, "reference.submit_edition")
    hold(drug)
    current = drug.editions.current()
    last = drug.editions.order_by("-number").first()
    draft = Edition(drug=drug, label=UNNAMED_LABEL)
    for name in COPIED_FIELDS if current is not None else ():
        setattr(draft, name, getattr(current, name))
    draft.number = 1 if last is None else last.number + 1
    try:
        draft.save()
    except IntegrityError:
        raise OpenDraftExistsError(
            f"{drug} already has an open edition. Finish or discard that one first."
        ) from None
    contribute(draft, by)
    if current is not None:
        _copy_rows(current, draft)
    record_act(draft, "started", by=by)
    return draft


@transaction.atomic
def start_from_file(*, document: Document, sha256: str, by: User) -> Edition:
    """Return a new draft that holds exactly this document; its drug is made if missing.

    sha256 is that of the canonical bytes. Raises FileRefusedError, with every fault,
    for what does not fit the drug as it is here, and nothing stays behind.
    """
    _require(by, "reference.submit_edition")
    drug = Drug.objects.filter(slug=document["drug"]["slug"]).first()
    if drug is not None:
        hold(drug)
        faults = [*name_faults(document, drug), *_place_faults(document, drug)]
        if faults:
            raise FileRefusedError(faults)
    try:
        drug = drug or Drug.objects.create(**document["drug"])
        draft = edition_of(document, drug)
        draft.save()
    except IntegrityError:
        raise FileRefusedError(
            [((), "Somebody else was quicker with this drug. Nothing was imported.")]
        ) from None
    contribute(draft, by)
    write_rows(document, draft)
    if digest(draft) != sha256:
        raise FileRefusedError([((), "The rows do not give the file's bytes again.")])
    record_act(draft, "started", by=by, reason=f"From a file with the SHA-256 {sha256}")
    return draft


@transaction.atomic
def submit(*, edition: Edition, by: User) -> Edition:
    """Freeze a draft for review, with the date on which each row last changed.

    Raises NotReadyError, naming every blocker, while there is one.
    """
    edition = _locked(edition, State.DRAFT, "submitted")
    _require(by, "reference.submit_edition")
    problems = blocks(publication_problems(edition))
    if problems:
        raise NotReadyError(
            "It cannot be submitted yet: "
            + " ".join(problem.text for problem in problems)
        )
    _date_changed_rows(edition)
    edition.submitted_by, edition.submitted_at = by, timezone.now()
    _change_state(edition, State.IN_REVIEW)
    record_act(edition, "submitted", by=by, reason=digest(edition))
    return edition


@transaction.atomic
def return_to_draft(*, edition: Edition, by: User, reason: str) -> Edition:
    """Reopen an edition in review, with the reason that its authors read."""
    edition = _locked(edition, State.IN_REVIEW, "returned")
    if not by.has_perm("reference.submit_edition"):
        _require(by, "reference.publish_edition")
    _require_reason(reason)
    edition.submitted_by = edition.submitted_at = None
    _change_state(edition, State.DRAFT)
    record_act(edition, "returned", by=by, reason=reason)
    return edition


@transaction.atomic
def publish(
    *, edition: Edition, by: User, seen: str, acknowledged: Iterable[str] = ()
) -> Edition:
    """Put an edition in force, as the reviewer saw it, and supersede the one before.

    seen is the digest of the document that was reviewed; acknowledged holds the keys of
    the discrepancies that stay open. Raises NotAllowedError for whoever submitted or
    edited the edition, ChangedSinceSeenError when the document is another one, and
    NotReadyError for blockers and for open discrepancies that were not acknowledged.
    """
    edition = _locked(edition, State.IN_REVIEW, "published")
    _require_second_person(edition, by)
    document = canonical_document(edition)
    canonical = canonical_bytes(document)
    if fingerprint(canonical) != seen:
        raise ChangedSinceSeenError(
            "The edition is not the one you reviewed. Nothing was published. "
            "Open the review page again."
        )
    _require_ready(edition, document, acknowledged)
    now = timezone.now()
    for previous in edition.drug.editions.filter(state=State.PUBLISHED):
        _change_state(previous, State.SUPERSEDED)
        record_act(previous, "superseded", by=by, reason=f"edition {edition.number}")
    edition.published_by, edition.published_at = by, now
    edition.canonical, edition.fingerprint = canonical, seen
    _change_state(edition, State.PUBLISHED)
    index_drug(edition.drug)
    record_act(
        edition,
        "published",
        by=by,
        after={"open": sorted(acknowledged)} | edition.review_dates,
    )
    draw_what_changed(edition.drug)
    draw_once_committed()
    return edition


@transaction.atomic
def publish_imported(*, edition: Edition, actor: str) -> Edition:
    """Publish a drug's first edition, which was approved before this site had it.

    actor is kept as text in place of the two people. Raises NotAnImportError when the
    edition is not a draft, or the drug has a published edition already.
    """
    hold(edition.drug)
    if edition.state != State.DRAFT or edition.drug.editions.public().exists():
        raise NotAnImportError(
            "Only a draft that is the first edition of its drug can be imported as "
            "published. Any other edition goes through review."
        )
    edition.imported_by = actor
    edition.published_at = timezone.now()
    edition.canonical = canonical_bytes(canonical_document(edition))
    edition.fingerprint = fingerprint(edition.canonical)
    _change_state(edition, State.PUBLISHED)
    index_drug(edition.drug)
    record_act(
        *(edition, "imported"), by=None, actor_name=actor, after=edition.review_dates
    )
    draw_what_changed(edition.drug)
    return edition


@transaction.atomic
def withdraw(*, edition: Edition, by: User, reason: str) -> Edition:
    """Withdraw a published or superseded edition at once; one person suffices."""
    edition = _locked(edition, (State.PUBLISHED, State.SUPERSEDED), "withdrawn")
    _require(by, "reference.withdraw_edition")
    _require_reason(reason)
    edition.withdrawn_by, edition.withdrawn_at = by, timezone.now()
    edition.withdrawal_reason = reason
    _change_state(edition, State.WITHDRAWN)
    index_drug(edition.drug)
    record_act(edition, "withdrawn", by=by, reason=reason)
    draw_what_changed(edition.drug)
    draw_once_committed()
    return edition


@transaction.atomic
def request_restoration(*, edition: Edition, by: User, reason: str) -> Edition:
    """Ask for a withdrawal to be undone; a second person has to agree."""
    edition = _locked(edition, State.WITHDRAWN, "restored")
    _require(by, "reference.withdraw_edition")
    _require_reason(reason)
    edition.restoration_requested_by = by
    edition.restoration_requested_at = timezone.now()
    _save(edition)
    record_act(edition, "restoration requested", by=by, reason=reason)
    return edition


@transaction.atomic
def restore(*, edition: Edition, by: User) -> Edition:
    """Undo a withdrawal that someone else asked to undo.

    The edition is in force again unless another one has been published since.
    """
    edition = _locked(edition, State.WITHDRAWN, "restored")
    _require(by, "reference.publish_edition")
    asked_by = edition.restoration_requested_by
    if asked_by is None:
        raise WrongStateError("Nobody has asked to undo this withdrawal yet.")
    if asked_by == by:
        raise NotAllowedError("A second person has to agree: you asked for this.")
    edition.restoration_requested_by = edition.restoration_requested_at = None
    edition.withdrawn_by = edition.withdrawn_at = None
    edition.withdrawal_reason = ""
    is_latest = edition.drug.editions.current() == edition
    _change_state(edition, State.PUBLISHED if is_latest else State.SUPERSEDED)
    index_drug(edition.drug)
    record_act(edition, "restored", by=by, after={"state": edition.state})
    draw_what_changed(edition.drug)
    draw_once_committed()
    return edition


@transaction.atomic
def propose_full_review(
    *, edition: Edition, by: User, reviewed_on: str, review_due: date
) -> Edition:
    """Propose that the whole text of the edition in force was checked, with dates.

    Raises NotReadyError for dates that no published edition could have.
    """
    edition = _locked(edition, State.PUBLISHED, "marked as fully reviewed")
    _require(by, "reference.submit_edition")
    problems = [text for _, text in review_date_problems(reviewed_on, review_due)]
    if problems:
        raise NotReadyError(" ".join(problems))
    edition.review_proposed_on = reviewed_on
    edition.review_proposed_due = review_due
    edition.review_proposed_by = by
    edition.review_proposed_at = timezone.now()
    edition.full_clean()
    _save(edition)
    proposed = {"reviewed_on": reviewed_on, "review_due": review_due.isoformat()}
    record_act(edition, "full review proposed", by=by, after=proposed)
    return edition


@transaction.atomic
def confirm_full_review(*, edition: Edition, by: User) -> Edition:
    """Confirm a full review that someone else proposed; its dates become public."""
    edition = _locked(edition, State.PUBLISHED, "marked as fully reviewed")
    _require(by, "reference.publish_edition")
    if edition.review_proposed_by is None:
        raise WrongStateError("Nobody has proposed a full review of this edition.")
    if edition.review_proposed_by == by:
        raise NotAllowedError("A second person has to confirm: you proposed this.")
    edition.reviewed_on = edition.review_proposed_on
    edition.review_due = edition.review_proposed_due
    edition.review_proposed_by = edition.review_proposed_at = None
    edition.review_proposed_on, edition.review_proposed_due = "", None
    _save(edition)
    record_act(edition, "full review confirmed", by=by, after=edition.review_dates)
    draw_what_changed(edition.drug)
    draw_once_committed()
    return edition


@transaction.atomic
def discard(*, edition: Edition, by: User, reason: str) -> None:
    """Delete a draft and its rows; the record of what was done to it stays."""
    edition = _locked(edition, State.DRAFT, "discarded")
    _require(by, "reference.submit_edition")
    _require_reason(reason)
    record_act(edition, "discarded", by=by, reason=reason)
    edition.delete()


def digest(edition: Edition) -> str:
    """Return the fingerprint that the edition has, or would have if published now."""
    return edition.fingerprint or fingerprint(
        canonical_bytes(canonical_document(edition))
    )


def standing(edition: Edition) -> str:
    """Return what an act on the edition, as it was read, relies on.

    That is its version, and the version of the current edition of its drug; an act on
    either of the two changes it.
    """
    current = edition.drug.editions.newest_first().values_list("number", "version")[:1]
    own = (edition.number, edition.version)
    return " ".join(f"{number}.{version}" for number, version in [own, *current])


def require_standing(edition: Edition, opened: str) -> None:
    """Raise ChangedSinceSeenError if either edition differs from what was opened.

    Holds the drug's row, so that the act that follows in the same transaction finds
    what was checked.
    """
    hold(edition.drug)
    stored = Edition.objects.select_related("drug").filter(pk=edition.pk).first()
    if stored is None:
        raise WrongStateError(DISCARDED)
    if standing(stored) != opened:
        raise ChangedSinceSeenError(
            f"{stored} is {stored.state}. Somebody else was quicker: it, or the "
            "edition in force, is not as it was when you opened the page. Nothing was "
            "done; look at it again."
        )


def contribute(edition: Edition, user: User) -> None:
    """Remember that a person worked on an edition: they may not publish it."""
    Contribution.objects.get_or_create(edition=edition, user=user)


def why_not_publisher(edition: Edition, by: User) -> str:
    """Return why this person may not publish the edition, or an empty text."""
    rest = "Somebody who did not work on it publishes it."
    if by == edition.submitted_by:
        return f"You submitted this edition. {rest}"
    if edition.contribution_set.filter(user=by).exists():
        return f"You edited this edition. {rest}"
    return ""


def hold(drug: Drug) -> None:
    """Hold the drug's row until the transaction ends.

    SQLite ignores it, and holds the whole database instead.
    """
    Drug.objects.select_for_update(no_key=True).get(pk=drug.pk)


def _locked(edition: Edition, states: State | tuple[State, ...], act: str) -> Edition:
    """Return the edition as it stands, held, if its state allows the act."""
    try:
        hold(edition.drug)
        edition = Edition.objects.select_related("drug").get(pk=edition.pk)
    except Edition.DoesNotExist:
        raise WrongStateError(DISCARDED) from None
    if edition.state not in (states if isinstance(states, tuple) else (states,)):
        raise WrongStateError(
            f"{edition} is {edition.state}, so it cannot be {act}. "
            "Somebody may have been quicker; reload the page."
        )
    return edition


def _place_faults(document: Document, drug: Drug) -> Iterator[Fault]:
    """Yield why this edition cannot come next: one is open, or its number has passed.

    The current edition is the highest public number, so a lower one never follows.
    """
    open_edition = drug.editions.open_draft().first()
    if open_edition is not None:
        text = f"{open_edition} is {open_edition.state}. Finish or discard it first."
        yield (), text
    last = drug.editions.order_by("-number").first()
    if last is not None and document["edition"]["number"] <= last.number:
        text = f"Here is edition {last.number} already; the next one comes after it."
        yield ("edition", "number"), text


def _change_state(edition: Edition, state: State) -> None:
    edition.state = state
    _save(edition)


def _save(edition: Edition) -> None:
    edition.version += 1
    edition.save()


def _require(by: User, permission: str) -> None:
    if not (by.is_active and by.has_perm(permission)):
        raise NotAllowedError("Your account does not have the permission for this.")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError("Type the reason: it is shown and kept.")


def _require_second_person(edition: Edition, by: User) -> None:
    _require(by, "reference.publish_edition")
    refusal = why_not_publisher(edition, by)
    if refusal:
        raise NotAllowedError(refusal)


def _require_ready(
    edition: Edition, document: Document, acknowledged: Iterable[str]
) -> None:
    problems = blocks(publication_problems(edition))
    if problems:
        raise NotReadyError(" ".join(problem.text for problem in problems))
    missing = open_discrepancies(document).keys() - set(acknowledged)
    if missing:
        titles = "; ".join(sorted(open_discrepancies(document)[key] for key in missing))
        raise NotReadyError(f"Open discrepancies have to be acknowledged: {titles}.")


def _date_changed_rows(edition: Edition) -> None:
    """Set the revision date of every row that differs from the current edition's."""
    today = timezone.now().date().isoformat()
    current = edition.drug.editions.current()
    before = read_document(bytes(current.canonical or b"")) if current else {}
    after = canonical_document(edition)
    for section, model in SECTIONS.items():
        known = {row["key"]: row for row in before.get(section, [])}
        for row in after[section]:
            old = known.get(row["key"])
            same = old is not None and row | {"revised_on": ""} == old | {
                "revised_on": ""
            }
            revised_on = old["revised_on"] if old is not None and same else today
            if revised_on != row["revised_on"]:
                model._base_manager.filter(edition=edition, key=row["key"]).update(
                    revised_on=revised_on
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
            row.edition = target
            row.version = 1
        model._base_manager.bulk_create(rows)
        copies[model] = {
            row.key: row for row in model._base_manager.filter(edition=target)
        }
