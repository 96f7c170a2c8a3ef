"""Which indications of an edition fit what a reader looks for. Knows no request."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from reference.editions import Row

APOSTROPHES = str.maketrans("", "", "'’‘`´")
FACETS = ("route", "population", "status")


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared: "Still's" and "stills" alike."""
    plain = unicodedata.normalize("NFKD", text.translate(APOSTROPHES))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.findall(r"\w+", letters.casefold())


def facet_values(indications: Iterable[Row]) -> dict[str, list[str]]:
    """Return the routes, populations and statuses that occur, in the page's order."""
    found: dict[str, dict[str, None]] = {name: {} for name in FACETS}
    for indication in indications:
        found["status"][indication["status"]] = None
        for regimen in indication["regimens"]:
            found["route"][regimen["route"]] = None
            found["population"][regimen["population"]] = None
    return {name: list(values) for name, values in found.items()}


def matching(
    indications: Iterable[Row],
    *,
    text: str = "",
    route: str = "",
    population: str = "",
    status: str = "",
) -> list[Row]:
    """Return the indications that fit everything asked; nothing asked fits them all.

    Each word that was typed begins a word of the name, the short name or a synonym.
    Route and population are those of one and the same dosing line.
    """
    typed = words(text)
    return [
        indication
        for indication in indications
        if (not status or indication["status"] == status)
        and _is_called(indication, typed)
        and (not (route or population) or _has_line(indication, route, population))
    ]


def _is_called(indication: Row, typed: Sequence[str]) -> bool:
    names = [indication["name"], indication["short_name"]]
    names += [synonym["name"] for synonym in indication["synonyms"]]
    # From each word to the end, without spaces: "covid19" begins "COVID-19".
    tails = [
        "".join(parts[start:])
        for parts in map(words, names)
        for start in range(len(parts))
    ]
    return all(any(tail.startswith(word) for tail in tails) for word in typed)


def _has_line(indication: Row, route: str, population: str) -> bool:
    return any(
        route in ("", regimen["route"]) and population in ("", regimen["population"])
        for regimen in indication["regimens"]
    )
