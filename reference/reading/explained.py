"""What a discrepancy tells of a line: amounts, frequencies and the like in its prose.

It explains a difference only if both readings stand in it, read by the same patterns as
a line, unit and per-what included. That one of both is silent is told in words such as
"no maximum is printed".
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from reference.dosing import Row

from . import people, times
from .amounts import take_amounts
from .facts import Amount, Often, limits_in_one_form
from .scan import Scan
from .typography import plain, with_digits

QUOTES = ("printed", "title")
FIELDS = (*QUOTES, "source_says", "consequence", "ruling_text")
NOUNS = {
    "dose": "dose",
    "how often": r"(?:number of (?:divided )?doses|how often|frequency)",
    "increase": "increase",
    "maximum": "(?:maximum|limit)",
    "duration": "(?:duration|length)",
    "lowest weight": "weight",
    "weight below": "weight",
    "lowest age": "age",
}
SILENT = (
    r"\b(?:no|neither|nor)(?: [\w-]+){{0,4}}? {noun}\b(?: [\w-]+){{0,3}}? "
    r"(?:printed|given|stated|named)\b"
    r"|\b{noun}\b(?: [\w-]+){{0,5}}? not (?:printed|given|stated|named)\b"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What one discrepancy tells; often is that of the line it concerns."""

    text: str
    often: Often | None
    quoted: frozenset[object]
    values: frozenset[object]

    def tells(self, subject: str, read: object, held: object) -> bool:
        """Return whether both readings of a subject stand in the discrepancy.

        What was read has to be quoted from the guide, in its printed words or its
        title: a number of another source does not explain another print.
        """
        if read is None and held is None:
            return False
        is_quoted = self._has(subject, read, self.quoted)
        return is_quoted and self._has(subject, held, self.values)

    def _has(self, subject: str, value: object, values: frozenset[object]) -> bool:
        if value is None:
            noun = NOUNS.get(subject)
            silent = SILENT.format(noun=noun)
            return noun is not None and re.search(silent, self.text) is not None
        if isinstance(value, Amount):
            # A maximum is told with what it is per; a dose may leave it to its words.
            is_limit = subject == "maximum"
            alike = _alike(value, self.often)
            return (("maximum", alike) if is_limit else alike) in values
        if isinstance(value, Decimal | int):
            return (subject, value) in values
        return value in values


def told_by(discrepancy: Row, often: Often | None) -> Told:
    """Return what a discrepancy tells of a line that is given so often."""
    return _told(tuple(discrepancy.get(name) or "" for name in FIELDS), often)


@lru_cache(maxsize=256)
def _told(fields: tuple[str, ...], often: Often | None) -> Told:
    """Return what the fields tell; kept, since an edition is judged again and again."""
    texts = [with_digits(plain(field)) for field in fields]
    values = [frozenset(_values(text, often)) for text in texts]
    quoted = frozenset().union(*values[: len(QUOTES)])
    return Told(" ".join(texts), often, quoted, frozenset().union(*values))


def _values(text: str, often: Often | None) -> list[object]:
    """Return every amount, frequency, duration, weight and age of some prose."""
    scan = Scan(text)
    # With its "daily", which is no frequency of the line: "48 mg per kg daily".
    found: list[object] = []
    for amount in take_amounts(scan):
        found.append(limits_in_one_form((amount,), often)[0])
        found.append(("maximum", _alike(amount, often)))
    for band in people.take_weights(scan):
        found += [("lowest weight", band.from_kg), ("weight below", band.below_kg)]
    for ages in people.take_ages(scan):
        found += [("lowest age", ages.from_months), ("age below", ages.below_months)]
    found += times.take_lengths(scan, times.NAMED_LENGTHS)
    for divided in list(times.take_divided(scan)):
        found.append(times.joined([], [divided], is_by_day=True)[0])
    for said in times.take_often(scan):
        found.append(times.joined([said], [], is_by_day=False)[0])
    return found


def _alike(amount: Amount, often: Often | None) -> Amount:
    """Return an amount per dose where per day is the same; else as it is written."""
    return limits_in_one_form((amount,), often)[0] if amount.per else amount
