"""Whom a line is for, by which route, and in which phase, in its words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .scan import NUMBER, Scan

LESS = r"(?:(?:less|lighter|younger) than|under|below|<)"
AT_LEAST = r"(?:≥|>=|at least|from)"
KG = r"kg\b(?! ?/)"
PATIENTS = r"(?:\b(?:weighing|weight|body weight|of) )?"
BAND = (
    rf"{PATIENTS}(?:{AT_LEAST} ?)?(?P<first>{NUMBER}) ?(?:kg)?"
    rf" ?(?:to|and|but|-|,) ?{LESS} ?(?P<end>{NUMBER}) ?{KG}"
)
FROM = (
    rf"{PATIENTS}{AT_LEAST} ?(?P<first>{NUMBER}) ?{KG}(?: (?:or|and) (?:more|above))?"
)
OR_MORE = (
    rf"{PATIENTS}(?P<first>{NUMBER}) ?{KG} (?:or|and) "
    r"(?:more|over|above|greater|heavier|up)\b"
)
BELOW = rf"{PATIENTS}{LESS} ?(?P<end>{NUMBER}) ?{KG}"
WEIGHTS = (BAND, FROM, OR_MORE, BELOW)

AGE_UNIT = r"(?P<unit>months?|mo|year|y|yo)\b(?: old\b| of age\b)?"
AGE_FROM = (
    # "For at least 6 months" is no age.
    rf"(?:\baged? )?(?<!for ){AT_LEAST} ?(?P<age>{NUMBER})[ -]?{AGE_UNIT}"
    r"(?: (?:or|and) (?:older|over|above|up|more)\b)?"
)
AGE_OR_OLDER = (
    rf"(?:\baged? )?(?P<age>{NUMBER})[ -]?{AGE_UNIT}"
    r" (?:or|and) (?:older|over|above|up)\b"
)
AGE_BAND = (
    rf"(?:\baged? )?(?:{AT_LEAST} ?)?(?P<age>{NUMBER})"
    rf"(?:[ -]?(?P<first_unit>months?|mo|year|y|yo)(?: old| of age)?)?"
    rf" ?(?:to|and|but|-|,) ?{LESS} ?(?P<end>{NUMBER})[ -]?{AGE_UNIT}"
)
AGE_BELOW = rf"(?:\baged? )?{LESS} ?(?P<end>{NUMBER})[ -]?{AGE_UNIT}"
AGES = (AGE_BAND, AGE_FROM, AGE_OR_OLDER, AGE_BELOW)
MONTHS_PER_YEAR = 12

CHILDREN = r"p(?:a?e)diatrics?|child(?:ren)?|infants?|adolescents?"
# "Adult-onset" tells a disease, not who is treated.
POPULATION = rf"\b(?:(?P<adult>adults?)|(?P<child>{CHILDREN}))\b(?!-| onset)"
PHASES = (
    # "4 weeks after the loading dose and on" is how a guide prints the maintenance.
    (
        rf"(?:{NUMBER} (?:days?|weeks?|months?) )?\bafter (?:the )?"
        r"(?:loading|initial|induction)(?: doses?)?(?: and on)?",
        "maintenance",
    ),
    (r"\b(?:as the |as a )?maintenance(?: doses?)?\b", "maintenance"),
    (r"\b(?:as the |as a )?(?:loading|initial|induction)(?: doses?)?\b", "loading"),
)

SUBCUTANEOUS = r"\b(?:subcutaneous(?:ly)?|subcut|sub-?q|sc|sq)\b"
INTO_VEIN = r"\b(?:intravenous(?:ly)?|i\.?v)\b\.?"
HOW = r"(?P<how>infusions?|injections?|push|bolus)?"
ROUTES = (
    (rf"(?:\b(?:by|as|an|a) )*{SUBCUTANEOUS}(?: {HOW}\b)?", "subcutaneous"),
    (rf"(?:\b(?:by|as|an|a) )*{INTO_VEIN}(?: {HOW}\b)?", "intravenous"),
    (r"\b(?:intramuscular(?:ly)?|im)\b(?: injections?\b)?", "intramuscular"),
    (r"\b(?:oral(?:ly)?|by mouth|po)\b", "oral"),
    (r"(?:\b(?:by|as|an|a) )*\b(?P<how>infusions?|infused|injections?|injected)\b", ""),
)
INJECTED = frozenset({"subcutaneous", "intravenous injection", "intramuscular"})
INFUSED = frozenset({"intravenous infusion", "subcutaneous"})
INTRAVENOUS = frozenset({"intravenous injection", "intravenous infusion"})


@dataclass(frozen=True, slots=True)
class Band:
    """A weight band in kg, each end None where the words do not name it."""

    from_kg: Decimal | None = None
    below_kg: Decimal | None = None


def take_weights(scan: Scan) -> Iterator[Band]:
    """Yield each weight band of a line.

    Bands that leave their lowest weight out (over 40 kg) or take their highest in
    (up to 40 kg) are no field's, and left to be refused.
    """
    for pattern in WEIGHTS:
        for found in scan.take_all(pattern):
            ends = found.groupdict()
            yield Band(_decimal(ends.get("first")), _decimal(ends.get("end")))


@dataclass(frozen=True, slots=True)
class Ages:
    """The ages of a line in whole months, each end None where the words name none."""

    from_months: int | None = None
    below_months: int | None = None


def take_ages(scan: Scan) -> Iterator[Ages]:
    """Yield the ages of a line; those of no whole months are left."""
    for pattern in AGES:
        for found in list(re.finditer(pattern, scan.text)):
            said = found.groupdict()
            unit = found["unit"]
            ends = [
                _months(said.get("age"), said.get("first_unit") or unit),
                _months(said.get("end"), unit),
            ]
            if all(end is None or end == int(end) for end in ends):
                scan.strike(*found.span())
                yield Ages(*(None if end is None else int(end) for end in ends))


def _months(age: str | None, unit: str) -> Decimal | None:
    if age is None:
        return None
    return Decimal(age) * (MONTHS_PER_YEAR if unit.startswith("y") else 1)


def take_population(scan: Scan) -> str:
    """Return "adult", "pediatric", "adult and pediatric", or ""."""
    names = {found.lastgroup for found in scan.take_all(POPULATION)}
    adult = "adult" if "adult" in names else ""
    child = "pediatric" if "child" in names else ""
    return " and ".join(filter(None, (adult, child)))


def take_phases(scan: Scan) -> set[str]:
    """Return the phases that a line names: loading, maintenance."""
    return {phase for pattern, phase in PHASES for _found in scan.take_all(pattern)}


def take_routes(scan: Scan, *, is_continuous: bool) -> frozenset[str]:
    """Return the routes that the words can mean, or none where they name none.

    "IV" may be an injection or an infusion, and "infusion" alone any that is infused.
    """
    named, hows = set[str](), set[str]()
    for pattern, route in ROUTES:
        for found in scan.take_all(pattern):
            named |= {route} - {""}
            hows.add(found.groupdict().get("how") or "")
    infused = is_continuous or any(how.startswith("infus") for how in hows)
    injected = any(how.startswith(("inject", "push", "bolus")) for how in hows)
    if not named:
        kinds = [INFUSED] * infused + [INJECTED] * injected
        return frozenset().union(*kinds)
    routes = frozenset[str]()
    for route in named:
        if route != "intravenous":
            routes |= {route}
        elif infused == injected:
            routes |= INTRAVENOUS
        else:
            routes |= INTRAVENOUS & (INFUSED if infused else INJECTED)
    return routes


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
