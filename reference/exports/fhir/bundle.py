"""An edition as a FHIR R5 document: a Bundle of its Composition and the rest.

How the site answers as a FHIR server is in server.py.
"""

import json

from .clinical_use import clinical_uses
from .composition import composition
from .datatypes import Document, Element
from .facts import EditionFacts
from .knowledge import address_identifier, medication_knowledge


def resources(document: Document, facts: EditionFacts) -> list[Element]:
    """Return every resource of an edition, the Composition first."""
    return [
        composition(document, facts),
        medication_knowledge(document, facts),
        *clinical_uses(document, facts),
    ]


def bundle(document: Document, facts: EditionFacts) -> Element:
    """Return the edition as one document, for its permanent address."""
    return {
        "resourceType": "Bundle",
        "identifier": address_identifier(facts),
        "type": "document",
        "timestamp": facts.published_at.isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": full_url(resource, facts.origin), "resource": resource}
            for resource in resources(document, facts)
        ],
    }


def full_url(resource: Element, origin: str) -> str:
    """Return the address at which a resource is read."""
    return f"{origin}/fhir/{resource['resourceType']}/{resource['id']}"


def as_json(resource: Element, *, is_pretty: bool = False) -> str:
    """Return a resource as it is sent; for people, with line breaks."""
    if is_pretty:
        return json.dumps(resource, ensure_ascii=False, indent=2)
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
