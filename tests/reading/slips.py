"""Slips: one thing changed in the words of a line, or in one of its fields."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .lines import Line

# Kind, what is looked for, and what stands there after the slip.
WORD_SLIPS = (
    ("amount", r"(?<![\d.])(\d[\d,]*)(?= ?(?:mg|microgram))", r"\g<1>0"),
    ("amount", r"\b(\d)0(?=0? ?mg)", r"\1"),
    ("amount", r"\b([1-9])(?= to \d+ ?(?:mg|microgram))", r"\g<1>1"),
    ("amount", r" to (\d+)(?= ?(?:mg|micro))", r" or \1"),
    ("unit", r"(?<=\d)( ?)mg\b", r"\1micrograms"),
    ("unit", r"(?<=\d)( ?)micrograms?\b", r"\1mg"),
    ("unit", r"(?<=\d)( ?)mg\b", r"\1g"),
    ("unit", r"(?<=\d)( ?)mg\b", r"\1units"),
    ("unit", r"(?<=\d)( ?)mg\b", r"\1mL"),
    ("unit", r"/kg", ""),
    ("unit", r"/kg", "/m2"),
    ("unit", r"/kg", "/lb"),
    ("unit", r"(?<=\d)( ?mg)\b(?!/kg)", r"\1/kg"),
    ("per", r"(?:/| per )day", "/hour"),
    ("per", r"(?:/| per )day", "/week"),
    ("per", r"(?:/| per )hour", "/day"),
    ("per", r"(?:/| per )hour", ""),
    ("times", r"once daily", "twice daily"),
    ("times", r"once daily", "3 times daily"),
    ("times", r"once daily", "in 2 divided doses"),
    ("times", r"once daily", "daily as needed"),
    ("times", r"twice daily", "once daily"),
    ("times", r"(\d) times daily", "twice daily"),
    ("times", r"in divided doses", "in 2 divided doses"),
    ("times", r"in divided doses", "once daily"),
    ("times", r"in divided doses", ""),
    ("times", r"in (\d+)(.*?) doses", r"in 1\1\2 doses"),
    ("weekly or daily", r"\bdaily\b", "weekly"),
    ("weekly or daily", r"once daily", "once weekly"),
    ("weekly or daily", r"once daily", "every other day"),
    ("weekly or daily", r"once daily", "every 8 hours"),
    ("weekly or daily", r"once daily", "once"),
    ("weekly or daily", r"once daily", "once monthly"),
    ("weekly or daily", r"once daily", ""),
    ("weekly or daily", r"\bdaily\b", "dialy"),
    ("weekly or daily", r"once weekly", "once daily"),
    ("weekly or daily", r"once weekly", "twice weekly"),
    ("every N", r"every (\d+) weeks", r"every \1 days"),
    ("every N", r"every (\d+) weeks", r"every \1 months"),
    ("every N", r"every (\d+) (weeks|days)", r"every 1\1 \2"),
    ("every N", r"every (\d+) (weeks|days)", r"at weeks 0, \1 and 6"),
    ("every N", r"every (\d+) (weeks|days)", r"on \2 0 and \1"),
    ("every N", r"once(?= for| as|,)", "once weekly"),
    ("every N", r"every (\d+) months", r"every 1\1 months"),
    ("every N", r"every (\d+) months", r"every \1 weeks"),
    ("every N", r"once monthly", "once weekly"),
    ("listed days", r"((?:weeks|days) \d+)(?=[, ])", r"\g<1>1"),
    ("listed days", r" and (\d+)(?=,|$| )", r" and 9\1"),
    ("listed days", r" and (\d+)(?=,|$| )", r" to \1"),
    ("listed days", r", (\d+) and ", " and "),
    ("listed days", r"at weeks ", "at months "),
    ("listed days", r"at weeks ", "on days "),
    ("listed days", r"on days ", "at weeks "),
    ("listed days", r", then every \d+ (?:weeks|months|days)", ""),
    ("listed days", r", then every", " every"),
    ("listed days", r", then every (\d+)", r", then every 1\1"),
    ("listed days", r", repeated every \d+ (?:weeks|days)", ""),
    ("listed days", r", repeated every", ", then every"),
    ("listed days", r", repeated every (\d+)", r", repeated every 1\1"),
    ("route", r"subcutaneously", "by intravenous injection"),
    ("route", r"by intravenous injection", "by intravenous infusion"),
    ("route", r"by intravenous infusion", "by mouth"),
    ("route", r"as a continuous infusion", "once daily"),
    ("route", r"continuous infusion", "bolus injection"),
    ("limit", r"(max\w*(?: of)? )(\d)", r"\g<1>1\2"),
    ("limit", r"max(?:imum)?\b(?: of)?", "minimum"),
    ("limit", r",? max[^,]*(?=,|$)", ""),
    ("limit", r"(max[^,]*) per day", r"\1 per dose each hour"),
    ("limit", r"^(.*)$", r"\1, max 7.77 mg"),
    ("limit", r"^(.*)$", r"\1, up to 3.77 mg/kg per day"),
    ("limit", r"(?:may )?increase to", "decrease to"),
    ("limit", r",? may increase to[^,]*", ""),
    ("limit", r"^(.*)$", r"\1, may increase to 77.77 mg"),
    ("duration", r"(\d+)(?= (?:days?|months?|hours?)\b)(?<!every \d)", r"1\1"),
    ("duration", r"(?<!every )(\d+) days\b", r"\1 weeks"),
    ("duration", r"(\d+) months\b(?! of age)", r"\1 days"),
    ("duration", r"(\d+) hours\b", r"\1 days"),
    ("duration", r"up to (?=\d+ (?:h|d|m))", ""),
    ("duration", r"for (?:up to )?[\d to]+(?:days|months|hours)", ""),
    ("duration", r"^(.*)$", r"\1, for 97 days"),
    ("duration", r" followed by taper|, then taper", ""),
    ("duration", r"usually|generally|typically", "for"),
    ("duration", r"\bfor (?=\d+ (?:days|months|hours))", "about "),
    ("duration", r"^(.*)$", r"\1, x 4 doses"),
    ("duration", r"^(.*)$", r"\1, over 30 minutes"),
    ("band", r"(\d+)(?= kg or more)", r"\g<1>1"),
    ("band", r"kg or more", "kg or less"),
    ("band", r"less than (\d[\d.]*) kg", r"\1 kg or more"),
    ("band", r"less than (\d[\d.]*) kg", r"more than \1 kg"),
    ("band", r"less than (\d[\d.]*) kg", r"up to \1 kg"),
    ("band", r"(\d[\d.]*) kg to less than", "less than"),
    ("band", r"^(.*)$", r"\1, for 17.77 kg or more"),
    ("age", r"from (\d+)(?= (?:years|months))", r"from 1\1"),
    ("age", r"from (\d+) years", r"from \1 months"),
    ("age", r"from (\d+) years", r"less than \1 years"),
    ("age", r",? from \d+ (?:years?|months?)(?: of age)?", ""),
    ("age", r"^(.*)$", r"\1, from 21 years of age"),
    ("age", r"^(.*)$", r"\1, 2 to 17 years of age"),
    ("phase", r"loading", "maintenance"),
    ("phase", r"maintenance", "loading"),
    ("phase", r", as the (?:loading|maintenance) dose", ""),
    ("population", r"(?i)\b(?<!and )adults?\b", "children"),
    ("population", r"(?i)\bpediatric\b(?: patients)?", "adult"),
    ("negation", r"(^|: )(?=\d)", r"\1not "),
    ("negation", r"\bonce\b", "not once"),
    ("negation", r"^(.*)$", r"\1, do not give daily"),
    ("negation", r"^(.*)$", r"\1 without a maximum"),
    ("negation", r"may increase", "may not increase"),
    ("number", r"\b(\d+)(?= ?mg)", r".\1"),
    ("number", r"\b(\d+)(?= ?mg)", r"-\1"),
    ("number", r"\b(\d+)(?= ?mg)", r"1/\1"),
    ("number", r"\b(\d+)(?= ?mg)", r"<\1"),
    ("number", r"\b(\d+)(?= ?mg)", r"½ \1"),
    ("number", r"(\d)(?= ?mg)", r"\1,5"),
    ("sign", r"(?<=\d)(?= ?mg)", "\N{RIGHT-TO-LEFT OVERRIDE}"),
    ("sign", r"(?<=\d)(?=\d)", "\N{ZERO WIDTH SPACE}"),
    ("sign", r"(?<=d)a(?=ily)", "\N{CYRILLIC SMALL LETTER A}"),
    ("sign", r"(?<=d)o(?=se)", "\N{GREEK SMALL LETTER OMICRON}"),
    ("sign", r"(?<=on)c(?=e)", "c\N{SOFT HYPHEN}"),
    ("sign", r"(?<=[a-z])(?= )", "\N{LINE TABULATION}"),
)


class Slip(NamedTuple):
    """One slip: its kind, and the line with it."""

    kind: str
    line: Line
    what: str


def slips_of_words(line: Line, name: str, words: str) -> Iterator[Slip]:
    """Each slip that the words can have, the line holding them under this name."""
    if not words:
        return
    for kind, pattern, instead in WORD_SLIPS:
        changed = re.sub(pattern, instead, words, count=1)
        if changed != words:
            yield Slip(kind, {**line, name: changed}, f"{name}: {changed!r}")


def slips_of_fields(line: Line) -> Iterator[Slip]:
    """Each slip of one field, the words staying as they are."""
    for kind, name, value in _changed(line):
        if value != line[name]:
            yield Slip(kind, {**line, name: value}, f"{name}: {value!r}, {line!r}")


def _changed(line: Line) -> Iterator[tuple[str, str, object]]:
    yield "amount", "low", f"{line['low']}1" if "." in line["low"] else "0.01"
    yield "amount", "high", f"{line['high']}0" if "." not in line["high"] else "99999"
    basis = line["basis"]
    if basis.startswith("mg"):
        yield "unit", "basis", basis.replace("mg", "microgram")
    else:
        yield "unit", "basis", basis.replace("microgram", "mg")
    yield "unit", "basis", basis.replace("/kg", "")
    yield "per", "basis", basis.replace("/day", "/hour")
    yield "per", "basis", basis.replace("/hour", "/day")
    if line["doses_per_day_high"] is not None:
        yield "times", "doses_per_day_high", line["doses_per_day_high"] + 1
    if not basis.endswith("/hour"):
        yield "times", "how_often", "continuous"
    if line["doses_per_day_low"] is None:
        yield "times", "divided", not line["divided"]
    if line["how_often"] in ("times-a-day", "once", ""):
        yield "every N", "every_days", 7
        yield "every N", "every_days", 14
    if line["how_often"] == "every-n-days":
        yield "every N", "every_days", line["every_days"] + 7
        yield "weekly or daily", "how_often", "times-a-day"
        yield "weekly or daily", "how_often", "once"
    yield from _changed_schedule(line)
    yield "amount", "increase_to", "99999.5"
    if line["increase_to"] is not None:
        yield "amount", "increase_to", None
    yield from _changed_limits(line)
    yield from _changed_people(line)


def _changed_schedule(line: Line) -> Iterator[tuple[str, str, object]]:
    if line["how_often"] == "every-n-months":
        yield "every N", "every_months", line["every_months"] + 1
        yield "every N", "how_often", "every-n-days"
    if line["how_often"] == "listed":
        *most, last = line["listed"]
        yield "listed days", "listed", [*most, last + 1]
        yield "listed days", "listed", most
        yield "listed days", "listed", [*most, last, last + 3]
        unit = "days" if line["listed_unit"] == "weeks" else "weeks"
        yield "listed days", "listed_unit", unit
        if not line["every_months"]:  # both contradict each other, which is refused
            yield "listed days", "every_days", line["every_days"] + 1
        yield "listed days", "every_months", line["every_months"] + 1
        yield "listed days", "again_after_days", (line["again_after_days"] or 900) + 1
        yield "listed days", "how_often", "times-a-day"
        yield "listed days", "how_often", "once"


def _changed_limits(line: Line) -> Iterator[tuple[str, str, object]]:
    for per in ("dose", "day"):
        if line[f"max_per_{per}"] is None:
            continue
        unit = line[f"max_per_{per}_unit"]
        other = unit.removesuffix("/kg") if "/kg" in unit else f"{unit}/kg"
        yield "limit", f"max_per_{per}", None
        yield "limit", f"max_per_{per}", f"1{line[f'max_per_{per}']}"
        yield "limit", f"max_per_{per}_unit", other
    if line["duration_high"] is not None:
        yield "duration", "duration_high", line["duration_high"] + 70
        units = {
            "hours": "days",
            "days": "months",
            "weeks": "days",
            "months": "weeks",
            "doses": "days",
        }
        yield "duration", "duration_unit", units[line["duration_unit"]]
        yield "duration", "duration_low", None
        if line["duration_low"] is not None:
            yield "duration", "duration_high", None


def _changed_people(line: Line) -> Iterator[tuple[str, str, object]]:
    yield "band", "from_weight_kg", "12.75"
    yield "band", "below_weight_kg", "299.5"
    for name in ("from_weight_kg", "below_weight_kg", "from_age_months"):
        yield "band", name, None
    yield "age", "from_age_months", 7
    yield "age", "below_age_months", 1201
    if line["over_minutes_high"] is not None:
        yield "minutes", "over_minutes_high", line["over_minutes_high"] + 1
        yield "minutes", "over_minutes_low", line["over_minutes_low"] + 1
    yield "begins", "begins_at", (line["begins_at"] or 0) + 61
    yield "phase", "phase", "maintenance" if line["phase"] == "loading" else "loading"
