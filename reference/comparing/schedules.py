"""On which days the lines of an indication are given, as one picture, old above new.

Drawn on the page of a review, where weeks 0, 2 and 6 and every two weeks look unlike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reference.dosing import Document, Row, schedule

from .doses import DoseImpact
from .dosing_days import MOST_DAYS, MOST_WEEKS, DosingDays, days_of_line

# What fits in two weeks is drawn by the day.
BY_THE_DAY = 14
# The numbers under a picture: so many spaces between them at most, of so many units.
MOST_SPACES = 7
STEPS = (1, 2, 4)
PER_CENT = 100
PLACES = Decimal("0.01")
BEYOND = Decimal(102)


@dataclass(frozen=True, slots=True)
class LineSchedule:
    """One line, now and before.

    now is None where the line went; before where it is alike, or the line is new. turns
    are those of the panel, with "patients" where the same days are for others.
    """

    key: str
    name: str
    now: DosingDays | None
    before: DosingDays | None
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchedulePicture:
    """The lines of one indication on one axis of days; its numbers are in unit."""

    indication: str
    unit: str
    ticks: tuple[int, ...]
    days: int
    lines: tuple[LineSchedule, ...]

    @property
    def last(self) -> int:
        """Return the number at the end of the axis."""
        return self.days // schedule.DAYS_PER_UNIT[self.unit]

    def at(self, day: int) -> Decimal:
        """Return where a day is, in per cent of the picture."""
        return (Decimal(PER_CENT * day) / self.days).quantize(PLACES)

    def at_number(self, number: int) -> Decimal:
        """Return where a number of the axis is, in per cent of the picture."""
        return self.at(number * schedule.DAYS_PER_UNIT[self.unit])

    def course_to(self, line: DosingDays) -> Decimal:
        """Return where a line ends, in per cent: beyond the picture if it goes on."""
        if line.until is None or line.until > self.days:
            return BEYOND
        return self.at(min(line.until + line.is_each_day, self.days))

    def marks(self, line: DosingDays) -> list[Decimal]:
        """Return where each dose within the picture is, in per cent."""
        return [self.at(day) for day in line.days if day <= self.days]


def schedules_of_lines(
    before: Document, after: Document, impact: DoseImpact
) -> list[SchedulePicture]:
    """Return a picture for each indication that has a line with days between doses.

    Now or before, in the order of the page; lines that went come last. impact is what
    the panel of doses says of the same documents: its words stand here too.
    """
    were = {row["key"]: row for row in before["regimens"]}
    are = {row["key"]: row for row in after["regimens"]}
    names = {
        row["key"]: row["short_name"]
        for document in (before, after)
        for row in document["indications"]
    }
    of_indications: dict[str, list[LineSchedule]] = {
        row["key"]: [] for row in after["indications"]
    }
    gone = {key: row for key, row in were.items() if key not in are}
    for key, row in (are | gone).items():
        now, was = are.get(key), were.get(key)
        turns = _turns(now, was, impact) if were else ()
        of_indications.setdefault(row["indication"], []).append(
            _line(row, now, was, turns)
        )
    return [
        _picture(names.get(key, key), lines)
        for key, lines in of_indications.items()
        if any(not drawn.is_each_day for line in lines for drawn in _drawn(line))
    ]


def _turns(now: Row | None, before: Row | None, impact: DoseImpact) -> tuple[str, ...]:
    """Return why a line is shouted, in the turns of the panel; () where it is alike."""
    if before is None or now is None:
        return ("appears",) if before is None else ("disappears",)
    is_now, was = days_of_line(now), days_of_line(before)
    if is_now == was:
        return ()
    if is_now.fields == was.fields:
        return ("patients",)
    of_panel = (each.turn for each in impact.changes if each.key == now["key"])
    return tuple(dict.fromkeys(filter(None, of_panel))) or ("times",)


def _line(
    row: Row, now: Row | None, before: Row | None, turns: tuple[str, ...]
) -> LineSchedule:
    """Return one line of a picture, named as row is."""
    phase = f"{row['phase']} dose" if row["phase"] else ""
    return LineSchedule(
        key=row["key"],
        name=", ".join(filter(None, [row["route"], phase])),
        now=None if now is None else days_of_line(now),
        before=days_of_line(before) if before is not None and turns else None,
        turns=turns,
    )


def _drawn(line: LineSchedule) -> Iterator[DosingDays]:
    yield from (each for each in (line.before, line.now) if each is not None)


def _picture(indication: str, lines: list[LineSchedule]) -> SchedulePicture:
    """Return lines on an axis that shows three doses of the slowest of them.

    To 26 weeks at most; in days where all of it is over in two weeks.
    """
    drawn = [each for line in lines for each in _drawn(line)]
    shown_to = max(min(each.shown_to, MOST_DAYS) for each in drawn)
    is_over = all(each.until is not None for each in drawn if each.days)
    unit = "days" if is_over and shown_to <= BY_THE_DAY else "weeks"
    most = BY_THE_DAY if unit == "days" else MOST_WEEKS
    numbers = max(1, -(-shown_to // schedule.DAYS_PER_UNIT[unit]))
    spaces = {step: -(-numbers // step) for step in STEPS}
    step = next(
        (step for step, count in spaces.items() if count <= MOST_SPACES), STEPS[-1]
    )
    last = min(most, spaces[step] * step)
    return SchedulePicture(
        indication=indication,
        unit=unit,
        ticks=tuple(range(0, last + 1, step)),
        days=last * schedule.DAYS_PER_UNIT[unit],
        lines=tuple(lines),
    )
