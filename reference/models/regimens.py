"""The rows that dose: numbers and units, with what no guide can mean refused."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value

from reference.dosing import rules

from . import line_fields
from .lists import Route, validate_listed
from .rows import Indication, Row, optional_decimal


class Regimen(Row):
    """One dosing line: indication, route, population, amount, limits, duration."""

    Route = Route
    Population = line_fields.Population
    Basis = line_fields.Basis
    MaximumUnit = line_fields.MaximumUnit
    Phase = line_fields.Phase
    HowOften = line_fields.HowOften
    ListedUnit = line_fields.ListedUnit
    DurationUnit = line_fields.DurationUnit

    indication = models.ForeignKey(Indication, models.CASCADE, related_name="regimens")
    text = models.CharField(
        "amount in other words",
        max_length=300,
        blank=True,
        default="",
        help_text="Empty, unless the sentence made of the fields reads badly. Says the "
        "amount and how often, nothing else; it is read and compared with the fields.",
    )
    route = models.CharField(max_length=30, choices=Route)
    population = models.CharField(
        max_length=20, choices=Population, default=Population.NOT_STATED
    )
    who_words = models.CharField(
        "whom it is for, in words",
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="As a row of the table says it after the indication's name: adult "
        "and pediatric, or, where only the label says so, adults (label).",
    )
    phase = models.CharField(
        max_length=12,
        choices=Phase,
        blank=True,
        default="",
        db_default="",  # for a build from before there were phases
        help_text="Empty unless the guide gives one line to start with and another to "
        "go on with. A loading dose says how long it is given: 1 day if once.",
    )
    from_weight_kg = optional_decimal(
        "for patients from (kg)",
        digits=6,
        places=2,
        help_text="The lowest weight the line is for; that weight is included. Below "
        "it no dose is worked out from this line.",
    )
    below_weight_kg = optional_decimal(
        "for patients below (kg)",
        digits=6,
        places=2,
        help_text="The weight at which the line ends; that weight is not included. "
        "From it on no dose is worked out from this line.",
    )
    from_age_months = models.PositiveSmallIntegerField(
        "for patients from (months of age)",
        null=True,
        blank=True,
        help_text="The lowest age the line is for, in whole months: 24 for 2 years. "
        "A younger patient gets no dose from this line; without an age it says so.",
    )
    below_age_months = models.PositiveSmallIntegerField(
        "for patients below (months of age)",
        null=True,
        blank=True,
        help_text="The age at which the line ends, in whole months: 216 for less than "
        "18 years. That age gets no dose from this line.",
    )
    basis = models.CharField(
        max_length=20,
        choices=Basis,
        help_text="The unit of every amount of the line as the guide prints it. In "
        "micrograms, type the amounts and the maximum in micrograms too.",
    )
    low = models.DecimalField(max_digits=9, decimal_places=4)
    high = models.DecimalField(
        max_digits=9, decimal_places=4, help_text="The same as low for a single value."
    )
    how_often = models.CharField(
        max_length=14,
        choices=HowOften,
        default="",
        db_default="",  # rows frozen before the field have none
        help_text="How often it is given: nothing is taken for granted.",
    )
    doses_per_day_low = models.PositiveSmallIntegerField(null=True, blank=True)
    doses_per_day_high = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Both empty where the guide gives no number of doses.",
    )
    divided = models.BooleanField(
        default=False, help_text="Whether the guide says “in divided doses”."
    )
    every_days = models.PositiveSmallIntegerField(
        default=1,
        help_text="Of every so many days: 7 for weekly, 28 for every 4 weeks. With "
        "listed days or weeks, how it goes on after the last of them. Else 1.",
    )
    every_months = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="Of every so many months: 6 for every 6 months. With listed days or "
        "weeks, how it goes on after the last of them. Else 0.",
    )
    listed = models.JSONField(
        "listed days or weeks",
        default=list,
        blank=True,
        db_default=Value([], models.JSONField()),
        validators=[validate_listed],
        help_text="As the guide counts them: 0, 2, 6 for weeks 0, 2 and 6; 1, 15 for "
        "days 1 and 15. Else empty.",
    )
    listed_unit = models.CharField(
        "listed in",
        max_length=5,
        choices=ListedUnit,
        blank=True,
        default="",
        db_default="",
    )
    again_after_days = models.PositiveSmallIntegerField(
        "the whole list again after (days)",
        null=True,
        blank=True,
        help_text="Counted from the first listed day: 168 where the guide repeats the "
        "whole every 24 weeks. Empty where it does not.",
    )
    begins_at = models.PositiveSmallIntegerField(
        "begins at (day or week)",
        null=True,
        blank=True,
        help_text="Where another line comes first: 14 if this one runs from week 14.",
    )
    begins_unit = models.CharField(
        "begins in",
        max_length=5,
        choices=ListedUnit,
        blank=True,
        default="",
        db_default="",
    )
    over_minutes_low = models.PositiveSmallIntegerField(
        "given over, from (minutes)", null=True, blank=True
    )
    over_minutes_high = models.PositiveSmallIntegerField(
        "given over, to (minutes)",
        null=True,
        blank=True,
        help_text="How long one infusion runs; both the same for one value, both empty "
        "where the guide does not say.",
    )
    increase_to = optional_decimal(
        "may increase to", help_text="An amount on the same basis."
    )
    max_per_dose = optional_decimal("maximum per dose")
    max_per_dose_unit = models.CharField(
        "unit of the maximum per dose", max_length=12, choices=MaximumUnit, blank=True
    )
    max_per_day = optional_decimal("maximum per day")
    max_per_day_unit = models.CharField(
        "unit of the maximum per day", max_length=12, choices=MaximumUnit, blank=True
    )
    maximum_source = models.CharField(
        max_length=50,
        blank=True,
        help_text="Where the maximum stands: guide, US label.",
    )
    duration_low = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_high = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Alone for “up to”; equal for one value."
    )
    duration_unit = models.CharField(max_length=6, choices=DurationUnit, blank=True)
    duration_words = models.CharField(
        max_length=200,
        blank=True,
        help_text="The guide's words round the number, which stands for {duration}: "
        "usually {duration} followed by taper.",
    )

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(low__gt=0, high__gte=F("low")), name="regimen_low_to_high"
            ),
            models.CheckConstraint(
                condition=Q(doses_per_day_low=None, doses_per_day_high=None)
                | Q(
                    doses_per_day_low__gte=1,
                    doses_per_day_high__gte=F("doses_per_day_low"),
                ),
                name="regimen_doses_low_to_high",
            ),
            models.CheckConstraint(
                condition=Q(max_per_dose=None, max_per_dose_unit="")
                | Q(max_per_dose__gt=0) & ~Q(max_per_dose_unit=""),
                name="regimen_max_per_dose_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(max_per_day=None, max_per_day_unit="")
                | Q(max_per_day__gt=0) & ~Q(max_per_day_unit=""),
                name="regimen_max_per_day_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(duration_high=None, duration_low=None, duration_unit="")
                | Q(duration_high__gte=1) & ~Q(duration_unit=""),
                name="regimen_duration_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(every_days__gte=1), name="regimen_every_days_from_1"
            ),
            models.CheckConstraint(
                condition=Q(from_weight_kg=None)
                | Q(below_weight_kg=None)
                | Q(below_weight_kg__gt=F("from_weight_kg")),
                name="regimen_weights_low_to_high",
            ),
            models.CheckConstraint(
                condition=(Q(from_weight_kg=None) | Q(from_weight_kg__gt=0))
                & (Q(below_weight_kg=None) | Q(below_weight_kg__gt=0)),
                name="regimen_weights_above_0",
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.key

    def clean(self) -> None:
        """Refuse numbers that no guide can mean and no arithmetic can take."""
        super().clean()
        errors = dict(line_fields.out_of_order(self))
        for per in ("dose", "day"):
            amount = getattr(self, f"max_per_{per}")
            unit = getattr(self, f"max_per_{per}_unit")
            if (amount is None) != (not unit):
                errors[f"max_per_{per}_unit"] = "A maximum needs an amount and a unit."
            if amount is not None and not self.maximum_source:
                errors["maximum_source"] = "Say where the maximum stands."
        if (self.duration_high is None) != (not self.duration_unit):
            errors["duration_unit"] = "A duration needs a number and a unit."
        if errors:
            raise ValidationError(errors)
        problems = rules.regimen_problems(vars(self))
        if problems:
            raise ValidationError(problems)
