"""Where the words of a dosing line and its fields differ, in both directions.

What a line in print need not name, because a heading over it does: the route and the
patients. Whose a maximum is, no print says. If the words do name one of these, it has
to be that of the fields. All else that the fields say has to be read from the words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from reference.dosing import Document, Row, quantities

from .explained import Told, told_by
from .facts import Amount, Facts, Often, limits_in_one_form
from .fields import facts_of, is_from_before_how_often, limits_of
from .parser import Reading, read_line
from .sentence import duration_in_sentence, line_sentence

# What the words of a dose alone have to say; the rest of the sentence is made.
OF_THE_DOSE = ("dose", "how often", "increase", "minutes of an infusion", "begins")
# How each subject is written where there is nothing of it.
NOTHING = {
    "dose": "no dose",
    "how often": "nothing of how often",
    "increase": "no increase",
    "maximum": "no maximum",
    "duration": "no duration",
    "course": "nothing of how the course ends",
    "phase": "no phase",
    "lowest weight": "no lowest weight",
    "weight below": "no weight below which",
    "lowest age": "no lowest age",
    "age below": "no age below which",
    "minutes of an infusion": "nothing of how long an infusion runs",
    "begins": "nothing of when it begins",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which words and fields differ; None where one says nothing of it.

    read and held are values that a discrepancy can give; an Amount, a Length…
    """

    subject: str
    read_words: str
    held_words: str
    read: object = None
    held: object = None

    @property
    def sentence(self) -> str:
        """Return both readings in words."""
        return (
            f"read from the words: {self.read_words}; "
            f"from the fields: {self.held_words}"
        )


def differences(row: Row, words: str, *, dose_alone: bool = False) -> list[Difference]:
    """Return every difference between the words of a line and its fields.

    With dose_alone, the words need say no more than amount and how often; what they say
    beyond has to agree all the same.
    """
    reading, facts = read_line(words), facts_of(row)
    found = [
        *_values(reading, row, facts),
        *_named(reading.facts, facts),
        *_words_left(reading, row),
    ]
    if dose_alone:
        return [each for each in found if not _is_beyond_the_dose(each)]
    return found


def line_problems(document: Document, row: Row) -> list[str]:
    """Return where a line's text, its printed words and its fields differ.

    What a discrepancy of the line tells, with both readings, is left out.
    """
    found = [
        (name, words, each)
        for name, words, dose_alone in _words_of(row)
        for each in differences(row, words, dose_alone=dose_alone)
    ]
    told = _told(document, row) if found else []
    return [
        f"{name} “{words}”: {each.sentence}."
        for name, words, each in found
        if not any(one.tells(each.subject, each.read, each.held) for one in told)
    ]


def _words_of(row: Row) -> Iterator[tuple[str, str, bool]]:
    """Yield what is read of a line: its name, the words, whether of the dose alone."""
    if row["text"]:
        yield "The words shown,", row["text"], not is_from_before_how_often(row)
    else:
        # What is made is read back: fields that contradict one another are seen.
        yield "The words shown,", line_sentence(row), False
    if row["printed"].strip():
        yield "The printed words,", row["printed"], False


def _told(document: Document, row: Row) -> list[Told]:
    """Return what each discrepancy of a line tells."""
    often = facts_of(row).often
    of_line = {
        line["discrepancy"]
        for line in document["discrepancy_lines"]
        if (line["section"], line["row_key"]) == ("regimens", row["key"])
    }
    return [
        told_by(discrepancy, often)
        for discrepancy in document["discrepancies"]
        if discrepancy["key"] in of_line
    ]


def _values(reading: Reading, row: Row, held: Facts) -> Iterator[Difference]:
    """Yield differences of amounts, of how often, of how long."""
    read = reading.facts
    for subject, one, other in (
        ("dose", read.dose, held.dose),
        ("how often", read.often, held.often),
        ("increase", read.increase, held.increase),
        ("duration", read.length, held.length),
        ("minutes of an infusion", read.over, held.over),
    ):
        if one != other:
            yield Difference(
                subject,
                NOTHING[subject] if one is None else one.in_words,
                NOTHING[subject] if other is None else other.in_words,
                one,
                other,
            )
    yield from _limits(reading, row, held)


def _limits(reading: Reading, row: Row, held: Facts) -> Iterator[Difference]:
    """Yield the limits that only one of both has, two and two if there are as many.

    They are told as words and fields have them: "per day" stays per day, though with
    one dose a day it is compared per dose.
    """
    of_words = _in_one_form(reading.limits, reading.facts.often)
    of_fields = _in_one_form(limits_of(row), held.often)
    only_read = [of_words[same] for same in of_words if same not in of_fields]
    only_held = [of_fields[same] for same in of_fields if same not in of_words]
    for one, other in zip_longest(only_read, only_held):
        yield Difference(
            "maximum", _limit_in_words(one), _limit_in_words(other), one, other
        )


def _in_one_form(limits: Iterable[Amount], often: Often | None) -> dict[Amount, Amount]:
    """Return each limit as it was said, by the form in which it is compared."""
    return {limits_in_one_form((limit,), often)[0]: limit for limit in limits}


def _limit_in_words(limit: Amount | None) -> str:
    return NOTHING["maximum"] if limit is None else f"maximum {limit.in_words}"


def _named(read: Facts, held: Facts) -> Iterator[Difference]:
    """Yield where patients, phase, route or source differ."""
    if read.routes and not held.routes <= read.routes:
        yield Difference("route", _routes(read), _routes(held))
    if read.population and read.population != held.population:
        yield Difference("population", read.population, held.population or "not stated")
    if read.source and read.source.lower() != held.source.lower():
        yield Difference("source", read.source, held.source or "no source")
    if read.phase != held.phase:
        of_words, of_fields = (each.phase or NOTHING["phase"] for each in (read, held))
        yield Difference("phase", of_words, of_fields)
    if read.begins != held.begins:
        of_words, of_fields = (
            each.begins or NOTHING["begins"] for each in (read, held)
        )
        yield Difference("begins", of_words, of_fields)
    for subject, words, one, other in (
        ("lowest weight", "from {} kg", read.from_weight_kg, held.from_weight_kg),
        ("weight below", "below {} kg", read.below_weight_kg, held.below_weight_kg),
        ("lowest age", "from {} months", read.from_age_months, held.from_age_months),
        ("age below", "below {} months", read.below_age_months, held.below_age_months),
    ):
        if one != other:
            said, kept = (
                NOTHING[subject]
                if each is None
                else words.format(quantities.number_in_words(each))
                for each in (one, other)
            )
            yield Difference(subject, said, kept, one, other)


def _routes(facts: Facts) -> str:
    return " or ".join(sorted(facts.routes))


def _words_left(reading: Reading, row: Row) -> Iterator[Difference]:
    """Yield what could not be placed, and words of the course that only one has.

    The row's own words of the duration may hold words, but no number, of their own.
    """
    own = read_line(duration_in_sentence(row))
    if reading.course != own.course:
        yield Difference("course", _course(reading), _course(own))
    known = {each for each in own.unread if not any(map(str.isdigit, each))}
    for words in reading.unread:
        if words not in known:
            yield Difference("words", f"“{words}”, not understood", "nothing of it")
    said, kept = Counter(reading.negations), Counter(own.negations)
    for word in said - kept:
        yield Difference("words", f"the negation “{word}”", "nothing of it")
    for word in kept - said:
        yield Difference("course", "nothing of it", f"the negation “{word}”")


def _course(reading: Reading) -> str:
    return ", ".join(reading.course) or NOTHING["course"]


def _is_beyond_the_dose(difference: Difference) -> bool:
    """Return whether the words of a dose alone may leave this to the sentence."""
    nothing = NOTHING.get(difference.subject), "nothing of it"
    is_silent = difference.read_words in nothing
    return is_silent and difference.subject not in OF_THE_DOSE
