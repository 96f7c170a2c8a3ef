"""An edition's document arranged as the page shows it: lines under their indication.

Rows keep the document's fields; what is added is where they stand and what concerns
them. Kept by fingerprint, since what is published never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reference.dosing import DoseRule, dose_rule, rules, tablets_of
from reference.models import Edition
from reference.reading import (
    dose_words,
    duration_in_sentence,
    limit_cell,
    line_sentence,
)

from .document import fingerprint, read_document
from .kept import kept_editions
from .plain_data import Document, Row

# Each takes about 0.4 MB of every worker; one that is not kept is read in 3 ms.
EDITIONS_KEPT = 8

# The page's own title where a guide prints no heading over a section.
SECTION_TITLES = {
    "indications": "Indications and dosing",
    "contraindications": "Contraindications",
    "warnings": "Warnings and precautions",
    "adverse_reaction_groups": "Adverse reactions",
    "preparations": "Strength and preparations",
    "administration": "Administration",
    "storage": "Storage",
    "monitoring": "Monitoring",
    "resources": "Resources",
}


class EditionNotVerifiedError(Exception):
    """A published edition's bytes do not match its fingerprint; nothing is shown."""


@dataclass(frozen=True)
class Monograph:
    """A document arranged for the page, with the rule of each regimen.

    Rules, regimens and indications are found by their key.
    """

    document: Document
    sections: Mapping[str, Any]
    rules: Mapping[str, DoseRule]
    regimens: Mapping[str, Row]
    indications: Mapping[str, Row]


def published_monograph(edition: Edition) -> Monograph:
    """Return the monograph that was published as this edition.

    Raises EditionNotVerifiedError when its stored bytes are not what was approved.
    """
    if kept_editions.is_refused(edition.pk, edition.fingerprint):
        raise EditionNotVerifiedError(_not_matching(edition.pk, edition.fingerprint))
    return _monograph_of_fingerprint(edition.pk, edition.fingerprint)


@lru_cache(maxsize=EDITIONS_KEPT)
def _monograph_of_fingerprint(edition_id: int, expected: str) -> Monograph:
    canonical = kept_editions.bytes_of(edition_id, expected)
    if canonical is None:
        stored = Edition.objects.values_list("canonical", flat=True).get(pk=edition_id)
        canonical = bytes(stored or b"")
    if fingerprint(canonical) != expected:
        raise EditionNotVerifiedError(_not_matching(edition_id, expected))
    return arranged(read_document(canonical))


def _not_matching(edition_id: int, expected: str) -> str:
    return f"edition {edition_id} does not match {expected}"


def arranged(document: Document) -> Monograph:
    """Return a document arranged for the page."""
    discrepancies = [
        dict(row, number=number, lines=sorted(rules.lines_of(document, row["key"])))
        for number, row in enumerate(document["discrepancies"], start=1)
    ]

    def rows(section: str) -> list[dict[str, Any]]:
        """Return the rows of a section, each with the discrepancies about it."""
        return [
            dict(
                row,
                discrepancies=[each for each in discrepancies if line in each["lines"]],
            )
            for row in document[section]
            for line in [(section, row["key"])]
        ]

    rule_of = {row["key"]: dose_rule(document, row) for row in document["regimens"]}
    regimens = [
        dict(row, rule=rule_of[row["key"]], **line_in_words(row))
        for row in rows("regimens")
    ]
    indications = [
        _indication(row, regimens, document["synonyms"]) for row in rows("indications")
    ]
    plain = ("contraindications", "warnings", "preparations", "administration")
    sections: dict[str, Any] = {
        **{name: rows(name) for name in (*plain, "storage", "monitoring", "resources")},
        "headings": _headings(rows("headings")),
        "indications": indications,
        "adverse_reaction_groups": [
            dict(row, reactions=_children(document["adverse_reactions"], "group", row))
            for row in rows("adverse_reaction_groups")
        ],
        "discrepancies": discrepancies,
    }
    return Monograph(
        document, sections, rule_of, _by_key(regimens), _by_key(indications)
    )


def line_in_words(regimen: Row) -> dict[str, str]:
    """Return what a line says: its sentence, and its dose, maximum and duration alone.

    A line from before how often was asked has one text for all; its parts are made.
    """
    made = regimen if regimen["how_often"] else dict(regimen, text="")
    return {
        "sentence": line_sentence(regimen),
        "dose": dose_words(made),
        "limit": limit_cell(made),
        "duration": duration_in_sentence(made),
    }


def _by_key(rows: list[dict[str, Any]]) -> dict[str, Row]:
    return {row["key"]: row for row in rows}


def _headings(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the title of each section with the printed headings that stand over it."""
    headings: dict[str, dict[str, Any]] = {}
    for section, title in SECTION_TITLES.items():
        over = [row for row in rows if row["section"] == section]
        about = {row["key"]: row for head in over for row in head["discrepancies"]}
        headings[section] = {
            "title": over[0]["title"] if over else title,
            "rows": over,
            "discrepancies": list(about.values()),
        }
    return headings


def _indication(
    row: dict[str, Any], regimens: list[dict[str, Any]], synonyms: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return an indication with its lines, its names, and what concerns any of it."""
    lines = _children(regimens, "indication", row)
    concerning = {
        discrepancy["key"]: discrepancy
        for part in (row, *lines)
        for discrepancy in part["discrepancies"]
    }
    return dict(
        row,
        regimens=lines,
        synonyms=_children(synonyms, "indication", row),
        every_discrepancy=list(concerning.values()),
        is_weight_based=any(line["rule"].is_weight_based for line in lines),
        has_volumes=any(not tablets_of(line["rule"]) for line in lines),
    )


def _children(
    rows: list[dict[str, Any]], link: str, parent: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [row for row in rows if row[link] == parent["key"]]
