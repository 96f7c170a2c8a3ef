"""A monograph as FHIR's MedicationKnowledge: codes, lines, product, storage, tests.

What a reader is warned of is in clinical_use.py.
"""

from collections.abc import Iterator

from reference.exports.code_systems import codes_told, coding, in_words, is_package

from .clinical_use import SECTION_OF, indication_concept, reference_to
from .datatypes import (
    Document,
    Element,
    Row,
    concept,
    narrative,
    owner_id,
    plain_text,
    quantity,
    quantity_range,
    without_empty,
)
from .dosage import dosing_guideline, route
from .facts import KNOWLEDGE_STATUS, EditionFacts


def medication_knowledge(document: Document, facts: EditionFacts) -> Element:
    """Return the resource of a whole edition. Raises KeyError for an unknown unit."""
    drug, edition = document["drug"], document["edition"]
    codes = list(codes_told(document))
    return without_empty(
        {
            "resourceType": "MedicationKnowledge",
            "id": owner_id(drug["slug"]),
            "meta": {"versionId": str(edition["number"])},
            "text": narrative(
                f"{edition['printed_title']}. Edition {edition['number']}, "
                f"{edition['label']}: {facts.state_in_words}. {facts.address}",
                drug["mechanism"],
                *(line["text"] for line in document["regimens"]),
                *map(in_words, codes),
            ),
            "identifier": [address_identifier(facts)],
            "code": concept(drug["generic_name"], map(coding, codes)),
            "status": KNOWLEDGE_STATUS[facts.state],
            "author": author(document),
            "intendedJurisdiction": [concept(edition["jurisdiction"])],
            "name": [drug["generic_name"], drug["brand_name"]],
            "preparationInstruction": _administration(document),
            "monitoringProgram": [
                {"type": concept(row["text"]), "name": plain_text(row["name"])}
                for row in document["monitoring"]
            ],
            "indicationGuideline": list(_guidelines(document, facts)),
            "medicineClassification": list(_classes(document, codes)),
            "packaging": [_package(row) for row in codes if is_package(row)],
            "clinicalUseIssue": [
                reference_to(document, kind, row)
                for kind, section in SECTION_OF.items()
                if kind != "indication"
                for row in document[section]
            ],
            "storageGuideline": list(map(_storage, document["storage"])),
            "definitional": _definition(document, codes),
        }
    )


def address_identifier(facts: EditionFacts) -> Element:
    """Return the edition's permanent address as an identifier."""
    return {"system": "urn:ietf:rfc:3986", "value": facts.address}


def author(document: Document) -> Element:
    """Return who issues the guide, who has no resource of their own."""
    edition = document["edition"]
    names = filter(None, (edition["issuer"], edition["publisher"]))
    return {"type": "Organization", "display": plain_text(", ".join(names))}


def _administration(document: Document) -> str:
    said: dict[str, list[str]] = {}
    for row in document["administration"]:
        said.setdefault(row["route"], []).append(plain_text(row["text"]))
    return "\n\n".join(
        f"{name.capitalize()}: {'; '.join(texts)}." for name, texts in said.items()
    )


def _guidelines(document: Document, facts: EditionFacts) -> Iterator[Element]:
    """Yield the dosing of each indication that has any."""
    for row in document["indications"]:
        lines = [
            dosing_guideline(document, line, facts.origin)
            for line in document["regimens"]
            if line["indication"] == row["key"]
        ]
        if lines:
            told = {"concept": indication_concept(document, row)}
            told["reference"] = reference_to(document, "indication", row)
            yield {"indication": [told], "dosingGuideline": lines}


def _classes(document: Document, codes: list[Row]) -> Iterator[Element]:
    if document["drug"]["drug_class"]:
        yield {
            "type": concept("drug class"),
            "classification": [concept(document["drug"]["drug_class"])],
        }
    atc = [row for row in codes if row["system"] == "ATC"]
    if atc:
        named = [concept(row["meaning"], [coding(row)]) for row in atc]
        yield {"type": concept("ATC"), "classification": named}


def _package(row: Row) -> Element:
    product = {
        "type": "PackagedProductDefinition",
        "identifier": {"system": coding(row)["system"], "value": row["value"]},
        "display": plain_text(row["meaning"]),
    }
    return {"packagedProduct": without_empty(product)}


def _storage(row: Row) -> Element:
    low, high = row["low_celsius"], row["high_celsius"]
    temperature = {
        "type": concept("temperature"),
        "valueRange": quantity_range(low, high, "°C"),
    }
    return without_empty(
        {
            "note": [{"text": plain_text(row["text"])}],
            "environmentalSetting": [temperature] if temperature["valueRange"] else [],
        }
    )


def _strength(row: Row) -> Element:
    """Return mg in mL as a ratio, or the mg of a tablet, which has no volume."""
    amount = quantity(row["strength_mg"], "mg")
    if row["strength_ml"] is None:
        return {"strengthQuantity": amount}
    volume = quantity(row["strength_ml"], "mL")
    return {"strengthRatio": {"numerator": amount, "denominator": volume}}


def _definition(document: Document, codes: list[Row]) -> Element:
    """Return what is supplied, each preparation with its strength."""
    substance = concept(
        document["drug"]["generic_name"],
        (coding(row) for row in codes if row["system"] == "CAS"),
    )
    routes = dict.fromkeys(line["route"] for line in document["regimens"])
    return without_empty(
        {
            "intendedRoute": [route(name) for name in routes],
            "ingredient": [
                {
                    "id": row["key"],
                    "item": {"concept": substance},
                    **_strength(row),
                }
                for row in document["preparations"]
            ],
            "drugCharacteristic": [
                {"type": concept(row["name"]), "valueString": plain_text(row["text"])}
                for row in document["preparations"]
            ],
        }
    )
