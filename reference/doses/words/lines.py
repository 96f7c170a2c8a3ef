"""The lines under the number of an answer: arithmetic, volume, units, duration."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from reference.dosing import (
    CountRange,
    Dose,
    DoseRule,
    Patient,
    Product,
    Row,
    answers,
    drawn_by,
    phrases,
    quantities,
)
from reference.editions import wording
from reference.reading import limit_at, over_and_begins, table_limit

from .containers import from_vials, of_tablets
from .notes import PlacedNotes
from .sentence import (
    HOURS_PER_DAY,
    ONCE,
    has_one_dose,
    in_24_hours,
    in_total,
    often,
    shown_dose,
    shown_range,
)

SHOWN_STEP = Decimal("0.01")
SAME_AT_EVERY_WEIGHT = "The same at every weight."


def worked_lines(
    regimen: Row, rule: DoseRule, patient: Patient, dose: Dose, notes: PlacedNotes
) -> Iterator[str]:
    """Yield what stands under the number, before a choice and the maximum."""
    if dose.infusion is not None:
        yield from _infusion_lines(regimen, rule, patient, dose, notes)
    elif has_one_dose(rule, patient, dose):
        yield from _one_dose_lines(regimen, rule, patient, dose, notes)
    else:
        yield from _several_lines(regimen, rule, patient, dose, notes)
    if dose.infusion is None:
        yield from (*notes.volumes, *_diluent(rule, dose))
    yield from _duration(regimen, rule, patient)
    times = phrases.first_times_in_words(rule.schedule)
    if times:
        yield f"First doses: {times}"
    yield from notes.count


def maximum_line(regimen: Row, rule: DoseRule, patient: Patient, dose: Dose) -> str:
    """Return the maximum in this patient's mg, whose it is, and what it did; or ""."""
    limit = dose.limit
    if limit is None:
        return ""
    words = wording.capitalized(limit_at(regimen, patient.weight_kg))
    if limit.applied:
        return f"{words}: passed, the dose was lowered to it"
    if "/kg" in limit.maximum.unit:
        return words
    reached = (
        _amount_compared(limit.maximum.per, dose) == limit.maximum.amount
        and rule.unit == "mg"
    )
    return f"{words}: {'reached' if reached else 'not reached'}"


def _amount_compared(per: str, dose: Dose) -> Decimal:
    if per == "day" and dose.daily_mg is not None:
        return dose.daily_mg.high
    return max((item.mg.high for item in dose.doses), default=Decimal(0))


def without_maximum(regimen: Row, rule: DoseRule, notes: PlacedNotes) -> str:
    """Return "No maximum printed", or "" where there is one or a note says it."""
    if rule.maxima:
        return ""
    said = (*notes.count, *(note.text for note in notes.every))
    if any("no maximum" in text.casefold() for text in said):
        return ""
    return wording.capitalized(table_limit(regimen))


def _sentences(*parts: str) -> str:
    """Return parts as sentences of one line, the last without its full stop."""
    return ". ".join(filter(None, parts))


def _calculation(rule: DoseRule, patient: Patient, dose: Dose) -> str:
    """Return "1 to 2 mg/kg × 20 kg", "375 mg/m² × 1.8 m²"; "" for a fixed dose."""
    if not rule.is_by_body:
        return ""
    rate = quantities.number_range(dose.rate.low, dose.rate.high)
    per_hour = " per hour" if rule.is_infusion else ""
    number, body = patient.weight_kg, "kg"
    if rule.is_area_based:
        number, body = patient.bsa_m2, "m²"
    unit = quantities.singular_at(dose.rate.high, quantities.spelled_unit(rule.unit))
    of_body = quantities.quantity(number or 0, body)
    return f"{rate} {unit}/{body}{per_hour} × {of_body}"


def _infusion_lines(
    regimen: Row, rule: DoseRule, patient: Patient, dose: Dose, notes: PlacedNotes
) -> Iterator[str]:
    """Yield the rate, what it makes in 24 hours, and totals for the hours typed."""
    is_shorter = (patient.hours or HOURS_PER_DAY) < HOURS_PER_DAY
    day = None if is_shorter else in_24_hours(rule, patient)
    made = [_calculation(rule, patient, dose)]
    if day is not None:
        made.append(_total(rule, day, f"per {HOURS_PER_DAY} hours"))
    yield _sentences(*made, without_maximum(regimen, rule, notes))
    infusion = dose.infusion
    if infusion is not None and infusion.hours not in (None, HOURS_PER_DAY):
        hours = quantities.counted(infusion.hours or 0, "hour", "hours")
        yield f"In {hours}: {_total(rule, infusion, 'in total')}"
    volumes = (*_diluent(rule, dose), *notes.volumes)
    if day is not None and day.diluent_ml is not None and volumes:
        shown_ml = day.diluent_ml.quantize(SHOWN_STEP, ROUND_HALF_UP)
        in_a_day = quantities.quantity(shown_ml, "mL")
        yield f"{' '.join(volumes)} ({in_a_day} per {HOURS_PER_DAY} hours)"
    else:
        yield from volumes


def _total(rule: DoseRule, infusion: answers.Infusion, words: str) -> str:
    total = quantities.dose_amount(infusion.total_mg or Decimal(0), rule.unit)
    product = drawn_by(rule)
    if infusion.units is None or product is None:
        return f"{total} {words}"
    if infusion.vials is not None:
        vials = phrases.vials_in_words(infusion.vials, rule.unit)
        return f"{total} {words}, at least {vials}"
    units = product.counted(CountRange(infusion.units, infusion.units))
    return f"{total} {words}, at least {units}"


def _one_dose_lines(
    regimen: Row, rule: DoseRule, patient: Patient, dose: Dose, notes: PlacedNotes
) -> Iterator[str]:
    """Yield the arithmetic and what is drawn up, of a line whose doses are alike."""
    item, worked = dose.doses[0], _calculation(rule, patient, dose)
    drawn = _drawn_up(rule, item)
    if rule.is_by_day and rule.doses_per_day != ONCE and dose.daily_mg is not None:
        total = f"{shown_range(dose.daily_mg, rule.unit)} {in_total(rule)}"
        divided = f", ÷ {item.per_day}" if item.per_day > 1 else ""
        no_maximum = without_maximum(regimen, rule, notes)
        yield _sentences(f"{total}: {worked}{divided}", no_maximum)
        yield drawn
    elif worked:
        yield _sentences(worked, drawn)
        yield from filter(None, [without_maximum(regimen, rule, notes)])
    else:
        yield _sentences(drawn, "" if rule.needs_weight else SAME_AT_EVERY_WEIGHT)


def _several_lines(
    regimen: Row, rule: DoseRule, patient: Patient, dose: Dose, notes: PlacedNotes
) -> Iterator[str]:
    """Yield the arithmetic, and a line for each number of doses that is worked out."""
    worked = _calculation(rule, patient, dose)
    counts = rule.doses_per_day
    in_doses = f", in {'divided ' * rule.divided}doses"
    if counts is not None:
        spoken = quantities.number_range(counts.low, counts.high)
        in_doses = f", in {spoken} {'divided ' * rule.divided}doses"
    if counts == ONCE or not worked:
        in_doses = ""
    line = _sentences(f"{worked}{in_doses}", without_maximum(regimen, rule, notes))
    yield from filter(None, [line])
    for item in dose.doses:
        count = quantities.counted(item.per_day, "dose", "doses")
        dose_words = f"{count}: {shown_dose(rule, item)} each"
        if item.tablets is not None:
            yield f"{dose_words}, {_drawn_up(rule, item)}"
            continue
        if item.vials is not None and item.vials.low.counts == item.vials.high.counts:
            yield f"{dose_words}, {_drawn_up(rule, item)}"
            continue
        units = _product(rule).counted(item.drawn.units_per_day)
        yield f"{dose_words}, {_volume(item)}, {units} {_per_day(rule)}"


def _product(rule: DoseRule) -> Product:
    """Return what a dose is drawn from. Raises ValueError while it is to be chosen."""
    product = drawn_by(rule)
    if product is None:
        raise ValueError("the preparation of this dose is still to be chosen")
    return product


def _drawn_up(rule: DoseRule, item: answers.DividedDose) -> str:
    """Return "0.13 mL to 0.27 mL of 1 syringe; discard the rest", vials or tablets."""
    if item.tablets is not None:
        return _sentences(*of_tablets(rule, item, item.tablets, _per_day(rule)))
    ml, units, product = _volume(item), item.drawn.units, _product(rule)
    if item.vials is not None:
        a_dose = f"{ml} a dose" if item.per_day > 1 else ml
        return _sentences(*from_vials(rule, item, product, a_dose, _per_day(rule)))
    if item.per_day > 1:
        per_day = quantities.number_range(
            item.drawn.units_per_day.low, item.drawn.units_per_day.high
        )
        a_dose = f"{product.counted(units)} a dose"
        return f"{ml} a dose; {a_dose}, {per_day} {_per_day(rule)}"
    if units.low == units.high:
        if item.mg.low == units.low * product.strength_mg:
            noun = product.counted(units).partition(" ")[2]
            return f"{ml}: {units.low} whole {noun}"
        return f"{ml} of {product.counted(units)}; discard the rest"
    if units.high - units.low > 1:
        return f"{ml}; {product.counted(units)}"
    most = quantities.dose_amount(units.low * product.strength_mg, rule.unit)
    fewer = product.counted(CountRange(units.low, units.low))
    return f"{ml}; {fewer} up to {most}, {units.high} above"


def _volume(item: answers.DividedDose) -> str:
    return wording.volume(item.drawn.shown_ml).replace("\N{NO-BREAK SPACE}", " ")


def _per_day(rule: DoseRule) -> str:
    per_what = phrases.doses_per_what(rule)
    return "per day" if per_what == "a day" else per_what


def _diluent(rule: DoseRule, dose: Dose) -> Iterator[str]:
    """Yield the optional diluent, where no note of the edition gives it."""
    if any(each.rule and "{diluent}" in each.rule.text for each in dose.cautions):
        return
    infusion = dose.infusion
    if infusion is not None and infusion.diluent_ml_per_hour is not None:
        per_hour = quantities.quantity(infusion.diluent_ml_per_hour, "mL per hour")
        yield f"Diluent, optional: {per_hour}."
    for item in dose.doses:
        if item.diluent_ml is not None:
            ml = quantities.quantity_range(
                item.diluent_ml.low, item.diluent_ml.high, "mL"
            )
            count = quantities.counted(item.per_day, "dose", "doses")
            yield f"Diluent, optional, with {count} {_per_day(rule)}: {ml} a dose"


def _duration(regimen: Row, rule: DoseRule, patient: Patient) -> Iterator[str]:
    """Yield how long, and what a fixed dose may be increased to."""
    increase_to = rule.increase_to
    if increase_to is not None:
        unit = quantities.spelled_unit(rule.unit)
        if patient.increased:
            printed = quantities.quantity_range(rule.rate.low, rule.rate.high, unit)
            yield f"Increased from {printed} {often(rule)}"
        else:
            increased = quantities.quantity(increase_to, unit)
            yield f"May increase to {increased} {often(rule)}"
    for words in over_and_begins(regimen):
        yield wording.capitalized(words)
    if regimen["duration"] and not rule.is_infusion:
        yield wording.capitalized(regimen["duration"])


def course_in_words(rule: DoseRule, course: answers.Course) -> str:
    """Return "10 days: 1,000 mg, 10 syringes", "3 doses in 43 days: …"."""
    days = f"{quantities.number_range(course.days.low, course.days.high)} days"
    if course.days.high == 1:
        days = "1 day"
    elif not rule.schedule.is_daily:
        doses = quantities.number_range(course.doses.low, course.doses.high)
        noun = "dose" if course.doses.high == 1 else "doses"
        days = f"{doses} {noun} in {days}"
    mg = quantities.dose_range(course.mg.low, course.mg.high, rule.unit)
    return f"{days}: {mg}, {_product(rule).counted(course.units)}"


def fluid_in_words(item: answers.DividedDose) -> str:
    """Return the fluid load of a dose that is diluted as printed, or ""."""
    fluid = item.fluid_ml_per_kg_per_day
    if fluid is None:
        return ""
    load = quantities.number_range(fluid.low, fluid.high)
    count = quantities.counted(item.per_day, "dose", "doses")
    verb = "is" if item.per_day == 1 else "are"
    return f"Diluted as printed, {count} {verb} {load} mL of fluid per kg per day"
