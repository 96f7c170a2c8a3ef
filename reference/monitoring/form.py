"""From which day the dates of the tests are counted."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy


class MonitoringForm(forms.Form):
    """The day treatment starts, from which the dates of the tests are counted."""

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

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if abs(start - timezone.now().date()) > self.FARTHEST:
            raise ValidationError(_("Type a day at most 10 years from today."))
        return start
