"""What stands between a draft and its publication, all at once, in committee words.

Judges the canonical document and the edition's dates; changes nothing.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial

from django.utils import timezone

from reference.dosing import PLACEHOLDER, PLACEHOLDERS, rules
from reference.editions import SECTIONS, Document, Row, published_monograph
from reference.models import Edition
from reference.reading import (
    is_more_than_typography,
    sign_problems,
    statement_differences,
)

from .lines import regimen_problems
from .problem import Problem
from .rulings import discrepancy_problems
from .sections import section_problems

LONGEST_REVIEW_INTERVAL = timedelta(days=3 * 366)
# Rows whose words are compared with their print word for word; a dosing line's are
# compared with its fields.
COMPARED_WITH_PRINT = (
    "contraindications",
    "warnings",
    "preparations",
    "storage",
    "administration",
    "monitoring",
)
DISPLAYED_FIELDS = ("text", "title", "name", "note", "consequence", "source_says")
UNFINISHED = re.compile(
    r"\b(?:TODO|TBC|TBD|FIXME)\b|\?\?\?|XXX|\[ *\]|lorem ipsum", re.I
)
QUOTED = re.compile(r"“[^”]*”")
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


def publication_problems(edition: Edition, document: Document) -> list[Problem]:
    """Return every blocker and every warning of an edition, in page order."""
    previous = edition.drug.editions.defer("canonical").current()
    if previous == edition:
        previous = None
    before = published_monograph(previous).document if previous else None
    return [*_edition_problems(edition, previous), *document_problems(document, before)]


def document_problems(document: Document, before: Document | None) -> list[Problem]:
    """Return what is wrong with the content of an edition; before is what is in force.

    An import is judged by this alone: its dates and signatures were given elsewhere.
    """
    return [
        *_sign_problems(document),
        *(
            problem
            for section in SECTIONS
            for row in document[section]
            for problem in _row_problems(section, row)
        ),
        *(
            problem
            for regimen in document["regimens"]
            for problem in regimen_problems(document, regimen)
        ),
        *_structure_problems(document),
        *section_problems(document),
        *discrepancy_problems(document, before),
    ]


def reworded(document: Document) -> list[Row]:
    """Return the rows whose shown words differ from print in more than typography.

    A dosing line's words are made, and compared with its print by what they say.
    """
    return [
        row
        for section in COMPARED_WITH_PRINT
        for row in document[section]
        if row["printed"] and is_more_than_typography(row["printed"], row["text"])
    ] + [
        row
        for row in document["regimens"]
        if row["text"] and is_more_than_typography(row["printed"], row["text"])
    ]


def blocks(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that stop a submission and a publication."""
    return [problem for problem in problems if problem.level == "block"]


def blockers_in_words(problems: Iterable[Problem]) -> str:
    """Return what blocks, in one text that is empty if nothing does."""
    return " ".join(problem.text for problem in blocks(problems))


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


def _edition_problems(edition: Edition, previous: Edition | None) -> Iterator[Problem]:
    """Yield what is missing on the edition itself; previous is the one in force."""
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
    if previous is not None:
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


def _sign_problems(document: Document) -> Iterator[Problem]:
    """Yield each sign that nobody sees, or that is taken for another."""
    rows = [(part, document[part]) for part in ("drug", "edition")]
    rows += [(section, row) for section in SECTIONS for row in document[section]]
    for section, row in rows:
        for name, value in row.items():
            for text in sign_problems(value) if isinstance(value, str) else ():
                key = row.get("key", name)
                where = f"{section.replace('_', ' ').capitalize()}, {key}"
                said = f"{where}: {name} holds {text}."
                yield Problem("block", section, key, said)


def _row_problems(section: str, row: Row) -> Iterator[Problem]:
    """Yield what is wrong with the wording of one row."""
    where = f"{section.replace('_', ' ').capitalize()}, {row['key']}"
    block = partial(Problem, "block", section, row["key"])
    warning = partial(Problem, "warning", section, row["key"])
    for name in DISPLAYED_FIELDS:
        text = str(row.get(name) or "")
        is_needed = name in ("text", "title", "name") and section != "regimens"
        if name in row and is_needed and not text.strip():
            yield block(f"{where}: {name} is empty.")
        if unfinished := UNFINISHED.search(text):
            yield block(f"{where}: {name} is unfinished (“{unfinished[0]}”).")
        for form in _error_prone(QUOTED.sub("", text)):
            yield block(f"{where}: {name} holds {form}.")
        for placeholder in PLACEHOLDER.findall(text):
            if section != "cautions" or placeholder not in PLACEHOLDERS:
                yield block(f"{where}: {{{placeholder}}} is not filled by anything.")
    # What a discrepancy quotes is warned of where it is printed.
    for form in _error_prone(row["printed"]) if section != "discrepancies" else ():
        yield warning(f"{where}: the printed wording holds {form}.")
    if section in COMPARED_WITH_PRINT and row["printed"]:
        for difference in statement_differences(row["printed"], row["text"]):
            yield block(f"{where}: {difference}")
    if section == "resources" and not row["url"]:
        yield warning(f"{where}: the link has no address.")


def _error_prone(text: str) -> list[str]:
    return [form for form, pattern in ERROR_PRONE.items() if re.search(pattern, text)]


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
