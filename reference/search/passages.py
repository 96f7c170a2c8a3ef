"""What of an edition can be found: its passages, in the order of the page.

Made from the monograph, which is the edition's one canonical document; what a page
does not show is not found.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext_noop as _noop

from reference.editions import (
    EDITIONS_KEPT,
    Monograph,
    Row,
    published_monograph,
    wording,
)
from reference.models import Edition

from .words import words_in

# As the page's own headings have them.
INTRODUCTION = "Introduction"
DISCREPANCIES = "Discrepancies in the printed guide"
DISCLAIMER = "Disclaimer"
PRINTED = _noop("Printed")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a passage, and what the page says before it."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands at one anchor: a title, other names for it, and its lines.

    One that is whole is shown with every line: no amount is read without its limits,
    and no source without what is printed and ruled.
    """

    anchor: str
    section: str
    title: str
    names: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    discrepancies: tuple[Row, ...] = ()
    is_whole: bool = False
    on_register: bool = False
    title_words: frozenset[str] = field(init=False)
    words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        titles = _plain_words((self.title, *self.names))
        body = _plain_words(line.text for line in self.lines)
        object.__setattr__(self, "title_words", titles)
        object.__setattr__(self, "words", titles | body)


def published_passages(edition: Edition) -> tuple[Passage, ...]:
    """Return the passages of a published edition.

    Raises EditionNotVerifiedError as its pages do.
    """
    return _passages_of_fingerprint(edition.pk, edition.fingerprint)


@lru_cache(maxsize=EDITIONS_KEPT)
def _passages_of_fingerprint(edition_id: int, fingerprint: str) -> tuple[Passage, ...]:
    edition = Edition(pk=edition_id, fingerprint=fingerprint)
    return tuple(passages(published_monograph(edition)))


def passages(content: Monograph) -> Iterator[Passage]:
    """Yield every passage of a monograph."""
    yield _overview(content.document)
    for section, walk in SECTIONS.items():
        heading = content.sections["headings"][section]
        anchor = section.replace("adverse_reaction_groups", "adverse-reactions")
        yield _head(anchor, heading)
        for row in content.sections[section]:
            yield from walk(row, heading["title"])
    for row in content.sections["discrepancies"]:
        yield _discrepancy(row)
    yield from _resources(content)
    yield Passage(
        "disclaimer",
        DISCLAIMER,
        DISCLAIMER,
        lines=_lines(content.document["edition"]["disclaimer"]),
    )


def _overview(document: Row) -> Passage:
    drug, edition = document["drug"], document["edition"]
    return Passage(
        "overview",
        INTRODUCTION,
        f"{drug['generic_name']} ({drug['brand_name']})",
        names=(drug["drug_class"],),
        lines=_lines(edition["overview"], (PRINTED, edition["printed_title"])),
    )


def _head(anchor: str, heading: Row) -> Passage:
    printed = [
        (PRINTED, row[name])
        for row in heading["rows"]
        for name in ("printed", "lead", "footnote")
    ]
    return _of_row(heading, anchor, heading["title"], heading["title"], "", *printed)


def _indication(row: Row, section: str) -> Iterator[Passage]:
    synonyms = tuple(synonym["name"] for synonym in row["synonyms"])
    names = (row["short_name"], *synonyms)
    status = f"{row['status']}. {row['status_note']}".strip()
    yield _of_row(
        row,
        row["key"],
        section,
        row["name"],
        status[:1].upper() + status[1:],
        (PRINTED, row["printed"]),
        ("Dosing", "" if row["regimens"] else "none printed"),
        names=names,
        is_whole=True,
    )
    for regimen in row["regimens"]:
        yield _of_row(
            regimen,
            regimen["key"],
            section,
            f"{row['name']}: {regimen['route']}{wording.line_name(regimen)}",
            regimen["sentence"],
            (PRINTED, regimen["printed"]),
            ("Maximum", regimen["limit"]),
            names=names,
            is_whole=True,
        )


def _contraindication(row: Row, section: str) -> Iterator[Passage]:
    yield _plain_row(row, f"contraindication-{row['key']}", section, section)


def _warning(row: Row, section: str) -> Iterator[Passage]:
    title = f"{section}, {row['number']}"
    yield _plain_row(row, f"warning-{row['key']}", section, title)


def _reactions(row: Row, section: str) -> Iterator[Passage]:
    yield _of_row(
        row,
        f"adverse-reactions-{row['key']}",
        section,
        f"{row['population']}: in {row['threshold_percent']}% or more",
        ", ".join(reaction["name"] for reaction in row["reactions"]),
        ("", row["note"]),
        (PRINTED, row["printed"]),
    )


def _preparation(row: Row, section: str) -> Iterator[Passage]:
    yield _plain_row(row, "preparations", section, row["name"])


def _storage(row: Row, section: str) -> Iterator[Passage]:
    yield _plain_row(row, "storage", section, section)


def _administration(row: Row, section: str) -> Iterator[Passage]:
    title = row["route"].capitalize()
    yield _plain_row(row, f"administration-{row['key']}", section, title)


def _monitoring(row: Row, section: str) -> Iterator[Passage]:
    other = row["months_other_reading"]
    yield _of_row(
        row,
        f"monitoring-{row['key']}",
        section,
        row["name"],
        row["text"],
        ("Months of treatment", wording.months_in_words(row["months"])),
        ("Read the other way", wording.months_in_words(other) if other else ""),
        ("", row["note"]),
        (PRINTED, row["printed"]),
    )


def _discrepancy(row: Row) -> Passage:
    source = (row["source_name"], row["source_section"])
    ruling = (row["ruling"], row["ruling_text"])
    return Passage(
        f"discrepancy-{row['key']}",
        DISCREPANCIES,
        row["title"],
        lines=_lines(
            "",
            (PRINTED, row["printed"]),
            (_noop("The source says"), row["source_says"]),
            (_noop("Source"), ", ".join(filter(None, source))),
            (_noop("Consequence"), row["consequence"]),
            (_noop("Ruling"), ". ".join(filter(None, ruling))),
        ),
        is_whole=True,
        on_register=True,
    )


def _resources(content: Monograph) -> Iterator[Passage]:
    heading = content.sections["headings"]["resources"]
    yield _head("resources", heading)
    for row in content.sections["resources"]:
        printed = (PRINTED, row["printed"])
        yield _of_row(row, "resources", heading["title"], row["title"], "", printed)


# As the page arranges them; the anchor of a section is its name.
SECTIONS = {
    "indications": _indication,
    "contraindications": _contraindication,
    "warnings": _warning,
    "adverse_reaction_groups": _reactions,
    "preparations": _preparation,
    "administration": _administration,
    "storage": _storage,
    "monitoring": _monitoring,
}


def _plain_row(row: Row, anchor: str, section: str, title: str) -> Passage:
    printed = (PRINTED, row["printed"])
    return _of_row(row, anchor, section, title, row["text"], printed)


def _of_row(
    row: Row,
    anchor: str,
    section: str,
    title: str,
    text: str,
    *labelled: tuple[str, str],
    names: tuple[str, ...] = (),
    is_whole: bool = False,
) -> Passage:
    return Passage(
        anchor,
        section,
        title,
        names,
        _lines(text, *labelled),
        tuple(row["discrepancies"]),
        is_whole,
    )


def _lines(text: str, *labelled: tuple[str, str]) -> tuple[Line, ...]:
    """Return the lines that hold anything new, the row's own text first."""
    lines = [Line(each, label) for label, each in labelled if each not in ("", text)]
    return (Line(text), *lines) if text else tuple(lines)


def _plain_words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word.plain for text in texts for word in words_in(text))
