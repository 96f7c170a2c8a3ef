"""The fields that a dosing line asks for: labels, hints and choices, from its rule.

Whoever shows the form brings the translation of its words. What may be typed is judged
in form.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reference import dosing
from reference.dosing import DoseRule, phrases, quantities, typed

Translated = Callable[[str], str]
DECIMALS = ("weight", "age", "rate", "crcl")


@dataclass(frozen=True, slots=True)
class DoseField:
    """One field: kind is "number", "choice" or "tick"; options are (value, words)."""

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


def dose_fields(
    rule: DoseRule,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
    *,
    translated: Translated = str,
) -> list[DoseField]:
    """Return the fields of a line, with what was typed and what was wrong with it."""
    return [
        replace(
            field, value=typed.get(field.name, ""), errors=errors.get(field.name, ())
        )
        for field in _described(rule, translated)
    ]


def _described(rule: DoseRule, _: Translated) -> Iterator[DoseField]:
    """Yield each field as it is before anything is typed."""
    yield from _of_the_patient(rule, _)
    unit = quantities.spelled_unit(rule.basis)
    if rule.rate.low < rule.highest_rate and rule.is_weight_based:
        label = _("Rate in {unit}, optional").format(unit=unit)
        yield DoseField("rate", "number", label, _rate_hint(rule, _))
    counts = dosing.counts_allowed(rule)
    if len(counts) > 1 and not rule.is_infusion:
        label = _("Doses a day, optional")
        hint = _("Left open, the dose is shown for each number.")
        if rule.doses_per_day is None:
            label = _("Doses a day")
            hint = _("The guide gives no number: the dose waits for your choice.")
        elif rule.every_days > 1:
            label = _("Doses on a dosing day, optional")
        numbers = [(str(count), quantities.number_in_words(count)) for count in counts]
        options = [("", _("not chosen")), *numbers]
        yield DoseField("doses_per_day", "choice", label, hint, options)
    if rule.is_infusion:
        hours = dosing.hours_allowed(rule)
        hint = _("{hours}. Totals wait for your choice.").format(
            hours=quantities.number_range(hours[0], hours[-1])
        )
        yield DoseField("hours", "number", _("Hours of infusion, optional"), hint)
    if rule.chosen_product is None:
        hint = _("The volume and the number of units wait for your choice.")
        products = [(each.key, each.in_words) for each in rule.products]
        options = [("", _("not chosen")), *products]
        yield DoseField("preparation", "choice", _("Preparation"), hint, options)
    if rule.crcl_thresholds_ml_per_min:
        hint = _("Not used in the dose: a low one adds a statement.")
        label = _("Creatinine clearance in mL/min, optional")
        yield DoseField("crcl", "number", label, hint)
    if rule.increase_to is not None:
        dose = quantities.quantity(rule.increase_to, unit)
        yield DoseField("dose", "tick", _("Increased dose: {dose}").format(dose=dose))


def _of_the_patient(rule: DoseRule, _: Translated) -> Iterator[DoseField]:
    """Yield the fields of the weight and the age."""
    label = _("Weight in kilograms (kg)")
    if not rule.needs_weight:
        label = _("Weight in kilograms (kg), optional")
        hint = _("This dose is fixed: the weight is not used in it.")
    elif rule.who.has_weights:
        hint = _("This line is for {weights}.").format(
            weights=phrases.weights_in_words(rule.who)
        )
    else:
        hint = _("From {lowest_to_highest}.").format(
            lowest_to_highest=quantities.number_range(
                typed.LOWEST_WEIGHT_KG, typed.HIGHEST_WEIGHT_KG
            )
        )
    yield DoseField("weight", "number", label, hint)
    hint = _("A check, not used in the dose.")
    if rule.who.from_age_months is not None:
        hint = _("This line is for patients from {age} of age.").format(
            age=phrases.lowest_age_in_words(rule.who.from_age_months)
        )
    yield DoseField("age", "number", _("Age, optional"), hint)
    units = [("", _("not chosen")), ("months", _("months")), ("years", _("years"))]
    yield DoseField("age_unit", "choice", _("Unit of the age"), "", units)


def _rate_hint(rule: DoseRule, _: Translated) -> str:
    printed = quantities.number_range(rule.rate.low, rule.rate.high)
    if rule.highest_rate == rule.rate.high:
        return _(
            "Printed: {rates}. Left open, the whole printed range is shown."
        ).format(rates=printed)
    return _(
        "Printed: {rates}. Up to {highest}, the maximum ({sources}). Left open, the "
        "whole printed range is shown."
    ).format(
        rates=printed,
        highest=quantities.number_in_words(rule.highest_rate),
        sources=" and ".join(sorted({maximum.source for maximum in rule.maxima})),
    )
