"""Dose requests that people send and that nobody should, and what each must get.

What is well formed is worked out by the oracle; what is not, is found here by the
design's own words. The site's code has no part in it.
"""

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tests.fuzz.typed import age_is_possible, hostile_text, is_understood
from tests.support.oracle import ANAKINRA, EXAMPLIMAB, Guide, Regimen, expected_answer
from tests.support.random_requests import random_request

Pairs = list[tuple[str, str]]

KNOWN = (
    *("regimen", "indication", "weight", "age", "age_unit", "bsa", "rate"),
    "doses_per_day",
    *("hours", "crcl", "preparation", "dose", "confirm", "edition"),
)
NEEDS_A_LINE = {"bsa", "rate", "doses_per_day", "hours", "dose", "preparation"}
ODD_VALUES = ("0", "1", "2", "2.0", "9", "73", "300", "0.5", "1.5", "8.5", "240", "121")
WORDS_TRIED = ("yes", "no", "increased", "months", "years", "weeks", "pen-25", "nomid")


class Site(NamedTuple):
    """A guide as it is asked for: its drug, and indications with and without a line."""

    drug: str
    guide: Guide
    with_lines: tuple[str, ...]
    without_lines: str


class Expected(NamedTuple):
    """The HTTP status, and what the JSON answer holds of what the oracle knows."""

    status: int
    answer: dict[str, Any]


SITES = (
    Site(
        "anakinra",
        ANAKINRA,
        (
            *("nomid", "dira", "css", "rheumatoid-arthritis", "behcet", "covid-19"),
            *("pericarditis", "fmf", "gout", "stills", "pjia", "mis-c"),
        ),
        "kawasaki",
    ),
    Site("examplimab", EXAMPLIMAB, ("arthritis", "fever", "syndrome"), "itch"),
)


def random_pairs(source: random.Random, site: Site) -> Pairs:
    """What a form sends: a line, and what was typed and chosen for it."""
    key, asked = random_request(source, site.guide)
    pairs = [("regimen", key)]
    for name, value in asked.items():
        if name == "confirmed":
            pairs += [("confirm", "yes")] if value else []
        elif name == "increased":
            pairs += [("dose", "increased")] if value else []
        else:
            pairs.append((name, str(value)))
    if source.random() < 0.5:
        pairs.append(("edition", source.choice(["1"] * 9 + ["2"])))
    if source.random() < 0.3:  # plain forms send what was left empty
        unsent = [name for name in KNOWN if name not in dict(pairs)]
        pairs += [(name, "") for name in source.sample(unsent, 2)]
    return pairs


def spoilt(source: random.Random, site: Site, pairs: Pairs) -> Pairs:
    """The request with something about it that a form would not have sent."""
    pairs = list(pairs)
    for _ in range(source.choice([1, 1, 2, 3])):
        at = source.randrange(len(pairs)) if pairs else 0
        way = source.randrange(7)
        if way == 0 and pairs:
            pairs[at] = (pairs[at][0], hostile_text(source))
        elif way == 1 and pairs:
            pairs.append((pairs[at][0], source.choice([pairs[at][1], "70"])))
        elif way == 2:
            pairs.append((source.choice(["x", "Weight", "weight ", "page"]), "70"))
        elif way == 3 and pairs:
            pairs.pop(at)
        elif way == 4:
            name = source.choice(KNOWN[2:])
            pairs.append((name, source.choice([*ODD_VALUES, *WORDS_TRIED])))
        elif way == 5:
            there = [site.with_lines[0], site.without_lines, "nowhere", ""]
            pairs.append(("indication", source.choice(there)))
        else:
            pairs.append(("weight", hostile_text(source)))
    return pairs


def expected(site: Site, pairs: Sequence[tuple[str, str]]) -> Expected:
    """Judge in the order of the design: 404, 422, refused, confirm, computed."""
    indications = {"", *site.with_lines, site.without_lines}
    for name, value in pairs:
        if name == "regimen" and value and value not in site.guide.regimens:
            return Expected(404, {})
        if name == "indication" and value not in indications:
            return Expected(404, {})
    asked = {name: value for name, value in pairs if value}
    names = [name for name, _ in pairs]
    if not set(names) <= set(KNOWN) or len(set(names)) < len(names):
        return Expected(422, {})
    if not all(is_understood(name, value) for name, value in asked.items()):
        return Expected(422, {})
    line = site.guide.regimens.get(asked.get("regimen", ""))
    if not age_is_possible(asked) or not _applies(site, line, asked):
        return Expected(422, {})
    if Fraction(_bare(asked.get("edition", "1"))) != 1:
        return _refused("edition-not-in-force")
    if line is None:
        return _refused("no-dosing-printed")
    return Expected(200, _worked_out(site, asked))


def _refused(code: str) -> Expected:
    return Expected(200, {"status": "refused", "reason": {"code": code}})


def _applies(site: Site, line: Regimen | None, asked: dict[str, str]) -> bool:
    """Whether all that was sent is something that the line, or having none, takes."""
    if line is None:
        without = asked.get("indication") == site.without_lines
        return without and not NEEDS_A_LINE & asked.keys()
    products = site.guide.products
    return not (
        "indication" in asked
        or ("weight" not in asked and line.weight_decides)
        or "bsa" in asked  # no line of these guides is per m²
        or ("rate" in asked and line.fixed)
        or ("dose" in asked and line.increase_to is None)
        or ("hours" in asked and not line.infusion)
        or ("doses_per_day" in asked and line.infusion)
        or ("preparation" in asked and len(products) == 1)
        or ("preparation" in asked and asked["preparation"] not in products)
    )


def _worked_out(site: Site, asked: dict[str, str]) -> dict[str, Any]:
    """Have the oracle work it out from the numbers as they were understood."""
    values: dict[str, Any] = {
        name: _bare(asked[name])
        for name in ("weight", "rate", "age", "crcl")
        if name in asked
    }
    for name in ("doses_per_day", "hours"):
        if name in asked:
            values[name] = int(Fraction(_bare(asked[name])))
    if "age" in asked:
        values["age_unit"] = asked["age_unit"]
    return expected_answer(
        asked["regimen"],
        **values,
        increased="dose" in asked,
        confirmed="confirm" in asked,
        preparation=asked.get("preparation"),
        guide=site.guide,
    )


def _bare(typed: str) -> str:
    """The digits and the point of a number that was understood."""
    return "".join(char for char in typed if char in "0123456789.")
