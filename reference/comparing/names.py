"""What sections and fields are called where two editions are compared."""

SECTION_NAMES = {
    "regimens": "Dosing lines",
    "warnings": "Warnings and precautions",
    "adverse_reaction_groups": "Groups of adverse reactions",
    "cautions": "Cautions that go with a dose",
}
FIELD_NAMES = {
    "printed": "printed wording",
    "text": "displayed wording",
    "low": "amount, low end",
    "high": "amount, high end",
    "doses_per_day_low": "doses a day, fewest",
    "doses_per_day_high": "doses a day, most",
    "divided": "in divided doses",
    "every_days": "given every … days",
    "every_months": "given every … months",
    "listed": "listed days or weeks",
    "listed_unit": "unit of the listed days or weeks",
    "again_after_days": "the whole list again after … days",
    "increase_to": "may increase to",
    "from_age_months": "lowest age, months",
    "max_per_dose": "maximum per dose",
    "max_per_dose_unit": "unit of the maximum per dose",
    "max_per_day": "maximum per day",
    "max_per_day_unit": "unit of the maximum per day",
    "dose_relevant": "bears on the dose",
    "row_key": "line",
    "url": "address",
    "overview": "introduction",
}
