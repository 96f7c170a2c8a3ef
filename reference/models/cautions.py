"""The cautions that go with a dose: rows of text, with what makes each apply."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from reference.dosing import PLACEHOLDER, PLACEHOLDERS

from .regimens import Regimen
from .rows import Row, optional_decimal


class Caution(Row):
    """A sentence that goes with a dose, and what makes it apply."""

    known_by = "code"

    class Trigger(models.TextChoices):
        ALWAYS = "always", "every dose of the named regimen"
        ABOVE_RANGE = "above-range", "a rate above the printed range"
        SINGLE_DOSE = "single-dose", "one dose a day where the guide says divided"
        VOLUME = "volume", "0.01 mL would change the dose by more than 5 %"
        SMALL_DOSE = "small-dose", "a dose under what the preparation can measure"
        SEVERAL_UNITS = "several-units", "more than one unit a dose"
        FIXED_DOSE = "fixed-dose", "a fixed dose with a weight given"
        RENAL_FUNCTION = "renal-function", "a creatinine clearance below the one given"
        DISCREPANCY = "discrepancy", "each open discrepancy that bears on the dose"
        NAMED = "named", "every dose of the lines of a discrepancy that has this note"
        COUNT_OPEN = "count-open", "a number of doses that is still to be chosen"
        DILUTED = "diluted", "a dose with the volume of its diluent"
        TABLE = "table", "the table alone: goes with no dose"
        UNDER_TABLE = "under-table", "a line under the table: goes with no dose"

    code = models.SlugField(help_text="What programs read; several rows may share it.")
    trigger = models.CharField(max_length=15, choices=Trigger)
    regimen = models.ForeignKey(
        Regimen,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="cautions",
        help_text="Empty: every regimen to which the trigger applies.",
    )
    from_weight_kg = optional_decimal(digits=6, places=2)
    below_weight_kg = optional_decimal(digits=6, places=2)
    below_crcl_ml_per_min = optional_decimal(
        "below creatinine clearance (mL/min)",
        digits=6,
        places=2,
        help_text="For the trigger on creatinine clearance, and only for it. A line "
        "with such a caution asks for the clearance; the dose stays as it is.",
    )
    from_doses_per_day = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Applies when at least so many doses a day were chosen.",
    )
    mark = models.CharField(
        max_length=1,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^[a-z]$", "Type one small letter.")],
        help_text="The letter that marks it in the table, or nothing.",
    )
    text = models.TextField(
        help_text="May hold {rate}, {dose}, {smallest}, {mg_per_kg}, {weight}, {crcl}, "
        "{units}, {fluid}, {discrepancy} or {consequence}; other braces are refused."
    )

    class Meta(Row.Meta):
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(trigger="always") | Q(regimen__isnull=False),
                name="caution_always_names_regimen",
            ),
            models.CheckConstraint(
                # A check that comes to NULL passes, so NULL is ruled out by name.
                condition=Q(
                    trigger="renal-function",
                    below_crcl_ml_per_min__isnull=False,
                    below_crcl_ml_per_min__gt=0,
                )
                | Q(below_crcl_ml_per_min=None) & ~Q(trigger="renal-function"),
                name="caution_renal_function_has_clearance",
            ),
        ]

    def clean(self) -> None:
        """Refuse a brace that nothing fills, and a weight band that is empty."""
        super().clean()
        unknown = set(PLACEHOLDER.findall(self.text)) - PLACEHOLDERS
        if unknown or re.search(r"[{}]", PLACEHOLDER.sub("", self.text)):
            listed = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
            raise ValidationError({"text": f"Use these braces only: {listed}."})
        low, high = self.from_weight_kg, self.below_weight_kg
        if low is not None and high is not None and low >= high:
            raise ValidationError({"below_weight_kg": "Type a weight above the first."})
        self._clean_clearance()

    def _clean_clearance(self) -> None:
        """Refuse a trigger on creatinine clearance without one, and one without it."""
        below = self.below_crcl_ml_per_min
        if self.trigger == self.Trigger.RENAL_FUNCTION:
            if below is None or below <= 0:
                problem = (
                    "Type the clearance in mL/min below which the caution applies."
                )
                raise ValidationError({"below_crcl_ml_per_min": problem})
        elif below is not None:
            problem = "Leave this empty: the trigger asks for no clearance."
            raise ValidationError({"below_crcl_ml_per_min": problem})
        elif "{crcl}" in self.text:
            problem = "Use {crcl} with the trigger on creatinine clearance alone."
            raise ValidationError({"text": problem})
