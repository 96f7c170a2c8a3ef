"""Which cautions go with a dose, and their sentences with the numbers filled in.

Pure: no Django and no arithmetic. The texts are rows of the edition, but for the one
that says an age was not given, which no row can forget.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from .model import (
    Caution,
    CautionRule,
    DividedDose,
    DoseRule,
    Infusion,
    OpenDiscrepancy,
    Patient,
    Range,
)
from .phrases import age_not_given
from .quantities import in_unit, quantity, spelled_unit
from .sentence import rate_in_words

PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLACEHOLDERS = frozenset(
    {"rate", "dose", "smallest", "mg_per_kg", "weight", "units", "fluid"}
    | {"crcl", "discrepancy", "consequence"}
)
SHOWN_STEP = Decimal("0.01")
SHOWN_STEP_PER_KG = Decimal("0.1")


def cautions(
    rule: DoseRule,
    patient: Patient,
    rate: Range,
    doses: tuple[DividedDose, ...],
    infusion: Infusion | None,
    smallest_mg: Decimal | None,
) -> tuple[Caution, ...]:
    """Return every caution that applies, its placeholders filled, in the rows' order.

    smallest_mg is the smallest amount known to be drawn up, unrounded.
    """
    product = rule.chosen_product
    floor = None if product is None else product.smallest_dose_mg
    words = {
        "rate": rate_in_words(rule, rate),
        "dose": _rounded(rule, smallest_mg),
        "smallest": _rounded(rule, floor),
        "weight": quantity(patient.weight_kg or 0, "kg"),
        "mg_per_kg": _per_kg(rule, patient, rate),
        "crcl": ""
        if patient.crcl_ml_per_min is None
        else quantity(patient.crcl_ml_per_min, "mL per minute"),
        "units": str(max((dose.units.high for dose in doses), default=0)),
        "fluid": ""
        if infusion is None or infusion.fluid_ml_per_kg_per_day is None
        else quantity(infusion.fluid_ml_per_kg_per_day, "mL per kg per day"),
    }
    applies = {
        "always": True,
        "above-range": rule.is_weight_based and rate.high > rule.rate.high,
        "single-dose": rule.divided
        and (patient.doses_per_day == 1 or any(dose.per_day == 1 for dose in doses)),
        "volume": any(not dose.is_measurable for dose in doses),
        "small-dose": smallest_mg is not None
        and floor is not None
        and smallest_mg < floor,
        "several-units": any(dose.units.high > 1 for dose in doses),
        "fixed-dose": not rule.needs_weight and patient.weight_kg is not None,
        "renal-function": patient.crcl_ml_per_min is not None,
    }
    return (
        *_age_cautions(rule, patient),
        *(
            Caution(
                caution.code, _filled(caution.text, words | _discrepancy_words(about))
            )
            for caution in rule.cautions
            if _weight_in_band(caution, patient)
            if _clearance_is_below(caution, patient)
            for about in _subjects(rule, caution)
            if about is not None or applies.get(caution.trigger, False)
        ),
    )


def _age_cautions(rule: DoseRule, patient: Patient) -> tuple[Caution, ...]:
    """Return that the lowest age of a line was not checked, where no age was given."""
    lowest_months = rule.who.from_age_months
    if lowest_months is None or patient.age is not None:
        return ()
    return (Caution("age-not-given", age_not_given(lowest_months)),)


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


def _weight_in_band(caution: CautionRule, patient: Patient) -> bool:
    """Return whether the caution is meant for this weight."""
    if caution.from_weight_kg is None and caution.below_weight_kg is None:
        return True
    weight_kg = patient.weight_kg
    return (
        weight_kg is not None
        and weight_kg >= (caution.from_weight_kg or 0)
        and (caution.below_weight_kg is None or weight_kg < caution.below_weight_kg)
    )


def _clearance_is_below(caution: CautionRule, patient: Patient) -> bool:
    """Return whether the caution asks for no clearance, or for one that is this low."""
    below = caution.below_crcl_ml_per_min
    crcl = patient.crcl_ml_per_min
    return below is None or (crcl is not None and crcl < below)


def _subjects(
    rule: DoseRule, caution: CautionRule
) -> tuple[OpenDiscrepancy | None, ...]:
    """Return what a caution repeats for: each open discrepancy, or nothing but once."""
    return rule.discrepancies if caution.trigger == "discrepancy" else (None,)


def _discrepancy_words(about: OpenDiscrepancy | None) -> dict[str, str]:
    if about is None:
        return {}
    return {"discrepancy": about.title, "consequence": about.consequence}


def _filled(text: str, words: dict[str, str]) -> str:
    """Return text with its known placeholders replaced, and nothing else touched."""
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), text)
