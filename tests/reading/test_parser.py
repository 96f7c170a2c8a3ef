"""What guides print is read; what changes a dose and cannot be placed is refused."""

from reference.reading import read_line
from tests.support.tables import each_row


@each_row("words", "reading")
def test_a_printed_line_is_read_whole(words: str, reading: str) -> None:
    found = read_line(words)
    assert found.in_words == f"dose {reading}"
    assert found.is_whole


@each_row("words")
def test_a_line_that_cannot_be_placed_whole_is_refused(words: str) -> None:
    assert not read_line(words).is_whole


def test_numbers_of_a_name_are_no_amounts() -> None:
    reading = read_line("COVID-19, IL-1β, type 2 (interleukin-6)*: 100 mg once daily")
    assert reading.in_words == "dose 100 mg per dose; how often once every day"


def test_a_name_that_holds_an_amount_is_part_of_the_line() -> None:
    assert not read_line("RA, 100 mg: 50 mg once daily").is_whole


def test_words_without_sense_are_refused_and_never_raise() -> None:
    for words in ("", " ", ":", ": ", "mg", "0", "max", "every", "/kg", "by a " * 5000):
        assert not read_line(words).is_whole
