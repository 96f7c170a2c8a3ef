"""What a FHIR request asks for beside its address: which of it is honored.

R5 lets a search ignore what it does not know, if the link to itself holds only what it
used; what was ignored is named as well. With `Prefer: handling=strict` it is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

MEDIA_TYPE = "application/fhir+json"
ACCEPTED_TYPES = (MEDIA_TYPE, "application/json", "text/json")
# In an address, a plus sign that is not escaped is a space.
FORMATS = frozenset(("json", *ACCEPTED_TYPES, MEDIA_TYPE.replace("+", " ")))
# What may be asked of any address, with what each takes.
GENERAL = {
    "_format": re.compile(".+"),
    "_pretty": re.compile("true|false"),
    "_summary": re.compile("true|text|data|count|false"),
    "_elements": re.compile(".*"),
    "_count": re.compile("[0-9]{1,9}"),
    # Where a further page begins: it stands in the links of a search alone.
    "_offset": re.compile("[0-9]{1,9}"),
}
OF_A_SEARCH = frozenset({"_count", "_offset"})


class FhirError(Exception):
    """Why there is no resource: an HTTP status, FHIR's code for it, and a sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


@dataclass(frozen=True)
class Parameters:
    """The parameters of one request; `own` are those of its address."""

    pairs: tuple[tuple[str, str], ...]
    own: frozenset[str]
    is_search: bool
    handling: str = ""

    @cached_property
    def ignored(self) -> list[str]:
        """Return the names of what is not honored: resources are sent whole."""
        return sorted(
            {name for name, value in self.pairs if self._ignores(name, value)}
        )

    @property
    def is_pretty(self) -> bool:
        return ("_pretty", "true") in self.pairs

    @property
    def is_count_alone(self) -> bool:
        return self.is_search and (
            ("_summary", "count") in self.pairs or self.page_size == 0
        )

    @property
    def page_size(self) -> int | None:
        """Return how many resources a page of the search may hold; None for all."""
        return self._number("_count")

    @property
    def first(self) -> int:
        """Return the place of the first resource of the page."""
        return self._number("_offset") or 0

    @property
    def query(self) -> str:
        """Return what was honored, as the query of an address."""
        return urlencode(self._honored)

    @property
    def query_of_next(self) -> str:
        """Return the query of the page after this one."""
        kept = [pair for pair in self._honored if pair[0] != "_offset"]
        return urlencode([*kept, ("_offset", self.first + (self.page_size or 0))])

    def check(self) -> None:
        """Raise FhirError for what is wrong in itself, or may not be ignored."""
        for problem in self._problems():
            raise FhirError(400, "invalid", problem)
        formats = {value.lower() for name, value in self.pairs if name == "_format"}
        if not formats <= FORMATS:
            raise FhirError(400, "not-supported", "The only _format is json.")

    def _problems(self) -> Iterator[str]:
        names = [name for name, _ in self.pairs]
        for name, value in self.pairs:
            if name in GENERAL and not GENERAL[name].fullmatch(value):
                yield f"This is no value of {name}."
            elif name in GENERAL and name != "_format" and names.count(name) > 1:
                yield f"Send {name} once."
        unknown = {name for name in names if name not in GENERAL} - self.own
        if self.handling == "strict" and self.ignored:
            yield f"This is not honored here: {', '.join(self.ignored)}."
        elif unknown and not self.is_search and self.handling != "lenient":
            known = ", ".join([*GENERAL, *sorted(self.own)])
            yield f"Only these parameters are known here: {known}."

    @property
    def _honored(self) -> list[tuple[str, str]]:
        return [pair for pair in self.pairs if not self._ignores(*pair)]

    def _ignores(self, name: str, value: str) -> bool:
        if name in OF_A_SEARCH or (name, value) == ("_summary", "count"):
            return not self.is_search
        if name == "_summary":
            return value != "false"
        return name == "_elements" or (name not in GENERAL and name not in self.own)

    def _number(self, name: str) -> int | None:
        given = [value for known, value in self.pairs if known == name]
        return int(given[0]) if given and self.is_search else None


def handling_preferred(prefer: str) -> str:
    """Return strict or lenient if a Prefer header (RFC 7240) says so, else ""."""
    for preference in re.split("[,;]", prefer):
        name, _, value = preference.partition("=")
        if name.strip().lower() == "handling":
            wanted = value.strip().strip('"').lower()
            return wanted if wanted in ("strict", "lenient") else ""
    return ""
