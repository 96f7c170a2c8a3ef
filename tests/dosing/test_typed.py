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


@pytest.mark.parametrize(
    ("typed", "weight_kg"),
    [
        ("70", "70"),
        ("70.5", "70.5"),
        ("070", "70"),
        ("0.5", "0.5"),
        ("300", "300"),
        ("300.0", "300.0"),
        ("12.50", "12.50"),
        ("20kg", "20"),
        ("20 kg", "20"),
        ("20 KG", "20"),
        ("20Kg", "20"),
        ("  20\t\n", "20"),
        ("\N{NO-BREAK SPACE}20 kg ", "20"),
        ("0" * 998 + "70", "70"),
    ],
)
def test_a_plain_weight_in_kilograms_is_read(typed: str, weight_kg: str) -> None:
    assert parse_weight_kg(typed) == Decimal(weight_kg)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "70,5",
        "1,070",
        "1e3",
        "1E-5",
        "1_000",
        "0x46",
        "70.5.1",
        "70  kg",
        "7 0",
        "9 9",
        ".",
        "kg",
        "70 kgs",
        "NaN",
        "sNaN",
        "Infinity",
        "{{7*7}}",
        "<script>",
        "70\N{ZERO WIDTH SPACE}",
        "70\x00",
        "+70",
        "-5",
        "\N{MINUS SIGN}5",
        ".5",
        "5.",
        ".55",
        "55.",
        "154 lb",
        "154lbs",
        "154 LB",
        "1 pound",
        "154 pounds",
        "11st",
        "١٥٤ lb",
        "70 steps",
        "٧٠",
        "७०",
        "７０",
        "7٠",
        "70.٥",
        "½",
        "²",
        "70 \N{KELVIN SIGN}g",
        "0" * 999 + "70",
        "9" * 100_000,
    ],
    ids=lambda typed: ascii(typed)[:20],
)
def test_anything_else_is_refused_in_one_sentence_that_says_what_to_type(
    typed: str,
) -> None:
    """Nothing is converted, and there are no two messages for one error."""
    with pytest.raises(NotUnderstoodError) as refusal:
        parse_weight_kg(typed)
    assert str(refusal.value) == (
        "Type the weight in kilograms as a number, such as 20."
    )


@pytest.mark.parametrize("typed", ["0", "0.4999", "300.01", "9" * 400])
def test_a_weight_out_of_range_is_told_the_range(typed: str) -> None:
    with pytest.raises(NotUnderstoodError) as refusal:
        parse_weight_kg(typed)
    assert str(refusal.value) == "Type a weight from 0.5 to 300 kilograms."


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


@pytest.mark.parametrize("typed", ["0", "29.9", "250", " 45 "])
def test_a_creatinine_clearance_is_a_plain_number_up_to_250(typed: str) -> None:
    assert parse_crcl_ml_per_min(typed) == Decimal(typed.strip())


@pytest.mark.parametrize("typed", ["250.1", "45 mL/min", "1,5", "-1", "", "<30"])
def test_any_other_creatinine_clearance_is_refused(typed: str) -> None:
    with pytest.raises(NotUnderstoodError, match="creatinine clearance"):
        parse_crcl_ml_per_min(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the creatinine clearance as a number, such as 45."),
        ("251", "Type a creatinine clearance from 0 mL/min to 250 mL/min."),
    ],
)
def test_what_to_type_as_a_creatinine_clearance_is_said_with_its_unit(
    typed: str, sentence: str
) -> None:
    with pytest.raises(NotUnderstoodError) as refusal:
        parse_crcl_ml_per_min(typed)
    assert str(refusal.value) == sentence
