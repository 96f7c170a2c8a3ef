"""A drug and its editions: numbers, dates, states and signatures.

Changes of state are in publishing/acts.py; the rows an edition owns are in rows.py.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from .edition_constraints import EDITION_CONSTRAINTS
from .lists import validate_section_names
from .partial_date import PartialDateField
from .signs import refuse_signs

if TYPE_CHECKING:
    from django.contrib.auth.models import User

RESERVED_SLUGS = (
    "admin",
    "static",
    "search",
    "fhir",
    "infobutton",
    "schemas",
    "healthz",
    "readyz",
)
WHOLE_LINE = "The committee's wording, letter for letter, errors included."


def refuse_reserved_slug(slug: str) -> None:
    """Raise ValidationError for a slug that stands for another address of the site."""
    if slug in RESERVED_SLUGS:
        raise ValidationError("The site itself uses this address. Choose another.")


def signature() -> "models.ForeignKey[User | None, User | None]":
    """Return the field of who did an act; it is set by the act alone."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )


class DrugQuerySet(models.QuerySet["Drug"]):
    """The questions the site asks about drugs."""

    def with_public_edition(self) -> Self:
        """Return the drugs that have a monograph to read."""
        return self.filter(Exists(Edition.objects.public().filter(drug=OuterRef("pk"))))

    def get_by_natural_key(self, slug: str) -> "Drug":
        return self.get(slug=slug)


class Drug(models.Model):
    """What a guide is about. Its names are fixed once an edition is published."""

    slug = models.SlugField(
        unique=True,
        validators=[refuse_reserved_slug],
        help_text="The drug's address, such as /examplimab/.",
    )
    generic_name = models.CharField(max_length=100, help_text="Lower case.")
    brand_name = models.CharField(max_length=100)
    drug_class = models.CharField("class", max_length=200)
    mechanism = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    # The end of the record: without it, cutting off the last entries would leave
    # a shorter record that is whole in itself.
    last_seal = models.CharField(max_length=64, blank=True, editable=False)

    objects = DrugQuerySet.as_manager()

    class Meta:
        ordering = ("generic_name",)

    def __str__(self) -> str:
        return f"{self.generic_name} ({self.brand_name})"

    def get_absolute_url(self) -> str:
        return reverse("reference:monograph", args=[self.slug])

    def clean(self) -> None:
        """Refuse a sign that no text may hold."""
        refuse_signs(self)

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class EditionQuerySet(models.QuerySet["Edition"]):
    """The questions the site asks about editions, in its own words."""

    def public(self) -> Self:
        """Return the editions anyone may read."""
        return self.filter(state__in=Edition.PUBLIC_STATES)

    def in_force(self) -> Self:
        """Return the edition in force of each drug that has one."""
        return self.filter(state=Edition.State.PUBLISHED)

    def visible_to(self, user: Any) -> Self:
        """Return the editions this user may read: the one gate for every address."""
        if user.is_active and user.has_perm("reference.view_edition"):
            return self
        return self.public()

    def newest_first(self) -> Self:
        """Return the editions anyone may read, of one drug the current one first.

        Publishing supersedes every lower number, so the highest public number is
        either in force or has been withdrawn with nothing to take its place.
        """
        return self.public().order_by("-number")

    def current(self) -> "Edition | None":
        """Return, of one drug, its edition in force, or that edition withdrawn."""
        return self.newest_first().first()

    def without_bytes(self) -> Self:
        """Return them with their drugs; what is published is read when it is needed."""
        return self.select_related("drug").defer("canonical")

    def open_draft(self) -> Self:
        """Return the editions still being written or reviewed (one a drug)."""
        return self.filter(state__in=Edition.OPEN_STATES)

    def get_by_natural_key(self, slug: str, number: int) -> "Edition":
        return self.get(drug__slug=slug, number=number)


class Edition(models.Model):
    """One dated version of a drug's monograph; owns every content row."""

    class State(models.TextChoices):
        DRAFT = "draft"
        IN_REVIEW = "in review"
        PUBLISHED = "published"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    class ChangeGrade(models.TextChoices):
        DOSE_OR_SAFETY = "dose or safety", "Dose or safety"
        CLINICAL = "clinical", "Clinical, no dose changed"
        EDITORIAL = "editorial", "Editorial"

    # Of a copy that is read while the database is down: when it was last checked.
    not_rechecked_since: datetime | None = None

    OPEN_STATES = (State.DRAFT, State.IN_REVIEW)
    PUBLIC_STATES = (State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN)

    drug = models.ForeignKey(Drug, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    label = models.CharField(
        max_length=50, help_text="What readers call this edition, such as June 2024."
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    printed_title = models.CharField(max_length=200, help_text=WHOLE_LINE)
    overview = models.TextField("introduction", help_text=WHOLE_LINE)
    revised_on = PartialDateField(
        help_text="When the content was last changed: 2024-06, or 2024-06-30."
    )
    revision_line = models.CharField(max_length=200, help_text=WHOLE_LINE)
    issuer = models.CharField(max_length=200, help_text="Who issues the guide.")
    publisher = models.CharField(
        max_length=200, blank=True, help_text="The society the issuer belongs to."
    )
    jurisdiction = models.CharField(
        max_length=100, help_text="Where the guide is meant to be used."
    )
    disclaimer = models.TextField(help_text=WHOLE_LINE)
    none_stated = models.JSONField(
        "sections of which the guide states none",
        default=list,
        blank=True,
        db_default=Value([], models.JSONField()),
        validators=[validate_section_names],
        help_text="The names of the sections that are empty because the guide has "
        'nothing there, such as ["monitoring"].',
    )
    change_note = models.TextField(
        blank=True, help_text="What this edition changes, and why, for its readers."
    )
    change_grade = models.CharField(
        max_length=20, choices=ChangeGrade, blank=True, help_text="The gravest change."
    )
    reviewed_on = PartialDateField(
        "fully reviewed on", blank=True, help_text="When the whole text was checked."
    )
    review_due = models.DateField(
        "next review due", null=True, blank=True, help_text="At most 3 years ahead."
    )
    imported_by = models.CharField(
        max_length=200,
        blank=True,
        editable=False,
        help_text="The actor of an edition that was not written on this site.",
    )
    version = models.PositiveIntegerField(default=1)
    submitted_by = signature()
    submitted_at = models.DateTimeField(null=True, editable=False)
    published_by = signature()
    published_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = signature()
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)
    restoration_requested_by = signature()
    restoration_requested_at = models.DateTimeField(null=True, editable=False)
    review_proposed_on = PartialDateField(blank=True, editable=False)
    review_proposed_due = models.DateField(null=True, editable=False)
    review_proposed_by = signature()
    review_proposed_at = models.DateTimeField(null=True, editable=False)
    canonical = models.BinaryField(null=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ("drug", "-number")
        permissions = [
            ("submit_edition", "Can start, submit, recall and discard a draft"),
            ("publish_edition", "Can publish, return and restore an edition"),
            ("withdraw_edition", "Can withdraw an edition"),
        ]
        constraints = EDITION_CONSTRAINTS

    def __str__(self) -> str:
        return f"{self.drug.generic_name}, edition {self.number} ({self.label})"

    def get_absolute_url(self) -> str:
        return reverse("reference:edition", args=[self.drug.slug, self.number])

    def clean(self) -> None:
        """Refuse a sign that no text may hold."""
        refuse_signs(self)

    def natural_key(self) -> tuple[str, int]:
        return (self.drug.slug, self.number)

    # Where Django looks for it: on the method.
    natural_key.dependencies = ["reference.drug"]  # type: ignore[attr-defined]

    @property
    def is_draft(self) -> bool:
        """Whether the rows of this edition may be edited."""
        return self.state == self.State.DRAFT

    @property
    def is_public(self) -> bool:
        """Whether anyone may read this edition, and nobody may change it."""
        return self.state in self.PUBLIC_STATES

    @property
    def permanent_address(self) -> str:
        """Where this edition is read for ever, with the origin of the site."""
        return f"{settings.PUBLIC_ORIGIN}{self.get_absolute_url()}"

    @property
    def previous(self) -> "Edition | None":
        """The edition that readers had before this one, without its bytes."""
        earlier = self.drug.editions.public().filter(number__lt=self.number)
        return earlier.without_bytes().order_by("-number").first()

    @property
    def review_dates(self) -> dict[str, str]:
        """When it was fully reviewed and when it is due, as the record writes them."""
        due = self.review_due
        return {
            "reviewed_on": self.reviewed_on,
            "review_due": due.isoformat() if due else "",
        }


STATE_IN_WORDS: dict[str, Any] = {
    Edition.State.PUBLISHED: _lazy("in force"),
    Edition.State.SUPERSEDED: _lazy("superseded, not in force"),
    Edition.State.WITHDRAWN: _lazy("withdrawn, not to be used"),
    Edition.State.DRAFT: _lazy("draft, not to be used"),
    Edition.State.IN_REVIEW: _lazy("in review, not to be used"),
}


def review_is_overdue(due: date | None, today: date) -> bool:
    """Return whether the date of the next review has passed."""
    return due is not None and due < today
