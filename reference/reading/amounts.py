"""Amounts in the words of a line: its dose, its increase, its limits."""

import re
from collections.abc import Iterator
from dataclasses import replace

from .facts import Amount
from .scan import AMOUNT, NUMBER, Scan, amount_of

INCREASE = (
    r"(?:\b(?:may|can|could) )?(?:\bbe )?"
    r"\b(?:increas(?:e|ed|ing)|titrated?|escalated?|raised?)(?: up)? to (?:a dose of )?"
)
LIMIT_WORDS = (
    r"(?:\bup to(?: an?)? )?\b(?:max(?:imum|imal)?\b\.?|not to exceed|not exceeding|"
    r"(?:do|should|must|may) not exceed|(?:no|not) more than|at most|capped at|cap)"
    r"|\bup to"
)
FILLERS = r"(?P<filler>(?: (?:of|a|the|dose|total|is|single|daily|each))*)\s?[:=]?\s?"
BY_DAY = r"(?: (?P<day>daily|a day|each day|in 24 hour))?"
# What stands in brackets after a limit and says whose it is.
SOURCE = r"(?: \((?P<source>[^()¦]*)\))?"
LIMIT = rf"(?:{LIMIT_WORDS}){FILLERS}{AMOUNT}{BY_DAY}{SOURCE}"
LIMIT_AFTER = rf"{AMOUNT}{BY_DAY} (?:max(?:imum)?)\b(?! (?:of|dose|daily|is|[0-9]))"
LABELS = ("label", "us label", "fda label")
# What cannot be the name of a source: it would be a part of the dose.
NO_SOURCE = re.compile(
    rf"{NUMBER}\s?(?:mg|microgram|g|kg|day|week|month|year|hour|dose)|once|twice|daily|"
    r"weekly|every|\bif\b|\bnot?\b|max|over|under|less|more|≥|≤|<|>"
)


def take_increase(scan: Scan) -> tuple[Amount, int] | None:
    """Return the amount that a dose may be increased to, and its place, if there is."""
    found = re.search(INCREASE + AMOUNT, scan.text)
    amount = None if found is None else amount_of(found)
    if found is None or amount is None:
        return None
    scan.strike(*found.span())
    return amount, found.start()


def take_limits(scan: Scan) -> tuple[tuple[Amount, ...], str]:
    """Return the limits of a line, each with its unit and what it is per, and whose."""
    limits, sources = [], []
    for found in _amounts(scan, LIMIT):
        amount = amount_of(found)
        if amount is None:
            continue
        limits.append(_with_per(amount, found["filler"], found["day"]))
        source = found["source"] or ""
        if NO_SOURCE.search(source):
            scan.strike(found.start(), found.start("source") - 1)
            continue
        scan.strike(*found.span())
        sources.append("US label" if source in LABELS else source)
    for found in _amounts(scan, LIMIT_AFTER):
        amount = amount_of(found)
        if amount is not None:
            limits.append(_with_per(amount, "", found["day"]))
            scan.strike(*found.span())
    return tuple(limits), ", ".join(filter(None, sources))


def take_dose(scan: Scan) -> Amount | None:
    """Return the amount of a line: the first that is neither increase nor limit."""
    for found in _amounts(scan, AMOUNT):
        scan.strike(*found.span())
        return amount_of(found)
    return None


def take_amounts(scan: Scan) -> Iterator[Amount]:
    """Yield every amount of words that are no dosing line, whatever it is."""
    for found in _amounts(scan, AMOUNT + BY_DAY):
        amount = amount_of(found)
        if amount is not None:
            scan.strike(*found.span())
            yield _with_per(amount, "", found["day"])


def _amounts(scan: Scan, pattern: str) -> Iterator[re.Match[str]]:
    """Yield the places of a pattern whose amount has a unit, in order."""
    for found in list(re.finditer(pattern, scan.text)):
        if amount_of(found) is not None:
            yield found


def _with_per(amount: Amount, filler: str, day: str | None) -> Amount:
    """Return an amount with the "per day" or "per dose" that the words round it say."""
    words = set(filler.split())
    per = "day" if day or "daily" in words else ""
    per = per or ("dose" if words & {"single", "each"} else "")
    if per and amount.per == "":
        return replace(amount, per=per)
    if per in ("", amount.per):
        return amount
    # "Maximum daily dose 8 mg per dose" contradicts itself: no field says so.
    return replace(amount, per=f"{amount.per} and per {per}")
