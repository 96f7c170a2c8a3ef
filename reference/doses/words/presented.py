"""An answer as a page says it: every word, plural, unit and sentence, in its place.

The template decides none of them. Numbers come from the arithmetic, notes and names
from the edition's rows.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from reference import dosing
from reference.doses.answer import DoseAnswer
from reference.doses.dose_table import TableRow
from reference.doses.parameters import asked_again, has_several
from reference.dosing import (
    Confirmation,
    Dose,
    DoseRule,
    Patient,
    Refusal,
    phrases,
    quantities,
)
from reference.editions import wording

from .containers import sizes_offered
from .lines import course_in_words, fluid_in_words, maximum_line, worked_lines
from .notes import placed_notes
from .presented_answer import Choice, PresentedAnswer
from .sentence import choice_words, number_and_time

DRAFT = "DRAFT, not for use"
NO_LINE = "no-dosing-printed"
REFUSED = {
    NO_LINE: "No dosing line in the guide",
    "above-maximum": "Above the maximum",
    "outside-range": "Outside the guide's line",
    "edition-not-in-force": "Not the edition in force",
    "edition-withdrawn": "Edition withdrawn",
    "edition-not-verified": "Edition not verified",
}
UNTIL_CONFIRMED = "No dose is shown until you confirm."
ROUNDED = (
    "Rounded once, at the end, half up: {unit} to 0.01, mL to 0.0001; never past a "
    "maximum. Shown: a range of mg{but_not} to whole mg, else to 0.1 mg, into itself, "
    "where neither end moves by 5%; mL to 0.01 unless that would change the dose by "
    "more than 5%."
)
OF_TABLETS = (
    "Rounded once, at the end, half up: {unit} to {step}; never past a maximum. "
    "Tablets are counted where whole ones make the dose exactly."
)
NO_AREA = "No dose without a body surface area"
FROM_VIALS = ", unless it is taken from vials,"
CHECK = (
    "Check against the current prescribing information. Not part of a patient record."
)


def presented(
    answer: DoseAnswer,
    row: TableRow | None,
    *,
    at: datetime | None,
    is_trial: bool = False,
) -> PresentedAnswer:
    """Return what a page says of an answer that was worked out at a moment.

    Without a moment it is one for every reader, on a page that is drawn once.

    row is the line's in the table, or its indication's; None where there is neither.
    """
    shown = PresentedAnswer(asked=tuple(asked_again(answer)))
    if row is not None:
        shown = replace(shown, title=row.title, where=tuple(_where(answer, row)))
        shown = replace(shown, foot=" · ".join(_foot(answer, row, is_trial=is_trial)))
    result = answer.result
    if answer.status == "invalid":
        texts = [text for texts in answer.errors.values() for text in texts]
        return replace(shown, said=f"There is a problem: {' '.join(texts)}")
    if isinstance(result, Confirmation):
        shown = _question(shown, answer, result)
    elif isinstance(result, Refusal):
        shown = _refusal(shown, answer, result)
    elif isinstance(result, Dose) and answer.rule is not None:
        shown = _worked(shown, answer, answer.rule, result)
        shown = replace(shown, source=_source(answer, at, is_trial=is_trial))
        if not {"bsa", "doses_per_day", "preparation"} & set(result.needs):
            # Where a choice is open, the rest would be filled in from memory.
            shown = replace(shown, copied=_copied(shown, answer))
    return replace(shown, said=_said(shown))


def _where(answer: DoseAnswer, row: TableRow) -> Iterator[str]:
    """Yield the route, and the weight as it was understood."""
    if row.route:
        yield row.route
    if answer.patient.weight_kg is not None and not answer.errors:
        yield wording.kg(answer.patient.weight_kg).replace("\N{NO-BREAK SPACE}", " ")


def _worked(
    shown: PresentedAnswer, answer: DoseAnswer, rule: DoseRule, dose: Dose
) -> PresentedAnswer:
    regimen, patient = answer.regimen or {}, answer.patient
    if "bsa" in dose.needs:
        return replace(shown, dose=NO_AREA, lines=(_asked_area(rule),))
    notes = placed_notes(answer.document, rule, dose)
    return replace(
        shown,
        dose=_dose_line(answer, rule, dose),
        is_by_weight=rule.is_by_body,
        lines=(
            *worked_lines(regimen, rule, patient, dose, notes),
            *_preparation(answer, rule, dose),
        ),
        choices=tuple(_choices(rule, patient)) if rule.doses_per_day is None else (),
        limit=maximum_line(regimen, rule, patient, dose),
        notes=notes.shown,
        folded=notes.folded,
        steps=tuple(_steps(rule, dose)),
        further=notes.further,
        rounded=_rounded(rule),
    )


def _rounded(rule: DoseRule) -> str:
    """Return how the numbers were rounded."""
    unit = quantities.spelled_unit(rule.unit)
    if dosing.tablets_of(rule):
        return OF_TABLETS.format(
            unit=unit, step="0.0001" if rule.unit == "mg" else "0.01"
        )
    return ROUNDED.format(
        unit=unit, but_not=FROM_VIALS if dosing.vials_of(rule) else ""
    )


def _asked_area(rule: DoseRule) -> str:
    rate = phrases.rate_in_words(rule, rule.rate)
    return f"The line is {rate}. {dosing.typed.BSA.sentence}"


def _dose_line(answer: DoseAnswer, rule: DoseRule, dose: Dose) -> str:
    """Return "10 mg to 20 mg twice a day", with how long where it is continuous."""
    number, time = number_and_time(rule, answer.patient, dose)
    if dose.infusion is None or answer.regimen is None:
        return f"{number} {time}"
    hours = answer.patient.hours
    duration = answer.regimen["duration"]
    if hours is not None:
        duration = f"for {quantities.counted(hours, 'hour', 'hours')}"
    return f"{number} {time}, continuous, {duration}"


def _preparation(answer: DoseAnswer, rule: DoseRule, dose: Dose) -> Iterator[str]:
    """Yield what a dose is drawn from, or that it is still to be chosen."""
    if "preparation" in dose.needs:
        yield "Choose the preparation for the volume and the number of units."
    elif rule.chosen_product and has_several(answer, rule):
        yield f"From {rule.chosen_product.in_words}"
    elif dose.doses or (dose.infusion and dose.infusion.vials):
        yield from sizes_offered(rule)


def _choices(rule: DoseRule, patient: Patient) -> Iterator[Choice]:
    """Yield each number of doses a day, with what the edition's rows say of it."""
    if rule.is_infusion:
        return
    for count in dosing.counts_allowed(rule):
        is_chosen = patient.doses_per_day == count
        yield Choice(str(count), choice_words(rule, count), is_chosen)


def _steps(rule: DoseRule, dose: Dose) -> Iterator[str]:
    """Yield the working, the fluid load, and the totals of a course."""
    yield from dose.working
    yield from filter(None, map(fluid_in_words, dose.doses))
    if dose.course is not None:
        yield course_in_words(rule, dose.course)


def _question(
    shown: PresentedAnswer, answer: DoseAnswer, asked: Confirmation
) -> PresentedAnswer:
    """Return what is asked back: the weight in kg and lb, the age, and why."""
    titles, confirmed = [], []
    if (
        asked.asks_weight
        and asked.weight_kg is not None
        and asked.weight_lb is not None
    ):
        weight = quantities.quantity(asked.weight_kg, "kg")
        titles.append(f"{weight} is {quantities.quantity(asked.weight_lb, 'lb')}")
        confirmed.append(weight)
    if asked.asks_age and answer.patient.age is not None:
        age = phrases.age_in_words(answer.patient.age)
        titles.append(f"age {age}")
        confirmed.append(age)
    parts = [*_unusual(answer, asked), *asked.doubts, UNTIL_CONFIRMED]
    return replace(
        shown,
        where=shown.where[:1],  # the weight is what is asked about
        dose=wording.capitalized("; ".join(titles)),
        lines=(" ".join(parts),),
        yes=f"Yes, {' and '.join(confirmed)}",
        asked=(*shown.asked, ("confirm", "yes")),
        foot="",
    )


def _unusual(answer: DoseAnswer, asked: Confirmation) -> Iterator[str]:
    """Yield that a weight is unusual, and whether it may have been typed in pounds."""
    rule, weight_kg = answer.rule, asked.weight_kg
    if not asked.is_unusual or rule is None or weight_kg is None:
        return
    line = " for a pediatric line" if rule.population == "pediatric" else ""
    yield f"That is an unusual weight{line}."
    if weight_kg > dosing.CONFIRM_PEDIATRIC_ABOVE_KG:
        yield "Was it typed in pounds?"


def _refusal(
    shown: PresentedAnswer, answer: DoseAnswer, refusal: Refusal
) -> PresentedAnswer:
    text = refusal.text
    if refusal.code == NO_LINE:
        label = answer.document["edition"]["label"]
        text = (
            f"The {label} guide lists this use and gives no dose. None is taken from "
            "another line."
        )
    title = REFUSED.get(refusal.code, "No dose was worked out")
    return replace(shown, dose=title, lines=(text,))


def _foot(answer: DoseAnswer, row: TableRow, *, is_trial: bool) -> Iterator[str]:
    """Yield status, guide, and what no dose considers; what was typed is said."""
    source = f" ({row.status_source})" if row.status_source else ""
    yield wording.capitalized(f"{row.status}{source}")
    yield f"guide {answer.document['edition']['label']}"
    if is_trial:
        yield DRAFT
    if not isinstance(answer.result, Dose):
        return
    age, crcl = answer.patient.age, answer.patient.crcl_ml_per_min
    missing = ["kidney function"] * (crcl is None) + ["age"] * (age is None)
    if crcl is not None:
        clearance = quantities.quantity(crcl, "mL/min")
        yield f"creatinine clearance {clearance}, not used in the dose"
    if age is not None:
        yield f"age {phrases.age_in_words(age)}, not used in the dose"
    if missing:
        yield f"{' and '.join(missing)} not considered"


def _source(answer: DoseAnswer, at: datetime | None, *, is_trial: bool) -> str:
    edition = answer.document["edition"]
    draft = f" ({DRAFT})" if is_trial else ""
    worked_out = f"Worked out {wording.moment_in_words(at)}. " if at else ""
    return (
        f"Edition {edition['number']}, {edition['label']}{draft}, fingerprint "
        f"{answer.fingerprint[:12]}. {worked_out}{CHECK}"
    )


def _said(shown: PresentedAnswer) -> str:
    """Return the one sentence that is read aloud."""
    where = ", ".join(filter(None, (shown.title, *shown.where)))
    if shown.yes:
        return f"{shown.dose}: no dose is shown until you confirm."
    return f"{where}: {shown.dose}." if where else f"{shown.dose}."


def _copied(shown: PresentedAnswer, answer: DoseAnswer) -> str:
    """Return every line down to the foot, and every note, one per line."""
    head = f"{answer.document['drug']['generic_name']} · {shown.head}"
    notes = (note.text for note in (*shown.notes, *shown.folded))
    lines = (head, shown.dose, *shown.lines, shown.limit, *notes, shown.foot)
    return "\n".join(filter(None, lines))
