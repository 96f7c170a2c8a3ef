"""Which doses one edition changes against another, over the standard panel.

The one sum here is the ratio of two doses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from reference import dosing
from reference.dosing import Document, Range, quantities

from .facts import HEADLINE
from .panel import Outcome, PanelLine, points
from .point import Point

RATIO_STEP = Decimal("0.01")
TWOFOLD = Decimal(2)


@dataclass(frozen=True, slots=True)
class PanelChange:
    """One panel dose that differs. before and after are words, the amount first.

    ratio is the daily amount after ÷ before, of the end that differs more; None where
    one side has no dose. turn says why it is shouted: "higher" or "lower" at two-fold
    or more, "appears", "disappears", "times" where listed days come, go or differ, or
    "" where it is none of these.
    """

    key: str
    line: str
    point: Point
    before: tuple[str, ...]
    after: tuple[str, ...]
    ratio: Decimal | None
    turn: str

    @property
    def patient(self) -> str:
        """Return "20 kg", "1.5 m²", "any weight", "20 kg, increased dose"."""
        return self.point.in_words

    @property
    def ratio_in_words(self) -> str:
        if self.ratio is None:
            return "none"
        return quantities.number_in_words(self.ratio) if self.ratio else "below 0.01"


@dataclass(frozen=True, slots=True)
class RangeChange:
    """A line whose range of rates differs: those that a clinician may ask for."""

    key: str
    line: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DoseImpact:
    """The panel doses that differ, out of how many, and the ranges that do."""

    changes: tuple[PanelChange, ...]
    total: int
    ranges: tuple[RangeChange, ...]

    @property
    def weights_in_words(self) -> str:
        """Return "3, 5 and 10 kg": the weights at which every line is worked out."""
        return _listed(dosing.PANEL_KG, "kg")

    @property
    def areas_in_words(self) -> str:
        """Return "1, 1.5 and 2 m²": those of a line per m²; "" where none differs."""
        is_by_area = any(each.point.bsa_m2 is not None for each in self.changes)
        return _listed(dosing.PANEL_M2, "m²") if is_by_area else ""

    @property
    def twofold(self) -> tuple[PanelChange, ...]:
        return tuple(change for change in self.changes if change.turn)

    @property
    def summary(self) -> str:
        """Return "this edition changes 14 of 164 panel doses"."""
        doses = quantities.counted(self.total, "panel dose", "panel doses")
        if not self.total:
            return "neither edition has a dosing line, so there is no panel dose"
        if not self.changes:
            return f"this edition changes none of the {doses}"
        changed = quantities.number_in_words(len(self.changes))
        return f"this edition changes {changed} of {doses}"

    @property
    def twofold_summary(self) -> str:
        """Return how many of the changes are shouted, as a sentence."""
        count, is_only = len(self.twofold), len(self.changes) == 1
        which = "It" if is_only else f"{quantities.number_in_words(count)} of them"
        if not count:
            which = "It does not change" if is_only else "None of them changes"
            return f"{which} two-fold or more."
        change, have = ("changes", "has") if count == 1 else ("change", "have")
        reasons = f"{change} two-fold or more, or {have} a dose on one side only"
        if any(each.turn == "times" for each in self.twofold):
            reasons = f"{reasons}, or {have} other days"
        return f"{which} {reasons}."


def _listed(numbers: Sequence[Decimal], unit: str) -> str:
    *others, last = numbers
    listed = ", ".join(map(quantities.number_in_words, others))
    return f"{listed} and {quantities.quantity(last, unit)}"


def dose_impact(before: Document, after: Document) -> DoseImpact:
    """Return the panel doses that differ between two canonical documents.

    A line of one edition only, and a line that cannot be worked out in one of them,
    differ at every point of the panel.
    """
    keys = dict.fromkeys(
        row["key"] for document in (after, before) for row in document["regimens"]
    )
    lines = [(PanelLine.of(before, key), PanelLine.of(after, key)) for key in keys]
    changes = [
        _change(old, new, point) for old, new in lines for point in points(old, new)
    ]
    ranges = [
        RangeChange(new.key, new.name, old.range_in_words, new.range_in_words)
        for old, new in lines
        if old.range_in_words and new.range_in_words not in ("", old.range_in_words)
    ]
    return DoseImpact(
        changes=tuple(change for change in changes if change is not None),
        total=len(changes),
        ranges=tuple(ranges),
    )


def _change(old: PanelLine, new: PanelLine, point: Point) -> PanelChange | None:
    """Return how one point of the panel differs, or None where it does not."""
    before, after = old.outcome(point), new.outcome(point)
    differing = {
        name
        for name in {*before.facts, *after.facts}
        if _value(before, name) != _value(after, name)
    }
    if not differing:
        return None
    ratio, turn = _ratio_and_turn(before.mg_per_day, after.mg_per_day)
    has_other_days = before.days != after.days
    if not turn and has_other_days:
        turn = "times"
    in_28_days = (before.in_28_days, after.in_28_days)
    if not (has_other_days and all(in_28_days)):
        in_28_days = ("", "")
    return PanelChange(
        key=new.key,
        line=new.name or old.name,
        point=point,
        before=_told(before, differing, in_28_days[0]),
        after=_told(after, differing, in_28_days[1]),
        ratio=ratio,
        turn=turn,
    )


def _value(outcome: Outcome, name: str) -> object:
    return outcome.facts[name].value if name in outcome.facts else None


def _told(outcome: Outcome, differing: set[str], in_28_days: str) -> tuple[str, ...]:
    """Return the amount, with what it comes to if days differ, and what else does."""
    amount = ": ".join(filter(None, [outcome.facts[HEADLINE].words, in_28_days]))
    others = (
        fact.words
        for name, fact in outcome.facts.items()
        if name != HEADLINE and name in differing
    )
    return (amount, *others)


def _ratio_and_turn(
    before: Range | None, after: Range | None
) -> tuple[Decimal | None, str]:
    """Return the ratio that is farther from 1, to 0.01, and why it is shouted."""
    if before is None or after is None:
        if before is None and after is None:
            return None, ""
        return None, "appears" if before is None else "disappears"
    ends = [(before.high, after.high), (before.low, after.low)]
    ratios = [new / old for old, new in ends if old and new]
    if not ratios:
        return None, ""
    exact = max(ratios, key=lambda ratio: max(ratio, 1 / ratio))
    ratio = exact.quantize(RATIO_STEP, ROUND_HALF_UP)
    if ratio >= TWOFOLD:
        return ratio, "higher"
    return ratio, "lower" if ratio <= 1 / TWOFOLD else ""
