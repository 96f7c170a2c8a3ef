"""What a reader looks for an indication by; what to choose where it is not clear."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reference.editions import Row

from .indications import matching

WHICH_FACET = {
    "route": _lazy("Choose the route again: “%(value)s” is not one of this edition."),
    "population": _lazy(
        "Choose the population again: “%(value)s” is not one of this edition."
    ),
    "status": _lazy("Choose the status again: “%(value)s” is not one of this edition."),
}


class IndicationForm(forms.Form):
    """What an indication is looked for by; the choices are those the edition offers."""

    q = forms.CharField(
        label=_lazy("Name, synonym or abbreviation"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "spellcheck": "false", "enterkeyhint": "search"}
        ),
        error_messages={
            "max_length": _lazy("Type at most 200 characters of the name.")
        },
    )
    route = forms.ChoiceField(label=_lazy("Route"), required=False)
    population = forms.ChoiceField(label=_lazy("Population"), required=False)
    status = forms.ChoiceField(label=_lazy("Status"), required=False)

    def __init__(self, data: QueryDict, values: Mapping[str, list[str]]) -> None:
        super().__init__(data, label_suffix="")
        for name, offered in values.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = [("", _("any")), *((each, each) for each in offered)]
            field.error_messages["invalid_choice"] = WHICH_FACET[name]

    def matching(self, indications: list[Row]) -> list[Row]:
        """Return what fits; everything while what was asked is not clear."""
        if not self.is_valid():
            return indications
        asked = dict(self.cleaned_data)
        return matching(indications, text=asked.pop("q"), **asked)
