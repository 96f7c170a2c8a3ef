"""A worked dose as one sentence, and the text that is copied of it."""

from reference import dosing
from reference.dosing import Dose, DoseRule, Patient, answers, phrases, quantities


def dose_sentence(
    rule: DoseRule,
    patient: Patient,
    dose: Dose,
    *,
    drug: str,
    indication: str,
    edition: str,
) -> str:
    """Return the dose as one sentence that can be read aloud and stands alone."""
    who = [f"{drug} for {indication}"]
    if rule.population in ("adult", "pediatric"):
        who.append(rule.population)
    if patient.weight_kg is not None and rule.needs_weight:
        who.append(quantities.quantity(patient.weight_kg, "kg"))
    return (
        f"{', '.join(who)}: {_amount_sentence(rule, patient, dose)}, edition {edition}"
    )


def copied_dose(sentence: str, dose: Dose) -> str:
    """Return what is copied of a dose: its sentence with every caution, or nothing.

    Nothing while a choice is still needed: the rest would be filled in from memory.
    """
    if dose.needs:
        return ""
    cautions = " ".join(caution.text for caution in dose.cautions)
    return f"{sentence}. Cautions: {cautions}" if cautions else f"{sentence}."


def _amount_sentence(rule: DoseRule, patient: Patient, dose: Dose) -> str:
    if dose.infusion is not None:
        return _infusion_sentence(rule, dose, dose.infusion)
    how = {"subcutaneous": "subcutaneously"}.get(rule.route, f"by {rule.route}")
    if rule.phase == "loading":
        how += " as a loading dose"
    if "preparation" in dose.needs:
        how += " (preparation not chosen)"
    if len(dose.doses) == 1:
        item = dose.doses[0]
        amount = quantities.dose_range(item.mg.low, item.mg.high, rule.unit)
        if item.per_day == 1:
            return f"{amount} {once_words(rule)} {how}"
        return f"{amount} per dose, {item.per_day} doses {_every(rule)}, {how}"
    if dose.daily_mg is None:
        return f"{phrases.rate_in_words(rule, dose.rate)} {how}"
    amount = quantities.dose_range(dose.daily_mg.low, dose.daily_mg.high, rule.unit)
    if not dose.doses and rule.doses_per_day == dosing.CountRange(1, 1):
        return f"{amount} {once_words(rule)} {how}"
    counts = rule.doses_per_day
    doses = "in divided doses (number not chosen)"
    if patient.doses_per_day is not None:
        doses = f"in {quantities.counted(patient.doses_per_day, 'dose', 'doses')}"
    elif counts is not None:
        doses = f"in {quantities.number_range(counts.low, counts.high)} divided doses"
    per_day = (
        per_words("day", rule)
        if rule.every_days == 1
        else f"per dosing day, {_every(rule)},"
    )
    return f"a total of {amount} {per_day} {how}, {doses}"


def once_words(rule: DoseRule) -> str:
    """Return how often one dose is given: "once daily", or "once, on one day only".

    A line that says "daily" and not "once" is answered so.
    """
    if rule.is_given_once:
        return "once, on one day only,"
    is_plain = "daily" in rule.words and "once" not in rule.words
    return _every(rule) if is_plain else f"once {_every(rule)}"


def per_words(time: str, rule: DoseRule) -> str:
    """Return "per day", or "per DAY" where the line says it so."""
    return f"per {time.upper() if time.upper() in rule.words else time}"


def _every(rule: DoseRule) -> str:
    if rule.is_given_once:
        return "on one day only"
    return (
        "daily"
        if rule.every_days == 1
        else quantities.interval_in_words(rule.every_days)
    )


def _infusion_sentence(rule: DoseRule, dose: Dose, infusion: answers.Infusion) -> str:
    per_hour = quantities.dose_amount(infusion.mg_per_hour, rule.unit)
    sentence = f"{per_hour} {per_words('hour', rule)} by intravenous infusion"
    if rule.phase == "loading":
        sentence += " as a loading dose"
    if infusion.total_mg is not None:
        hours = quantities.counted(infusion.hours or 0, "hour", "hours")
        total = quantities.dose_amount(infusion.total_mg, rule.unit)
        sentence += f" for {hours}, {total} in all"
    if dose.needs:
        sentence += f" ({' and '.join(dose.needs)} not chosen)"
    return sentence
