"""The growth reference: which weights are seen at an age, from birth to 20 years.

A check of what was typed, never part of a dose; the table is read once, on import.
README.md says where it comes from.
"""

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path

from ..model import Range
from ..patient import Age

TABLE = Path(__file__).with_name("cdc_2000_weight_for_age.csv")
# How far from the median, in standard deviations, a weight still needs no second look.
FARTHEST_SD = Decimal(3)
SPREAD = f"{FARTHEST_SD} SD each side of the median, both sexes"
BOUND_STEP_KG = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class GrowthReference:
    """Weights by age for both sexes together; the ages rise, and each has its range."""

    name: str
    source: str
    licence: str
    ages_months: tuple[Decimal, ...]
    weights_kg: tuple[Range, ...]

    @property
    def last_age_months(self) -> Decimal:
        return self.ages_months[-1]

    def weight_range_kg(self, age: Age) -> Range | None:
        """Return the weights in kg, to 0.1 and outward, that this age can have.

        From the lowest of 3 SD below the median to the highest of 3 SD above it, both
        sexes together, over all the time the typed age can mean. None for an age above
        the last of the table.
        """
        if age.from_months > self.last_age_months:
            return None
        until_months = min(age.until_months, self.last_age_months)
        first = bisect_right(self.ages_months, age.from_months)
        last = bisect_left(self.ages_months, until_months)
        within = [
            self._at(age.from_months),
            *self.weights_kg[first:last],
            self._at(until_months),
        ]
        widest = _widest(within)
        return Range(
            widest.low.quantize(BOUND_STEP_KG, ROUND_FLOOR),
            widest.high.quantize(BOUND_STEP_KG, ROUND_CEILING),
        )

    def _at(self, months: Decimal) -> Range:
        """Return the weights at one moment, on a straight line between two rows."""
        place = min(bisect_right(self.ages_months, months), len(self.ages_months) - 1)
        before, after = self.ages_months[place - 1], self.ages_months[place]
        part = (months - before) / (after - before)
        low, high = self.weights_kg[place - 1], self.weights_kg[place]
        return Range(
            low.low + (high.low - low.low) * part,
            low.high + (high.high - low.high) * part,
        )


def read_reference(text: str) -> GrowthReference:
    """Return the reference that a table holds: "# name: value" lines, then CSV."""
    lines = text.splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    rows = list(csv.DictReader(line for line in lines if not line.startswith("# ")))
    by_age: dict[Decimal, list[Range]] = {}
    for row in rows:
        by_age.setdefault(Decimal(row["age_months"]), []).append(_range_of(row))
    ages = sorted(by_age)
    return GrowthReference(
        name=about["reference"],
        source=about["source"],
        licence=about["licence"],
        ages_months=tuple(ages),
        weights_kg=tuple(_widest(by_age[months]) for months in ages),
    )


def _widest(ranges: list[Range]) -> Range:
    return Range(min(each.low for each in ranges), max(each.high for each in ranges))


def _range_of(row: Mapping[str, str]) -> Range:
    """Return the weights in kg 3 SD below and above the median of one sex."""
    power, median_kg, variation = (Decimal(row[name]) for name in ("L", "M", "S"))
    return Range(
        weight_at_kg(power, median_kg, variation, -FARTHEST_SD),
        weight_at_kg(power, median_kg, variation, FARTHEST_SD),
    )


def weight_at_kg(
    power: Decimal, median_kg: Decimal, variation: Decimal, sd: Decimal
) -> Decimal:
    """Return the weight in kg so many standard deviations from the median (L, M, S)."""
    if power == 0:
        return median_kg * (variation * sd).exp()
    return median_kg * ((1 + power * variation * sd).ln() / power).exp()


WEIGHT_FOR_AGE = read_reference(TABLE.read_text(encoding="utf-8"))
