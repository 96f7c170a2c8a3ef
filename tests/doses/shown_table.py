"""The table of every dosing line as a page shows it, row by row."""

from typing import Any, NamedTuple

import html5lib
from django.test import Client

DOSES = "/anakinra/doses/"


class Shown(NamedTuple):
    """The cells of a row in words; patient is "" where the page has no such column."""

    row: str
    dose: str
    limits: str
    status: str
    marks: str
    patient: str = ""


def shown_rows(page: str) -> dict[str, Shown]:
    """Return what each row says, by its key."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (table,) = tree.iterfind(".//table[@id='dose-table']")
    return {body.get("id"): _shown(body) for body in table.iterfind("tbody")}


def rows_at(client: Client, query: str = "") -> dict[str, Shown]:
    return shown_rows(client.get(f"{DOSES}?{query}").content.decode())


def highlighted(page: str) -> list[str]:
    """Return the keys of the rows with yellow behind their number."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [
        body.get("id")
        for body in tree.iterfind(".//tbody")
        if body.find(".//b[@class='mine']") is not None
    ]


def _shown(body: Any) -> Shown:
    cells = {
        name: cell
        for cell in body.iterfind("tr[@class='line']/td")
        for name in cell.get("class").split()
    }
    patient = cells.get("worked-out")
    return Shown(
        row=_words(body.find("tr/th")),
        dose=_words(cells["guide-dose"]),
        limits=_words(cells["guide-limits"]),
        status=_words(cells["line-status"]),
        marks=_words(cells["line-marks"]),
        patient="" if patient is None else _parts(patient),
    )


def _parts(cell: Any) -> str:
    """Return the number, and after a stroke the small words."""
    return " | ".join(_words(part) for part in cell)


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
