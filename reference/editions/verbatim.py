"""The guide's text word for word, in the order in which it is printed."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from .plain_data import Row

PrintedLines = list[tuple[str, list[str]]]

# Sections that a guide may print under the heading of another.
PRINTED_SECTIONS = (
    "resources",
    "indications",
    "contraindications",
    "warnings",
    "adverse_reaction_groups",
    "preparations",
    "administration",
    "storage",
    "monitoring",
)


def printed_lines(sections: Mapping[str, Any]) -> PrintedLines:
    """Return each printed heading, or "", with the lines printed under it.

    A line of two sections is listed in the first: a test may be a warning's own words.
    """
    found: PrintedLines = []
    for section in PRINTED_SECTIONS:
        listed = {line for _, lines in found for line in lines}
        for title, lines in _parts(section, sections):
            new = [line for line in lines if line and line not in listed]
            if title or new:
                found.append((title, new))
    return found


def _parts(
    section: str, sections: Mapping[str, Any]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the headings printed over a section, each with its lines."""
    headings = sections["headings"][section]["rows"]
    if section == "indications":
        yield from _of_indications(headings, sections["indications"])
        return
    for heading in headings[:-1]:
        yield heading["printed"], []
    title = headings[-1]["printed"] if headings else ""
    rows = sections[section]
    if section == "administration":
        by_route = groupby(rows, key=lambda row: row["route"])
        yield title, [" ".join(row["printed"] for row in run) for _, run in by_route]
    else:
        yield title, [row["printed"] or row.get("title", "") for row in rows]


def _of_indications(
    headings: list[Row], indications: list[Row]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the list of indications, then the dosing lines by the route of a heading.

    What no heading names a route for stands under the last.
    """
    lines = [line for each in indications for line in each["regimens"]]
    names = [each["printed"] for each in indications]
    for number, heading in enumerate(headings):
        words = heading["printed"].lower()
        under = [line for line in lines if line["route"].split()[0] in words]
        if number == len(headings) - 1:
            under = lines
        lines = [line for line in lines if line not in under]
        listed = [heading["lead"], *names, heading["footnote"]] if number == 0 else []
        yield heading["printed"], [*listed, *(line["printed"] for line in under)]
    if not headings:
        yield "", [*names, *(line["printed"] for line in lines)]
