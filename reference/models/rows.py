"""The rows an edition owns, in the order of the page.

Every row keeps the printed wording beside what the page shows.
"""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from .editions import WHOLE_LINE, Edition
from .lists import validate_months
from .partial_date import PartialDateField
from .signs import refuse_signs

DISPLAYED = "The same words with typography corrected; never another meaning."


def optional_decimal(
    name: str | None = None, *, digits: int = 9, places: int = 4, help_text: str = ""
) -> "models.DecimalField[Decimal | float | str | None, Decimal | None]":
    """Return the field of a number that the guide may leave out."""
    return models.DecimalField(
        name,
        max_digits=digits,
        decimal_places=places,
        null=True,
        blank=True,
        help_text=help_text,
    )


class RowManager(models.Manager[Any]):
    """Finds a row by drug, edition number and key, the names that fixtures use."""

    def get_by_natural_key(self, slug: str, number: int, key: str) -> Any:
        return self.get(edition__drug__slug=slug, edition__number=number, key=key)


class Row(models.Model):
    """What every row of an edition has: a key that never changes, and the print."""

    known_by = "key"  # the field whose text people know a row by
    edition = models.ForeignKey(Edition, models.CASCADE)
    key = models.SlugField(
        max_length=60,
        help_text="The row's permanent name and anchor; the same in every edition.",
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Its place in the printed order."
    )
    printed = models.TextField(blank=True, help_text=WHOLE_LINE)
    revised_on = PartialDateField(help_text="When this row last changed.")
    version = models.PositiveIntegerField(default=1)

    objects = RowManager()

    class Meta:
        abstract = True
        ordering = ("edition", "position", "key")
        constraints = [
            models.UniqueConstraint("edition", "key", name="%(class)s_key_once")
        ]

    def __str__(self) -> str:
        return str(getattr(self, self.known_by))

    def clean(self) -> None:
        """Refuse a sign that no text may hold, and a link to another edition's row."""
        refuse_signs(self)
        for field in self._meta.concrete_fields:
            is_set = field.is_relation and getattr(self, field.attname) is not None
            linked = getattr(self, field.name) if is_set else None
            if isinstance(linked, Row) and linked.edition_id != self.edition_id:
                raise ValidationError({field.name: "Choose a row of this edition."})

    def natural_key(self) -> tuple[str, int, str]:
        return (*self.edition.natural_key(), self.key)

    # Where Django looks for it: on the method.
    natural_key.dependencies = ["reference.edition"]  # type: ignore[attr-defined]


class Heading(Row):
    """A heading as the guide prints it, and the section of the page it stands over."""

    section = models.CharField(
        max_length=30,
        validators=[RegexValidator(r"^[a-z_]+$")],
        help_text="The section it stands over, such as warnings; several may share it.",
    )
    title = models.CharField(max_length=100, help_text="What the page shows.")
    lead = models.CharField(
        max_length=200, blank=True, help_text="A printed line that opens the section."
    )
    footnote = models.CharField(
        max_length=200, blank=True, help_text="A printed line that closes the section."
    )


class Indication(Row):
    """A condition the guide lists, with its regulatory status in words."""

    known_by = "name"

    class Status(models.TextChoices):
        # As the public page writes them.
        APPROVED = "FDA-approved", "FDA-approved"
        EMERGENCY = "emergency use", "Emergency use"
        OFF_LABEL = "off-label", "Off-label"

    name = models.CharField(max_length=200)
    short_name = models.CharField(
        max_length=60, help_text="How the dose sentence names it, such as NOMID."
    )
    gloss = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="What its abbreviation stands for, shown small; no print.",
    )
    qualifier = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="What a row of the table says after the short name: recurrent.",
    )
    status = models.CharField(max_length=20, choices=Status)
    status_source = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="Where the status stands, if not in the guide: label.",
    )
    status_note = models.CharField(
        max_length=300, blank=True, help_text="What the status rests on, with its date."
    )
    printed_asterisk = models.BooleanField(
        default=False, help_text="Whether the guide prints its off-label asterisk here."
    )


class Synonym(Row):
    """Another name or abbreviation by which readers look for an indication."""

    known_by = "name"
    indication = models.ForeignKey(Indication, models.CASCADE, related_name="synonyms")
    name = models.CharField(max_length=100)


class Contraindication(Row):
    """A contraindication."""

    text = models.TextField(help_text=DISPLAYED)


class SafetyWarning(Row):
    """A warning or precaution, with the number the guide prints before it."""

    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    text = models.TextField(help_text=DISPLAYED)

    class Meta(Row.Meta):
        verbose_name = "warning"


class AdverseReactionGroup(Row):
    """The adverse reactions of one population, above one threshold."""

    known_by = "population"
    population = models.CharField(max_length=60)
    threshold_percent = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="This many per cent or more."
    )
    note = models.CharField(max_length=300, blank=True)


class AdverseReaction(Row):
    """One adverse reaction of a group."""

    known_by = "name"
    group = models.ForeignKey(
        AdverseReactionGroup, models.CASCADE, related_name="reactions"
    )
    name = models.CharField(max_length=100, help_text=DISPLAYED)


class MonitoringTest(Row):
    """A test, and the months at which it is due; month 0 is before treatment."""

    known_by = "name"
    name = models.CharField(max_length=100)
    text = models.TextField(help_text=DISPLAYED)
    months = models.JSONField(validators=[validate_months])
    months_other_reading = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_months],
        help_text="Where the words can be read in two ways, the longer list.",
    )
    note = models.TextField(blank=True)


class Resource(Row):
    """A link the guide names; an empty address says that none was supplied."""

    known_by = "title"
    title = models.CharField(max_length=200)
    url = models.URLField("address", blank=True)


class Code(Row):
    """An identifier of the drug, its product or an indication, with its certainty."""

    class Certainty(models.TextChoices):
        HIGH = "high", "high: seen in an authoritative set"
        UNVERIFIED = "unverified", "unverified: never answered to other systems"

    indication = models.ForeignKey(
        Indication, models.CASCADE, null=True, blank=True, related_name="codes"
    )
    system = models.CharField(
        max_length=40, help_text="NDC, ATC, ICD-10-CM, SNOMED CT."
    )
    value = models.CharField(max_length=60)
    meaning = models.CharField(max_length=200, blank=True)
    certainty = models.CharField(max_length=12, choices=Certainty)

    def __str__(self) -> str:
        return f"{self.system} {self.value}"
