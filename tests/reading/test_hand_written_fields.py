"""The parser reads what a person wrote as fields, or refuses what no field can say."""

import pytest

from reference.dosing.rules import regimen_problems
from reference.reading import Reading, differences, line_problems, read_line

from .lines import NOTHING_ELSE
from .printed_lines import LINES, PrintedLine

CAN = [line for line in LINES if line.fields is not None]
CANNOT = [line for line in LINES if line.fields is None]
# Of what today's fields can say, no line is refused.
LEAST_THAT_AGREE = 59


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
    assert not reading.is_whole or _is_said_by_no_field(reading)


def _is_said_by_no_field(reading: Reading) -> bool:
    """Whether a line read whole has an amount that no field holds."""
    dose = reading.facts.dose
    assert dose is not None
    return (
        dose.unit == "unit"
        or dose.body == "m2"
        or (dose.body == "" and dose.per == "day")
    )


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


def test_so_many_of_the_lines_agree() -> None:
    agreeing = [line for line in CAN if not differences(line.row, line.printed)]
    assert len(agreeing) >= LEAST_THAT_AGREE
    assert len(agreeing) + len(CANNOT) == len(LINES)
