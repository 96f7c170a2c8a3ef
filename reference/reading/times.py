"""How often, and how long, in the words of a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .facts import Length, Often
from .scan import NUMBER, SPAN, Scan, whole_range

DAYS_PER = {"day": 1, "week": 7, "fortnight": 14}
MONTHS_PER = {"month": 1, "year": 12}
HOURS_PER_DAY = 24
MINUTES_PER_HOUR = 60
UNIT = r"(?:hour|day|week|fortnight|month|year)s?"
SHORT_UNITS = {"h": "hour", "d": "day", "w": "week", "mo": "month"}

CONTINUOUS = r"\b(?:as a |by )?continuous(?:ly)?\b"
DIVIDED = (
    rf"\b(?:in|into|as) (?:(?P<count>{SPAN}) )?(?:equal(?:ly)? )?divided doses?\b"
    rf"|\bdivided (?:in|into) (?P<into>{SPAN}) doses?\b"
    rf"|\bin (?P<parts>{SPAN}) (?:equal )?doses?\b"
    r"|\bdivided doses\b|\bdivided(?= (?:once|twice|every|[0-9]|[bt]id\b|q[0-9]))"
)
LISTED = (
    rf"\b(?:(?:at|on|in) )?(?P<unit>weeks?|days?|months?) (?P<list>{NUMBER}"
    rf"(?:(?:,? and |,? & |, ?){NUMBER})*)(?! ?(?:-|to|or) ?[0-9])"
)
# What joins listed days to how the doses go on, and the list to itself.
GOES_ON = (
    r"\b(?:and )?(?:then|thereafter)\b"
    r"(?= (?:once |twice )?(?:every|each|weekly|monthly|daily|q ?[0-9]))"
    r"|\bthereafter\b"
)
AGAIN = (
    r"\b(?:the (?:pair|whole|list|course|series|cycle)(?: is)? )?"
    rf"(?:to be )?repeated every (?P<number>{NUMBER})[ -]?"
    r"(?P<unit>day|week|fortnight)s?\b"
)
OVER = rf"\bover (?P<number>{SPAN}) ?(?P<unit>min(?:ute)?s?|hour)\b"
BEGINS = (
    rf"\b(?:from|(?:starting|beginning)(?: at| on| from)?) "
    rf"(?P<unit>day|week) (?P<number>{NUMBER})\b(?! ?(?:,|-|to|and|or) ?[0-9])"
)
TIMES = (
    rf"\b(?P<times>once or twice|once to twice|once|twice|thrice|{SPAN} ?(?:times|x)|"
    rf"{NUMBER} or {NUMBER} times)"
    r" ?(?:/|per |an? |each |every |in an? )?"
    r"(?P<unit>day|daily|week|weekly|month|monthly|on a dosing day|on 1 day only)\b"
)
LATIN = {"qd": 1, "od": 1, "bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4}
ABBREVIATED = rf"\b(?P<latin>{'|'.join(LATIN)}|b\.i\.d|t\.i\.d|q\.i\.d|q\.d)\b\.?"
OTHER = r"\b(?:once )?(?:every|each) other (?P<unit>day|week|month)\b"
EVERY = rf"\b(?:once )?(?:every|each) (?P<number>{SPAN})[ -]?(?P<unit>{UNIT})\b"
Q = r"\bq ?(?P<number>[0-9]+) ?(?P<unit>hour|h|days?|d|weeks?|w|months?|mo)\b"
EACH = r"\b(?:once )?(?:every|each) (?P<unit>day|week|month|year)\b"
ADVERB = r"\b(?P<unit>daily|weekly|monthly|fortnightly)\b"
ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month"}
ADVERBS["fortnightly"] = "fortnight"
ONE_DAY_ALONE = r"\bon 1 day only\b"
ONCE = (
    r"\b(?:as )?(?:an? )?(?:single|1-time|one-time)(?: dose)?\b|\bonce\b(?: only)?"
    r"|\b1 time\b"
)

HEDGES = r"(?:for|x|usually|generally|typically|about|approximately|during)"
LENGTH = (
    rf"(?:\b(?P<hedge>{HEDGES}) )+(?P<upto>(?:up to|a maximum of|at most) )?"
    rf"(?P<number>{SPAN})[ -]?(?P<unit>hour|days?|weeks?|months?|year|doses)\b"
)
UP_TO = rf"\b(?P<upto>up to )(?P<number>{SPAN}) ?(?P<unit>hour|days?|weeks?|months?)\b"
# A number of days without a word before it, at the beginning or after a comma.
BARE = (
    rf"(?:^|[,;(] ?|¦ ?)(?P<number>{SPAN}) (?P<unit>hour|days?|weeks?|months?)\b"
    r"(?! (?:after|before|apart|old|of age|later))"
)
# Those with words of their own are read before what is said of how often.
NAMED_LENGTHS = (LENGTH, UP_TO)
BARE_LENGTHS = (BARE,)


@dataclass(frozen=True, slots=True)
class Said:
    """How often, once said in a line: doses, an interval or listed days, and where."""

    place: int
    words: str
    times: tuple[int, int] | None = None
    every: int | None = None
    every_unit: str = "days"
    listed: tuple[int, ...] = ()
    listed_unit: str = ""
    again_after_days: int | None = None
    goes_on: bool = False
    kind: str = "every"


@dataclass(frozen=True, slots=True)
class Divided:
    """Doses said to be divided, or counted as parts of a day's amount, and where."""

    place: int
    is_divided: bool
    count: tuple[int, int] | None


def take_often(scan: Scan) -> Iterator[Said]:
    """Yield each thing said of how often, struck out; divided doses stand apart."""
    for found in scan.take_all(CONTINUOUS):
        yield Said(found.start(), found[0], kind="continuous")
    yield from _take_listed(scan)
    for pattern, read in (
        (TIMES, _times),
        (ABBREVIATED, _latin),
        (OTHER, _other),
        (EVERY, _every),
        (Q, _every),
        (EACH, _each),
        (ADVERB, _adverb),
    ):
        for found in list(re.finditer(pattern, scan.text)):
            said = read(found)
            if said is not None:
                scan.strike(*found.span())
                yield said
    for found in scan.take_all(ONE_DAY_ALONE):
        yield Said(found.start(), found[0], kind="once")
    for found in scan.take_all(ONCE):
        yield Said(found.start(), found[0].strip(), kind="once", times=(1, 1))


def _take_listed(scan: Scan) -> Iterator[Said]:
    """Yield listed days or weeks, and the words that join them to what follows."""
    is_listed = False
    for found in list(re.finditer(LISTED, scan.text)):
        numbers = re.findall(r"[0-9.]+", found["list"])
        if all(each.isdecimal() for each in numbers):  # week 0.5 is no whole week
            is_listed = True
            scan.strike(*found.span())
            yield Said(
                found.start(),
                found[0],
                kind="listed",
                listed=tuple(map(int, numbers)),
                listed_unit=found["unit"].rstrip("s") + "s",
            )
    if not is_listed:
        return
    for found in scan.take_all(AGAIN):
        days = int(found["number"]) * DAYS_PER[found["unit"]]
        yield Said(found.start(), found[0], again_after_days=days)
    for found in scan.take_all(GOES_ON):
        yield Said(found.start(), found[0], goes_on=True)


def take_minutes(scan: Scan) -> Iterator[Length]:
    """Yield how long one infusion runs, in whole minutes."""
    for found in list(re.finditer(OVER, scan.text)):
        span = whole_range(found["number"])
        if span is not None:
            each = MINUTES_PER_HOUR if found["unit"] == "hour" else 1
            scan.strike(*found.span())
            yield Length(span[0] * each, span[1] * each, "minutes")


def take_begins(scan: Scan) -> set[str]:
    """Return from which day or week a line runs: "week 14"."""
    return {f"{found['unit']} {found['number']}" for found in scan.take_all(BEGINS)}


def take_divided(scan: Scan) -> Iterator[Divided]:
    """Yield each thing said of divided doses, with their number where it is given."""
    for found in scan.take_all(DIVIDED):
        count = found["count"] or found["into"] or found["parts"]
        yield Divided(
            place=found.start(),
            is_divided="divided" in found[0],
            count=whole_range(count) if count else None,
        )


def take_lengths(scan: Scan, patterns: tuple[str, ...]) -> Iterator[Length]:
    """Yield each duration of a line, in hours, days, months or doses."""
    for pattern in patterns:
        for found in list(re.finditer(pattern, scan.text)):
            length = _length(found)
            if length is not None:
                scan.strike(*found.span())
                yield length


def _length(found: re.Match[str]) -> Length | None:
    span = whole_range(found["number"])
    if span is None:
        return None
    unit = found["unit"].rstrip("s")
    factor = DAYS_PER.get(unit) or MONTHS_PER.get(unit) or 1
    name = "days" if unit in DAYS_PER else "months" if unit in MONTHS_PER else unit
    low, high = (each * factor for each in span)
    is_up_to = bool(found.groupdict().get("upto"))
    return Length(None if is_up_to else low, high, f"{name.rstrip('s')}s")


def _times(found: re.Match[str]) -> Said | None:
    words = found["times"]
    named = {"once": (1, 1), "twice": (2, 2), "thrice": (3, 3)}
    times = named.get(words) or whole_range(words)
    if words in ("once or twice", "once to twice"):
        times = (1, 2)
    unit = found["unit"]
    if times is None or unit in ("day", "daily"):
        return times and Said(found.start(), found[0], times=times, every=1)
    if "dosing" in unit:
        return Said(found.start(), found[0], times=times)
    if "only" in unit:
        return Said(found.start(), found[0], times=times, kind="once")
    if times != (1, 1):
        return None  # twice a week is no whole number of days
    return _interval(found, 1, unit.removesuffix("ly"))


def _latin(found: re.Match[str]) -> Said:
    count = LATIN[found["latin"].replace(".", "")]
    return Said(found.start(), found[0], times=(count, count), every=1)


def _other(found: re.Match[str]) -> Said | None:
    return _interval(found, 2, found["unit"])


def _each(found: re.Match[str]) -> Said | None:
    return _interval(found, 1, found["unit"])


def _adverb(found: re.Match[str]) -> Said | None:
    return _interval(found, 1, ADVERBS[found["unit"]])


def _every(found: re.Match[str]) -> Said | None:
    span = whole_range(found["number"])
    if span is None or span[0] != span[1] or span[0] == 0:
        return None  # every 4 to 6 weeks is no one number
    unit = SHORT_UNITS.get(found["unit"], found["unit"].rstrip("s"))
    if unit != "hour":
        return _interval(found, span[0], unit)
    days, rest = divmod(span[0], HOURS_PER_DAY)
    if days and not rest:
        return _interval(found, days, "day")
    count, rest = divmod(HOURS_PER_DAY, span[0])
    if not count or rest:
        return None  # every 5 hours is no whole number a day
    return Said(found.start(), found[0], times=(count, count), every=1)


def _interval(found: re.Match[str], number: int, unit: str) -> Said | None:
    """Return an interval in days or in months; "once weekly" counts its doses."""
    times = (1, 1) if "once" in found[0] else None
    if unit in DAYS_PER:
        days = number * DAYS_PER[unit]
        return Said(found.start(), found[0], times, days)
    months = number * MONTHS_PER[unit]
    return Said(found.start(), found[0], times, months, "months")


def joined(
    said: list[Said], divided: list[Divided], *, is_by_day: bool
) -> tuple[Often | None, list[str]]:
    """Return how often a line is given, and the words that contradict each other.

    "Daily" alone is one dose a day. In divided doses, or after an amount per day, it
    counts none.
    """
    if not said and not divided:
        return None, []
    is_divided = any(each.is_divided for each in divided)
    kinds = {each.kind for each in said if each.kind != "every"}
    counts = {each.times for each in said if each.times}
    counts |= {each.count for each in divided if each.count}
    intervals = {(each.every, each.every_unit) for each in said if each.every}
    listed = [each for each in said if each.kind == "listed"]
    found = (kinds, counts, intervals, listed, divided)
    clash = any(len(each) > 1 for each in found)
    agains = [each.again_after_days for each in said if each.again_after_days]
    goes_on = [each for each in said if each.goes_on]
    # After a list, an interval is how it goes on only if the line says so.
    is_open = bool(listed) and len(intervals - {(1, "days")}) != len(goes_on)
    if clash or is_open or len(agains) > 1 or ("once" in kinds and intervals):
        return None, [each.words.strip() for each in said]
    low, high = next(iter(counts), (None, None))
    if not (counts or is_divided or is_by_day or "continuous" in kinds):
        low = high = 1
    number, unit = next(iter(intervals), (1, "days"))
    days = (listed[0].listed, listed[0].listed_unit) if listed else ((), "")
    kind = next(iter(kinds), "every")
    again = agains[0] if agains else None
    return Often(kind, low, high, is_divided, number or 1, unit, *days, again), []
