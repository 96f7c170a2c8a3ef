"""A reader of FHIR's Dosage that works out doses; it knows FHIR and UCUM, no guide.

Imports nothing from the project. Numbers are exact fractions until they are written
down, to 0.01 mg, half up, and down where half up would pass a maximum.
"""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Ends = tuple[Fraction, Fraction]

MG_STEP = Fraction(1, 100)
# UCUM's code of an amount in mg: for each kg or m² of the patient, or for none.
MG = {"mg": "", "mg/kg": "kg", "mg/m2": "m2"}
NO_AREA = Fraction(0)
PER_DAY, PER_HOUR = "/d", "/h"


@dataclass(frozen=True)
class Limits:
    """The most mg that may be given at once and in a day; None without a limit."""

    dose_mg: Fraction | None
    day_mg: Fraction | None

    def of_day(self, count: int | None) -> Fraction | None:
        known = [] if self.day_mg is None else [self.day_mg]
        if self.dose_mg is not None and count is not None:
            known.append(self.dose_mg * count)
        return min(known, default=None)


def exact(number: Any) -> Fraction:
    """JSON's number, read as Decimal or int, never by way of a binary one."""
    assert not isinstance(number, float)
    return Fraction(number)


def mg_of(quantity: dict[str, Any], kg: Fraction, m2: Fraction = NO_AREA) -> Fraction:
    assert quantity["system"] == "http://unitsofmeasure.org"
    of_body = {"": Fraction(1), "kg": kg, "m2": m2}[MG[quantity["code"]]]
    return exact(quantity["value"]) * of_body


def limits_of(dosage: dict[str, Any], kg: Fraction) -> Limits:
    once = dosage.get("maxDosePerAdministration")
    days = []
    for ratio in dosage.get("maxDosePerPeriod", []):
        assert ratio["denominator"]["code"] == "d"
        period_days = exact(ratio["denominator"]["value"])
        days.append(mg_of(ratio["numerator"], kg) / period_days)
    return Limits(mg_of(once, kg) if once else None, min(days, default=None))


def counts_of(dosage: dict[str, Any]) -> range | None:
    """The doses a day that are printed, or None where their number is absent."""
    repeat = dosage["timing"]["repeat"]
    assert (repeat["period"], repeat["periodUnit"]) == (1, "d")
    if "frequency" not in repeat:
        (reason,) = repeat["_frequency"]["extension"]
        assert reason["valueCode"] == "unknown"
        return None
    return range(
        repeat["frequency"], repeat.get("frequencyMax", repeat["frequency"]) + 1
    )


def first_dates(timing: dict[str, Any], start: date, number: int) -> list[date]:
    """The first dosing days from a start, fewer where the timing ends before."""
    found: list[date] = []
    for on in _dates(timing, start):
        found.append(on)
        if len(found) == number:
            break
    return found


def _dates(timing: dict[str, Any], start: date) -> Iterator[date]:
    listed = list(timing.get("extension", []))
    if not listed:
        yield from _repeated(timing["repeat"], start)
        return
    parts = [(part["url"], part["valueInteger"]) for part in listed[0]["extension"]]
    days = [value for name, value in parts if name == "day"]
    after = dict(parts)
    for n in itertools.count():
        again = n * after.get("again-after-days", 0)
        yield from (start + timedelta(days=again + day) for day in days)
        if "again-after-days" not in after:
            break
    last = start + timedelta(days=days[-1])
    if "then-every-days" in after:
        for n in itertools.count(1):
            yield last + timedelta(days=n * after["then-every-days"])
    if "then-every-months" in after:
        for n in itertools.count(1):
            yield _months_later(last, n * after["then-every-months"])


def _repeated(repeat: dict[str, Any], start: date) -> Iterator[date]:
    bounds = repeat.get("boundsDuration")
    assert bounds is None or bounds["code"] == "d"
    most = repeat.get("countMax", repeat.get("count"))
    for n in itertools.count() if most is None else range(most):
        if bounds is not None and n * repeat["period"] >= exact(bounds["value"]):
            return
        if repeat.get("periodUnit") == "mo":
            yield _months_later(start, n * repeat["period"])
        else:
            yield start + timedelta(days=n * repeat["period"])


def _months_later(start: date, months: int) -> date:
    """The same day of a later month, or the last one that the month has."""
    month = start.month - 1 + months
    for day in range(start.day, 0, -1):
        with suppress(ValueError):
            return date(start.year + month // 12, month % 12 + 1, day)
    raise AssertionError("each month has a first day")


def amount_of(dosage: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Whether it is a dose or a rate, and its low and high quantities."""
    (amount,) = dosage["doseAndRate"]
    ((name, value),) = [pair for pair in amount.items() if pair[0] != "type"]
    if name.endswith("Quantity"):
        return name.removesuffix("Quantity"), value, value
    return name.removesuffix("Range"), value["low"], value["high"]


def daily_mg(
    dosage: dict[str, Any], kg: Fraction, count: int | None, m2: Fraction = NO_AREA
) -> Ends:
    """The low and high mg of a day, within the limits, unrounded.

    A count is needed only where the amount is one of each dose.
    """
    kind, *ends = amount_of(dosage)
    found = []
    for end in ends:
        if kind == "rate":
            assert end["code"].endswith(PER_DAY)
            mg = mg_of(end | {"code": end["code"].removesuffix(PER_DAY)}, kg, m2)
        else:
            assert count is not None
            mg = mg_of(end, kg, m2) * count
        most = limits_of(dosage, kg).of_day(count)
        found.append(mg if most is None else min(mg, most))
    return found[0], found[1]


def written_daily_mg(dosage: dict[str, Any], kg: Fraction, count: int | None) -> Ends:
    most = limits_of(dosage, kg).of_day(count)
    low, high = daily_mg(dosage, kg, count)
    return written(low, most), written(high, most)


def written_dose_mg(
    dosage: dict[str, Any], kg: Fraction, count: int, m2: Fraction = NO_AREA
) -> Ends:
    most = limits_of(dosage, kg).of_day(count)
    bound = None if most is None else most / count
    low, high = daily_mg(dosage, kg, count, m2)
    return written(low / count, bound), written(high / count, bound)


def mg_per_hour(dosage: dict[str, Any], kg: Fraction) -> Fraction:
    """The mg of each hour of a continuous infusion, unrounded."""
    kind, low, high = amount_of(dosage)
    assert kind == "rate"
    assert low == high
    assert low["code"].endswith(PER_HOUR)
    return mg_of(low | {"code": low["code"].removesuffix(PER_HOUR)}, kg)


def longest_hours(dosage: dict[str, Any]) -> int:
    longest = dosage["timing"]["repeat"]["boundsRange"]["high"]
    assert longest["code"] == "h"
    return int(longest["value"])


def written(mg: Fraction, most: Fraction | None) -> Fraction:
    steps = mg / MG_STEP
    nearest = (steps + Fraction(1, 2)).__floor__() * MG_STEP
    if most is not None and nearest > most:
        return steps.__floor__() * MG_STEP
    return nearest
