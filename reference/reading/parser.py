"""The one reader of dosing lines: from printed or typed words to what they say.

Each kind of thing is looked for and struck out, the ones that words bind most closely
first. What is left and is a number, a unit, a word of frequency or of a limit is
unread: it is refused, never skipped.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from . import amounts, people, times
from .facts import Amount, Facts, Length, Often, in_one_form
from .scan import AMOUNT, STRUCK, Scan, amount_of
from .typography import plain, with_digits
from .vocabulary import COURSE, LEFT, LEFT_IN_NAME, NEGATIONS

T = TypeVar("T")
LONGEST_LINE = 1000  # no dosing line is longer, and each sign is looked at many times


@dataclass(frozen=True, slots=True)
class Reading:
    """What words say: their facts, their negations, and what could not be placed.

    limits are those of the facts as the words give them, before what is per day and per
    dose became one; course are words of how sure a duration is and how a course ends.
    """

    facts: Facts
    limits: tuple[Amount, ...]
    unread: tuple[str, ...]
    negations: tuple[str, ...]
    course: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether amount and how often are said, and all of it could be placed."""
        is_said = self.facts.dose is not None and self.facts.often is not None
        return is_said and not (self.unread or self.negations)

    @property
    def in_words(self) -> str:
        """Return what was read, and what could not be."""
        unread = [f"not understood “{words}”" for words in self.unread]
        unread += [f"negation “{words}”" for words in self.negations]
        return "; ".join(filter(None, [self.facts.in_words, *unread]))


@lru_cache(maxsize=1024)
def read_line(words: str) -> Reading:
    """Return what a dosing line says, in print or as it is shown.

    What stands before its first colon is the indication's name: numbers in it are no
    amounts, but the patients, weights, ages, route and phase that it names count.
    Readings are kept, since a page and its review ask for the same lines.
    """
    if len(words) > LONGEST_LINE:
        return Reading(Facts(), (), (f"more than {LONGEST_LINE} signs",), (), ())
    name, line = _name_and_line(plain(words))
    heading, scan = Scan(name), Scan(with_digits(line))
    found = _Found()
    found.read_people(heading)
    found.read_people(scan)
    found.read_dose(scan)
    facts = found.facts(heading, scan)
    left = [*LEFT_IN_NAME.findall(heading.text), *LEFT.findall(scan.text)]
    return Reading(
        facts=in_one_form(facts),
        limits=facts.limits,
        unread=(*found.unread, *left),
        negations=tuple(NEGATIONS.findall(scan.text)),
        course=tuple(sorted(set(COURSE.findall(line)))),
    )


def _name_and_line(text: str) -> tuple[str, str]:
    """Return what stands before the colon and after; no name that holds an amount."""
    name, colon, line = text.partition(": ")
    if not colon or any(amount_of(each) for each in re.finditer(AMOUNT, name)):
        return "", text
    return name, line


class _Found:
    """What is found in a line while it is read; a second of its kind is unread."""

    def __init__(self) -> None:
        self.unread: list[str] = []
        self.weights: list[people.Band] = []
        self.ages: list[people.Ages] = []
        self.phases: set[str] = set()
        self.lengths: list[Length] = []
        self.over: list[Length] = []
        self.begins: set[str] = set()
        self.dose: Amount | None = None
        self.increase: Amount | None = None
        self.limits: tuple[Amount, ...] = ()
        self.source = ""
        self.often: Often | None = None

    def read_people(self, scan: Scan) -> None:
        """Read weights, ages and phases: before amounts, which have numbers too."""
        self.weights += people.take_weights(scan)
        self.ages += people.take_ages(scan)
        self.phases |= people.take_phases(scan)

    def read_dose(self, scan: Scan) -> None:
        """Read amounts, how often and how long; what binds words most closely first."""
        increase = amounts.take_increase(scan)
        self.limits, self.source = amounts.take_limits(scan)
        self.over += times.take_minutes(scan)
        self.begins |= times.take_begins(scan)
        divided = list(times.take_divided(scan))
        self.lengths += times.take_lengths(scan, times.NAMED_LENGTHS)
        said = list(times.take_often(scan))
        self.lengths += times.take_lengths(scan, times.BARE_LENGTHS)
        self.dose = amounts.take_dose(scan)
        end = increase[1] if increase else len(scan.text)
        self.often = self._joined(
            [each for each in said if each.place < end],
            [each for each in divided if each.place < end],
            self.dose,
        )
        if increase is not None:
            self.increase = _like(increase[0], self.dose)
            of_increase = self._joined(
                [each for each in said if each.place > end],
                [each for each in divided if each.place > end],
                self.increase,
            )
            if of_increase not in (None, self.often):
                self.unread.append(f"may increase to … {of_increase.in_words}")

    def facts(self, heading: Scan, scan: Scan) -> Facts:
        """Return the facts; route and patients may stand in the name or in the line."""
        is_continuous = self.often is not None and self.often.kind == "continuous"
        both = Scan(f"{heading.text} {STRUCK} {scan.text}")
        routes = people.take_routes(both, is_continuous=is_continuous)
        population = people.take_population(both)
        cut = len(heading.text)
        heading.text, scan.text = both.text[:cut], both.text[cut + 3 :]
        return Facts(
            dose=self.dose,
            often=self.often,
            increase=self.increase,
            limits=self.limits,
            source=self.source,
            length=self._only_length(self.lengths),
            routes=routes,
            population=population,
            phase=self._only(self.phases) or "",
            from_weight_kg=self._only(band.from_kg for band in self.weights),
            below_weight_kg=self._only(band.below_kg for band in self.weights),
            from_age_months=self._only(each.from_months for each in self.ages),
            below_age_months=self._only(each.below_months for each in self.ages),
            over=self._only_length(self.over),
            begins=self._only(self.begins) or "",
        )

    def _joined(
        self,
        said: list[times.Said],
        divided: list[times.Divided],
        amount: Amount | None,
    ) -> Often | None:
        """Return how often an amount is given; one per day or hour needs no word."""
        per = amount.per if amount is not None else ""
        often, unread = times.joined(said, divided, is_by_day=per == "day")
        self.unread += unread
        if divided and not said and per == "":
            # Of what amount they are parts has to be said: of the day's, or another's.
            self.unread.append("divided doses, of no day or other time")
        if often is None and not said:
            if per == "hour":
                return Often("continuous", None, None)
            return Often("every", None, None) if per == "day" else None
        return often

    def _only_length(self, lengths: list[Length]) -> Length | None:
        """Return the one length; two are unread, alike as well: 10 days on and off."""
        if len(lengths) > 1:
            self.unread += [length.in_words for length in lengths]
        return lengths[0] if len(lengths) == 1 else None

    def _only(self, values: Iterable[T | None]) -> T | None:
        """Return the one value that there is; several are unread."""
        found = {value for value in values if value is not None}
        if len(found) > 1:
            self.unread.append(" and ".join(sorted(map(str, found))))
        return next(iter(found)) if len(found) == 1 else None


def _like(increase: Amount, dose: Amount | None) -> Amount:
    """Return the amount of an increase, per what the dose is where it does not say."""
    if dose is not None and increase.per == "":
        return replace(increase, per=dose.per)
    return increase
