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

WEIGHT = re.compile(typed_pattern(NUMBER, KILOGRAMS))


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
        ("20\N{NO-BREAK SPACE}kg", "20"),
        ("20\N{NARROW NO-BREAK SPACE}KG", "20"),
        ("20\N{THIN SPACE}kg", "20"),
        ("20\N{IDEOGRAPHIC SPACE}kg", "20"),
        ("\t20\tkg\r\n", "20"),
        ("0" * 998 + "70", "70"),
    ],
)
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


@pytest.mark.parametrize(
    "typed",
    [
        *("154 lb", "154lbs", "154 LB", "20 lbs", "1 pound", "154 pounds", "7 lb 4 oz"),
        *("3500g", "3500 g", "3500 grams", "3500\xa0g", "11st", "20 stone", "4 ounces"),
        "١٥٤ lb",
    ],
)
def test_grams_pounds_and_stones_are_not_converted_and_it_is_said(typed: str) -> None:
    assert refusal(typed) == NOT_CONVERTED


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("70,5", "Write a point and no comma."),
        ("1,070", "Write a point and no comma."),
        ("+70", "Leave the sign out."),
        ("-5", "Leave the sign out."),
        ("\N{MINUS SIGN}5", "Leave the sign out."),
        (".5", "Write a digit on each side of the point."),
        ("55.", "Write a digit on each side of the point."),
        (">60", "More than and less than are not read: type the value itself."),
        *((digits, "Use the digits 0 to 9.") for digits in ("٧٠", "७०", "７０", "7٠")),
        *((digits, "Use the digits 0 to 9.") for digits in ("70.٥", "½", "²")),
    ],
)
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


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("20\u200b", "U+200B, stands after 20"),
        ("20\u200bkg", "U+200B, stands after 20"),
        ("20 \u200b kg", "U+200B, stands after 20"),
        ("20 kg\u200e", "U+200E, stands after 20 kg"),
        ("\ufeff20", "U+FEFF, stands at the beginning"),
        ("\u202e02", "U+202E, stands at the beginning"),
        ("2\xad0", "U+00AD, stands after 2"),
        ("20\x1fkg", "U+001F, stands after 20"),
        ("20\x00", "U+0000, stands after 20"),
        ("20\N{HANGUL FILLER}kg", "U+3164, stands after 20"),
        ("44\u200b lb", "U+200B, stands after 44"),
    ],
)
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


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        *((typed, CLEARANCE) for typed in ("", "90  mL/min", "45 mL", "90 kg", "low")),
        *((typed, CLEARANCE) for typed in ("90 mL/min/1.73", "90 mL / min", "3500 g")),
        *(
            (
                bound,
                f"{CLEARANCE} More than and less than are not read: type the value "
                "itself, or leave it out.",
            )
            for bound in (">60", "< 30", "≥90", "<30 mL/min")
        ),
        ("1,5", f"{CLEARANCE} Write a point and no comma."),
        ("-1", f"{CLEARANCE} Leave the sign out."),
        (
            "9\u200b0",
            f"{CLEARANCE} A hidden sign, U+200B, stands after 9: type the creatinine "
            "clearance again.",
        ),
        ("250.1", "Type a creatinine clearance from 0 mL/min to 250 mL/min."),
    ],
)
def test_any_other_creatinine_clearance_is_refused_with_what_to_type(
    typed: str, sentence: str
) -> None:
    with pytest.raises(NotUnderstoodError) as refused:
        parse_crcl_ml_per_min(typed)
    assert str(refused.value) == sentence
