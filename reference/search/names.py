"""The names by which a row of the table is found, and what the guide prints for them.

The field on the page, which narrows the table as one types, is given the same names
here that the search has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reference.doses import DoseTable
from reference.editions import Row

from .stems import spelled
from .words import plain, separate_words

STAR = "*"  # of off-label use; it has a field of its own
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class PrintedAs:
    """What a guide calls an indication, and whether its line names no age."""

    name: str
    is_printed: bool = True
    has_no_age: bool = False

    def in_words(self) -> str:
        """Return "the guide prints Still's disease, no age"."""
        said = _("the guide prints {name}") if self.is_printed else _("here {name}")
        said = said.format(name=self.name)
        return _("{said}, no age").format(said=said) if self.has_no_age else said


@dataclass(frozen=True, slots=True)
class RowNames:
    """The names of one row, to be written into its element.

    own has the row's own words and printed names, plain, a space before each: what is
    typed finds the row if each of its words stands there with the space. others are its
    other names in their own letters, a "|" between two; the page makes plain words of
    them in the same way. prints is what is said beside one of them: "the guide prints
    Still's disease, no age".
    """

    own: str
    others: str
    prints: str


def find_words(table: DoseTable, sections: Mapping[str, Any]) -> dict[str, RowNames]:
    """Return the names of each row of the table by the row's key."""
    by_key = {row["key"]: row for row in sections["indications"]}
    found = {}
    for row in table.rows:
        indication = by_key[row.indication]
        lines = [line for line in indication["regimens"] if line["key"] == row.key]
        others = other_names(indication)
        own = " ".join((row.header, *printed_names(indication)))
        found[row.key] = RowNames(
            own=_spaced(own),
            others="|".join(others),
            prints=printed_as(indication, *lines).in_words(),
        )
    return found


def printed_names(indication: Row) -> tuple[str, ...]:
    """Return the names of an indication that its printed line has."""
    return tuple(each for each in _names(indication) if _is_printed(each, indication))


def other_names(indication: Row) -> tuple[str, ...]:
    """Return the names of an indication that its printed line has not."""
    own = printed_names(indication)
    return tuple(each for each in _names(indication) if each not in own)


def printed_as(indication: Row, regimen: Row | None = None) -> PrintedAs:
    """Return what the guide prints where a reader looks for another name of it.

    The short name where it is printed so, or else the words of the print.
    """
    printed, name = indication["printed"].rstrip(STAR), indication["short_name"]
    return PrintedAs(
        name if not printed or _is_printed(name, indication) else printed,
        is_printed=bool(printed),
        has_no_age=regimen is not None
        and regimen["population"] == NOT_STATED
        and regimen["from_age_months"] is None
        and regimen["below_age_months"] is None,
    )


def _names(indication: Row) -> list[str]:
    """Return the names but for the short one, each once, those alike in words too."""
    synonyms = [synonym["name"] for synonym in indication["synonyms"]]
    names = [indication["name"], indication["gloss"], *synonyms]
    by_words = {_spaced(indication["short_name"]): "", "": ""}
    for name in names:
        by_words.setdefault(_spaced(name), name)
    return [name for name in by_words.values() if name]


def _is_printed(name: str, indication: Row) -> bool:
    """Return whether the words of a name stand together in the print."""
    words, printed = _words(name), _words(indication["printed"])
    is_one = len(words) == 1
    return words[0] in printed if is_one else "".join(words) in "".join(printed)


def _words(text: str) -> list[str]:
    return [word.plain for word in separate_words(text)]


def _spaced(name: str) -> str:
    """Return the plain words of a name, a space before each; also those joined."""
    kept = "".join(each for each in plain(name) if each.isalnum() or each == " ")
    words = dict.fromkeys((*_words(name), *map(spelled, kept.split())))
    return "".join(f" {word}" for word in words)
