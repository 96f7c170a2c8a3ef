"""Indications, contraindications, warnings and adverse reactions for FHIR.

One ClinicalUseDefinition each; doses are in dosage.py.
"""

from collections.abc import Iterator

from reference.exports.code_systems import codes_told, coding, in_words

from .datatypes import (
    Document,
    Element,
    Row,
    concept,
    narrative,
    plain_text,
    resource_id,
    without_empty,
)
from .extensions import extension
from .facts import PUBLICATION_STATUS, EditionFacts

# Each type of FHIR's, with the section of the document that it is made from.
SECTION_OF = {
    "indication": "indications",
    "contraindication": "contraindications",
    "warning": "warnings",
    "undesirable-effect": "adverse_reactions",
}
STATUSES = "http://hl7.org/fhir/publication-status"


def clinical_uses(document: Document, facts: EditionFacts) -> Iterator[Element]:
    """Yield a resource for each row of the four sections, in printed order."""
    for kind, section in SECTION_OF.items():
        for row in document[section]:
            yield _clinical_use(document, facts, kind, row)


def reference_to(document: Document, kind: str, row: Row) -> Element:
    """Return a relative reference to the resource of a row."""
    found = resource_id(document["drug"]["slug"], kind, row["key"])
    return {"reference": f"ClinicalUseDefinition/{found}"}


def indication_concept(document: Document, row: Row) -> Element:
    """Return an indication in the guide's words, with the codes that are certain."""
    return concept(row["name"], map(coding, codes_told(document, row["key"])))


def _clinical_use(
    document: Document, facts: EditionFacts, kind: str, row: Row
) -> Element:
    slug, printed = document["drug"]["slug"], plain_text(row["printed"])
    status = {"system": STATUSES, "code": PUBLICATION_STATUS[facts.state]}
    drug = f"{document['drug']['generic_name']} ({document['drug']['brand_name']})"
    body = {
        "indication": _indication,
        "contraindication": _contraindication,
        "warning": _warning,
        "undesirable-effect": _undesirable_effect,
    }[kind]
    return without_empty(
        {
            "resourceType": "ClinicalUseDefinition",
            "id": resource_id(slug, kind, row["key"]),
            "meta": {"versionId": str(document["edition"]["number"])},
            "extension": [extension(facts.origin, "printed-line", value=printed)]
            if printed
            else [],
            "type": kind,
            "subject": [{"type": "Medication", "display": drug}],
            "status": concept(facts.state_in_words, [status]),
            **body(document, row),
        }
    )


def _indication(document: Document, row: Row) -> Element:
    said = f"{row['name']}: {row['status']}."
    return {
        "text": narrative(
            said, row["status_note"], *map(in_words, codes_told(document, row["key"]))
        ),
        "category": [concept(row["status"])],
        "indication": {
            "diseaseSymptomProcedure": {"concept": indication_concept(document, row)}
        },
    }


def _contraindication(document: Document, row: Row) -> Element:
    return {
        "text": narrative(row["text"]),
        "contraindication": {
            "diseaseSymptomProcedure": {"concept": concept(row["text"])}
        },
    }


def _warning(document: Document, row: Row) -> Element:
    return {
        "text": narrative(row["text"]),
        "warning": {"description": plain_text(row["text"])},
    }


def _undesirable_effect(document: Document, row: Row) -> Element:
    (group,) = (
        group
        for group in document["adverse_reaction_groups"]
        if group["key"] == row["group"]
    )
    frequency = f"{group['threshold_percent']}% or more in {group['population']}"
    return {
        "text": narrative(f"{row['name']}: {frequency}.", group["note"]),
        "undesirableEffect": {
            "symptomConditionEffect": {"concept": concept(row["name"])},
            "frequencyOfOccurrence": concept(frequency),
        },
    }
