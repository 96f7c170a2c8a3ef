"""The table of every dosing line: its rows in the guide's order, and its notes.

An indication without a dosing line is a row too. No patient is in it; plain data in
and out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from reference.dosing import DoseRule, Row, phrases
from reference.reading import table_limit

UNDER_TABLE = "under-table"
# The tier of what is said where a row is read on.
PAGE = "page"
ROUTES = {"intravenous injection": "intravenous"}
CONTINUOUS = "IV infusion"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One dosing line, or an indication that has none: then route and dose are "".

    key is the line's, or the indication's where there is no line: its place on the
    monograph. indication is the key of the indication, which has a page of its own.
    marks are the letters of the notes that belong to the line. about is the indication,
    regimen the line itself.
    """

    key: str
    indication: str
    name: str
    qualifier: str
    gloss: str
    route: str
    dose: str
    limits: str
    status: str
    status_source: str
    marks: tuple[str, ...]
    is_intravenous: bool = False
    about: Row = field(default_factory=dict, compare=False)
    regimen: Row | None = field(default=None, compare=False)

    @property
    def has_line(self) -> bool:
        return bool(self.route)

    @property
    def title(self) -> str:
        """Return "FMF, adult"."""
        return ", ".join(filter(None, (self.name, self.qualifier)))

    @property
    def header(self) -> str:
        """Return what no two rows have in common: "FMF, adult, subcutaneous"."""
        return ", ".join(filter(None, (self.title, self.route)))

    @property
    def footnotes(self) -> list[Row]:
        """Return what other sources say of the line or of its indication."""
        rows = (
            *self.about["discrepancies"],
            *(self.regimen or self.about)["discrepancies"],
        )
        told = {row["key"]: row for row in rows if row["tier"] == PAGE}
        return list(told.values())


@dataclass(frozen=True, slots=True)
class TableNote:
    """What a letter in the table means."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class DoseTable:
    """The rows, the note of each letter, and what holds for every line."""

    rows: tuple[TableRow, ...]
    marked: tuple[TableNote, ...]
    under: tuple[str, ...]


def dose_table(sections: Mapping[str, Any], document: Mapping[str, Any]) -> DoseTable:
    """Return the table of an edition that was arranged for reading.

    A note is listed once, in the order of its letters, if a row has its letter.
    """
    lines = list(lines_of(sections["indications"]))
    notes = {
        (caution.mark, caution.text)
        for _, regimen in lines
        if regimen is not None
        for caution in regimen["rule"].cautions
        if caution.mark
    }
    return DoseTable(
        rows=_told_apart([(_row(*line), line[1]) for line in lines]),
        marked=tuple(TableNote(mark, text) for mark, text in sorted(notes)),
        under=tuple(
            caution["text"]
            for caution in document["cautions"]
            if caution["trigger"] == UNDER_TABLE
        ),
    )


def limits_of(regimen: Row, weight_kg: Decimal | None = None) -> str:
    """Return duration and maximum: "for up to 72 hours; no maximum printed".

    At a weight, a maximum per kg is that of this weight.
    """
    limit = table_limit(regimen, weight_kg)
    return "; ".join(filter(None, (regimen["duration"], limit)))


def lines_of(indications: Iterable[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Yield each row's indication and line, in the order of the table.

    Lines stand under their indication, which stands alone where it has none.
    """
    for indication in indications:
        for regimen in indication["regimens"]:
            yield indication, regimen
        if not indication["regimens"]:
            yield indication, None


def _row(indication: Row, regimen: Row | None) -> TableRow:
    row = TableRow(
        key=indication["key"],
        indication=indication["key"],
        name=indication["short_name"],
        qualifier=indication["qualifier"],
        gloss=indication["gloss"],
        route="",
        dose="",
        limits="",
        status=indication["status"],
        status_source=indication["status_source"],
        marks=(),
        about=indication,
    )
    if regimen is None:
        return row
    rule: DoseRule = regimen["rule"]
    details = phrases.line_details(rule.phase, rule.who)
    said = (indication["qualifier"], regimen["who_words"], *details)
    return replace(
        row,
        key=regimen["key"],
        qualifier=", ".join(filter(None, said)),
        route=_route(rule),
        dose=regimen["dose"],
        limits=limits_of(regimen),
        marks=tuple(sorted({each.mark for each in rule.cautions if each.mark})),
        is_intravenous=rule.route.startswith("intravenous"),
        regimen=regimen,
    )


def _route(rule: DoseRule) -> str:
    return CONTINUOUS if rule.is_infusion else ROUTES.get(rule.route, rule.route)


def _told_apart(rows: list[tuple[TableRow, Row | None]]) -> tuple[TableRow, ...]:
    """Return the rows, those of the same header with what tells them apart."""
    for name in ("population", "dose", "key"):
        headers = Counter(row.header for row, _ in rows)
        rows = [
            (_with(row, line[name]) if line and headers[row.header] > 1 else row, line)
            for row, line in rows
        ]
    return tuple(row for row, _ in rows)


def _with(row: TableRow, words: str) -> TableRow:
    return replace(row, qualifier=", ".join(filter(None, (row.qualifier, words))))
