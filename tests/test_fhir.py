"""An edition as FHIR R5: what HL7's schema takes, and no number lost or made up.

How it is asked for is in test_fhir_addresses.py.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from fhir.resources import get_fhir_model_class
from fhir.resources.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator

from reference.document import Document
from reference.dose_model import Dose, Patient, Refusal
from reference.dose_rules import dose_rule
from reference.dosing import compute_dose
from reference.exports.fhir import as_json, bundle
from reference.exports.fhir_datatypes import (
    UCUM,
    UCUM_CODES,
    number,
    owner_id,
    quantity,
    resource_id,
)
from reference.exports.fhir_dosage import ROUTE_CODES, dosing_guideline
from reference.exports.fhir_edition import EditionFacts
from reference.exports.fhir_extensions import EXTENSIONS, structure_definition
from reference.exports.fhir_server import (
    capability_statement,
    operation_outcome,
    search_set,
)
from reference.models import Regimen
from reference.quantities import plain_number
from tests import fhir_reader
from tests.conftest import PUBLIC_ORIGIN

BESIDE = Path(__file__).parent / "fhir"
CODES = json.loads((BESIDE / "r5.codes.json").read_text())
HL7 = "http://hl7.org/fhir"
FACTS = EditionFacts(
    state="published",
    fingerprint="0" * 64,
    published_at=datetime(2026, 11, 28, 12, tzinfo=UTC),
    origin=PUBLIC_ORIGIN,
    path="/anakinra/editions/1/",
)
STATES = ["published", "superseded", "withdrawn"]
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


@cache
def validator() -> Draft6Validator:
    return Draft6Validator(json.loads((BESIDE / "r5.schema.json").read_text()))


def sent(document: Document, **facts: Any) -> dict[str, Any]:
    """The Bundle as another program reads it, its decimals exact."""
    text = as_json(bundle(document, replace(FACTS, **facts)))
    read: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return read


def of_type(whole: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = (entry["resource"] for entry in whole["entry"])
    return [each for each in resources if each["resourceType"] == kind]


def lines_of(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each dosing guideline by its id."""
    (knowledge,) = of_type(whole, "MedicationKnowledge")
    return {
        line["id"]: line
        for guideline in knowledge["indicationGuideline"]
        for line in guideline["dosingGuideline"]
    }


def dosage_of(line: dict[str, Any], kind: str = "as printed") -> dict[str, Any]:
    (found,) = (
        dosage
        for typed in line["dosage"]
        if typed["type"]["text"] == kind
        for dosage in typed["dosage"]
    )
    assert isinstance(found, dict)
    return found


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object inside value."""
    if isinstance(value, dict):
        yield value
    inside = value.values() if isinstance(value, dict) else value
    for each in inside if isinstance(value, dict | list) else ():
        yield from parts(each)


def numbers_in(value: Any) -> set[Decimal]:
    return {
        Decimal(each)
        for part in parts(value)
        for each in part.values()
        if isinstance(each, int | Decimal) and not isinstance(each, bool)
    }


def told(dosage: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The extensions of this name, each as its parts or its one value."""
    url = f"{PUBLIC_ORIGIN}/fhir/StructureDefinition/{name}"
    return [
        {part["url"]: part.get("valueCode", part.get("valueString")) for part in each}
        for one in dosage["extension"]
        if one["url"] == url
        for each in [one.get("extension", [one])]
    ]


# What others' programs make of it


@pytest.mark.parametrize("state", STATES)
def test_hl7s_own_schema_takes_the_bundle(document: Document, state: str) -> None:
    whole = json.loads(as_json(bundle(document, replace(FACTS, state=state))))
    assert [error.message for error in validator().iter_errors(whole)] == []


def test_the_schema_refuses_what_is_not_r5(document: Document) -> None:
    whole = json.loads(as_json(bundle(document, FACTS)))
    knowledge = whole["entry"][1]["resource"]
    del knowledge["indicationGuideline"][0]["dosingGuideline"][0]["dosage"][0]["type"]
    assert not validator().is_valid(whole)


def everything_else() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        capability_statement(PUBLIC_ORIGIN),
        operation_outcome("not-found", "There is none."),
        search_set([], origin=PUBLIC_ORIGIN, asked=f"{PUBLIC_ORIGIN}/fhir/x?code=1"),
    ]
    definitions = (structure_definition(PUBLIC_ORIGIN, name) for name in EXTENSIONS)
    return found + [each for each in definitions if each is not None]


@pytest.mark.parametrize(
    "resource", everything_else(), ids=lambda it: it.get("id", it["resourceType"])
)
def test_hl7s_schema_and_fhir_resources_take_the_other_answers(
    resource: dict[str, Any],
) -> None:
    assert [error.message for error in validator().iter_errors(resource)] == []
    model = get_fhir_model_class(resource["resourceType"])
    model.model_validate_json(as_json(resource))


def in_words(quantity: Any) -> str:
    return f"{quantity.value} {quantity.code}"


def ends_in_words(name: str, holder: Any) -> str:
    """What fhir.resources found of dose, rate or bounds, whichever form it has."""
    of_range = getattr(holder, f"{name}Range")
    if of_range is None:
        single = "Duration" if name == "bounds" else "Quantity"
        of_one = getattr(holder, f"{name}{single}")
        return "" if of_one is None else in_words(of_one)
    ends = [end for end in (of_range.low, of_range.high) if end is not None]
    return " to ".join(map(in_words, ends))


def sentence(dosage: Any) -> str:
    """A regimen in one line, read from fhir.resources' own objects."""
    (amount,) = dosage.doseAndRate
    said = [dosage.route.text, ends_in_words("dose", amount)]
    said.append(ends_in_words("rate", amount))
    repeat = dosage.timing.repeat
    if repeat.frequency is not None:
        most = f"-{repeat.frequencyMax}" if repeat.frequencyMax else ""
        said.append(f"{repeat.frequency}{most} in {repeat.period} {repeat.periodUnit}")
    if repeat.frequency__ext is not None:
        (reason,) = repeat.frequency__ext.extension
        said.append(f"number of doses {reason.valueCode}")
    bounds = ends_in_words("bounds", repeat)
    said.append(f"for {bounds}" if bounds else "")
    once = dosage.maxDosePerAdministration
    said.append(f"at most {in_words(once)} at once" if once else "")
    said += [
        f"at most {in_words(ratio.numerator)} in {ratio.denominator.code}"
        for ratio in dosage.maxDosePerPeriod or []
    ]
    return ", ".join(filter(None, said))


REGIMENS = [
    ("ra-sc", "subcutaneous, 100 mg, 1 in 1 d"),
    ("behcet-sc", "subcutaneous, 100 mg, 1 in 1 d"),
    ("behcet-sc", "subcutaneous, 200 mg, 1 in 1 d"),
    ("css-sc", "subcutaneous, 2 mg/kg/d to 10 mg/kg/d, 2-4 in 1 d"),
    ("css-iv", "intravenous infusion, 2 mg/kg/h, for 72 h"),
    ("covid-19-sc", "subcutaneous, 100 mg, 1 in 1 d, for 10 d"),
    (
        "nomid-sc",
        "subcutaneous, 1 mg/kg/d to 2 mg/kg/d, number of doses unknown, "
        "at most 8 mg/kg in d",
    ),
    (
        "dira-sc",
        "subcutaneous, 1 mg/kg/d to 2 mg/kg/d, 1 in 1 d, at most 8 mg/kg in d",
    ),
    ("pericarditis-sc", "subcutaneous, 100 mg, 1 in 1 d, for 6 mo"),
    ("fmf-adult-sc", "subcutaneous, 100 mg, 1 in 1 d"),
    ("fmf-pediatric-sc", "subcutaneous, 1 mg/kg to 2 mg/kg, 1 in 1 d"),
    ("gout-sc", "subcutaneous, 100 mg, 1 in 1 d, for 3 d to 5 d"),
    ("stills-sc", "subcutaneous, 100 mg, 1 in 1 d"),
    ("pjia-sc", "subcutaneous, 1 mg/kg, 1 in 1 d, at most 100 mg at once"),
    (
        "mis-c-sc",
        "subcutaneous, 5 mg/kg/d to 10 mg/kg/d, number of doses unknown",
    ),
    (
        "mis-c-iv",
        "intravenous injection, 5 mg/kg/d to 10 mg/kg/d, number of doses unknown",
    ),
]


def test_a_library_nobody_here_wrote_reads_the_bundle_and_says_every_regimen(
    document: Document,
) -> None:
    whole: Any = Bundle.model_validate_json(as_json(bundle(document, FACTS)))
    knowledge = whole.entry[1].resource
    said = [
        (line.id, sentence(dosage))
        for guideline in knowledge.indicationGuideline
        for line in guideline.dosingGuideline
        for typed in line.dosage
        for dosage in typed.dosage
    ]
    assert said == REGIMENS
    assert {key for key, _ in said} == {row["key"] for row in document["regimens"]}
    indications = [
        entry.resource.indication.diseaseSymptomProcedure.concept.text
        for entry in whole.entry
        if getattr(entry.resource, "indication", None) is not None
    ]
    assert indications == [row["name"] for row in document["indications"]]


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
    assert ends(dose.doses[0].mg) == expected == (200, 200)


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
TOLD_IN_THE_DOSAGE = {
    "key",
    "printed",
    "text",
    "indication",
    "route",
    "population",
    "basis",
    "low",
    "high",
    "doses_per_day_low",
    "doses_per_day_high",
    "every_days",
    "increase_to",
    "max_per_dose",
    "max_per_dose_unit",
    "max_per_day",
    "max_per_day_unit",
    "maximum_source",
    "duration_low",
    "duration_high",
    "duration_unit",
    "duration_words",
    # Told if they are there.
    "phase",
    "from_weight_kg",
    "below_weight_kg",
    "from_age_months",
}
IN_THE_TEXT_ALONE = {"divided", "revised_on"}


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
        assert dosage["text"] == row["text"]


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
    assert "8 mg daily" in cautions["printed-maximum-disputed"]
    assert "8 mg per kg daily" in cautions["printed-maximum-disputed"]
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


def test_kawasaki_disease_is_an_indication_without_a_dosing_guideline(
    document: Document,
) -> None:
    whole = sent(document)
    (knowledge,) = of_type(whole, "MedicationKnowledge")
    guided = {
        reference["reference"]["reference"]
        for guideline in knowledge["indicationGuideline"]
        for reference in guideline["indication"]
    }
    indications = {
        f"ClinicalUseDefinition/{each['id']}"
        for each in of_type(whole, "ClinicalUseDefinition")
        if each["type"] == "indication"
    }
    assert indications - guided == {
        "ClinicalUseDefinition/anakinra.indication.kawasaki"
    }


@pytest.mark.parametrize(
    ("kind", "section"),
    [
        ("indication", "indications"),
        ("contraindication", "contraindications"),
        ("warning", "warnings"),
        ("undesirable-effect", "adverse_reactions"),
    ],
)
def test_each_row_is_a_clinical_use_definition(
    document: Document, kind: str, section: str
) -> None:
    uses = of_type(sent(document), "ClinicalUseDefinition")
    found = [each for each in uses if each["type"] == kind]
    assert len(found) == len(document[section]) > 0
    for use, row in zip(found, document[section], strict=True):
        assert use["extension"][0]["valueString"] == row["printed"]
        assert row.get("text", row.get("name")) in json.dumps(use, ensure_ascii=False)


def test_an_adverse_reaction_says_how_often_and_in_whom(document: Document) -> None:
    uses = {
        each["id"]: each for each in of_type(sent(document), "ClinicalUseDefinition")
    }
    headache = uses["anakinra.undesirable-effect.nomid-headache"]["undesirableEffect"]
    assert headache["symptomConditionEffect"]["concept"]["text"] == "Headache"
    assert headache["frequencyOfOccurrence"]["text"] == "10% or more in NOMID"


def test_product_storage_monitoring_and_packages_are_those_of_the_guide(
    document: Document,
) -> None:
    (knowledge,) = of_type(sent(document), "MedicationKnowledge")
    (ingredient,) = knowledge["definitional"]["ingredient"]
    strength = ingredient["strengthRatio"]
    assert strength["numerator"]["value"] == 100
    assert strength["denominator"] == {
        "value": Decimal("0.67"),
        "unit": "mL",
        "system": UCUM,
        "code": "mL",
    }
    (storage,) = knowledge["storageGuideline"]
    (temperature,) = storage["environmentalSetting"]
    assert temperature["valueRange"]["low"]["value"] == 2
    assert temperature["valueRange"]["high"]["value"] == 8
    assert knowledge["monitoringProgram"][0]["name"] == "Neutrophil count"
    packages = [
        one["packagedProduct"]["identifier"]["value"] for one in knowledge["packaging"]
    ]
    assert packages == ["66658-234-07", "66658-234-28"]


def test_several_preparations_have_a_strength_each(document: Document) -> None:
    (first,) = document["preparations"]
    vial = first | {"key": "vial", "name": "vial", "strength_mg": "0.5"}
    document["preparations"].append(vial)
    (knowledge,) = of_type(sent(document), "MedicationKnowledge")
    strengths = [
        (one["id"], one["strengthRatio"]["numerator"]["value"])
        for one in knowledge["definitional"]["ingredient"]
    ]
    assert strengths == [("prefilled-syringe", 100), ("vial", Decimal("0.5"))]


def line_like(document: Document, key: str, **fields: Any) -> dict[str, Any]:
    (row,) = (row for row in document["regimens"] if row["key"] == key)
    made = dosing_guideline(document, row | fields, PUBLIC_ORIGIN)
    assert isinstance(made, dict)
    return made


def test_a_dose_every_28_days_has_that_period(document: Document) -> None:
    repeat = dosage_of(line_like(document, "ra-sc", every_days=28))["timing"]["repeat"]
    assert repeat == {"frequency": 1, "period": 28, "periodUnit": "d"}


def test_a_daily_amount_with_days_between_is_left_to_the_text(
    document: Document,
) -> None:
    dosage = dosage_of(line_like(document, "css-sc", every_days=7))
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


# Codes, units, numbers


def test_every_quantity_is_in_a_unit_of_ucum(document: Document) -> None:
    quantities = [part for part in parts(sent(document)) if "unit" in part]
    assert len(quantities) > 30
    for part in quantities:
        assert part["system"] == UCUM
        assert part["code"] in CODES["ucum_common"]


def test_ucum_has_a_code_for_every_unit_that_a_line_may_have() -> None:
    assert set(UCUM_CODES.values()) <= set(CODES["ucum_common"])
    amounts = [str(basis).removesuffix("/dose") for basis in Regimen.Basis]
    units = [*amounts, *map(str, Regimen.MaximumUnit), *map(str, Regimen.DurationUnit)]
    assert set(units) <= set(UCUM_CODES)
    with pytest.raises(KeyError):
        quantity("1", "drops")


@given(
    st.decimals(min_value=0, max_value=99999, places=4, allow_nan=False)
    | st.decimals(min_value=0, max_value=10**9, places=0, allow_nan=False)
)
def test_a_number_is_sent_with_its_own_digits(amount: Decimal) -> None:
    text = plain_number(amount)
    assert json.dumps(number(text)) == text


@pytest.mark.parametrize("text", ["1e2", "1E2", "0.10", "1,000", ".5", "nan"])
def test_a_number_that_would_be_sent_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text[0]):
        number(text)


def test_no_number_has_an_exponent_or_binary_noise(document: Document) -> None:
    text = as_json(bundle(document, FACTS))
    values = re.findall(r'"value":([^,}"]+)', text)
    assert "0.67" in values
    assert "100" in values
    assert [one for one in values if not re.fullmatch(r"\d+(\.\d{1,4})?", one)] == []


@pytest.mark.parametrize("state", STATES)
def test_bound_codes_are_hl7s_own(document: Document, state: str) -> None:
    systems = CODES["code_systems"]
    whole = sent(document, state=state)
    (composition,) = of_type(whole, "Composition")
    (knowledge,) = of_type(whole, "MedicationKnowledge")
    assert whole["type"] in systems[f"{HL7}/bundle-type"]
    assert composition["status"] in systems[f"{HL7}/composition-status"]
    statuses = systems[f"{HL7}/CodeSystem/medicationknowledge-status"]
    assert knowledge["status"] in statuses
    for use in of_type(whole, "ClinicalUseDefinition"):
        assert use["type"] in systems[f"{HL7}/clinical-use-definition-type"]
        (status,) = use["status"]["coding"]
        assert status["code"] in systems[status["system"]]
    for part in parts(whole):
        if part.get("url") == f"{HL7}/StructureDefinition/data-absent-reason":
            reasons = systems[
                "http://terminology.hl7.org/CodeSystem/data-absent-reason"
            ]
            assert part["valueCode"] in reasons
        if "div" in part:
            assert part["status"] in systems[f"{HL7}/narrative-status"]


def test_the_status_is_that_of_the_editions_state(document: Document) -> None:
    found = {}
    for state in STATES:
        whole = sent(document, state=state)
        found[state] = (
            of_type(whole, "MedicationKnowledge")[0]["status"],
            of_type(whole, "Composition")[0]["status"],
            of_type(whole, "ClinicalUseDefinition")[0]["status"]["coding"][0]["code"],
        )
    assert found == {
        "published": ("active", "final", "active"),
        "superseded": ("inactive", "deprecated", "retired"),
        "withdrawn": ("entered-in-error", "entered-in-error", "retired"),
    }


def test_the_interactions_and_issues_of_the_server_are_hl7s_own() -> None:
    systems = CODES["code_systems"]
    (rest,) = capability_statement(PUBLIC_ORIGIN)["rest"]
    for resource in rest["resource"]:
        for interaction in resource["interaction"]:
            assert interaction["code"] in systems[f"{HL7}/restful-interaction"]
    for code in ("not-found", "not-supported", "invalid", "required", "transient"):
        (issue,) = operation_outcome(code, "Why.")["issue"]
        assert issue["code"] in systems[f"{HL7}/issue-type"]
        assert issue["severity"] in systems[f"{HL7}/issue-severity"]


def codes_in(whole: dict[str, Any]) -> set[tuple[str, str]]:
    found = [part for part in parts(whole) if {"system", "code"} <= set(part)]
    identifiers = [part for part in parts(whole) if {"system", "value"} <= set(part)]
    return {(one["system"], one["code"]) for one in found if "unit" not in one} | {
        (one["system"], one["value"]) for one in identifiers if "unit" not in one
    }


def test_certain_codes_are_told_and_unverified_ones_never(document: Document) -> None:
    values = {value for _, value in codes_in(sent(document))}
    known = {"NDC", "ATC", "CAS", "ICD-10-CM", "SNOMED CT", "RxNorm"}
    certain = {
        row["value"]
        for row in document["codes"]
        if row["certainty"] == "high" and row["system"] in known
    }
    unverified = {
        row["value"] for row in document["codes"] if row["certainty"] != "high"
    }
    assert certain <= values
    assert "727711" in unverified
    assert not unverified & values
    assert "727711" not in as_json(bundle(document, FACTS))


VERHOEFF_PRODUCT = [
    [
        (i + j) % 5
        if i < 5 and j < 5
        else (i + j) % 5 + 5
        if i < 5
        else (i - j) % 5 + 5
        if j < 5
        else (i - j) % 5
        for j in range(10)
    ]
    for i in range(10)
]
VERHOEFF_STEP = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def passes_check_digit(code: str) -> bool:
    """Whether a SNOMED CT code ends with the digit that Verhoeff's scheme gives it."""
    check = 0
    for place, digit in enumerate(reversed(code)):
        moved = int(digit)
        for _ in range(place % 8):
            moved = VERHOEFF_STEP[moved]
        check = VERHOEFF_PRODUCT[check][moved]
    return check == 0


def test_snomed_codes_pass_their_check_digit(document: Document) -> None:
    snomed = {
        code for system, code in codes_in(sent(document)) if system.endswith("/sct")
    }
    assert snomed >= {code for code, _ in ROUTE_CODES.values()}
    assert all(map(passes_check_digit, snomed))
    assert not passes_check_digit("34206006")
    assert not passes_check_digit("43206005")


# Ids, references, words


def test_ids_are_unique_and_every_reference_is_answered(document: Document) -> None:
    whole = sent(document)
    urls = [entry["fullUrl"] for entry in whole["entry"]]
    assert len(set(urls)) == len(urls)
    for entry in whole["entry"]:
        resource = entry["resource"]
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", resource["id"])
        path = f"{resource['resourceType']}/{resource['id']}"
        assert entry["fullUrl"] == f"{PUBLIC_ORIGIN}/fhir/{path}"
        assert resource["meta"]["versionId"] == "1"
    references = {
        part["reference"]
        for part in parts(whole)
        if isinstance(part.get("reference"), str)
    }
    assert {f"{PUBLIC_ORIGIN}/fhir/{one}" for one in references} <= set(urls)
    used = {
        part["url"]
        for part in parts(whole)
        if part.get("url", "").startswith(PUBLIC_ORIGIN)
    }
    definitions = (structure_definition(PUBLIC_ORIGIN, name) for name in EXTENSIONS)
    assert used == {each["url"] for each in definitions if each is not None}


@given(st.text("-_aZ09", min_size=1, max_size=50))
def test_an_id_fits_whatever_the_slug_and_key(slug: str) -> None:
    made = resource_id(slug, "undesirable-effect", slug + "a" * 10)
    assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", made)
    assert made.partition(".")[0] == owner_id(slug)


def test_long_ids_that_begin_alike_stay_apart() -> None:
    long = "a" * 40
    assert owner_id(f"{long}b") != owner_id(f"{long}c")
    kinds = [resource_id("drug", "warning", f"{'a' * 55}{end}") for end in "bc"]
    assert kinds[0] != kinds[1]
    assert resource_id("a_b", "warning", "x") != resource_id("a-b", "warning", "x")


def test_narratives_are_xhtml_with_everything_escaped(document: Document) -> None:
    nasty = "<script>alert(1)</script> & \x0b\x00 less < more"
    for section in ("warnings", "indications", "regimens", "adverse_reactions"):
        for row in document[section]:
            row |= {name: nasty for name in ("text", "name", "printed") if name in row}
    document["edition"]["overview"] = nasty
    whole = sent(document)
    divs = [part["div"] for part in parts(whole) if "div" in part]
    assert len(divs) > len(document["warnings"])
    for div in divs:
        root = ElementTree.fromstring(div)
        assert "".join(root.itertext()).strip()
        tags = {element.tag for element in root.iter()}
        assert tags == {
            f"{{http://www.w3.org/1999/xhtml}}{tag}" for tag in ("div", "p")
        }
    assert [error.message for error in validator().iter_errors(whole)] == []


def test_the_composition_ties_every_section_to_its_resources(
    document: Document,
) -> None:
    whole = sent(document)
    composition = whole["entry"][0]["resource"]
    assert composition["resourceType"] == "Composition"
    titles = [section["title"] for section in composition["section"]]
    assert titles[0] == "Introduction"
    assert titles[-1] == "Disclaimer"
    assert "Warnings and precautions" in titles
    referred = {
        entry["reference"]
        for section in composition["section"]
        for entry in section.get("entry", [])
    }
    assert referred == {
        f"{each['resourceType']}/{each['id']}"
        for kind in ("MedicationKnowledge", "ClinicalUseDefinition")
        for each in of_type(whole, kind)
    }
    for row in document["regimens"]:
        assert row["printed"].replace("'", "&#x27;") in json.dumps(
            composition, ensure_ascii=False
        )
