"""The fields that a dosing line asks for: labels, hints and choices, from its rule.

Pure: no Django; whoever shows the form brings the translation of its words. What may
be typed is judged in doses/form.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reference.dosing import (
    HIGHEST_WEIGHT_KG,
    LOWEST_WEIGHT_KG,
    DoseRule,
    counts_allowed,
    hours_allowed,
    lowest_age_in_words,
    number_in_words,
    number_range,
    quantity,
    spelled_unit,
    weights_in_words,
)

Translated = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class DoseField:
    """One field: kind is "number", "choice" or "tick"; options are (value, words)."""

    name: str
    kind: str
    label: str
    hint: str
    value: str
    errors: Sequence[str]
    options: Sequence[tuple[str, str]] = ()
    is_decimal: bool = True


def dose_fields(
    rule: DoseRule,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
    *,
    translated: Translated = str,
) -> list[DoseField]:
    """Return the fields of a line, with what was typed and what was wrong with it."""
    return [
        DoseField(
            name=name,
            kind=kind,
            label=label,
            hint=hint,
            value=typed.get(name, ""),
            errors=errors.get(name, ()),
            options=options,
            is_decimal=name in DECIMALS,
        )
        for name, kind, label, hint, options in _described(rule, translated)
    ]


DECIMALS = ("weight", "age", "rate", "crcl")

Described = tuple[str, str, str, str, Sequence[tuple[str, str]]]


def _described(rule: DoseRule, _: Translated) -> Iterator[Described]:
    """Yield name, kind, label, hint and options of each field."""
    span = number_range(LOWEST_WEIGHT_KG, HIGHEST_WEIGHT_KG)
    if rule.needs_weight:
        hint = _("From {lowest_to_highest}.").format(lowest_to_highest=span)
        if rule.who.has_weights:
            hint = _("This line is for {weights}.").format(
                weights=weights_in_words(rule.who)
            )
        yield "weight", "number", _("Weight in kilograms (kg)"), hint, ()
    else:
        hint = _("This dose is fixed: the weight is not used in it.")
        yield "weight", "number", _("Weight in kilograms (kg), optional"), hint, ()
    hint = _("A check, not used in the dose.")
    if rule.who.from_age_months is not None:
        hint = _("This line is for patients from {age} of age.").format(
            age=lowest_age_in_words(rule.who.from_age_months)
        )
    yield "age", "number", _("Age, optional"), hint, ()
    units = [("", _("not chosen")), ("months", _("months")), ("years", _("years"))]
    yield "age_unit", "choice", _("Unit of the age"), "", units
    if rule.rate.low < rule.highest_rate and rule.is_weight_based:
        yield (
            "rate",
            "number",
            _("Rate in {unit}, optional").format(unit=spelled_unit(rule.basis)),
            _rate_hint(rule, _),
            (),
        )
    counts = counts_allowed(rule)
    if len(counts) > 1 and not rule.is_infusion:
        unstated = rule.doses_per_day is None
        yield (
            "doses_per_day",
            "choice",
            _count_label(rule, _),
            _("The guide gives no number: the dose waits for your choice.")
            if unstated
            else _("Left open, the dose is shown for each number."),
            [("", _("not chosen")), *((str(n), number_in_words(n)) for n in counts)],
        )
    if rule.is_infusion:
        hours = hours_allowed(rule)
        hint = _("{hours}. Totals wait for your choice.").format(
            hours=number_range(hours[0], hours[-1])
        )
        yield "hours", "number", _("Hours of infusion, optional"), hint, ()
    if rule.chosen_product is None:
        hint = _("The volume and the number of units wait for your choice.")
        options = [(each.key, each.in_words) for each in rule.products]
        yield (
            "preparation",
            "choice",
            _("Preparation"),
            hint,
            [("", _("not chosen")), *options],
        )
    if rule.crcl_thresholds_ml_per_min:
        hint = _("Not used in the dose: a low one adds a statement.")
        label = _("Creatinine clearance in mL/min, optional")
        yield "crcl", "number", label, hint, ()
    if rule.increase_to is not None:
        increased = quantity(rule.increase_to, spelled_unit(rule.basis))
        yield "dose", "tick", _("Increased dose: {dose}").format(dose=increased), "", ()


def _count_label(rule: DoseRule, _: Translated) -> str:
    if rule.doses_per_day is None:
        return _("Doses a day")
    if rule.every_days > 1:
        return _("Doses on a dosing day, optional")
    return _("Doses a day, optional")


def _rate_hint(rule: DoseRule, _: Translated) -> str:
    printed = number_range(rule.rate.low, rule.rate.high)
    if rule.highest_rate == rule.rate.high:
        return _(
            "Printed: {rates}. Left open, the whole printed range is shown."
        ).format(rates=printed)
    return _(
        "Printed: {rates}. Up to {highest}, the maximum ({sources}). Left open, the "
        "whole printed range is shown."
    ).format(
        rates=printed,
        highest=number_in_words(rule.highest_rate),
        sources=" and ".join(sorted({maximum.source for maximum in rule.maxima})),
    )
