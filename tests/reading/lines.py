"""Lines that are read: those of two guides, and lines made at random."""

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from reference.dosing import Document
from reference.dosing.rules import lines_of, regimen_problems

from .printed_lines import DEFAULTS

ROOT = Path(settings.BASE_DIR)
GUIDES = {
    "anakinra": ROOT / "fixtures" / "anakinra_2024_06.json",
    "examplimab": ROOT / "tests" / "support" / "guides" / "examplimab_2026_01.json",
}
FIRST_ISSUE = ROOT / "tests" / "editions" / "source" / "anakinra-1-as-first-issued.json"
PROSE = ("printed", "title", "source_says", "consequence", "ruling_text")
NO_COUNT = {"doses_per_day_low": None, "doses_per_day_high": None}

Line = dict[str, Any]


def document_of(guide: str) -> Document:
    """The dosing lines and discrepancies of a guide's file, its defaults filled in."""
    held = json.loads(GUIDES[guide].read_text(encoding="utf-8"))
    rows: dict[str, list[Line]] = {}
    for entry in held:
        fields = {
            name: value[-1] if isinstance(value, list) and value else value
            for name, value in entry["fields"].items()
        }
        rows.setdefault(entry["model"].removeprefix("reference."), []).append(fields)
    return _filled(rows["regimen"], rows["discrepancy"], rows["discrepancyline"])


def first_issue() -> Document:
    """The lines of anakinra as they were frozen before how often was a field."""
    held = json.loads(FIRST_ISSUE.read_text(encoding="utf-8"))
    return _filled(held["regimens"], held["discrepancies"], held["discrepancy_lines"])


def _filled(lines: list[Line], told: list[Line], about: list[Line]) -> Document:
    defaults = {**DEFAULTS, **NO_COUNT, "how_often": "", "text": ""}
    return {
        "regimens": [{**defaults, **row} for row in lines],
        "discrepancies": [{**dict.fromkeys(PROSE, ""), **row} for row in told],
        "discrepancy_lines": about,
    }


def lines_of_guide(guide: str) -> list[tuple[Document, Line]]:
    """Each line as it is, without a text of its own, and as it was first frozen."""
    document = document_of(guide)
    lines = []
    for row in document["regimens"]:
        lines.append((document, row))
        lines.append((document, {**row, "text": ""}))
    if guide == "anakinra":
        frozen = first_issue()
        lines += [(frozen, row) for row in frozen["regimens"]]
    return lines


def without_discrepancies(document: Document, row: Line) -> Document:
    """The document with nothing said about this line."""
    line = ("regimens", row["key"])
    kept = [
        each
        for each in document["discrepancies"]
        if line not in lines_of(document, each["key"])
    ]
    return {**document, "discrepancies": kept}


NOTHING_ELSE: Document = {"discrepancies": [], "discrepancy_lines": []}

COUNT_WORDS = (
    "",
    "for {duration}",
    "usually {duration} followed by taper",
    "until symptoms improve, generally {duration}",
    "for {duration}, then taper",
    "typically {duration}",
)
KINDS = ("times-a-day", "every-n-days", "every-n-months", "listed", "once")
OPEN_WORDS = ("", "", "until symptoms improve", "followed by taper")


def random_line(seed: int) -> Line:
    """A line that the arithmetic can take, its fields chosen by the seed."""
    source = random.Random(seed)
    while True:
        line = _any_line(source)
        if not regimen_problems(line):
            return line


def _any_line(source: random.Random) -> Line:
    unit = source.choice(["mg", "mg", "microgram"])
    bases = ["dose", "kg/dose", "kg/day", "kg/day", "kg/hour"]
    basis = source.choice(bases + ["m2/dose", "m2/day"] * (unit == "mg"))
    low = _amount(source)
    high = source.choice([low, low, low + _amount(source)])
    line: Line = {
        **DEFAULTS,
        "key": "line",
        "indication": "line",
        "text": "",
        "printed": "",
        "basis": f"{unit}/{basis}",
        "low": f"{low:f}",
        "high": f"{high.normalize():f}",
        **_often(source, basis),
        "route": source.choice(
            ["subcutaneous", "intravenous injection", "intravenous infusion"]
        ),
        "population": source.choice(
            ["not stated", "adult", "pediatric", "adult and pediatric"]
        ),
        "phase": source.choice(["", "", "maintenance", "loading"]),
        **_band(source),
    }
    if basis == "kg/hour":
        line["route"] = source.choice(["subcutaneous", "intravenous infusion"])
        line |= {"high": line["low"], "duration_unit": "hours"}
        line["duration_high"] = source.randint(1, 200)
    elif source.random() < 0.3:
        line["increase_to"] = f"{(high + _amount(source)).normalize():f}"
    if line["route"] == "intravenous infusion" and basis != "kg/hour":
        over = source.choice([None, 30, 90, source.randint(1, 600)])
        more = source.choice([0, 0, source.randint(1, 60)])
        line["over_minutes_low"] = over
        line["over_minutes_high"] = None if over is None else over + more
    if source.random() < 0.2:
        line |= {"begins_at": source.randint(0, 60)}
        line["begins_unit"] = source.choice(["days", "weeks"])
    if line["how_often"] == "once":
        once = {"duration_low": 1, "duration_high": 1, "duration_unit": "days"}
        line |= source.choice([once, {}])
    elif source.random() < 0.5 or basis == "kg/hour":
        line |= _duration(source, line)
    else:
        line["duration_words"] = source.choice(OPEN_WORDS)
    return {**line, **_maxima(source, unit, basis)}


def _amount(source: random.Random) -> Decimal:
    places = source.choice([0, 0, 0, 1, 2, 4])
    largest = source.choice([9, 99, 2500, 99_999])
    number = Decimal(source.randint(1, largest * 10**places)).scaleb(-places)
    return Decimal(f"{number.normalize():f}")


def _often(source: random.Random, basis: str) -> Line:
    if basis == "kg/hour":
        return {"how_often": "continuous", **NO_COUNT}
    kind = source.choice(["times-a-day", *KINDS])
    low = source.choice([1, 1, 1, 2, 3, source.randint(1, 24)])
    high = source.choice([low, low, min(low + source.randint(1, 4), 24)])
    counts: Line = {"doses_per_day_low": low, "doses_per_day_high": high}
    if basis == "kg/day" and source.random() < 0.4:
        counts = NO_COUNT
    return {
        "how_often": kind,
        **counts,
        **_schedule(source, kind),
        "divided": basis == "kg/day" and source.random() < 0.7,
    }


def _schedule(source: random.Random, kind: str) -> Line:
    every = source.choice([2, 3, 7, 10, 14, 28, 56, source.randint(2, 400)])
    months = source.choice([1, 2, 3, 6, 12, source.randint(1, 36)])
    if kind == "every-n-days":
        return {"every_days": every}
    if kind == "every-n-months":
        return {"every_months": months}
    if kind != "listed":
        return {}
    unit = source.choice(["days", "weeks"])
    listed = sorted(source.sample(range(60), source.randint(1, 6)))
    last = (listed[-1] - listed[0]) * (7 if unit == "weeks" else 1)
    again = {"again_after_days": last + source.randint(1, 300)}
    afterwards: Line = source.choice(
        [{}, {}, {"every_days": every}, {"every_months": months}, again]
    )
    return {"listed": listed, "listed_unit": unit, **afterwards}


def _band(source: random.Random) -> Line:
    band: Line = {}
    first_kg = source.choice([None, None, Decimal(source.randint(1, 1200)) / 10])
    end_kg = source.choice([None, None, Decimal(source.randint(1300, 3000)) / 10])
    for name, kg in (("from_weight_kg", first_kg), ("below_weight_kg", end_kg)):
        band[name] = None if kg is None else f"{kg.normalize():f}"
    band["from_age_months"] = source.choice([None, None, 8, 24, source.randint(1, 240)])
    end = source.choice([None, None, 216, source.randint(241, 1200)])
    band["below_age_months"] = end if end != band["from_age_months"] else None
    return band


def _duration(source: random.Random, line: Line) -> Line:
    low = source.randint(1, 30)
    high = source.choice([low, low + source.randint(1, 60)])
    unit = line["duration_unit"] or source.choice(["hours", "days", "weeks", "months"])
    return {
        "duration_low": source.choice([None, low, low]),
        "duration_high": high,
        "duration_unit": unit,
        "duration_words": source.choice(COUNT_WORDS),
    }


def _maxima(source: random.Random, unit: str, basis: str) -> Line:
    maxima: Line = {}
    if basis == "kg/hour":
        return maxima
    for per in ("dose", "day"):
        if source.random() < 0.3:
            units = [unit] if basis == "dose" else [unit, f"{unit}/kg"]
            maxima[f"max_per_{per}"] = f"{_amount(source):f}"
            maxima[f"max_per_{per}_unit"] = source.choice(units)
            maxima["maximum_source"] = source.choice(["guide", "US label", "EU label"])
    return maxima
