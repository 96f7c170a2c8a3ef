"""Which two indications of an edition a reader wants side by side."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reference.editions import Row


class ComparisonForm(forms.Form):
    """Two indications of an edition, to be read side by side."""

    first = forms.ChoiceField(
        label=_lazy("First indication"),
        error_messages={
            "required": _lazy("Choose the first indication."),
            "invalid_choice": _lazy(
                "Choose the first indication again: “%(value)s” is not in this edition."
            ),
        },
    )
    second = forms.ChoiceField(
        label=_lazy("Second indication"),
        error_messages={
            "required": _lazy("Choose the second indication."),
            "invalid_choice": _lazy(
                "Choose the second indication again: “%(value)s” is not in this "
                "edition."
            ),
        },
    )

    def __init__(self, data: QueryDict | None, indications: list[Row]) -> None:
        super().__init__(data, label_suffix="")
        for name in ("first", "second"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            offered = [(row["key"], row["name"]) for row in indications]
            field.choices = [("", _("choose")), *offered]

    def clean(self) -> dict[str, Any]:
        first, second = (self.cleaned_data.get(name) for name in ("first", "second"))
        if first and first == second:
            self.add_error("second", _("Choose another indication than the first."))
        return self.cleaned_data
