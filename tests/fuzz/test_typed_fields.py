"""Any text in any typed field is a number of the grammar, or answered in words."""

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.doses.form import DoseForm
from tests.fuzz.typed import (
    ALPHABET,
    FIELDS,
    HOSTILE,
    LONGEST,
    WORDS,
    is_understood,
)
from tests.tools.reliability.figures import count, none_lost, times


def long_text(part: str, times: int) -> str:
    return (part * times)[:10_000]


NAMES = [*FIELDS, *WORDS]
CHARACTERS = st.characters(exclude_categories=())  # halves of characters too
TEXTS = (
    st.text(CHARACTERS)
    | st.text(st.sampled_from(ALPHABET), max_size=20)
    | st.from_regex(r"\A\s?[0-9]{1,4}(\.[0-9]{0,4})?( ?[kK]?[gG])?\s?\Z")
    | st.sampled_from(HOSTILE)
    | st.builds("".join, st.lists(st.sampled_from(HOSTILE), max_size=3))
    | st.builds(long_text, st.text("07. \u0667", min_size=1), st.integers(1, 10_000))
)
TRIED = times(100, 5_000)


def fault_of(name: str, typed: str) -> str:
    """What is wrong with what a field makes of a text; empty if all is as it should be.

    Anything but a value or a sentence, such as another exception, ends the test.
    """
    try:
        value = DoseForm.base_fields[name].clean(typed)
    except ValidationError as error:
        (sentence,) = error.messages
        if not typed or is_understood(name, typed):
            return f"{name} refuses {typed!r}: {sentence}"
        begins = sentence.startswith(("Type ", "Choose ", "Leave this out"))
        says = begins and sentence.endswith(".") and sentence.isprintable()
        return "" if says else f"{name} says of {typed!r}: {sentence}"
    if not typed:
        return "" if value is None else f"{name} reads nothing as {value}"
    if not is_understood(name, typed):
        return f"{name} reads {typed!r} as {value}"
    if name in FIELDS and FIELDS[name](typed) != value:
        return f"{name} reads {typed!r} as {value}"
    return ""


def test_no_known_bad_input_is_read_as_a_number_or_breaks_a_field() -> None:
    texts = [*HOSTILE, "9" * 100_000, "7" * LONGEST + " ", " " * 10_000 + "7"]
    faults = [fault_of(name, typed) for name in NAMES for typed in texts]
    found = [fault for fault in faults if fault]
    none_lost(
        found,
        "fuzz",
        "texts nobody should type, in every field of a dose",
        tried=len(faults),
        unit="texts",
        on_database=False,
    )


def test_any_text_is_read_by_the_grammar_or_answered_with_a_sentence() -> None:
    found, tried = list[str](), list[int]()

    @settings(
        max_examples=TRIED,
        suppress_health_check=[HealthCheck.too_slow],
        deadline=None,
    )
    @given(typed=TEXTS)
    def every_field_takes_it_or_says_why(typed: str) -> None:
        faults = [fault_of(name, typed) for name in NAMES]
        tried.append(len(faults))
        found.extend(fault for fault in faults if fault)
        assert not any(faults)

    try:
        every_field_takes_it_or_says_why()
    finally:
        count(
            "fuzz",
            "random texts of up to 10,000 characters, in every field of a dose",
            tried=sum(tried),
            unit="texts",
            lost=len(found),
            on_database=False,
        )
