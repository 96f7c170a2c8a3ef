"""What of an edition can be found: its passages, in the order of the page.

Made from the monograph, which is the edition's one canonical document; what a page
does not show is not found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext_noop as _noop

from reference.doses import TableRow, dose_table
from reference.editions import Monograph, Row, published_monograph, wording
from reference.models import Edition

from .names import PrintedAs, other_names, printed_as, printed_names
from .words import Words, stored_words

# Of a hundred guides, so that a search reads none of them again.
PASSAGES_KEPT = 128

# As the page's own headings have them.
INTRODUCTION = "Introduction"
NOTES = "Notes on the table"
DISCREPANCIES = "Discrepancies in the printed guide"
DISCLAIMER = "Disclaimer"
PRINTED = _noop("Printed")
LISTED = _noop("Printed in the list")
TABLE = ""  # it is the head of the page


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a passage, and what the page says before it."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands at one anchor: a title, other names for it, and its lines.

    A row of the table is shown with its cells and its notes, since no amount is read
    without its limits; found by one of the others of its names, it says what the guide
    prints for it. An entry of the register is whole, with every line.
    """

    anchor: str
    section: str
    title: str
    names: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    row: TableRow | None = None
    others: tuple[str, ...] = ()
    prints: PrintedAs | None = None
    notes: tuple[str, ...] = ()
    on_register: bool = False
    title_words: Words = field(init=False)
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        cells = (self.row.dose, self.row.limits, self.row.status) if self.row else ()
        lines = (line.text for line in self.lines)
        route = self.row.route if self.row else ""
        titles = (self.title, route, *self.names, *self.others)
        body = (self.section, *cells, *self.notes, *lines)
        object.__setattr__(self, "title_words", stored_words(titles))
        object.__setattr__(self, "words", stored_words((*titles, *body)))


def published_passages(edition: Edition) -> tuple[Passage, ...]:
    """Return the passages of a published edition.

    Raises EditionNotVerifiedError as its pages do.
    """
    return _passages_of_fingerprint(edition.pk, edition.fingerprint)


@lru_cache(maxsize=PASSAGES_KEPT)
def words_about(generic_name: str, brand_name: str) -> Words:
    """Return the words of a drug, which find its passages only beside others."""
    return stored_words((generic_name, brand_name))


@lru_cache(maxsize=PASSAGES_KEPT)
def _passages_of_fingerprint(edition_id: int, fingerprint: str) -> tuple[Passage, ...]:
    edition = Edition(pk=edition_id, fingerprint=fingerprint)
    return tuple(passages(published_monograph(edition)))


def passages(content: Monograph) -> Iterator[Passage]:
    """Yield every passage of a monograph."""
    yield _overview(content.document)
    yield from _table(content)
    for section, walk in SECTIONS.items():
        heading = content.sections["headings"][section]
        yield _head(ANCHORS.get(section, section), heading)
        for row in content.sections[section]:
            yield walk(row, heading["title"])
    yield from _resources(content)
    yield Passage(
        "disclaimer",
        DISCLAIMER,
        DISCLAIMER,
        lines=_lines(content.document["edition"]["disclaimer"]),
    )
    for row in content.sections["discrepancies"]:
        yield _discrepancy(row)


def _table(content: Monograph) -> Iterator[Passage]:
    """Yield the table: its head, its rows as they stand there, and its notes."""
    heading = content.sections["headings"]["indications"]
    yield _head(TABLE, heading)
    table = dose_table(content.sections, content.document)
    notes = {note.mark: note.text for note in table.marked}
    for row in table.rows:
        indication = content.indications[row.indication]
        regimen = content.regimens.get(row.key)
        of_line = [(PRINTED, regimen["printed"])] if regimen else []
        yield Passage(
            row.key,
            heading["title"],
            row.title,
            printed_names(indication),
            _lines(
                "",
                *of_line,
                (LISTED, indication["printed"]),
                ("", indication["status_note"]),
            ),
            row,
            other_names(indication),
            printed_as(indication, regimen),
            tuple(notes[mark] for mark in row.marks),
        )
    for text in table.under:
        yield Passage("table-notes", NOTES, NOTES, lines=_lines(text))


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
    return _of_row(anchor, heading["title"], heading["title"], "", *printed)


def _contraindication(row: Row, section: str) -> Passage:
    return _plain_row(row, "contraindications", section, section)


def _warning(row: Row, section: str) -> Passage:
    title = f"{section}, {row['number']}"
    return _plain_row(row, "warnings", section, title)


def _reactions(row: Row, section: str) -> Passage:
    return _of_row(
        ANCHORS["adverse_reaction_groups"],
        section,
        f"{row['population']}: in {row['threshold_percent']}% or more",
        ", ".join(reaction["name"] for reaction in row["reactions"]),
        ("", row["note"]),
        (PRINTED, row["printed"]),
    )


def _preparation(row: Row, section: str) -> Passage:
    return _plain_row(row, "preparations", section, row["name"])


def _storage(row: Row, section: str) -> Passage:
    return _plain_row(row, "storage", section, section)


def _administration(row: Row, section: str) -> Passage:
    title = row["route"].capitalize()
    return _plain_row(row, "administration", section, title)


def _monitoring(row: Row, section: str) -> Passage:
    other = row["months_other_reading"]
    return _of_row(
        "monitoring",
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
        on_register=True,
    )


def _resources(content: Monograph) -> Iterator[Passage]:
    heading = content.sections["headings"]["resources"]
    yield _head("resources", heading)
    for row in content.sections["resources"]:
        printed = (PRINTED, row["printed"])
        yield _of_row("resources", heading["title"], row["title"], "", printed)


# As the page arranges them; the anchor of a section is its name but for one.
ANCHORS = {"adverse_reaction_groups": "adverse-reactions"}
SECTIONS = {
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
    return _of_row(anchor, section, title, row["text"], printed)


def _of_row(
    anchor: str, section: str, title: str, text: str, *labelled: tuple[str, str]
) -> Passage:
    return Passage(anchor, section, title, lines=_lines(text, *labelled))


def _lines(text: str, *labelled: tuple[str, str]) -> tuple[Line, ...]:
    """Return the lines that hold anything new, the row's own text first."""
    lines = [Line(each, label) for label, each in labelled if each not in ("", text)]
    return (Line(text), *lines) if text else tuple(lines)
