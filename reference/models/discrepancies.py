"""Where the printed guide contradicts itself, has a gap or can be misread."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from .cautions import Caution
from .partial_date import PartialDateField
from .rows import Row


class Discrepancy(Row):
    """A recorded conflict, gap or ambiguity in the printed guide, with its ruling."""

    known_by = "title"

    class Kind(models.TextChoices):
        CONFLICT = "conflict"
        GAP = "gap"
        AMBIGUITY = "ambiguity"
        WORDING = "wording"

    class Ruling(models.TextChoices):
        OPEN = "open"
        CORRECTED = "corrected"
        KEPT = "kept as printed"

    class Tier(models.TextChoices):
        LINE = "line", "line: said at its dosing lines, by a note"
        PAGE = "page", "page: a footnote of its indication or section"
        REGISTER = "register", "register: for the committee alone"

    tier = models.CharField(
        max_length=10, choices=Tier, default=Tier.PAGE, db_default=Tier.PAGE
    )
    note = models.ForeignKey(
        Caution,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="discrepancies",
        help_text="Of the tier line: the note that says it. The note then goes with "
        "the lines that are named here.",
    )
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    dose_relevant = models.BooleanField(
        default=False, help_text="Whether every dose of its lines must name it."
    )
    source_says = models.TextField()
    source_name = models.CharField(max_length=200)
    source_section = models.CharField(max_length=100, blank=True)
    source_date = PartialDateField(blank=True)
    source_url = models.URLField("source address", max_length=300, blank=True)
    consequence = models.TextField(
        help_text="What it means for the dose or the patient."
    )
    ruling = models.CharField(max_length=15, choices=Ruling, default=Ruling.OPEN)
    ruling_text = models.TextField(blank=True, help_text="Why the committee ruled so.")
    ruling_changed = models.TextField(
        "what the ruling changed",
        blank=True,
        default="",
        db_default="",
        help_text="One field a line, as section, key and field: "
        "regimens nomid-sc max_per_day. Compared with what this edition changes.",
    )
    ruled_by = models.CharField(max_length=200, blank=True)
    ruled_on = PartialDateField(blank=True)

    class Meta(Row.Meta):
        verbose_name_plural = "discrepancies"
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ruling="open", ruled_by="", ruled_on="")
                | ~Q(ruling="open") & ~Q(ruled_by="") & ~Q(ruled_on=""),
                name="discrepancy_ruled_by_and_on",
            ),
        ]


class DiscrepancyLine(Row):
    """One line of the guide that a discrepancy concerns."""

    discrepancy = models.ForeignKey(Discrepancy, models.CASCADE, related_name="lines")
    section = models.CharField(
        max_length=30,
        validators=[RegexValidator(r"^[a-z_]+$")],
        help_text="The section of the line, such as regimens.",
    )
    row_key = models.SlugField(max_length=60, help_text="The key of the line.")

    def __str__(self) -> str:
        return f"{self.section} {self.row_key}"
