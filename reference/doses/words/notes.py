"""Where each caution of a dose stands: beside a line, as a note, folded, or in details.

Nothing is left out, and what decides is data: the order of the rows is their priority;
their letters, triggers and placeholders say what they are about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reference.dosing import CautionRule, Dose, DoseRule, answers, smallest_dose_mg

from .sentence import counts_in_words

MOST_SHOWN = 2
NAMED_DISCREPANCY = "discrepancy"
# A note with one of these gives the volumes, and stands with them.
VOLUMES = ("{diluent}", "{fluid}")
FIGURE = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence; is_marked is whether it has the warning sign before it."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class PlacedNotes:
    """Every caution of a dose, by its place.

    volumes and count stand above, beside what they are about; once a number of doses is
    chosen, what is said of it is the last of the notes. folded are one step away,
    further in the details.
    """

    volumes: tuple[str, ...] = ()
    count: tuple[str, ...] = ()
    shown: tuple[Note, ...] = ()
    folded: tuple[Note, ...] = ()
    further: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[Note, ...]:
        return (*self.shown, *self.folded)


def placed_notes(
    document: Mapping[str, Any], rule: DoseRule, dose: Dose
) -> PlacedNotes:
    """Return each caution of a dose at its place, in the order of the rows."""
    places: dict[str, list[answers.Caution]] = {}
    for caution in dose.cautions:
        place = _place(document, dose, caution)
        places.setdefault(place, []).append(caution)

    def texts(place: str) -> tuple[str, ...]:
        return tuple(each.text for each in places.get(place, ()))

    is_open = "doses_per_day" in dose.needs
    notes = places.get("note", []) + ([] if is_open else places.get("count", []))
    first = list(_first(notes))
    shown = [_note(rule, dose, each) for each in notes if each in first]
    return PlacedNotes(
        volumes=texts("volumes"),
        count=texts("count") if is_open else (),
        # What can make an amount wrong is read before the rest.
        shown=tuple(sorted(shown, key=lambda note: not note.is_marked)),
        folded=tuple(_note(rule, dose, each) for each in notes if each not in first),
        further=texts("further"),
    )


def _place(document: Mapping[str, Any], dose: Dose, caution: answers.Caution) -> str:
    """Return "volumes", "count", "further" or "note"."""
    rule = caution.rule
    if rule is None:
        return "note"
    if any(name in rule.text for name in VOLUMES):
        return "volumes"
    if caution.code in _codes_of_count(document):
        return "count"
    return "further" if _is_said_already(dose, rule) else "note"


def _codes_of_count(document: Mapping[str, Any]) -> set[str]:
    """Return the codes of what is said where a number of doses is not printed."""
    rows = document["cautions"]
    return {row["code"] for row in rows if row["trigger"] == "count-open"}


def _is_said_already(dose: Dose, rule: CautionRule) -> bool:
    """Return whether a line of the answer, or another note, says the same in short.

    The lines count the units and call a fixed dose the same at every weight; a dose too
    small to measure needs no word on the last digit of its volume. An open discrepancy
    is the committee's.
    """
    triggers = {each.rule.trigger for each in dose.cautions if each.rule}
    return (
        rule.trigger == NAMED_DISCREPANCY
        or "{units}" in rule.text
        or (rule.trigger == "fixed-dose" and "{mg_per_kg}" not in rule.text)
        or (rule.trigger == "volume" and "small-dose" in triggers)
    )


def _first(notes: list[answers.Caution]) -> Iterator[answers.Caution]:
    """Yield the notes that are never folded, and others while fewer than two stand."""
    spare = MOST_SHOWN - sum(map(_is_never_folded, notes))
    for each in notes:
        if _is_never_folded(each):
            yield each
        elif spare > 0:
            spare -= 1
            yield each


def _is_never_folded(caution: answers.Caution) -> bool:
    """Return whether a note is about unit, route, a disputed limit, or the patient.

    These have a letter in the table, give a fixed dose for a light patient, or are the
    site's own: an age that was not checked, an edition that could not be.
    """
    rule = caution.rule
    return rule is None or bool(rule.mark) or rule.trigger == "fixed-dose"


def _note(rule: DoseRule, dose: Dose, caution: answers.Caution) -> Note:
    text, row = caution.text, caution.rule
    if row is not None and row.trigger == "small-dose":
        text += _of_which_counts(rule, dose)
    return Note(text, row is not None and _is_marked(row))


def _is_marked(row: CautionRule) -> bool:
    """Return whether a note has the warning sign: where the amount itself can be wrong.

    A lettered note that gives a figure, a dose too small to measure, and what a line
    has of its own to say of its fixed dose. A sign on everything would mark nothing.
    """
    return (
        (bool(row.mark) and not FIGURE.isdisjoint(row.text))
        or row.trigger == "small-dose"
        or (row.trigger == "fixed-dose" and row.is_own)
    )


def _of_which_counts(rule: DoseRule, dose: Dose) -> str:
    """Return " (3 or 4 doses)" where not every count of doses gives so small a dose."""
    smallest_mg = smallest_dose_mg(rule)
    if smallest_mg is None:
        return ""
    small = [each.per_day for each in dose.doses if each.mg.low < smallest_mg]
    if not small or len(small) == len(dose.doses):
        return ""
    return f" ({counts_in_words(small)} doses)"
