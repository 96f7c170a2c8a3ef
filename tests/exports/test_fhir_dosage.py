"""Each dosing line in FHIR's words: an independent reader finds the engine's dose in
it, no number is lost and none is made up.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference.dosing import Dose, Patient, Refusal, compute_dose, dose_rule
from reference.dosing.rules import schedule_of
from reference.editions import Document
from reference.exports.fhir.datatypes import UCUM, quantity
from reference.exports.fhir.dosage import dosage as fhir_dosage
from reference.exports.fhir.dosage import dosing_guideline
from reference.reading import line_sentence
from tests.conftest import PUBLIC_ORIGIN
from tests.dosing.day_by_day import dates_day_by_day
from tests.exports import fhir_reader
from tests.exports.fhir_bundle import dosage_of, lines_of, numbers_in, parts, sent, told
from tests.reading.lines import random_line
from tests.support.tables import column
from tests.tools.reliability.figures import times

WEIGHTS = 1000  # random ones, for each line
FIXED = [
    "ra-sc",
    "behcet-sc",
    "covid-19-sc",
    "pericarditis-sc",
    "fmf-adult-sc",
    "gout-sc",
    "stills-sc",
]
BY_WEIGHT = ["fmf-pediatric-sc", "pjia-sc"]
BY_DAY = ["css-sc", "nomid-sc", "dira-sc", "mis-c-sc", "mis-c-iv"]
NO_COUNT = ["nomid-sc", "mis-c-sc", "mis-c-iv"]
LINES = [*FIXED, *BY_WEIGHT, *BY_DAY, "css-iv"]


# The doses that an independent reader works out


def weights(key: str) -> list[Decimal]:
    """Random weights from 0.5 kg to 300 kg, with up to three decimals."""
    random = Random(key)
    places = [random.choice([0, 1, 2, 3]) for _ in range(WEIGHTS)]
    return [
        Decimal(random.randint(5 * 10**place // 10 or 1, 300 * 10**place)).scaleb(
            -place
        )
        for place in places
    ]


def dose_of(document: Document, key: str, **choice: Any) -> Dose | Refusal:
    (row,) = (row for row in document["regimens"] if row["key"] == key)
    found = compute_dose(dose_rule(document, row), Patient(confirmed=True, **choice))
    assert isinstance(found, Dose | Refusal)
    return found


def ends(found: Any) -> tuple[Fraction, Fraction]:
    return Fraction(found.low), Fraction(found.high)


@pytest.mark.parametrize("key", [*FIXED, *BY_WEIGHT, *BY_DAY])
def test_the_dose_read_from_fhir_is_the_engines_for_1000_weights(
    document: Document, key: str
) -> None:
    dosage = dosage_of(lines_of(sent(document))[key])
    (row,) = (row for row in document["regimens"] if row["key"] == key)
    rule, printed = dose_rule(document, row), fhir_reader.counts_of(dosage)
    for place, weight in enumerate(weights(key)):
        kg, chosen = Fraction(weight), place % 4 + 1
        # Where the number of doses is absent, one is chosen as the site lets one.
        count = None if printed else chosen
        patient = Patient(weight_kg=weight, doses_per_day=count, confirmed=True)
        dose = compute_dose(rule, patient)
        assert isinstance(dose, Dose)
        counts = printed or range(chosen, chosen + 1)
        assert [each.per_day for each in dose.doses] == [*counts]
        for each in dose.doses:
            expected = fhir_reader.written_dose_mg(dosage, kg, each.per_day)
            assert ends(each.mg) == expected, weight
        low = fhir_reader.written_daily_mg(dosage, kg, counts[0])[0]
        high = fhir_reader.written_daily_mg(dosage, kg, counts[-1])[1]
        assert dose.daily_mg is not None
        assert ends(dose.daily_mg) == (low, high), weight


@pytest.mark.parametrize("key", NO_COUNT)
def test_without_a_printed_number_of_doses_the_daily_amount_agrees(
    document: Document, key: str
) -> None:
    dosage = dosage_of(lines_of(sent(document))[key])
    for weight in weights(key):
        dose = dose_of(document, key, weight_kg=weight)
        assert isinstance(dose, Dose)
        assert dose.daily_mg is not None
        expected = fhir_reader.written_daily_mg(dosage, Fraction(weight), None)
        assert ends(dose.daily_mg) == expected, weight


def test_the_infusion_read_from_fhir_is_the_engines_for_1000_weights(
    document: Document,
) -> None:
    dosage = dosage_of(lines_of(sent(document))["css-iv"])
    hours = fhir_reader.longest_hours(dosage)
    assert hours == 72
    for weight in weights("css-iv"):
        dose = dose_of(document, "css-iv", weight_kg=weight, hours=hours)
        assert isinstance(dose, Dose)
        assert dose.infusion is not None
        per_hour = fhir_reader.mg_per_hour(dosage, Fraction(weight))
        assert Fraction(dose.infusion.mg_per_hour) == fhir_reader.written(
            per_hour, None
        )
        assert dose.infusion.total_mg is not None
        total = fhir_reader.written(per_hour * hours, None)
        assert Fraction(dose.infusion.total_mg) == total
    longer = dose_of(document, "css-iv", weight_kg=Decimal(70), hours=hours + 1)
    assert isinstance(longer, Refusal)


@pytest.mark.parametrize("key", ["nomid-sc", "dira-sc"])
def test_the_maximum_read_from_fhir_is_the_most_the_engine_gives(
    document: Document, key: str
) -> None:
    dosage = dosage_of(lines_of(sent(document))[key])
    for weight in weights(key):
        most = fhir_reader.limits_of(dosage, Fraction(weight)).day_mg
        at_most = dose_of(document, key, weight_kg=weight, rate=Decimal(8))
        assert isinstance(at_most, Dose)
        assert at_most.daily_mg is not None
        assert most is not None
        assert Fraction(at_most.daily_mg.high) == fhir_reader.written(most, most)
        above = dose_of(document, key, weight_kg=weight, rate=Decimal("8.01"))
        assert isinstance(above, Refusal)


def test_the_increased_dose_of_behcet_disease_is_the_engines(
    document: Document,
) -> None:
    dosage = dosage_of(lines_of(sent(document))["behcet-sc"], "increased")
    dose = dose_of(document, "behcet-sc", increased=True)
    assert isinstance(dose, Dose)
    expected = fhir_reader.written_dose_mg(dosage, Fraction(70), 1)
    assert ends(dose.doses[0].mg) == expected
    assert expected[0] == 200
    assert dosage["text"] == "200 mg once daily, subcutaneously"


# Nothing lost, nothing made up


def test_every_number_of_a_line_is_in_its_dosage(document: Document) -> None:
    lines = lines_of(sent(document))
    names = ["low", "high", "increase_to", "max_per_dose", "max_per_day", "every_days"]
    names += ["duration_low", "duration_high", "doses_per_day_low"]
    names += ["doses_per_day_high"]
    for row in document["regimens"]:
        given = {name: row[name] for name in names if row[name] is not None}
        if row["basis"] == "mg/kg/hour":
            del given["every_days"]  # a continuous infusion has no rhythm
        told = numbers_in(lines[row["key"]])
        assert {Decimal(each) for each in given.values()} <= told, row["key"]


# What a line may hold. A field that is added has to be told, or to be left out here.
TOLD_IN_THE_DOSAGE = set(column(__file__, "Fields that are told in the dosage"))
# who_words are those of the table; population, weights and ages say it to programs.
IN_THE_TEXT_ALONE = {"divided", "revised_on", "who_words"}


def test_no_field_of_a_line_is_left_out_unseen(document: Document) -> None:
    fields = set(document["regimens"][0])
    assert fields <= TOLD_IN_THE_DOSAGE | IN_THE_TEXT_ALONE


def test_a_number_of_doses_that_is_not_printed_is_absent_and_never_made_up(
    document: Document,
) -> None:
    lines = lines_of(sent(document))
    for row in document["regimens"]:
        dosage = dosage_of(lines[row["key"]])
        repeat = dosage["timing"]["repeat"]
        is_printed = row["doses_per_day_low"] is not None
        assert ("frequency" in repeat) == is_printed
        assert ("_frequency" in repeat) == (row["key"] in NO_COUNT)
        assert dosage["text"] == line_sentence(row)


def test_the_printed_line_goes_with_every_dosage_letter_for_letter(
    document: Document,
) -> None:
    lines = lines_of(sent(document))
    assert set(lines) == set(LINES)
    for row in document["regimens"]:
        for typed in lines[row["key"]]["dosage"]:
            (printed,) = told(typed["dosage"][0], "printed-line")
            assert [*printed.values()][-1] == row["printed"]


@pytest.mark.parametrize("key", ["nomid-sc", "dira-sc"])
def test_a_disputed_maximum_says_so_beside_the_number(
    document: Document, key: str
) -> None:
    dosage = dosage_of(lines_of(sent(document))[key])
    cautions = {one["code"]: one["text"] for one in told(dosage, "dose-caution")}
    assert "printed 8 mg per day" in cautions["printed-maximum-disputed"]
    assert "8 mg/kg per day (label)" in cautions["printed-maximum-disputed"]
    assert "more-doses-than-label" not in cautions
    (maximum,) = dosage["maxDosePerPeriod"]
    assert maximum["extension"][0]["valueString"] == "US label"
    assert maximum["numerator"]["code"] == "mg/kg"


def test_open_discrepancies_go_with_the_dosage_and_ruled_ones_do_not(
    document: Document,
) -> None:
    def open_for(key: str) -> list[str]:
        dosage = dosage_of(lines_of(sent(document))[key])
        return [one["key"] for one in told(dosage, "open-discrepancy")]

    for row in document["regimens"]:
        rule = dose_rule(document, row)
        assert len(open_for(row["key"])) == len(rule.discrepancies)
    assert "nomid-maximum" in open_for("nomid-sc")
    (row,) = (one for one in document["discrepancies"] if one["key"] == "nomid-maximum")
    row["ruling"] = "corrected"
    assert "nomid-maximum" not in open_for("nomid-sc")


def test_a_caution_that_waits_for_a_patient_is_not_sent_with_its_braces(
    document: Document,
) -> None:
    assert "{" in str([row["text"] for row in document["cautions"]])
    texts = [
        part["valueString"] for part in parts(sent(document)) if "valueString" in part
    ]
    assert not [text for text in texts if "{" in text]


def test_a_population_that_is_not_stated_is_absent_in_words_and_in_code(
    document: Document,
) -> None:
    lines = lines_of(sent(document))
    for row in document["regimens"]:
        (population,) = lines[row["key"]]["patientCharacteristic"]
        value = population["valueCodeableConcept"]
        if row["population"] == "not stated":
            assert value["text"] == "not stated in the guide"
            assert value["extension"][0]["valueCode"] == "unknown"
        else:
            assert value == {"text": row["population"]}


def line_like(document: Document, key: str, **fields: Any) -> dict[str, Any]:
    (row,) = (row for row in document["regimens"] if row["key"] == key)
    made = dosing_guideline(document, row | fields, PUBLIC_ORIGIN)
    assert isinstance(made, dict)
    return made


def test_a_dose_every_28_days_has_that_period(document: Document) -> None:
    every_4_weeks = {"how_often": "every-n-days", "every_days": 28}
    line = line_like(document, "ra-sc", **every_4_weeks)
    repeat = dosage_of(line)["timing"]["repeat"]
    assert repeat == {"frequency": 1, "period": 28, "periodUnit": "d"}


def test_listed_weeks_are_days_in_an_extension_and_no_period(
    document: Document,
) -> None:
    listed = {"how_often": "listed", "listed": [0, 2, 6], "listed_unit": "weeks"}
    timing = dosage_of(line_like(document, "ra-sc", **listed, every_days=56))["timing"]
    assert timing["code"]["text"] == "at weeks 0, 2 and 6, then every 8 weeks"
    assert "repeat" not in timing
    (days,) = timing["extension"]
    assert [(part["url"], part["valueInteger"]) for part in days["extension"]] == [
        ("day", 0),
        ("day", 14),
        ("day", 42),
        ("then-every-days", 56),
    ]


def test_once_is_one_day_though_no_duration_says_so(document: Document) -> None:
    line = line_like(document, "ra-sc", how_often="once", **NO_DURATION)
    repeat = dosage_of(line)["timing"]["repeat"]
    assert repeat["boundsDuration"] == quantity(1, "day")


def test_a_number_of_doses_is_a_count(document: Document) -> None:
    weekly = {"how_often": "every-n-days", "every_days": 7, "duration_unit": "doses"}
    for low, high, said in (
        (4, 4, {"count": 4}),
        (3, 5, {"count": 3, "countMax": 5}),
        (None, 6, {"count": 1, "countMax": 6}),
    ):
        line = line_like(
            document, "ra-sc", **weekly, duration_low=low, duration_high=high
        )
        repeat = dosage_of(line)["timing"]["repeat"]
        assert {name: repeat[name] for name in said} == said
        assert not {"boundsDuration", "boundsRange"} & set(repeat)


NO_DURATION = {"duration_low": None, "duration_high": None, "duration_unit": ""}


@settings(max_examples=times(150, 10_000))
@given(st.integers(0, 2**64), st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_the_dates_read_from_fhir_are_those_that_are_counted_day_by_day(
    seed: int, start: date
) -> None:
    row = random_line(seed) | NO_DURATION
    assume(row["how_often"] not in ("times-a-day", "continuous"))
    nothing_else: Document = {"discrepancies": [], "cautions": []}
    made = fhir_dosage(nothing_else, row, PUBLIC_ORIGIN)
    read = fhir_reader.first_dates(made["timing"], start, 6)
    assert read == dates_day_by_day(schedule_of(row), start, 6)


def test_a_daily_amount_with_days_between_is_left_to_the_text(
    document: Document,
) -> None:
    weekly = {"how_often": "every-n-days", "every_days": 7}
    dosage = dosage_of(line_like(document, "css-sc", **weekly))
    ((reason,),) = [one["extension"] for one in dosage["doseAndRate"]]
    assert reason["valueCode"] == "as-text"


def test_a_line_for_some_weights_and_ages_says_which(document: Document) -> None:
    band = {"from_weight_kg": "10", "below_weight_kg": "25.5", "from_age_months": 8}
    line = line_like(document, "ra-sc", **band, phase="loading")
    _population, weight, age = line["patientCharacteristic"]
    assert weight["type"]["text"] == "weight from 10 kg, below 25.5 kg"
    assert weight["valueRange"]["high"]["value"] == 25.5
    assert age["valueRange"] == {"low": quantity(8, "months")}
    assert line["dosage"][0]["type"]["text"] == "loading"


def test_an_amount_in_micrograms_is_written_out_and_coded_as_ug(
    document: Document,
) -> None:
    dosage = dosage_of(line_like(document, "ra-sc", basis="microgram/kg/dose"))
    assert dosage["doseAndRate"][0]["doseQuantity"] == {
        "value": 100,
        "unit": "microgram/kg",
        "system": UCUM,
        "code": "ug/kg",
    }
