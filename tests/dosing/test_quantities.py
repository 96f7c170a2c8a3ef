"""How numbers, units and ranges are written, so that none can be misread."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reference.dosing.quantities import (
    counted,
    dose_amount,
    dose_range,
    number_in_words,
    number_range,
    plain_number,
    quantity,
    quantity_range,
    spelled_unit,
)
from tests.support.tables import each_row

AMOUNTS = st.decimals("0.00001", "1000000", places=5)


@each_row("number", "program", "reader")
def test_a_number_has_a_leading_zero_and_no_trailing_one(
    number: str, program: str, reader: str
) -> None:
    assert plain_number(Decimal(number)) == program
    assert number_in_words(Decimal(number)) == reader


@given(number=AMOUNTS)
def test_what_is_written_is_read_as_the_same_number(number: Decimal) -> None:
    assert Decimal(plain_number(number)) == number
    assert Decimal(number_in_words(number).replace(",", "")) == number


def test_a_unit_stands_after_a_space() -> None:
    assert quantity(Decimal(100), "mg") == "100 mg"
    assert quantity(Decimal("0.5"), "mL") == "0.5 mL"
    assert quantity(1500, "mg") == "1,500 mg"


def test_a_range_is_written_with_to_and_its_unit_twice() -> None:
    assert quantity_range(Decimal(20), Decimal(40), "mg") == "20 mg to 40 mg"
    assert quantity_range(Decimal(100), Decimal("100.0"), "mg") == "100 mg"
    assert number_range(1, 2) == "1 to 2"
    assert number_range(3, 3) == "3"


@each_row("unit", "spelled")
def test_a_unit_is_spelled_without_a_slash_and_micrograms_in_full(
    unit: str, spelled: str
) -> None:
    assert spelled_unit(unit) == spelled


@each_row("mg", "unit", "written")
def test_an_amount_is_written_in_the_unit_of_its_line(
    mg: str, unit: str, written: str
) -> None:
    assert dose_amount(Decimal(mg), unit) == written


def test_a_range_of_amounts_is_written_in_the_unit_of_its_line() -> None:
    low, high = Decimal("0.05"), Decimal("0.1")
    assert dose_range(low, high, "microgram") == "50 micrograms to 100 micrograms"
    assert dose_range(low, high, "mg") == "0.05 mg to 0.1 mg"
    assert dose_range(high, high, "mg") == "0.1 mg"


def test_one_is_singular_and_anything_else_is_not() -> None:
    written = [counted(number, "syringe", "syringes") for number in (0, 1, 2, 1001)]
    assert written == ["0 syringes", "1 syringe", "2 syringes", "1,001 syringes"]
