"""The patient's cell of a row: one number in words, or why there is none."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from reference import dosing
from reference.doses.answer import DoseAnswer
from reference.doses.dose_table import limits_of
from reference.dosing import (
    CautionRule,
    Dose,
    DoseRule,
    Patient,
    Refusal,
    WhoFor,
    answers,
    phrases,
    quantities,
)
from reference.editions import wording

from .sentence import (
    HOURS_PER_DAY,
    ONCE,
    counts_in_words,
    has_one_dose,
    number_and_time,
    total_in_24_hours,
)

SHOWN_STEP_PER_KG = Decimal("0.1")
DIVIDE = "Divide into doses"
TYPE_AREA = "Type the body surface area"
# What a line asks back, in the few words of a cell.
QUESTIONS = {
    "Check the age": "the age does not fit this line",
    "Check the weight and the age": "weight, age and line do not fit each other",
}


@dataclass(frozen=True, slots=True)
class PatientCell:
    """What a row says of this patient.

    number, then time, are of one size and weight: "20 mg to 40 mg", "once daily"; small
    are the words after them. is_by_weight is whether they depend on the patient. Where
    there is no number, question is what is to be confirmed first, and small the reason.
    choice is what the line asks for a single dose.
    limits is the row's cell of limits at this weight.
    """

    number: str = ""
    time: str = ""
    small: str = ""
    is_by_weight: bool = False
    question: str = ""
    choice: str = ""
    limits: str = ""


def patient_cell(answer: DoseAnswer) -> PatientCell:
    """Return the cell of one answer for which nothing was chosen."""
    rule, patient, result = answer.rule, answer.patient, answer.result
    if rule is None or answer.regimen is None:
        return PatientCell()
    if isinstance(result, answers.Confirmation):
        return PatientCell(
            question=result.title,
            small=QUESTIONS.get(result.title) or _unusual(rule),
            limits=limits_of(answer.regimen),
        )
    if not isinstance(result, Dose):
        return PatientCell(small=_not_for(answer), limits=limits_of(answer.regimen))
    if "bsa" in result.needs:
        return PatientCell(choice=TYPE_AREA, limits=limits_of(answer.regimen))
    number, time = number_and_time(rule, patient, result)
    small = (
        *_small(rule, patient, result),
        *_of_every_dose(rule, patient, result),
    )
    return PatientCell(
        number=wording.nobreak(number),
        time=time,
        small=wording.nobreak("; ".join(filter(None, small))),
        is_by_weight=rule.is_by_body,
        choice=DIVIDE if rule.doses_per_day is None and not rule.is_infusion else "",
        limits=limits_of(answer.regimen, patient.weight_kg),
    )


def _small(rule: DoseRule, patient: Patient, dose: Dose) -> tuple[str, ...]:
    """Return the small words after a dose's number and time."""
    if dose.infusion is not None:
        return (_in_a_day(rule, patient),)
    preparation = "" if dosing.drawn_by(rule) else "preparation to be chosen"
    if has_one_dose(rule, patient, dose):
        return (*_of_one_dose(rule, patient, dose), preparation)
    if rule.doses_per_day in (None, ONCE):
        return (preparation,)
    counts = counts_in_words(dosing.counts_allowed(rule))
    return (f"in {counts} {'divided ' * rule.divided}doses", preparation)


def _of_every_dose(rule: DoseRule, patient: Patient, dose: Dose) -> Iterator[str]:
    """Yield what is said however it is given: lowered, age not checked, kidneys."""
    if dose.limit is not None and dose.limit.applied:
        yield "lowered to the maximum"
    if rule.who.has_ages and patient.age is None:
        yield "age not checked"
    own = {
        each.code
        for each in rule.cautions
        if each.is_own and each.trigger == "renal-function"
    }
    for caution in dose.cautions:
        if caution.code in own:
            yield caution.text.removesuffix(".")


def _of_one_dose(rule: DoseRule, patient: Patient, dose: Dose) -> tuple[str, ...]:
    """Return what is said of a dose: its volume or tablets, a fixed dose per kg."""
    item, taken = dose.doses[0], ""
    if item.tablets is not None:
        taken = phrases.tablets_of_ends(item.tablets, item.mg, rule.unit)
    elif rule.is_by_body:
        taken = wording.volume(item.drawn.shown_ml)
    line = "adult line" if rule.population == "adult" else ""
    return taken, _under_smallest(rule, dose), _per_kg(rule, patient), line


def _under_smallest(rule: DoseRule, dose: Dose) -> str:
    """Return "under 20 mg" where the answer has the caution on small doses."""
    smallest_mg = dosing.smallest_dose_mg(rule)
    codes = {each.code for each in dose.cautions}
    said = any(
        each.trigger == "small-dose" and each.code in codes for each in rule.cautions
    )
    if not said or smallest_mg is None:
        return ""
    smallest = quantities.dose_amount(smallest_mg, rule.unit)
    return f"under {smallest}"


def _says_per_kg(caution: CautionRule, weight_kg: Decimal) -> bool:
    """Return whether a caution on fixed doses gives the amount per kg at a weight."""
    gives_it = caution.trigger == "fixed-dose" and "{mg_per_kg}" in caution.text
    band = WhoFor(caution.from_weight_kg, caution.below_weight_kg)
    return gives_it and band.takes_weight(weight_kg)


def _per_kg(rule: DoseRule, patient: Patient) -> str:
    """Return "equals 5 mg/kg at 20 kg" where a caution gives that figure."""
    weight_kg = patient.weight_kg
    if weight_kg is None or rule.needs_weight:
        return ""
    if not any(_says_per_kg(each, weight_kg) for each in rule.cautions):
        return ""
    amount = (rule.rate.high / weight_kg).quantize(SHOWN_STEP_PER_KG, ROUND_HALF_UP)
    unit = f"{quantities.spelled_unit(rule.unit)}/kg"
    weight = quantities.quantity(weight_kg, "kg")
    return f"equals {quantities.number_in_words(amount)} {unit} at {weight}"


def _in_a_day(rule: DoseRule, patient: Patient) -> str:
    """Return "960 mg per 24 hours", where an infusion may run as long."""
    total = total_in_24_hours(rule, patient)
    return f"{total} per {HOURS_PER_DAY} hours" if total else ""


def _unusual(rule: DoseRule) -> str:
    line = " for a pediatric line" if rule.population == "pediatric" else ""
    return f"unusual weight{line}"


def _not_for(answer: DoseAnswer) -> str:
    """Return whom a line is for, where it is not for this patient; else why not."""
    rule, weight_kg, age = answer.rule, answer.patient.weight_kg, answer.patient.age
    if rule is not None and weight_kg is not None:
        if not rule.who.takes_weight(weight_kg):
            weights = phrases.weights_in_words(rule.who)
            return wording.nobreak(f"not for this weight: for {weights}")
        if age is not None and not rule.who.takes_age(age):
            ages = phrases.ages_in_words(rule.who)
            return wording.nobreak(f"not for this age: {ages}")
    return answer.result.text if isinstance(answer.result, Refusal) else ""
