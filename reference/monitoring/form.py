"""From which day the dates of tests and doses are counted, and of which line."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy


class MonitoringForm(forms.Form):
    """The day treatment starts, from which dates of tests and doses are counted."""

    FARTHEST = timedelta(days=3660)

    start = forms.DateField(
        label=_lazy("First day of treatment"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _lazy("Type the first day of treatment, such as 2026-11-26."),
            "invalid": _lazy(
                "Type a day of the calendar as year-month-day, such as 2026-11-26."
            ),
        },
    )
    reading = forms.ChoiceField(choices=[("longer", "longer")], required=False)
    regimen = forms.ChoiceField(
        label=_lazy("Dates of the doses of"),
        required=False,
        error_messages={
            "invalid_choice": _lazy("Choose one of the lines that are listed.")
        },
    )

    def __init__(self, data: Any, *, lines: Mapping[str, str]) -> None:
        """Ask for a start; and for a line, where the edition has any with dates."""
        super().__init__(data, label_suffix="")
        if lines:
            field = cast("forms.ChoiceField", self.fields["regimen"])
            field.choices = [("", _("no line")), *lines.items()]
        else:
            del self.fields["regimen"]

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if abs(start - timezone.now().date()) > self.FARTHEST:
            raise ValidationError(_("Type a day at most 10 years from today."))
        return start
