"""The sentence that is made from a line's fields is read back as these fields."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reference.reading import differences, line_problems, line_sentence, read_line
from reference.reading.fields import facts_of
from tests.tools.reliability.figures import times

from .lines import NOTHING_ELSE, random_line

EXAMPLES = times(200, 20_000)


@settings(max_examples=EXAMPLES)
@given(st.integers(min_value=0, max_value=2**64))
def test_what_is_said_of_any_line_is_read_back_whole(seed: int) -> None:
    line = random_line(seed)
    sentence = line_sentence(line)
    reading, facts = read_line(sentence), facts_of(line)
    assert [each.sentence for each in differences(line, sentence)] == [], sentence
    assert reading.facts.in_words == facts.in_words
    assert reading.facts.source.lower() == facts.source.replace("guide", "").lower()
    assert reading.unread == ()


@settings(max_examples=EXAMPLES)
@given(st.integers(min_value=0, max_value=2**64))
def test_a_line_printed_as_it_is_made_has_no_problem(seed: int) -> None:
    line = random_line(seed)
    line["printed"] = f"Adult-onset IL-1β disease, type 2*: {line_sentence(line)}"
    assert line_problems(NOTHING_ELSE, line) == []
