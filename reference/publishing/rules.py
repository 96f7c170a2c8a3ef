"""Who may do what to an edition in which state, and the refusals that say so."""

from django.contrib.auth.models import User

from reference.editions import canonical_bytes, canonical_document, fingerprint
from reference.models import Contribution, Drug, Edition

State = Edition.State

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


class NotAcknowledgedError(NotReadyError):
    """Discrepancies stay open, and nobody said so; still_open has them by key."""

    def __init__(self, still_open: dict[str, str]) -> None:
        super().__init__(
            "Open discrepancies have to be acknowledged. They are named below: tick "
            "that you have read them, and publish again."
        )
        self.still_open = still_open


class ChangedSinceSeenError(PublishingError):
    """The edition is not the document that the reviewer approved."""


def fingerprint_of(edition: Edition) -> str:
    """Return the fingerprint that the edition has, or would have if published now."""
    return edition.fingerprint or fingerprint(
        canonical_bytes(canonical_document(edition))
    )


def versions_of(edition: Edition) -> str:
    """Return what an act on the edition, as it was read, relies on.

    That is its version, and the version of the current edition of its drug; an act on
    either of the two changes it.
    """
    current = edition.drug.editions.newest_first().values_list("number", "version")[:1]
    own = (edition.number, edition.version)
    return " ".join(f"{number}.{version}" for number, version in [own, *current])


def require_versions(edition: Edition, opened: str) -> None:
    """Raise ChangedSinceSeenError if either edition differs from what was opened.

    Holds the drug's row, so that the act that follows in the same transaction finds
    what was checked.
    """
    hold(edition.drug)
    stored = Edition.objects.select_related("drug").filter(pk=edition.pk).first()
    if stored is None:
        raise WrongStateError(DISCARDED)
    if versions_of(stored) != opened:
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


def locked(edition: Edition, states: State | tuple[State, ...], act: str) -> Edition:
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


def require(by: User, permission: str) -> None:
    if not (by.is_active and by.has_perm(permission)):
        raise NotAllowedError("Your account does not have the permission for this.")


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError("Type the reason: it is shown and kept.")


def require_second_person(edition: Edition, by: User) -> None:
    require(by, "reference.publish_edition")
    refusal = why_not_publisher(edition, by)
    if refusal:
        raise NotAllowedError(refusal)


def change_state(edition: Edition, state: State) -> None:
    edition.state = state
    save_state(edition)


def save_state(edition: Edition) -> None:
    """Save what an act changed; whoever opened the edition before is told so."""
    edition.version += 1
    edition.save()
