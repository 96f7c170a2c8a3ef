"""An edition as FHIR R5: what HL7's schema and other people's programs take.

Its doses are in tests/exports/test_fhir_dosage.py, how it is asked for in
tests/exports/test_fhir_addresses.py.
"""

import json
import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from fhir.resources import get_fhir_model_class
from fhir.resources.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st

from reference.dosing.quantities import plain_number
from reference.editions import Document
from reference.exports import as_json, operation_outcome
from reference.exports.fhir.bundle import bundle
from reference.exports.fhir.datatypes import (
    UCUM,
    UCUM_CODES,
    number,
    owner_id,
    quantity,
    resource_id,
)
from reference.exports.fhir.dosage import ROUTE_CODES
from reference.exports.fhir.extensions import EXTENSIONS, structure_definition
from reference.exports.fhir.parameters import Parameters
from reference.exports.fhir.server import capability_statement, search_set
from reference.models import Regimen
from tests.conftest import PUBLIC_ORIGIN
from tests.exports.fhir_bundle import (
    BESIDE,
    FACTS,
    STATES,
    in_state,
    of_type,
    parts,
    sent,
    validator,
)
from tests.support.tables import each_row, table

CODES = json.loads((BESIDE / "r5.codes.json").read_text())
HL7 = "http://hl7.org/fhir"


# What others' programs make of it


@pytest.mark.parametrize("state", STATES)
def test_hl7s_own_schema_takes_the_bundle(document: Document, state: str) -> None:
    whole = json.loads(as_json(bundle(document, in_state(state))))
    assert [error.message for error in validator().iter_errors(whole)] == []


def test_the_schema_refuses_what_is_not_r5(document: Document) -> None:
    whole = json.loads(as_json(bundle(document, FACTS)))
    knowledge = whole["entry"][1]["resource"]
    del knowledge["indicationGuideline"][0]["dosingGuideline"][0]["dosage"][0]["type"]
    assert not validator().is_valid(whole)


ASKED = Parameters((("code", "1"), ("name", "x")), frozenset({"code"}), is_search=True)


def everything_else() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        capability_statement(PUBLIC_ORIGIN),
        operation_outcome("not-found", "There is none."),
        search_set([], origin=PUBLIC_ORIGIN, asked=ASKED),
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


REGIMENS = table(__file__, "What the library says of every regimen")


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


# The resources


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


@each_row("kind", "section")
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


# Codes, units, numbers


def test_every_quantity_is_in_a_unit_of_ucum(document: Document) -> None:
    quantities = [part for part in parts(sent(document)) if "unit" in part]
    assert len(quantities) > 30
    for part in quantities:
        assert part["system"] == UCUM
        assert part["code"] in CODES["ucum_common"]


def test_ucum_has_a_code_for_every_unit_that_a_line_may_have() -> None:
    # UCUM's grammar has it, and the list of common codes has not.
    assert set(UCUM_CODES.values()) - {"mg/m2/d"} <= set(CODES["ucum_common"])
    amounts = [str(basis).removesuffix("/dose") for basis in Regimen.Basis]
    units = [*amounts, *map(str, Regimen.MaximumUnit), *map(str, Regimen.DurationUnit)]
    # A number of doses is a count, and no quantity.
    assert {*units} - {"doses"} <= set(UCUM_CODES)
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


def dihedral_product(a: int, b: int) -> int:
    """The product in the group of the ten symmetries of a pentagon."""
    if a < 5:
        return (a + b) % 5 + (b // 5 * 5)
    return (a - b) % 5 + (5 - b // 5 * 5)


def passes_check_digit(code: str) -> bool:
    """Whether a SNOMED CT code ends with the digit that Verhoeff's scheme gives it."""
    check = 0
    for place, digit in enumerate(map(int, reversed(code))):
        for _ in range(place % 8):
            digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
        check = dihedral_product(check, digit)
    return check == 0


def test_snomed_codes_pass_their_check_digit(document: Document) -> None:
    """Those of the edition, certain or not, and those that its routes are sent with."""
    snomed = {
        code for system, code in codes_in(sent(document)) if system.endswith("/sct")
    }
    assert snomed >= {code for code, _ in ROUTE_CODES.values()}
    of_the_edition = {
        row["value"] for row in document["codes"] if row["system"] == "SNOMED CT"
    }
    assert of_the_edition
    assert all(map(passes_check_digit, snomed | of_the_edition))
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
    assert used == {each["url"] for each in definitions if each is not None} - {
        f"{PUBLIC_ORIGIN}/fhir/StructureDefinition/dosing-days"  # no line lists days
    }


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
