"""What may be typed as a weight or a number, and the sentence for what may not."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing.typed import (
    NotUnderstoodError,
    checked_age,
    parse_age_unit,
    parse_crcl_ml_per_min,
    parse_number,
    parse_weight_kg,
    parse_whole_number,
)
from tests.support.tables import each_row


@each_row("typed", "weight_kg", more=[("0" * 998 + "70", "70")])
def test_a_plain_weight_in_kilograms_is_read(typed: str, weight_kg: str) -> None:
    assert parse_weight_kg(typed) == Decimal(weight_kg)


TOO_LONG = [(sign * 100_000, "short number") for sign in "09"]
LARGE = ("9" * 400, "from 0.5 kg to 300 kg")


@each_row("typed", "says", more=[LARGE, ("0" * 999 + "70", "short number"), *TOO_LONG])
def test_anything_else_is_refused_with_what_to_type(typed: str, says: str) -> None:
    with pytest.raises(NotUnderstoodError, match=re.escape(says)):
        parse_weight_kg(typed)


@each_row("typed", "sentence")
def test_the_whole_sentence_names_the_weight_its_unit_and_an_example(
    typed: str, sentence: str
) -> None:
    with pytest.raises(NotUnderstoodError) as refusal:
        parse_weight_kg(typed)
    assert str(refusal.value) == sentence


@given(st.text(max_size=200))
def test_any_text_is_either_the_grammar_or_a_sentence(typed: str) -> None:
    grammar = re.compile(r"\s*[0-9]+(\.[0-9]+)?( ?[kK][gG])?\s*")
    try:
        weight_kg = parse_weight_kg(typed)
    except NotUnderstoodError as error:
        assert str(error).startswith("Type ")
    else:
        assert grammar.fullmatch(typed)
        assert Decimal("0.5") <= weight_kg <= 300


@given(st.decimals("0.5", "300", allow_nan=False, places=3))
def test_a_weight_written_out_reads_back_as_itself(weight_kg: Decimal) -> None:
    assert parse_weight_kg(f"{weight_kg:f}") == weight_kg


def test_a_rate_may_have_any_number_of_decimals() -> None:
    assert parse_number(" 1.125 ", "the rate", "1.5") == Decimal("1.125")


@pytest.mark.parametrize(
    "typed", ["1.5 kg", "1e1", "1,5", "-1", "", "٢", "1.٢", ".5", "1."]
)
def test_a_rate_takes_no_unit_and_no_other_form(typed: str) -> None:
    with pytest.raises(NotUnderstoodError, match="the rate"):
        parse_number(typed, "the rate", "1.5")


def test_a_whole_number_may_be_written_with_a_point_and_zeros() -> None:
    assert parse_whole_number("2.0", "the hours", "24") == 2


def test_a_part_of_a_whole_number_is_refused() -> None:
    sentence = "Type the hours as a whole number, such as 24."
    with pytest.raises(NotUnderstoodError, match=f"^{sentence}$"):
        parse_whole_number("2.5", "the hours", "24")


@pytest.mark.parametrize(
    ("number", "unit"), [("0", "months"), ("240", "months"), ("120", "years")]
)
def test_an_age_goes_up_to_240_months_or_120_years(number: str, unit: str) -> None:
    assert checked_age(Decimal(number), parse_age_unit(unit)) == Decimal(number)


@each_row("number", "unit", "says")
def test_a_higher_age_is_refused_with_the_other_unit(
    number: str, unit: str, says: str
) -> None:
    with pytest.raises(NotUnderstoodError, match=says):
        checked_age(Decimal(number), unit)


@pytest.mark.parametrize("unit", ["weeks", "Years", "year", " years", "y"])
def test_an_age_is_in_months_or_years(unit: str) -> None:
    with pytest.raises(NotUnderstoodError, match="Choose months or years"):
        parse_age_unit(unit)


@pytest.mark.parametrize("typed", ["0", "29.9", "250", " 45 "])
def test_a_creatinine_clearance_is_a_plain_number_up_to_250(typed: str) -> None:
    assert parse_crcl_ml_per_min(typed) == Decimal(typed.strip())


@pytest.mark.parametrize("typed", ["250.1", "45 mL/min", "1,5", "-1", "", "<30"])
def test_any_other_creatinine_clearance_is_refused(typed: str) -> None:
    with pytest.raises(NotUnderstoodError, match="creatinine clearance"):
        parse_crcl_ml_per_min(typed)


@each_row("typed", "sentence")
def test_what_to_type_as_a_creatinine_clearance_is_said_with_its_unit(
    typed: str, sentence: str
) -> None:
    with pytest.raises(NotUnderstoodError) as refusal:
        parse_crcl_ml_per_min(typed)
    assert str(refusal.value) == sentence
