"""The words of a dosing line, made from its fields: what it says stands in one place.

Numbers and units are written as ISMP asks: a space before the unit, "to" in ranges, a
comma from 1,000, micrograms written out, a slash between an amount and kg alone.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from reference.dosing import Row, phrases, quantities, rules

from .facts import Amount, count_in_words
from .fields import (
    doses_a_day,
    is_from_before_how_often,
    length_of,
    limits_of,
    over_minutes,
    parts_of,
)

ROUTE_ADVERBS = {
    "subcutaneous": "subcutaneously",
    "intravenous injection": "by intravenous injection",
    "intravenous infusion": "by intravenous infusion",
    "intramuscular": "intramuscularly",
    "oral": "by mouth",
}
PATIENTS = {
    "not stated": "",
    "adult": "adults",
    "pediatric": "pediatric patients",
    "adult and pediatric": "adults and pediatric patients",
}
SOURCES = {"": "", "guide": "", "US label": " (label)"}
PLACE = "{duration}"
ONE_DAY_ALONE = "on one day only"
# Words that stand before the number, in rows from before the place was marked.
HEDGE = re.compile(r"\b(?:usually|generally|typically|for|about)\b")


def dose_words(row: Row) -> str:
    """Return the amount and how often: "2 to 10 mg/kg per day in 2 to 4 divided doses".

    A row's own text takes the place of what is made; that of a row frozen before
    how_often was a field is the whole line with its name, and does not.
    """
    text: str = row["text"]
    if text and not is_from_before_how_often(row):
        return text
    low, high = Decimal(row["low"]), Decimal(row["high"])
    parts = [_amount_and_often(row, low, high)]
    increased = rules.decimal_or_none(row["increase_to"])
    if increased is not None:
        amount = _amount_and_often(row, increased, increased)
        parts.append(f"may increase to {amount}")
    return ", ".join([*parts, *over_and_begins(row)])


def over_and_begins(row: Row) -> Iterator[str]:
    """Yield how long one infusion runs and from when a line runs, where it says so.

    That is "over 30 minutes" and "from week 14".
    """
    over, begins = over_minutes(row), phrases.begins_in_words(row)
    if over is not None:
        yield f"over {over.in_words}"
    if begins:
        yield f"from {begins}"


def limit_words(row: Row) -> str:
    """Return "maximum 100 mg", "maximum 8 mg/kg per day (label)", or ""."""
    limits = list(limits_of(row))
    if not limits:
        return ""
    is_equal = len(limits) == 1 and doses_a_day(row) == (1, 1)
    words = (
        _without_per(limit) if is_equal and limit.per == "dose" else limit.in_words
        for limit in limits
    )
    source = row["maximum_source"]
    said = SOURCES.get(source, f" ({source})")
    return ", ".join(f"maximum {each}" for each in words) + said


def duration_in_sentence(row: Row) -> str:
    """Return "for 10 days", "usually 6 months followed by taper", or "".

    The row's words hold {duration} where the number belongs. A dose given once, without
    words of its own, has said so already.
    """
    length, words = length_of(row), str(row["duration_words"]).strip()
    if length is None:
        return words.replace(PLACE, "").strip()
    number = length.in_words
    if PLACE in words:
        return words.replace(PLACE, number)
    if words:
        return _around(words, number)
    return "" if rules.how_often(row) == "once" else f"for {number}"


def who_words(row: Row) -> str:
    """Return "as the loading dose, for adults of 30 kg or more, from 2 years of age".

    Empty where the line names no patients and no phase.
    """
    parts = [f"as the {row['phase']} dose"] if row["phase"] else []
    who = rules.who_for(row)
    weights = phrases.weights_in_words(who)
    patients = PATIENTS.get(row["population"], row["population"])
    if patients or weights:
        patients = f"for {patients or 'patients'}"
        parts.append(f"{patients} of {weights}" if weights else patients)
    if who.has_ages:
        parts.append(phrases.ages_in_words(who))
    return ", ".join(parts)


def line_sentence(row: Row) -> str:
    """Return all that the fields of a line say, as one sentence without a full stop.

    A row frozen before how_often was a field has the whole line as its text.
    """
    if is_from_before_how_often(row) and row["text"]:
        whole: str = row["text"]
        return whole
    parts = (
        dose_words(row),
        limit_words(row),
        duration_in_sentence(row),
        _route_adverb(row),
        who_words(row),
    )
    return ", ".join(filter(None, parts))


def _route_adverb(row: Row) -> str:
    """Return "subcutaneously", "by intravenous injection"."""
    route: str = row["route"]
    if route == "intravenous infusion" and rules.how_often(row) == "continuous":
        return "intravenously"  # that it is an infusion has been said
    return ROUTE_ADVERBS.get(route, route)


def _amount_and_often(row: Row, low: Decimal, high: Decimal) -> str:
    """Return one amount with how often it is given: "25 mg twice daily"."""
    unit, body, per = parts_of(row["basis"])
    counts = doses_a_day(row)
    is_by_day = per == "day" and (counts != (1, 1) or row["divided"])
    # A day's amount in parts, an hour's amount, and a dose said to be divided name it.
    names_per = per == "hour" or is_by_day or row["divided"]
    amount = Amount(low, high, unit, body, per if names_per else "")
    return " ".join([amount.in_words, *_often_words(row, counts, names_per)])


def _often_words(
    row: Row, counts: tuple[int, int] | None, names_per: bool
) -> Iterator[str]:
    """Yield how often: "once daily", "in divided doses", "at weeks 0, 2 and 6"."""
    schedule = rules.schedule_of(row)
    if schedule.kind == "continuous":
        yield "as a continuous infusion"
        return
    is_plain = counts == (1, 1) and not names_per
    if names_per:
        yield from _parts_of_a_day(counts, row["divided"])
    elif not is_plain and counts is not None:
        yield often_in_words(*counts)
        yield from ["daily"] * (schedule.kind == "times-a-day")
        yield from ["on a dosing day"] * schedule.has_days_between
    if is_plain:
        yield phrases.once_in_words(schedule)
    elif schedule.kind == "once":
        yield ONE_DAY_ALONE
    elif schedule.has_days_between:
        yield phrases.when_in_words(schedule)


def _parts_of_a_day(counts: tuple[int, int] | None, divided: bool) -> Iterator[str]:
    """Yield "in 2 to 4 divided doses", "in divided doses"; nothing if not given."""
    word = "divided " if divided else ""
    if counts is not None:
        noun = "dose" if counts[1] == 1 else "doses"
        yield f"in {quantities.number_range(*counts)} {word}{noun}"
    elif divided:
        yield "in divided doses"


def often_in_words(low: int, high: int) -> str:
    """Return "twice", "2 to 4 times"."""
    return count_in_words(low) if low == high else f"{low} to {high} times"


def _around(words: str, number: str) -> str:
    """Return a duration among words that do not mark its place."""
    hedge = HEDGE.search(words)
    if hedge is None:
        return f"for {number}, {words}"
    before, after = words[: hedge.end()], words[hedge.end() :].lstrip(" ,")
    return " ".join(filter(None, (before, number, after)))


def _without_per(limit: Amount) -> str:
    return replace(limit, per="").in_words
