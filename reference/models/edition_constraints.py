"""What the database itself holds of an edition: its state, and who signed for it."""

from django.db import models
from django.db.models import F, Q


def signed_together(act: str) -> models.CheckConstraint:
    """Return the constraint that who and when of an act are set together or not."""
    who, when = f"{act}_by", f"{act}_at"
    return models.CheckConstraint(
        condition=Q(**{who: None, when: None})
        | Q(**{f"{who}__isnull": False, f"{when}__isnull": False}),
        name=f"edition_{act}_by_and_at",
    )


OPEN = ["draft", "in review"]
IS_OPEN = Q(state__in=OPEN)
EDITION_CONSTRAINTS = [
    models.UniqueConstraint("drug", "number", name="edition_number_once"),
    models.UniqueConstraint(
        "drug", condition=Q(state="published"), name="edition_one_in_force"
    ),
    models.UniqueConstraint("drug", condition=IS_OPEN, name="edition_one_open"),
    models.CheckConstraint(
        condition=Q(state__in=[*OPEN, "published", "superseded", "withdrawn"]),
        name="edition_state_known",
    ),
    signed_together("submitted"),
    models.CheckConstraint(
        condition=Q(published_by=None, published_at=None)
        | Q(published_by__isnull=False, published_at__isnull=False)
        | Q(published_at__isnull=False) & ~Q(imported_by=""),
        name="edition_published_by_and_at",
    ),
    signed_together("withdrawn"),
    signed_together("restoration_requested"),
    signed_together("review_proposed"),
    models.CheckConstraint(
        condition=Q(published_by=None) | ~Q(published_by=F("submitted_by")),
        name="edition_publisher_is_not_submitter",
    ),
    models.CheckConstraint(
        condition=IS_OPEN
        | Q(canonical__isnull=False, published_at__isnull=False) & ~Q(fingerprint=""),
        name="edition_public_is_fingerprinted",
    ),
    models.CheckConstraint(
        condition=~Q(state="in review") | Q(submitted_at__isnull=False),
        name="edition_in_review_is_submitted",
    ),
    models.CheckConstraint(
        condition=IS_OPEN
        | ~Q(imported_by="")
        | Q(submitted_by__isnull=False, published_by__isnull=False),
        name="edition_public_is_signed_twice",
    ),
    models.CheckConstraint(
        condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False),
        name="edition_withdrawal_is_signed",
    ),
]
