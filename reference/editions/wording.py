"""How quantities, dates and dosing lines are written on a page; nothing is computed."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reference import dosing
from reference.dosing import DoseRule, Range, phrases, quantities, rules
from reference.models import in_words

NUMBER_AND_UNIT = re.compile(
    r" (?<=\d )(?=(?:mg|micrograms?|mL|kg|lb|°C|%|doses?"
    r"|hours?|days?|weeks?|months?|years?)\b|[°%÷×])"
)

# The code of the caution that says so.
LABEL_CHANGED = "label-changed"
LABEL_ADDRESSES = {
    "DailyMed set id": "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid="
}


def nobreak(text: str) -> str:
    """Return text whose numbers stay on one line with their units."""
    return NUMBER_AND_UNIT.sub("\N{NO-BREAK SPACE}", text)


def capitalized(text: str) -> str:
    """Return text with a capital at its beginning, the rest as it is."""
    text = str(text)
    return text[:1].upper() + text[1:]


def ml(span: Range) -> str:
    return nobreak(quantities.quantity_range(span.low, span.high, "mL"))


def volume(shown_ml: Range) -> str:
    """Return a volume to draw up; one that 0.01 mL cannot show is said to be so."""
    text = ml(shown_ml)
    if shown_ml.high < dosing.SMALLEST_SHOWN_ML:
        return f"too small to measure ({text})"
    if shown_ml.low < dosing.SMALLEST_SHOWN_ML:
        return f"{text} (the lower end is too small to measure)"
    return text


def kg(weight_kg: Decimal) -> str:
    """Return a weight as understood, in kilograms and in pounds."""
    pounds = quantities.quantity(dosing.in_pounds(weight_kg), "lb")
    return nobreak(f"{quantities.quantity(weight_kg, 'kg')} ({pounds})")


def amount(number: Decimal | int, unit: str) -> str:
    return nobreak(quantities.quantity(number, unit))


def partial_date(text: str) -> str:
    return nobreak(in_words(text))


def day_in_words(day: date) -> str:
    """Return "22 November 2026"."""
    return in_words(day.isoformat()[:10])


def moment_in_words(moment: datetime) -> str:
    """Return "22 November 2026, 14:05 UTC"."""
    return f"{day_in_words(moment)}, {moment:%H:%M} UTC"


def line_name(regimen: Mapping[str, Any]) -> str:
    """Return what tells a line from the others of its indication, after its route.

    Such as ", pediatric, loading dose, 10 kg to less than 25 kg"; "" if nothing does.
    """
    population = regimen["population"]
    parts = [] if population == "not stated" else [population]
    parts += phrases.line_details(regimen["phase"], rules.who_for(regimen))
    return nobreak("".join(f", {part}" for part in parts))


def notes_of(rule: DoseRule) -> list[str]:
    """Return the notes that go with every dose of a line, whoever it is for."""
    return [
        nobreak(caution.text)
        for caution in rule.cautions
        if caution.is_own
        and caution.trigger in ("always", "named", "table")
        and caution.from_doses_per_day is None
        and caution.from_weight_kg is None
        and caution.below_weight_kg is None
        and "{" not in caution.text
    ]


def within_a_sentence(row: Mapping[str, Any]) -> str:
    """Return a row's name, its first letter as the guide prints it inside a list."""
    name: str = row["name"]
    first: str = row["printed"][:1]
    return first + name[1:] if first.lower() == name[:1].lower() else name


def months_in_words(months: list[int]) -> str:
    """Return "before treatment, then months 1, 2 and 3"."""
    after = [str(month) for month in months if month > 0]
    listed = " and ".join(filter(None, [", ".join(after[:-1]), *after[-1:]]))
    before = "before treatment, then " if 0 in months else ""
    return f"{before}months {listed}"


def label_changes(document: Mapping[str, Any]) -> list[str]:
    """Return what says that the label was changed after the edition, one line each."""
    notes = {row["key"] for row in document["cautions"] if row["code"] == LABEL_CHANGED}
    return [row["title"] for row in document["discrepancies"] if row["note"] in notes]


def label_address(document: Mapping[str, Any]) -> str:
    """Return the address of the product's US label as a document, or ""."""
    for code in document["codes"]:
        if code["system"] in LABEL_ADDRESSES and code["indication"] is None:
            return f"{LABEL_ADDRESSES[code['system']]}{code['value']}"
    return ""
