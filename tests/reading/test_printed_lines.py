"""The example lines are well formed: each has fields, or says why it can have none."""

from reference.dosing.rules import regimen_problems

from .printed_lines import DEFAULTS, LINES

AMOUNT = {"basis", "low", "high"}


def test_there_are_77_lines_and_none_stands_twice() -> None:
    assert len({line.printed for line in LINES}) == 77 == len(LINES)


def test_each_line_has_fields_or_the_reason_why_it_has_none() -> None:
    for line in LINES:
        assert (line.fields is None) == bool(line.why_not), line.printed
        if line.fields is not None:
            assert set(line.fields) >= AMOUNT, line.printed
            assert set(line.fields) <= AMOUNT | set(DEFAULTS), line.printed


def test_the_arithmetic_can_take_each_line_that_has_fields() -> None:
    for line in LINES:
        if line.fields is not None:
            assert regimen_problems(line.row) == [], line.printed


def test_no_line_is_of_the_guide_that_the_site_publishes() -> None:
    assert "anakinra" not in {line.drug for line in LINES}
