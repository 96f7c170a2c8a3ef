"""The picture of whom each line is for ends a population where a dose asks."""

from decimal import Decimal

import pytest

from reference.comparing import patients_of_lines
from reference.dosing import Age, Document, Patient, compute_dose, dose_rule
from reference.dosing.answers import Confirmation

MONTHS_DRAWN = 240


def _asks_at(document: Document, key: str, months: int) -> bool:
    row = next(row for row in document["regimens"] if row["key"] == key)
    patient = Patient(weight_kg=Decimal(50), age=Age(Decimal(months), "months"))
    return isinstance(compute_dose(dose_rule(document, row), patient), Confirmation)


@pytest.mark.parametrize("population", ["adult", "pediatric"])
def test_a_line_without_an_age_is_drawn_where_its_dose_asks_nothing(
    document: Document, population: str
) -> None:
    keys = {
        row["key"]
        for row in document["regimens"]
        if row["population"] == population and row["from_age_months"] is None
    }
    drawn = [line for line in patients_of_lines(document) if line.key in keys]
    assert drawn
    for line in drawn:
        edge = line.ages.start if population == "adult" else line.ages.width
        months = edge * MONTHS_DRAWN // 100
        inside, outside = (1, -2) if population == "adult" else (-2, 2)
        assert not _asks_at(document, line.key, months + inside), line.key
        assert _asks_at(document, line.key, months + outside), line.key
