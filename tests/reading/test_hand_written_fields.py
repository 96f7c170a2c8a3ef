"""The parser reads what a person wrote as fields, or refuses what no field can say."""

import pytest

from reference.dosing import regimen_problems
from reference.reading import differences, line_problems, read_line

from .lines import NOTHING_ELSE
from .printed_lines import LINES, PrintedLine

CAN = [line for line in LINES if line.fields is not None]
CANNOT = [line for line in LINES if line.fields is None]
# Of what today's fields can say, no line is refused.
LEAST_THAT_AGREE = 39


def _named(line: PrintedLine) -> str:
    return f"{line.drug}: {line.printed}"


@pytest.mark.parametrize("line", CAN, ids=_named)
def test_a_printed_line_agrees_with_the_fields_written_by_hand(
    line: PrintedLine,
) -> None:
    assert [each.sentence for each in differences(line.row, line.printed)] == []
    assert line_problems(NOTHING_ELSE, line.row) == []


@pytest.mark.parametrize("line", CANNOT, ids=_named)
def test_a_line_that_no_fields_can_say_is_refused_or_read_as_what_none_says(
    line: PrintedLine,
) -> None:
    reading = read_line(line.printed)
    if not reading.is_whole:
        return
    facts = reading.facts
    assert facts.dose is not None
    assert facts.often is not None
    is_other_amount = facts.dose.unit in ("g", "unit") or facts.dose.body == "m2"
    is_other_time = facts.often.every_unit == "months" or facts.often.kind == "listed"
    is_counted = facts.length is not None and facts.length.unit == "doses"
    is_a_days_fixed_amount = facts.dose.body == "" and facts.dose.per == "day"
    assert is_other_amount or is_other_time or is_counted or is_a_days_fixed_amount


@pytest.mark.parametrize("line", CANNOT, ids=_named)
def test_no_likely_fields_agree_with_a_line_that_none_can_say(
    line: PrintedLine,
) -> None:
    for other in CAN:
        row = {**other.row, "printed": line.printed}
        assert regimen_problems(row) == []
        assert line_problems(NOTHING_ELSE, row) != []


def test_no_line_agrees_with_the_fields_of_another_that_says_something_else() -> None:
    for line in CAN:
        for other in CAN:
            agrees = differences(other.row, line.printed) == []
            if agrees and line is not other:
                meanings = {
                    read_line(each.printed).facts.in_words for each in (line, other)
                }
                assert len(meanings) == 1, (line.printed, other.printed)


def test_so_many_of_the_60_lines_agree() -> None:
    agreeing = [line for line in CAN if not differences(line.row, line.printed)]
    assert len(agreeing) >= LEAST_THAT_AGREE
    assert len(agreeing) + len(CANNOT) == len(LINES)
