"""Which cautions go with a dose, and their sentences with the numbers filled in.

The texts are rows of the edition, but for the one that says an age was not given, which
no row can forget.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .answers import Caution, Dose
from .containers import smallest_dose_mg
from .model import CautionRule, DoseRule, Range, WhoFor
from .patient import Patient
from .phrases import ages_in_words, rate_in_words
from .quantities import in_unit, quantity, quantity_range, spelled_unit

PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLACEHOLDERS = frozenset(
    {
        "rate",
        "dose",
        "smallest",
        "mg_per_kg",
        "weight",
        "units",
        "fluid",
        "diluent",
        "crcl",
        "discrepancy",
        "consequence",
    }
)
# What goes with every dose of a line: such notes stand beside each other.
ALWAYS, NAMED = "always", "named"
SHOWN_STEP = Decimal("0.01")
SHOWN_STEP_PER_KG = Decimal("0.1")


def cautions(
    rule: DoseRule, patient: Patient, dose: Dose, smallest_mg: Decimal | None
) -> tuple[Caution, ...]:
    """Return every caution that applies, its placeholders filled, in the rows' order.

    smallest_mg is the smallest amount known to be drawn up, unrounded.
    """
    words = _words(rule, patient, dose, smallest_mg)
    triggers = _triggers(rule, patient, dose, smallest_mg)
    met = [
        caution
        for caution in rule.cautions
        if caution.trigger in triggers
        if _is_for(caution, patient)
    ]
    said = {caution.trigger for caution in met if caution.is_own} - {ALWAYS, NAMED}
    of_each = {trigger: [words] for trigger in triggers}
    of_each["discrepancy"] = [
        words | {"discrepancy": about.title, "consequence": about.consequence}
        for about in rule.discrepancies
    ]
    return (
        *_age_not_given(rule, patient),
        *(
            Caution(caution.code, _filled(caution.text, filled), caution)
            for caution in met
            if caution.is_own or caution.trigger not in said
            for filled in of_each[caution.trigger]
        ),
    )


def _words(
    rule: DoseRule, patient: Patient, dose: Dose, smallest_mg: Decimal | None
) -> dict[str, str]:
    """Return what stands for each placeholder; nothing where there is no number."""
    crcl = patient.crcl_ml_per_min
    fluid = None if dose.infusion is None else dose.infusion.fluid_ml_per_kg_per_day
    return {
        "rate": rate_in_words(rule, dose.rate),
        "dose": _rounded(rule, smallest_mg),
        "smallest": _rounded(rule, smallest_dose_mg(rule)),
        "weight": quantity(patient.weight_kg or 0, "kg"),
        "mg_per_kg": _per_kg(rule, patient, dose.rate),
        "crcl": "" if crcl is None else quantity(crcl, "mL per minute"),
        "units": str(_most_units(dose)),
        "fluid": "" if fluid is None else quantity(fluid, "mL per kg per day"),
        "diluent": _diluent(dose),
    }


def _most_units(dose: Dose) -> int:
    """Return the most single-use units of one dose; tablets are none."""
    drawn = [item.drawn_up for item in dose.doses if item.drawn_up is not None]
    return max((each.units.high for each in drawn), default=0)


def _diluent(dose: Dose) -> str:
    """Return the diluent of one dose, or of an hour of an infusion, to 0.01 mL."""
    if dose.infusion is not None:
        per_hour = dose.infusion.diluent_ml_per_hour
        ends = None if per_hour is None else Range(per_hour, per_hour)
    else:
        ends = dose.doses[0].diluent_ml if len(dose.doses) == 1 else None
    if ends is None:
        return ""
    shown = ends.each(lambda ml: ml.quantize(SHOWN_STEP, ROUND_HALF_UP))
    return quantity_range(shown.low, shown.high, "mL")


def _triggers(
    rule: DoseRule, patient: Patient, dose: Dose, smallest_mg: Decimal | None
) -> set[str]:
    """Return the triggers that are met, by the names that cautions have them under."""
    floor_mg = smallest_dose_mg(rule)
    is_single = patient.doses_per_day == 1 or any(
        item.per_day == 1 for item in dose.doses
    )
    met = {
        ALWAYS: True,
        NAMED: True,
        "above-range": rule.is_by_body and dose.rate.high > rule.rate.high,
        "single-dose": rule.divided and is_single,
        "volume": any(
            not item.drawn_up.is_measurable for item in dose.doses if item.drawn_up
        ),
        "small-dose": smallest_mg is not None
        and floor_mg is not None
        and smallest_mg < floor_mg,
        "several-units": _most_units(dose) > 1,
        "fixed-dose": not rule.needs_weight and patient.weight_kg is not None,
        "renal-function": patient.crcl_ml_per_min is not None,
        "discrepancy": bool(rule.discrepancies),
        "count-open": "doses_per_day" in dose.needs,
        "diluted": bool(_diluent(dose)),
    }
    return {trigger for trigger, is_met in met.items() if is_met}


def _age_not_given(rule: DoseRule, patient: Patient) -> Iterator[Caution]:
    """Yield that the ages of a line were not checked, where no age was given."""
    if rule.who.has_ages and patient.age is None:
        yield Caution(
            "age-not-given",
            f"This line is for patients {ages_in_words(rule.who)}. No age was given, "
            "so it was not checked.",
        )


def _rounded(rule: DoseRule, amount_mg: Decimal | None) -> str:
    """Return an amount in the unit of the line, to 0.01."""
    if amount_mg is None:
        return ""
    amount = in_unit(amount_mg, rule.unit).quantize(SHOWN_STEP, ROUND_HALF_UP)
    return quantity(amount, spelled_unit(rule.unit))


def _per_kg(rule: DoseRule, patient: Patient, rate: Range) -> str:
    """Return what a fixed dose amounts to per kg, to 0.1 in the unit of the line."""
    if not patient.weight_kg:
        return ""
    amount = (rate.high / patient.weight_kg).quantize(SHOWN_STEP_PER_KG, ROUND_HALF_UP)
    return quantity(amount, spelled_unit(f"{rule.unit}/kg"))


def _is_for(caution: CautionRule, patient: Patient) -> bool:
    """Return whether the caution is for this weight, and for a clearance this low."""
    band = WhoFor(caution.from_weight_kg, caution.below_weight_kg)
    weight_kg, crcl = patient.weight_kg, patient.crcl_ml_per_min
    if band.has_weights and (weight_kg is None or not band.takes_weight(weight_kg)):
        return False
    if (patient.doses_per_day or 0) < (caution.from_doses_per_day or 0):
        return False
    below = caution.below_crcl_ml_per_min
    return below is None or (crcl is not None and crcl < below)


def _filled(text: str, words: dict[str, str]) -> str:
    """Return text with its known placeholders replaced, and nothing else touched."""
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), text)
