"""What a reader may ask: a dose, an indication; and what to type where it is not clear.

Every 422 is decided here; what the guide does not allow is refused in
dosing/arithmetic.py.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from reference import dosing
from reference.dosing import DoseRule, Patient, typed

# What means nothing where an indication has no dosing line.
NEEDS_A_LINE = frozenset(
    {"bsa", "rate", "doses_per_day", "hours", "dose", "preparation"}
)


class TypedField(forms.Field):
    """Keeps what was typed and reads it with one of the project's own grammars."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__(required=False)
        self.read = read

    def __deepcopy__(self, memo: Any) -> "TypedField":
        """Return itself: no form changes it, and a copy costs more than to read."""
        return self

    def clean(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self.read(value)
        except typed.NotUnderstoodError as error:
            raise ValidationError(str(error)) from None


def only(word: str) -> Callable[[str], bool]:
    """Return a reader that takes this one word and nothing else."""

    def read(text: str) -> bool:
        if text != word:
            raise typed.NotUnderstoodError(
                _("Leave this out, or send the word “{word}”.").format(word=word)
            )
        return True

    return read


class PatientForm(forms.Form):
    """What is known of the patient, what is confirmed, and the edition that is read."""

    weight = TypedField(typed.parse_weight_kg)
    age = TypedField(typed.parse_age)
    age_unit = TypedField(typed.parse_age_unit)
    crcl = TypedField(typed.parse_crcl_ml_per_min)
    confirm = TypedField(only("yes"))
    edition = TypedField(
        lambda text: typed.parse_whole_number(text, "the edition", "1")
    )

    # The others can be wrong only where they are sent.
    CAN_BE_MISSED = frozenset({"weight", "age_unit"})

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        # A form costs what its fields cost, and few of them are sent.
        self.fields = {
            name: field
            for name, field in self.fields.items()
            if name in self.CAN_BE_MISSED or data.get(name)
        }
        self.query = data

    @property
    def given(self) -> set[str]:
        """Return the parameters that are not empty."""
        return {name for name, value in self.data.items() if value}

    def clean(self) -> dict[str, Any]:
        self._clean_age(self.given)
        return self.cleaned_data

    def _clean_age(self, given: set[str]) -> None:
        """Read an age with its unit; a unit alone comes from a form left empty."""
        number, unit = (self.cleaned_data.get(name) for name in ("age", "age_unit"))
        if "age" in given and "age_unit" not in given:
            self.add_error(
                "age_unit", _("Choose the unit of the age: months or years.")
            )
        elif number is not None and unit is not None:
            try:
                self.cleaned_data["age"] = typed.checked_age(number, unit)
            except typed.NotUnderstoodError as error:
                self.add_error("age", str(error))

    @property
    def problems(self) -> dict[str, list[str]]:
        """Return every error by parameter, unknown and repeated ones included."""
        problems = {
            name: [str(text) for text in self.errors[name]]
            for name in self.fields
            if name in self.errors
        }
        for name, values in self.query.lists():
            if name not in self.base_fields:
                problems[name] = [
                    _("Leave this out: the dose address does not know it.")
                ]
            elif len(values) > 1:
                problems[name] = [
                    _("Send {name} once; it came {times} times.").format(
                        name=name, times=len(values)
                    )
                ]
        return problems

    @property
    def patient(self) -> Patient:
        """Return who was described; meaningful only without problems."""
        values = self.cleaned_data
        number, unit = values.get("age"), values.get("age_unit")
        return Patient(
            weight_kg=values.get("weight"),
            confirmed=bool(values.get("confirm")),
            age=None if number is None or unit is None else dosing.Age(number, unit),
            crcl_ml_per_min=values.get("crcl"),
        )


class DoseForm(PatientForm):
    """A dose request. The rule is None where an indication was asked for."""

    regimen = TypedField(str)
    indication = TypedField(str)
    bsa = TypedField(typed.parse_bsa_m2)
    rate = TypedField(lambda text: typed.parse_number(text, "the rate", "1.5"))
    doses_per_day = TypedField(
        lambda text: typed.parse_whole_number(text, "the doses a day", "2")
    )
    hours = TypedField(lambda text: typed.parse_whole_number(text, "the hours", "24"))
    preparation = TypedField(str)
    dose = TypedField(only("increased"))

    CAN_BE_MISSED = PatientForm.CAN_BE_MISSED | {"regimen", "indication"}
    # As they stand in the form, so that errors do.
    field_order = (
        *("regimen", "indication", "weight", "age", "age_unit", "bsa", "rate"),
        *("doses_per_day", "hours", "crcl", "preparation", "dose", "confirm"),
        "edition",
    )

    def __init__(
        self, data: QueryDict, rule: DoseRule | None, has_dosing: bool
    ) -> None:
        super().__init__(data)
        self.rule = rule
        self.has_dosing = has_dosing

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.given
        if {"regimen", "indication"} <= given:
            self.add_error(
                "indication", _("Send a regimen or an indication, not both.")
            )
        elif not given & {"regimen", "indication"}:
            self.add_error(
                "regimen", _("Choose the dosing line to work out a dose for.")
            )
        elif self.rule is not None:
            self._clean_choices(self.rule, given)
        elif self.has_dosing:
            self.add_error(
                "indication",
                _("This indication has dosing lines. Send one as regimen."),
            )
        else:
            for name in given & NEEDS_A_LINE:
                self.add_error(
                    name, _("Leave this out: the indication has no dosing line.")
                )
        return self.cleaned_data

    def _clean_choices(self, rule: DoseRule, given: set[str]) -> None:
        """Refuse what does not apply to the line, and ask for a weight it needs."""
        if rule.needs_weight and "weight" not in given:
            self.add_error("weight", typed.WEIGHT.sentence)
        if "bsa" in given and not rule.is_area_based:
            self.add_error(
                "bsa",
                _("Leave the body surface area out: this line is not per m²."),
            )
        if "rate" in given and not rule.is_by_body:
            self.add_error("rate", _("Leave the rate out: this line is a fixed dose."))
        if "dose" in given and rule.increase_to is None:
            self.add_error(
                "dose", _("Leave this out: this line has no increased dose.")
            )
        if "hours" in given and not rule.is_infusion:
            self.add_error(
                "hours", _("Leave the hours out: this line is not an infusion.")
            )
        if "doses_per_day" in given and rule.is_infusion:
            self.add_error(
                "doses_per_day",
                _("Leave this out: a continuous infusion has no doses."),
            )
        if "preparation" in given:
            self._clean_preparation(rule)
        if {"rate", "dose"} <= given and rule.is_by_body:
            self.add_error("rate", _("Send a rate or the increased dose, not both."))

    def _clean_preparation(self, rule: DoseRule) -> None:
        """Refuse a preparation that the edition lacks, or that leaves no choice."""
        names = {product.key: product.name for product in rule.products}
        if len(names) == 1:
            self.add_error(
                "preparation",
                _("Leave the preparation out: this edition has one, and uses it."),
            )
        elif self.cleaned_data.get("preparation") not in names:
            self.add_error(
                "preparation",
                _(
                    "Choose one of this edition's preparations for this line: {keys}."
                ).format(keys=", ".join(names)),
            )

    @property
    def patient(self) -> Patient:
        """Return what was asked; meaningful only without problems."""
        values = self.cleaned_data
        return replace(
            super().patient,
            bsa_m2=values.get("bsa"),
            rate=values.get("rate"),
            doses_per_day=values.get("doses_per_day"),
            hours=values.get("hours"),
            increased=bool(values.get("dose")),
        )


class EveryLineForm(PatientForm):
    """A weight, of which every line is asked."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "weight" not in self.given:
            self.add_error("weight", typed.WEIGHT.sentence)
        return self.cleaned_data
