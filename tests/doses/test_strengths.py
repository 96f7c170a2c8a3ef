"""The few doses under a preparation: from the edition, by the ratio, in whole units."""

from decimal import Decimal
from typing import Any

from reference.doses import strength_table
from reference.editions import Document, Monograph, arranged


def rows(guide: Monograph, key: str) -> list[tuple[str, str, int]]:
    (row,) = [it for it in guide.sections["preparations"] if it["key"] == key]
    table = strength_table(row, guide.sections)
    assert table is not None
    return [(dose.amount, dose.ml, dose.units) for dose in table.doses]


def test_the_june_2024_syringe_is_20_mg_quarters_a_whole_one_and_the_increased_dose(
    june_2024: Monograph,
) -> None:
    assert rows(june_2024, "prefilled-syringe") == [
        ("20", "0.13", 1),
        ("25", "0.17", 1),
        ("50", "0.34", 1),
        ("75", "0.5", 1),
        ("100", "0.67", 1),
        ("200", "1.34", 2),
    ]


def test_every_volume_is_within_5_percent_of_the_printed_ratio(
    june_2024: Monograph,
) -> None:
    for amount, ml, units in rows(june_2024, "prefilled-syringe"):
        exact_ml = Decimal(amount) * Decimal("0.0067")
        assert abs(Decimal(ml) - exact_ml) <= exact_ml * Decimal("0.05")
        assert units == -(-int(amount) // 100)


def changed(document: Document, **fields: Any) -> Monograph:
    (row,) = document["preparations"]
    row.update(fields)
    return arranged(document)


def test_a_preparation_that_measures_nothing_small_begins_at_what_it_can_measure(
    document: Document,
) -> None:
    guide = changed(document, smallest_dose_mg="60")
    assert [it[0] for it in rows(guide, "prefilled-syringe")] == [
        "60",
        "75",
        "100",
        "200",
    ]


def test_without_a_smallest_dose_the_row_begins_at_a_quarter(
    document: Document,
) -> None:
    guide = changed(document, smallest_dose_mg=None)
    assert rows(guide, "prefilled-syringe")[0][0] == "25"


def test_a_preparation_of_no_line_has_no_row(document: Document) -> None:
    (row,) = document["preparations"]
    other = row | {"key": "other", "routes": ["oral"]}
    document["preparations"].append(other)
    guide = arranged(document)
    assert strength_table(other, guide.sections) is None
