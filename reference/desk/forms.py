"""The forms of editions and rows: no lost update, and nothing that cannot be meant."""

from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet, construct_instance
from django.http import QueryDict

from reference.dosing import quantities, rules
from reference.editions import SECTIONS
from reference.models import Discrepancy, Preparation, Regimen, Route, Row
from reference.publishing import ASKED_FOR

from . import conflict, saving
from .fields import NumbersField, RowChoiceField

# What has to be understood of a line before its maximum is questioned.
NEEDED_TO_QUESTION = {
    "basis",
    "low",
    "max_per_dose",
    "max_per_dose_unit",
    "max_per_day",
    "max_per_day_unit",
    "maximum_source",
    "from_weight_kg",
    "below_weight_kg",
    "from_age_months",
    "below_age_months",
}


def ids_of(shown: str) -> str:
    """Return the pattern of the ids of fields that show this, in this version.

    By an id, or by a name, a browser finds the field that it fills in again with what
    was typed before: after "Back", in a tab that is opened again, after a crash. Beside
    a newer version, that would overwrite it unseen.
    """
    return f"id_%s-{'-'.join(shown.split())}"


class RowGoneError(Exception):
    """A row that is to be saved was deleted after its form was opened."""


class VersionedForm(forms.ModelForm):
    """Refuses to write over what somebody else saved since this form was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    is_stale = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        if self.instance.pk:
            self.auto_id = ids_of(f"{self.instance.pk}v{self.instance.version}")
        if self.instance.pk and "key" in self.fields:
            self.fields["key"].disabled = True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.is_stale = bool(
            self.instance.pk and values.get("version") != self.instance.version
        )
        if self.is_stale:
            self._show_both_versions(values)
        return values

    def _show_both_versions(self, values: dict[str, Any]) -> None:
        """Take what is stored where nothing was typed; say it where both changed it."""
        meanwhile = conflict.saved_since(self.instance, values.get("version"))
        self.add_error(
            None,
            f"{meanwhile.who_and_when}. Nothing was saved, and nothing of yours is "
            "lost: what you changed stands in its field, beside it what is stored now "
            "if that was changed too; every other field shows what is stored. Save "
            "again to keep it as it stands here.",
        )
        typed = construct_instance(self, copy(self.instance), list(values))
        mine, stored = map(saving.recorded_values, (typed, self.instance))
        data = QueryDict(mutable=True)
        for name, sent in dict(self.data).items():
            data.setlist(name, sent if isinstance(sent, list) else [sent])
        for name in self.fields.keys() & values.keys() & stored.keys() - {"version"}:
            if mine[name] == stored[name]:
                continue
            if name in meanwhile.before and mine[name] == meanwhile.before[name]:
                conflict.put(data, self[name])
            elif stored[name] != meanwhile.before.get(name, conflict.UNKNOWN):
                words = conflict.in_words(self.instance, name)
                self.add_error(name, f"Stored now: “{words}”.")
        data[self.add_prefix("version")] = str(self.instance.version)
        self.data = data


def as_shown(forms_of_page: Iterable[Any]) -> str:
    """Return which rows a page's forms show, in which versions: 51.3 118.1."""
    return " ".join(
        f"{form.instance.pk}.{form['version'].value()}"
        for form in forms_of_page
        if form.instance.pk and "version" in form.fields
    )


class EditionForm(VersionedForm):
    """An edition's form; the sections of which the guide states none are ticked."""

    none_stated = forms.MultipleChoiceField(
        choices=[(name, name.replace("_", " ")) for name in ASKED_FOR],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="None stated",
        help_text="Tick a section that is empty because the guide has nothing there.",
    )


class RowForm(VersionedForm):
    """A row's form; its key is unique in the edition, whichever page edits it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_rows_of_the_edition()
        for name, value in self.initial.items():
            if isinstance(value, Decimal):  # 1, and not 1.0000
                self.initial[name] = Decimal(quantities.plain_number(value))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        key = values.get("key", self.instance.key)
        edition_id = getattr(values.get("edition"), "pk", self.instance.edition_id)
        same = type(self.instance)._base_manager.filter(edition=edition_id, key=key)
        if edition_id and key and same.exclude(pk=self.instance.pk).exists():
            self.add_error("key", "Another row of this edition has this key.")
        return values

    def _offer_rows_of_the_edition(self) -> None:
        """Leave out the rows of other drafts, once the row's edition is known."""
        edition_id = self.instance.edition_id
        if edition_id is None and "edition" in self.fields:
            shown = str(self["edition"].value() or "")
            edition_id = int(shown) if shown.isdecimal() else None
        if edition_id is not None:
            for choice in self.fields.values():
                if isinstance(choice, RowChoiceField) and choice.queryset is not None:
                    choice.queryset = choice.queryset.filter(edition=edition_id)


class RegimenForm(RowForm):
    """A regimen's form; asks about a maximum that cuts the lowest dose."""

    listed = NumbersField(
        required=False,
        label="Listed days or weeks",
        help_text=Regimen._meta.get_field("listed").help_text,
        max_length=200,
    )
    maximum_checked = forms.BooleanField(
        required=False,
        label="The maximum is meant, although it cuts the lowest dose",
        help_text="Asked for only when it does, at 3, 10, 30 or 70 kg or at the lowest "
        "weight the line is for.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        is_understood = values.keys() >= NEEDED_TO_QUESTION
        if is_understood and not values.get("maximum_checked"):
            weights = rules.weights_capped_below_low_kg(values)
            if weights:
                listed = ", ".join(
                    quantities.quantity(weight, "kg") for weight in weights
                )
                self.add_error(
                    "maximum_checked",
                    f"The maximum is below the lowest dose at {listed}. Check its unit "
                    "(mg, or mg per kg), or tick this box if it is meant.",
                )
        return values


class DiscrepancyForm(RowForm):
    """A discrepancy's form; a ruling says who ruled and when, an open one neither."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("ruling")
        if field is not None:  # in the words that readers see
            field.choices = [(value, value) for value in Discrepancy.Ruling.values]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        is_open = values.get("ruling") == Discrepancy.Ruling.OPEN
        for name, missing in (
            ("ruled_by", "Type who ruled."),
            ("ruled_on", "Type when it was ruled on: 2026-11, or 2026-11-22."),
        ):
            if is_open and values.get(name):
                self.add_error(name, "Leave this empty while the ruling is open.")
            elif not is_open and values.get(name) == "":
                self.add_error(name, missing)
        return values


class DiscrepancyLineForm(RowForm):
    """The form of a line that a discrepancy concerns; the line has to exist."""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        model = SECTIONS.get(values.get("section", ""))
        if model is None:
            self.add_error("section", f"Type one of: {', '.join(SECTIONS)}.")
        elif not model._base_manager.filter(
            edition=self.instance.edition_id, key=values.get("row_key")
        ).exists():
            self.add_error("row_key", "There is no such row in this section.")
        return values


class PreparationForm(RowForm):
    """A preparation's form; its routes are ticked."""

    routes = forms.MultipleChoiceField(
        choices=Route.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=Preparation._meta.get_field("routes").help_text,
    )


class MonitoringTestForm(RowForm):
    """A monitoring test's form; no second reading is an empty list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("months_other_reading")
        if field is not None:
            # What is stored tells what changed, not what the browser says was there.
            field.show_hidden_initial = False

    def clean_months_other_reading(self) -> list[int]:
        return self.cleaned_data["months_other_reading"] or []


def last_place(rows: Iterable[Row]) -> int:
    """Return the position of a row that comes after all of these."""
    return 1 + max((row.position for row in rows), default=0)


class RowInlineFormSet(BaseInlineFormSet):
    """Rows below another row; they belong to its edition."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Put a new row into the edition before it is validated, and last."""
        super().add_fields(form, index)
        form.instance.edition_id = self.instance.edition_id
        if form.instance.pk is None:
            form.fields["position"].initial = last_place(self.get_queryset())

    def clean(self) -> None:
        opened: list[Any] = list(self.initial_forms)
        for form in opened:
            is_to_go = form.cleaned_data.get("DELETE", False)
            if form.instance.pk is None and not is_to_go:
                raise RowGoneError
            # The errors of a form whose row is to go are not looked at.
            if form.is_stale and is_to_go:
                raise forms.ValidationError(
                    f"Somebody else saved “{form.instance}” after you opened it. "
                    "Nothing was saved or deleted. Save again to delete it anyway."
                )
        keys = [
            form.cleaned_data.get("key")
            for form in self.forms
            if form.is_valid() and form not in self.deleted_forms
        ]
        repeated = {key for key in keys if key and keys.count(key) > 1}
        if repeated:
            raise forms.ValidationError(f"Used twice: {', '.join(sorted(repeated))}.")
