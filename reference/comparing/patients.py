"""Whom each dosing line is for: its band of weights and its ages, side by side.

Drawn on the page of a review, where a gap or an overlap between two lines is seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reference.dosing import (
    ADULT_FROM_MONTHS,
    PEDIATRIC_UNDER_MONTHS,
    Document,
    Row,
    phrases,
    rules,
)

# As far as the picture goes; a band without an end goes on beyond it.
DRAWN_TO_KG = Decimal(120)
DRAWN_TO_MONTHS = Decimal(240)
PER_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Band:
    """From where to where a line goes, in per cent of the picture, and in words."""

    start: int
    width: int
    words: str


@dataclass(frozen=True, slots=True)
class LinePatients:
    """One line: whom it is for, by population, weight and age."""

    key: str
    indication: str
    route: str
    population: str
    weights: Band
    ages: Band


def patients_of_lines(document: Document) -> list[LinePatients]:
    """Return whom each line of a document is for, in the order of the page."""
    return list(_lines(document))


def _lines(document: Document) -> Iterator[LinePatients]:
    names = {row["key"]: row["short_name"] for row in document["indications"]}
    for row in document["regimens"]:
        yield LinePatients(
            key=row["key"],
            indication=names.get(row["indication"], row["indication"]),
            route=row["route"],
            population=row["population"],
            weights=_weights(row),
            ages=_ages(row),
        )


def _weights(row: Row) -> Band:
    who = rules.who_for(row)
    start = who.from_weight_kg or Decimal(0)
    end = DRAWN_TO_KG if who.below_weight_kg is None else who.below_weight_kg
    return _band(
        start, end, DRAWN_TO_KG, phrases.weights_in_words(who) or "every weight"
    )


def _ages(row: Row) -> Band:
    """Return the ages: from the lowest given; without one, by the population.

    A population ends where a dose asks about the age, so that at 17 years, where both
    do, the picture has its gap.
    """
    who, population = rules.who_for(row), row["population"]
    words = {
        "adult": "adults, no age given",
        "pediatric": "children, no age given",
    }.get(population, "every age")
    start, end = Decimal(0), DRAWN_TO_MONTHS
    if who.has_ages:
        words = phrases.ages_in_words(who).removesuffix(" of age")
    if who.from_age_months is not None:
        start = Decimal(who.from_age_months)
    elif population == "adult":
        start = Decimal(ADULT_FROM_MONTHS)
    if who.below_age_months is not None:
        end = Decimal(who.below_age_months)
    elif population == "pediatric":
        end = Decimal(PEDIATRIC_UNDER_MONTHS)
    return _band(start, end, DRAWN_TO_MONTHS, words)


def _band(start: Decimal, end: Decimal, whole: Decimal, words: str) -> Band:
    first = int(min(start, whole) * PER_CENT / whole)
    last = int(min(end, whole) * PER_CENT / whole)
    return Band(first, max(last - first, 1), words)
