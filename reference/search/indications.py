"""Which indications of an edition fit what a reader looks for, and the form to ask."""

import re
from collections.abc import Iterable, Mapping, Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reference.editions import Row

from .words import plain

FACETS = ("route", "population", "status")
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


def facet_values(indications: Iterable[Row]) -> dict[str, list[str]]:
    """Return the routes, populations and statuses that occur, in the page's order."""
    found: dict[str, dict[str, None]] = {name: {} for name in FACETS}
    for indication in indications:
        found["status"][indication["status"]] = None
        for regimen in indication["regimens"]:
            found["route"][regimen["route"]] = None
            found["population"][regimen["population"]] = None
    return {name: list(values) for name, values in found.items()}


def matching(
    indications: Iterable[Row],
    *,
    text: str = "",
    route: str = "",
    population: str = "",
    status: str = "",
) -> list[Row]:
    """Return the indications that fit everything asked; nothing asked fits them all.

    Each word that was typed begins a word of the name, the short name or a synonym.
    Route and population are those of one and the same dosing line.
    """
    typed = _words(text)
    return [
        indication
        for indication in indications
        if (not status or indication["status"] == status)
        and _is_called(indication, typed)
        and (not (route or population) or _has_line(indication, route, population))
    ]


def _words(text: str) -> list[str]:
    """Return the words of a name; unlike in the guides' texts, "covid19" is one."""
    return re.findall(r"\w+", plain(text))


def _is_called(indication: Row, typed: Sequence[str]) -> bool:
    names = [indication["name"], indication["short_name"]]
    names += [synonym["name"] for synonym in indication["synonyms"]]
    # From each word to the end, without spaces: "covid19" begins "COVID-19".
    tails = [
        "".join(parts[start:])
        for parts in map(_words, names)
        for start in range(len(parts))
    ]
    return all(any(tail.startswith(word) for tail in tails) for word in typed)


def _has_line(indication: Row, route: str, population: str) -> bool:
    return any(
        route in ("", regimen["route"]) and population in ("", regimen["population"])
        for regimen in indication["regimens"]
    )
