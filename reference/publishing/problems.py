"""What stands between a draft and its publication, all at once, in committee words.

Judges the canonical document and the edition's dates; changes nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.utils import timezone

from reference import dosing
from reference.dosing import quantities, rules
from reference.editions import SECTIONS, Document, Row
from reference.models import Edition

LONGEST_REVIEW_INTERVAL = timedelta(days=3 * 366)
# Sections that this site adds to a guide: their rows have no printed wording.
WITHOUT_PRINT = ("synonyms", "cautions", "codes", "discrepancies", "discrepancy_lines")
DISPLAYED_FIELDS = ("text", "title", "name", "note", "consequence", "source_says")
UNFINISHED = re.compile(
    r"\b(?:TODO|TBC|TBD|FIXME)\b|\?\?\?|XXX|\[ *\]|lorem ipsum", re.I
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
QUOTED = re.compile(r"“[^”]*”")
AMOUNT = re.compile(
    r"(\d+(?:,\d{3})*(?:\.\d+)?)(?:(?: to |-)(\d+(?:,\d{3})*(?:\.\d+)?))? ?"
    r"((?:mg|micrograms?)(?:/\w+)*|\w+)"
)
UNIT = r"(?:mg|mcg|micrograms?|mL|kg|g)"

# The error-prone forms of the ISMP list that a dosing text can hold.
ERROR_PRONE = {
    "no space between number and unit": rf"\d{UNIT}\b",
    "no leading zero": r"(?<![\w.])\.\d",
    "a trailing zero": rf"\b\d+\.\d*0\s?{UNIT}\b",
    "a full stop after a unit": rf"\b\d\s?{UNIT}\.\s+[a-z]",
    "an abbreviated frequency": r"(?i)\b(?:q\.?o?\.?d|b\.?i\.?d|t\.?i\.?d|q\d+h)\b",
    "an abbreviated route": r"\b(?:SC|SQ|sub ?q)\b",
    "the Greek letter for micrograms": r"[µμ]g\b",
    "mcg, which has to be written micrograms": r"\d\s?mcg\b",
    "U for units": r"\d\s?(?:U|IU|u)\b",
    "cc for mL": r"\d\s?cc\b",
    "a number from 1,000 without a comma": rf"(?<![\d.,])\d{{4,}}\s?{UNIT}\b",
    "a symbol for less or greater than": r"[<>≤]\s?\d",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend or to know: level is "block" or "warning"."""

    level: str
    section: str
    key: str
    text: str


def publication_problems(edition: Edition, document: Document) -> list[Problem]:
    """Return every blocker and every warning of an edition, in page order."""
    return [
        *_edition_problems(edition),
        *(
            problem
            for section in SECTIONS
            for row in document[section]
            for problem in _row_problems(section, row)
        ),
        *(
            problem
            for regimen in document["regimens"]
            for problem in _regimen_problems(document, regimen)
        ),
        *_structure_problems(document),
    ]


def blocks(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that stop a submission and a publication."""
    return [problem for problem in problems if problem.level == "block"]


def review_date_problems(
    reviewed_on: str, review_due: date | None
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the dates of a review, as field and text."""
    today = timezone.now().date()
    if reviewed_on > today.isoformat():  # 2026-11 is before 2026-11-26
        yield "reviewed_on", "The day of the full review is still to come."
    if review_due is None:
        yield "review_due", "Set the next review's date."
    elif not today < review_due <= today + LONGEST_REVIEW_INTERVAL:
        text = "The next review has to be due after today and within 3 years."
        yield "review_due", text


def open_discrepancies(document: Document) -> dict[str, str]:
    """Return key and title of each discrepancy without a ruling."""
    return {
        row["key"]: row["title"]
        for row in document["discrepancies"]
        if row["ruling"] == "open"
    }


def _edition_problems(edition: Edition) -> Iterator[Problem]:
    """Yield what is missing on the edition itself."""
    required = {
        "change_note": "Write the change note: what changes, and why.",
        "change_grade": "Choose the grade of the change.",
        "printed_title": "Type the printed title.",
        "overview": "Type the introduction.",
        "disclaimer": "Type the disclaimer.",
        "revision_line": "Type the revision line.",
        "issuer": "Type who issues the guide.",
        "jurisdiction": "Type where the guide is meant to be used.",
    }
    for name, text in required.items():
        if not getattr(edition, name).strip():
            yield Problem("block", "edition", name, text)
    if edition.label in ("", "in preparation"):
        yield Problem("block", "edition", "label", "Name the edition by its month.")
    for name, text in review_date_problems(edition.reviewed_on, edition.review_due):
        yield Problem("block", "edition", name, text)
    previous = edition.drug.editions.defer("canonical").current()
    if previous is not None and previous != edition:
        if edition.revised_on <= previous.revised_on:
            text = "Set the revision date: it is not after that of the edition before."
            yield Problem("block", "edition", "revised_on", text)
        if edition.revision_line == previous.revision_line:
            text = "The revision line is still that of the edition before."
            yield Problem("warning", "edition", "revision_line", text)
    for name in ("change_note", "label"):
        for form in _error_prone(getattr(edition, name)):
            text = f"The {name.replace('_', ' ')} holds {form}."
            yield Problem("block", "edition", name, text)


def _row_problems(section: str, row: Row) -> Iterator[Problem]:
    """Yield what is wrong with the wording of one row."""
    where = f"{section.replace('_', ' ').capitalize()}, {row['key']}"
    block = partial(Problem, "block", section, row["key"])
    warning = partial(Problem, "warning", section, row["key"])
    if section not in WITHOUT_PRINT and not row["printed"].strip():
        yield block(f"{where}: no printed wording.")
    for name in DISPLAYED_FIELDS:
        text = str(row.get(name) or "")
        if name in row and name in ("text", "title", "name") and not text.strip():
            yield block(f"{where}: {name} is empty.")
        if unfinished := UNFINISHED.search(text):
            yield block(f"{where}: {name} is unfinished (“{unfinished[0]}”).")
        for form in _error_prone(QUOTED.sub("", text)):
            yield block(f"{where}: {name} holds {form}.")
        for placeholder in dosing.PLACEHOLDER.findall(text):
            if section != "cautions" or placeholder not in dosing.PLACEHOLDERS:
                yield block(f"{where}: {{{placeholder}}} is not filled by anything.")
    # What a discrepancy quotes is warned of where it is printed.
    for form in _error_prone(row["printed"]) if section != "discrepancies" else ():
        yield warning(f"{where}: the printed wording holds {form}.")
    if section == "resources" and not row["url"]:
        yield warning(f"{where}: the link has no address.")


def _error_prone(text: str) -> list[str]:
    return [form for form, pattern in ERROR_PRONE.items() if re.search(pattern, text)]


def _regimen_problems(document: Document, regimen: Row) -> Iterator[Problem]:
    """Yield where a dosing line contradicts itself or its print."""
    where = f"Regimens, {regimen['key']}"
    block = partial(Problem, "block", "regimens", regimen["key"])
    for text in rules.regimen_problems(regimen):
        yield block(f"{where}: {text}")
    weights = rules.weights_capped_below_low_kg(regimen)
    if weights:
        listed = ", ".join(quantities.quantity(weight, "kg") for weight in weights)
        yield block(f"{where}: the maximum is below the lowest dose at {listed}.")
    structured = _structured_numbers(regimen)
    printed = list(_printed_numbers(regimen))
    not_printed = [
        number
        for number, unit in structured
        if not any(_agrees(*known[:2], number, unit) for known in printed)
    ]
    for number, unit, amount in printed:
        if any(_agrees(number, unit, *known) for known in structured):
            continue
        if not _is_explained(document, regimen, amount, not_printed):
            yield block(f"{where}: “{amount}” is printed and not in the structure.")


def _is_explained(
    document: Document, regimen: Row, amount: str, not_printed: list[str]
) -> bool:
    """Return whether a discrepancy quotes the amount and gives the other number."""
    return bool(not_printed) and any(
        amount in row["printed"]
        and set(not_printed) <= set(NUMBER.findall(row["source_says"]))
        for row in document["discrepancies"]
        if ("regimens", regimen["key"]) in rules.lines_of(document, row["key"])
    )


def _printed_numbers(regimen: Row) -> Iterator[tuple[str, str, str]]:
    """Yield number, unit and words of each amount after the indication's name."""
    name, colon, line = regimen["printed"].partition(": ")
    for match in AMOUNT.finditer(line if colon else name):
        for number in match.group(1, 2):
            if number:
                unit = match[3].replace("micrograms", "microgram")
                yield number.replace(",", ""), unit, match[0]


def _structured_numbers(regimen: Row) -> set[tuple[str, str]]:
    """Return each number of a regimen's fields with its unit."""
    basis = regimen["basis"]
    numbers = {(regimen[name], basis) for name in ("low", "high", "increase_to")}
    for per in ("dose", "day"):
        unit = f"{regimen[f'max_per_{per}_unit']}/{per}"
        numbers.add((regimen[f"max_per_{per}"], unit))
    for end in ("low", "high"):
        numbers.add((regimen[f"doses_per_day_{end}"], "divided/doses/times"))
        unit = regimen["duration_unit"]  # "1 day" is 1 of the days
        numbers.add((regimen[f"duration_{end}"], f"{unit}/{unit.removesuffix('s')}"))
    if regimen["every_days"] > 1:
        numbers.add((regimen["every_days"], "days"))
        numbers.add((regimen["every_days"] // 7, "weeks"))
    for name in ("from_weight_kg", "below_weight_kg"):
        numbers.add((regimen[name], "kg"))
    lowest_months = regimen["from_age_months"]
    if lowest_months is not None:
        numbers.add((lowest_months, "months"))
        if lowest_months % 12 == 0:
            numbers.add((lowest_months // 12, "years"))
    return {(str(number), unit) for number, unit in numbers if number is not None}


def _agrees(number: str, unit: str, known: str, known_unit: str) -> bool:
    """Return whether a printed number is this one, its unit not contradicting it."""
    units, known_units = set(unit.split("/")), set(known_unit.split("/"))
    has_same_kg = ("kg" in units) == ("kg" in known_units)
    return number == known and units <= known_units and has_same_kg


def _structure_problems(document: Document) -> Iterator[Problem]:
    """Yield what the page and the arithmetic need and the edition lacks."""
    if not document["preparations"]:
        text = "A dose is drawn from a preparation: the edition has to have one."
        yield Problem("block", "preparations", "", text)
    for key, other in rules.overlapping(document["regimens"]):
        text = f"Regimens, {key}: {other} is for some of the same weights."
        yield Problem("warning", "regimens", key, text)
    for line in document["discrepancy_lines"]:
        rows = document.get(line["section"], [])
        if not any(row["key"] == line["row_key"] for row in rows):
            text = (
                f"Discrepancy {line['discrepancy']}: there is no line "
                f"{line['section']} {line['row_key']}."
            )
            yield Problem("block", "discrepancy_lines", line["key"], text)
