"""The fields that a dosing line asks for: labels, hints and choices, from its rule.

Whoever shows the form brings the translation of its words. What may be typed is judged
in form.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reference import dosing
from reference.dosing import DoseRule, Patient, phrases, quantities

from .parameters import patient_parameters

Translated = Callable[[str], str]
DECIMALS = ("weight", "bsa", "age", "rate", "crcl")
# Known of the patient; what is not named here is chosen.
FIRST, MORE = ("weight",), ("age", "age_unit", "crcl")


@dataclass(frozen=True, slots=True)
class DoseField:
    """One field; kind is "number", "choice", "radio" or "tick"."""

    name: str
    kind: str
    label: str
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    value: str = ""
    errors: Sequence[str] = ()

    @property
    def is_decimal(self) -> bool:
        return self.name in DECIMALS


@dataclass(frozen=True, slots=True)
class DoseFields:
    """The fields of a line: the weight, its own choices, and what is behind "More".

    In a row of the table only the choices are fields; what is known of the patient is
    hidden, as (name, value).
    """

    hidden: Sequence[tuple[str, str]]
    first: Sequence[DoseField]
    choices: Sequence[DoseField]
    more: Sequence[DoseField]

    @property
    def is_more_used(self) -> bool:
        return any(field.value or field.errors for field in self.more)


def dose_fields(
    rule: DoseRule,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
    patient: Patient | None = None,
    *,
    in_row: bool = False,
    translated: Translated = str,
) -> DoseFields:
    """Return the fields of a line, with what was typed and what was wrong with it."""
    fields = [
        replace(
            field, value=typed.get(field.name, ""), errors=errors.get(field.name, ())
        )
        for field in (*_of_the_patient(rule, translated), *_chosen(rule, translated))
    ]
    choices = [field for field in fields if field.name not in FIRST + MORE]
    if in_row:
        known = () if patient is None else patient_parameters(patient)
        return DoseFields(tuple(known), (), choices, ())
    return DoseFields(
        hidden=(),
        first=[field for field in fields if field.name in FIRST],
        choices=choices,
        more=[field for field in fields if field.name in MORE],
    )


def _chosen(rule: DoseRule, _: Translated) -> Iterator[DoseField]:
    """Yield what a line leaves open, before anything is typed.

    A number of doses that the guide does not print is asked in the answer itself.
    """
    unit = quantities.spelled_unit(rule.basis)
    if rule.is_area_based:
        label = _("Body surface area in square meters (m²)")
        yield DoseField("bsa", "number", label, _("Typed, not worked out here."))
    if rule.rate.low < rule.highest_rate and rule.is_by_body:
        label = _("Rate, {unit}").format(unit=_slashed(rule))
        yield DoseField("rate", "number", label, _rate_hint(rule, _))
    counts = [str(count) for count in dosing.counts_allowed(rule)]
    if len(counts) > 1 and rule.doses_per_day is not None:
        label = _("Doses per day")
        if not rule.schedule.is_daily:
            label = _("Doses on a dosing day")
        options = list(zip(counts, counts, strict=True))
        yield DoseField("doses_per_day", "radio", label, "", options)
    if rule.is_infusion:
        hours = dosing.hours_allowed(rule)
        label = _("Hours, {hours}").format(
            hours=quantities.number_range(hours[0], hours[-1])
        )
        yield DoseField("hours", "number", label)
    if rule.chosen_product is None:
        products = [(each.key, each.in_words) for each in rule.products]
        options = [("", _open_choice(rule, _)), *products]
        yield DoseField("preparation", "choice", _("Preparation"), "", options)
    if rule.increase_to is not None:
        dose = quantities.quantity(rule.increase_to, unit)
        yield DoseField("dose", "tick", _("Increased dose: {dose}").format(dose=dose))


def _open_choice(rule: DoseRule, _: Translated) -> str:
    """Return what is taken while no preparation is chosen."""
    if dosing.vials_of(rule):
        return _("the fewest vials")
    return _("the fewest tablets") if dosing.tablets_of(rule) else _("not chosen")


def _of_the_patient(rule: DoseRule, _: Translated) -> Iterator[DoseField]:
    """Yield the fields of weight, age and clearance."""
    label = _("Weight in kilograms (kg)")
    hint = ""
    if not rule.needs_weight:
        label = _("Weight in kilograms (kg), optional")
        hint = _("This dose is fixed: the weight is not used in it.")
        if rule.is_area_based:
            hint = _("The weight is not used in this dose.")
    elif rule.who.has_weights:
        hint = _("This line is for {weights}.").format(
            weights=phrases.weights_in_words(rule.who)
        )
    yield DoseField("weight", "number", label, hint)
    hint = _("A check, not used in the dose.")
    if rule.who.has_ages:
        hint = _("This line is for patients {ages}.").format(
            ages=phrases.ages_in_words(rule.who)
        )
    yield DoseField("age", "number", _("Age, optional"), hint)
    units = [("", _("not chosen")), ("months", _("months")), ("years", _("years"))]
    yield DoseField("age_unit", "choice", _("Unit of the age"), "", units)
    if rule.crcl_thresholds_ml_per_min:
        hint = _("Not used in the dose: a low one adds a statement.")
        label = _("Creatinine clearance in mL/min, optional")
        yield DoseField("crcl", "number", label, hint)


def _slashed(rule: DoseRule) -> str:
    """Return the unit of the rate with its time: "mg/kg per day"."""
    amount, _, time = rule.basis.rpartition("/")
    spelled = quantities.spelled_unit(amount).replace(" per ", "/")
    return f"{spelled} per {time}"


def _rate_hint(rule: DoseRule, _: Translated) -> str:
    """Return "1 to 2", or "1 to 2; up to 8 (US label)" where a maximum allows it."""
    printed = quantities.number_range(rule.rate.low, rule.rate.high)
    if rule.highest_rate == rule.rate.high:
        return printed
    return _("{rates}; up to {highest} ({sources})").format(
        rates=printed,
        highest=quantities.number_in_words(rule.highest_rate),
        sources=" and ".join(sorted({maximum.source for maximum in rule.maxima})),
    )
