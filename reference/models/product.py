"""What is supplied, how it is given and how it is kept."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value

from reference.dosing import rules

from .lists import validate_routes
from .rows import DISPLAYED, Row, optional_decimal


class Administration(Row):
    """One instruction for giving the drug by one route."""

    class Route(models.TextChoices):
        SUBCUTANEOUS = "subcutaneous"
        INTRAVENOUS = "intravenous"
        INTRAMUSCULAR = "intramuscular"
        ORAL = "oral"

    route = models.CharField(max_length=15, choices=Route)
    text = models.TextField(help_text=DISPLAYED)
    diluent_ml_per_mg = optional_decimal(digits=7)

    class Meta(Row.Meta):
        verbose_name_plural = "administration"


class Preparation(Row):
    """What is supplied, its strength kept as a ratio of mg to mL, or mg a tablet."""

    class Container(models.TextChoices):
        """What one unit of it is; a tablet alone has no volume."""

        SYRINGE = "syringe"
        PEN = "pen"
        VIAL = "vial"
        TABLET = "tablet"

    known_by = "name"
    name = models.CharField(
        max_length=60, help_text="One unit of it: prefilled syringe."
    )
    container = models.CharField(
        max_length=10,
        choices=Container,
        blank=True,
        default="",
        db_default="",
        help_text="What one unit of it is. Vials of one concentration are combined for "
        "a dose: the fewest, then the least left over. Tablets are taken whole.",
    )
    unit_name = models.CharField(max_length=30, help_text="Short: syringe.")
    unit_name_plural = models.CharField(max_length=30, help_text="Short: syringes.")
    text = models.TextField(help_text=DISPLAYED)
    strength_mg = models.DecimalField(max_digits=9, decimal_places=4)
    strength_ml = models.DecimalField(
        max_digits=9,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="The mL that hold those mg; empty for a tablet, and for no other.",
    )
    smallest_dose_mg = optional_decimal(
        help_text="The smallest dose its marks can measure."
    )
    smallest_dose_source = models.CharField(max_length=300, blank=True)
    routes = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        validators=[validate_routes],
        help_text="The routes by which it is given; a line is drawn from those of its "
        "own route.",
    )

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(strength_mg__gt=0)
                & (
                    Q(strength_ml__gt=0)
                    | Q(strength_ml__isnull=True, container="tablet")
                ),
                name="preparation_strength_above_0",
            ),
        ]

    def clean(self) -> None:
        """Refuse a preparation that a reader could not tell from another."""
        super().clean()
        problems = [*rules.preparation_problems(vars(self))]
        if problems:
            raise ValidationError(problems)
        same = Preparation._base_manager.filter(
            edition=self.edition_id,
            name=self.name,
            strength_mg=self.strength_mg,
            strength_ml=self.strength_ml,
        )
        if same.exclude(pk=self.pk).exists():
            raise ValidationError(
                "Another preparation of this edition has this name and this strength. "
                "With several, each dose asks which one it is drawn from."
            )


class Storage(Row):
    """How the product is stored."""

    text = models.TextField(help_text=DISPLAYED)
    low_celsius = models.SmallIntegerField(null=True, blank=True)
    high_celsius = models.SmallIntegerField(null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name_plural = "storage"
