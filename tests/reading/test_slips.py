"""One thing is changed in words or in fields: the line may not be published so."""

import re
from collections.abc import Iterator

import pytest

from reference.dosing import Document
from reference.reading import dose_words, line_problems, line_sentence, sign_problems
from tests.tools.reliability.figures import count, times

from .lines import (
    GUIDES,
    NOTHING_ELSE,
    Line,
    lines_of_guide,
    random_line,
)
from .slips import WORD_SLIPS, Slip, slips_of_fields, slips_of_words

RANDOM_LINES = times(40, 1000)
KINDS = {kind for kind, _looked_for, _instead in WORD_SLIPS}


def _problems(document: Document, line: Line) -> list[str]:
    words = (line["printed"], line["text"], line["duration_words"])
    signs = [problem for text in words for problem in sign_problems(text)]
    return [*line_problems(document, line), *signs]


def _slips_of(line: Line, text: str = "") -> Iterator[Slip]:
    """Every slip of a line: in its print, in its text or these words, in its fields."""
    yield from slips_of_words(line, "printed", line["printed"])
    yield from slips_of_words(line, "text", text or line["text"])
    yield from slips_of_fields(line)


def _slips_of_guide(guide: str) -> list[tuple[Document, Slip]]:
    return [
        (document, slip)
        for document, line in lines_of_guide(guide)
        for slip in _slips_of(line)
    ]


def _slips_of_random_lines() -> list[tuple[Document, Slip]]:
    found: list[tuple[Document, Slip]] = []
    for seed in range(RANDOM_LINES):
        line = random_line(seed)
        line["printed"] = f"Example disease (IL-1): {line_sentence(line)}"
        slips = _slips_of(line, text=dose_words(line))
        found += [(NOTHING_ELSE, slip) for slip in slips]
    return found


def _limits_the_week_of_a_weekly_dose(slip: Slip) -> bool:
    line = slip.line
    is_one_a_week = (line["every_days"], line["doses_per_day_high"]) == (7, 1)
    of_a_week = re.search(r"maximum [\d,.]+ mg(/kg)?/week\b", slip.what)
    return slip.kind == "per" and is_one_a_week and of_a_week is not None


def _name_of_the_same_meaning(slip: Slip) -> str:
    """The name of a slip that changes no meaning, or that a discrepancy tells whole."""
    line = slip.line
    if slip.kind == "duration" and line["how_often"] == "once":
        return "once, with or without its one day"
    if slip.kind == "per" and "/week in 1 divided dose weekly" in slip.what:
        return "a week's amount in one dose a week"
    if _limits_the_week_of_a_weekly_dose(slip):
        return "the maximum of a week in which one day has one dose"
    if line["key"] in ("nomid-sc", "dira-sc") and "max" in slip.what:
        return "the maximum as the discrepancy of the maximum gives it"
    return ""


def _count(what: str, slips: list[tuple[Document, Slip]], lost: list[Slip]) -> None:
    tried = len(slips)
    count("fuzz", what, tried=tried, unit="slips", lost=len(lost), on_database=False)


def _missed(slips: list[tuple[Document, Slip]]) -> list[Slip]:
    return [slip for document, slip in slips if not _problems(document, slip.line)]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_slip_of_a_guide_has_a_problem(guide: str) -> None:
    slips = _slips_of_guide(guide)
    assert len(slips) >= 900
    missed = _missed(slips)
    unnamed = [slip for slip in missed if not _name_of_the_same_meaning(slip)]
    _count(f"Slips in the lines of {guide}", slips, unnamed)
    assert [f"{slip.kind}: {slip.what}" for slip in unnamed] == []
    assert len(missed) <= 15  # five of each form of the lines that are disputed


def test_every_slip_of_a_line_made_at_random_has_a_problem() -> None:
    slips = _slips_of_random_lines()
    assert {slip.kind for _document, slip in slips} >= KINDS
    assert len(slips) >= 1000
    missed = [slip for slip in _missed(slips) if not _name_of_the_same_meaning(slip)]
    _count("Slips in dosing lines made at random", slips, missed)
    assert [f"{slip.kind}: {slip.what}" for slip in missed] == []


def test_no_digit_of_a_line_can_be_lost_or_become_another() -> None:
    for seed in range(RANDOM_LINES):
        line = random_line(seed)
        words = line_sentence(line)
        for place, sign in enumerate(words):
            for instead in ("", "0", "7", ".") if sign.isdigit() else ():
                changed = f"{words[:place]}{instead}{words[place + 1 :]}"
                printed = {**line, "printed": f"Example: {changed}"}
                is_same = instead == sign
                assert is_same or line_problems(NOTHING_ELSE, printed) != [], changed
