"""What may be typed as a weight or a number, and the sentence for what may not."""

import re
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing.typed import (
    KILOGRAMS,
    NUMBER,
    NotUnderstoodError,
    checked_age,
    parse_age,
    parse_age_unit,
    parse_crcl_ml_per_min,
    parse_number,
    parse_weight_kg,
    parse_whole_number,
    typed_pattern,
)
from tests.support.tables import each_row

WEIGHT = re.compile(typed_pattern(NUMBER, KILOGRAMS))


@each_row("typed", "weight_kg", more=[("0" * 998 + "70", "70")])
def test_a_plain_weight_in_kilograms_is_read(typed: str, weight_kg: str) -> None:
    assert parse_weight_kg(typed) == Decimal(weight_kg)


WHAT = "Type the weight in kilograms as a number, such as 20."
RANGE = "Type a weight from 0.5 to 300 kilograms."
NOT_CONVERTED = f"{WHAT} Grams, pounds, ounces and stones are not converted."


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "1e3", "1E-5", "1_000", "0x46", "70.5.1", "7 0", "9 9", ".", "kg"),
        *("70  kg", "70\t\tkg", "70 k g", "70 kgs", "70 steps", "70 \N{KELVIN SIGN}g"),
        *("NaN", "sNaN", "Infinity", "{{7*7}}", "<script>alert(1)</script>"[1:]),
    ],
)
def test_what_is_no_weight_is_refused_with_the_one_sentence(typed: str) -> None:
    assert refusal(typed) == WHAT


@each_row("typed")
def test_grams_pounds_and_stones_are_not_converted_and_it_is_said(typed: str) -> None:
    assert refusal(typed) == NOT_CONVERTED


@each_row("typed", "says")
def test_after_the_one_sentence_stands_what_was_wrong(typed: str, says: str) -> None:
    assert refusal(typed) == f"{WHAT} {says}"


@pytest.mark.parametrize("typed", ["0", "0.4999", "300.01", "3500", "9" * 400])
def test_a_number_that_is_no_possible_weight_is_refused_with_the_range(
    typed: str,
) -> None:
    assert refusal(typed) == RANGE


@pytest.mark.parametrize("typed", ["0" * 999 + "70", "9" * 100_000])
def test_a_very_long_number_is_refused_with_its_length(typed: str) -> None:
    assert refusal(typed) == (
        "Type the weight as a short number, such as 20. "
        f"{len(typed):,} characters were sent."
    )


@each_row("typed", "named")
def test_a_hidden_sign_is_named_with_its_place(typed: str, named: str) -> None:
    assert refusal(typed) == f"{WHAT} A hidden sign, {named}: type the weight again."


def test_no_sign_but_white_space_is_read_over() -> None:
    """Of all signs of Unicode, 25 are white space, and one of them may stand there."""
    read = [
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if not sign.isdigit() and WEIGHT.fullmatch(f"20{sign}kg")
    ]
    assert len(read) == 25
    assert all(parse_weight_kg(f"20{sign}kg") == 20 for sign in read)
    assert not any(WEIGHT.fullmatch(f"20{sign}{sign}kg") for sign in read)


def refusal(typed: str) -> str:
    with pytest.raises(NotUnderstoodError) as refused:
        parse_weight_kg(typed)
    return str(refused.value)


@given(st.text(max_size=200))
def test_any_text_is_either_the_grammar_or_a_sentence(typed: str) -> None:
    grammar = re.compile(r"\s*[0-9]+(\.[0-9]+)?(\s?[kK][gG])?\s*")
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


@pytest.mark.parametrize(
    ("number", "unit", "says"),
    [
        ("240.1", "months", "0 to 240 months, or choose years"),
        ("121", "years", "0 to 120 years, or choose months"),
    ],
)
def test_a_higher_age_is_refused_with_the_other_unit(
    number: str, unit: str, says: str
) -> None:
    with pytest.raises(NotUnderstoodError, match=says):
        checked_age(Decimal(number), unit)


@pytest.mark.parametrize("unit", ["weeks", "Years", "year", " years", "y"])
def test_an_age_is_in_months_or_years(unit: str) -> None:
    with pytest.raises(NotUnderstoodError, match="Choose months or years"):
        parse_age_unit(unit)


@pytest.mark.parametrize("typed", ["6 months", "6months", "4 years", "4 y", "10 d"])
def test_an_age_with_its_unit_is_refused_with_where_the_unit_goes(typed: str) -> None:
    sentence = (
        "Type the age as a number, such as 4. Its unit, months or years, is chosen by "
        "itself."
    )
    with pytest.raises(NotUnderstoodError, match=f"^{sentence}$"):
        parse_age(typed)


@pytest.mark.parametrize(
    ("typed", "ml_per_min"),
    [
        *((typed, typed.strip()) for typed in ("0", "29.9", "250", " 45 ")),
        *(
            (typed, "90")
            for typed in ("90 mL/min", "90mL/min", "90 ML/MIN", "90 ml/min")
        ),
        *((typed, "90") for typed in ("90\N{NO-BREAK SPACE}mL/min", "\t90\tml/Min ")),
    ],
)
def test_a_creatinine_clearance_is_a_number_up_to_250_with_or_without_its_unit(
    typed: str, ml_per_min: str
) -> None:
    assert parse_crcl_ml_per_min(typed) == Decimal(ml_per_min)


CLEARANCE = "Type the creatinine clearance in mL/min as a number, such as 45."


@each_row("typed", "sentence")
def test_any_other_creatinine_clearance_is_refused_with_what_to_type(
    typed: str, sentence: str
) -> None:
    with pytest.raises(NotUnderstoodError) as refused:
        parse_crcl_ml_per_min(typed)
    assert str(refused.value) == sentence
