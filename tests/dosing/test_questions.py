"""What is asked back before there is a dose, to the word."""

import json
from decimal import Decimal

from reference.dosing import Age, Confirmation, Patient, compute_dose
from reference.editions import Monograph
from tests.support.tables import each_row


@each_row("key", "kg", "years", "title", "asks", "text")
def test_a_question_says_what_is_unusual_and_what_to_check(
    key: str,
    kg: str,
    years: str,
    title: str,
    asks: str,
    text: str,
    june_2024: Monograph,
) -> None:
    patient = Patient(
        weight_kg=Decimal(kg) if kg else None,
        age=Age(Decimal(years), "years") if years else None,
    )
    asked = compute_dose(june_2024.rules[key], patient)
    assert isinstance(asked, Confirmation)
    assert (asked.title, asked.text) == (title, text)
    assert [asked.asks_weight, asked.asks_age] == json.loads(asks)
    assert (asked.weight_lb is None) == (not kg)
