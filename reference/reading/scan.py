"""Words that are read piece by piece: what was read is struck out, the rest is left.

The pieces of patterns that every reader needs stand here too. They are written for
words in one typography (typography.py).
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from .facts import Amount

STRUCK = "¦"
# A whole number or a decimal one; no part of a longer number, word or fraction, and
# none with a minus before it.
NUMBER = r"(?<![\w.,/¦])(?<!^-)(?<![ (]-)(?:[0-9]+(?:\.[0-9]+)?)(?![0-9]|[.,][0-9])"
MASS = r"(?:mg|microgram|g|units?|iu)\b"
PER_WORDS = (
    r"(?:kg|m2|dose|day|d|hour|h|week|month|minute|min|infusion|injection)\b(?!-)"
)
OF_BODY = (
    r"(?:(?<=kg)(?: of)? body ?weight|(?<=m2)(?: of)? (?:body surface(?: area)?|bsa))"
)
PER = rf"(?:\s?(?:/|\bper|\ba|\beach)\s?{PER_WORDS}{OF_BODY}?)"
AMOUNT = (
    rf"(?P<low>{NUMBER})(?:\s?(?P<first>{MASS}{PER}*))?"
    rf"(?:(?:\s?-\s?| to )(?P<high>{NUMBER}))?"
    rf"(?:\s?(?P<unit>{MASS})(?P<per>{PER}*))?"
)
# A range of counts: "2", "2-4", "2 to 4".
SPAN = rf"{NUMBER}(?:(?:\s?-\s?| to ){NUMBER})?"
PERS = {"d": "day", "h": "hour", "min": "minute", "infusion": "dose"}
PERS["injection"] = "dose"
UNITS = {"units": "unit", "iu": "unit"}
BODIES = ("kg", "m2")
MG_PER_G = 1000


class Scan:
    """Words with what was read struck out, so that nothing is read twice."""

    def __init__(self, text: str) -> None:
        self.text = text

    def strike(self, start: int, end: int) -> None:
        """Strike out what stands between two places."""
        self.text = self.text[:start] + STRUCK * (end - start) + self.text[end:]

    def take(self, pattern: str) -> re.Match[str] | None:
        """Return the first place where the pattern stands, and strike it out."""
        found = re.search(pattern, self.text)
        if found is not None:
            self.strike(*found.span())
        return found

    def take_all(self, pattern: str) -> Iterator[re.Match[str]]:
        """Yield each place where the pattern stands, struck out as it is read."""
        while (found := self.take(pattern)) is not None:
            yield found


def amount_of(found: re.Match[str]) -> Amount | None:
    """Return the amount of a match of AMOUNT, grams as mg, or None where it is none.

    It is none without a unit, or with two that differ: "20 mg to 40 micrograms".
    """
    first, per = found["first"] or "", found["per"] or ""
    unit = found["unit"] or ""
    whole = f"{unit}{per}"
    if found["high"] is None:
        whole = whole or first
    elif first and _spelled(first) not in (_spelled(whole), _spelled(unit)):
        return None
    mass = re.match(MASS, whole)
    if mass is None or (found["high"] is None and first and unit):
        return None
    low = Decimal(found["low"])
    high = Decimal(found["high"] or found["low"])
    pers = [PERS.get(each, each) for each in re.findall(PER_WORDS, whole[mass.end() :])]
    bodies = [each for each in pers if each in BODIES]
    times = [each for each in pers if each not in BODIES]
    if len(bodies) > 1 or len(times) > 1:
        return None
    unit = UNITS.get(mass[0], mass[0])
    if unit == "g":  # the fields have no grams, and 1 g is 1,000 mg exactly
        low, high, unit = low * MG_PER_G, high * MG_PER_G, "mg"
    return Amount(low, high, unit, "".join(bodies), "".join(times))


def whole_range(text: str) -> tuple[int, int] | None:
    """Return the ends of a match of SPAN, or None where they are no whole numbers."""
    ends = re.findall(r"[0-9]+(?:\.[0-9]+)?", text)
    if not ends or any("." in end for end in ends):
        return None
    return int(ends[0]), int(ends[-1])


def _spelled(unit: str) -> str:
    return re.sub(r"\s?(?:/|per|a|each)\s?", "/", unit.strip())
