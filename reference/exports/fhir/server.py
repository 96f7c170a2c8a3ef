"""How the site speaks as a FHIR server: what it offers, finds, and says went wrong."""

from collections.abc import Sequence
from typing import Any

from .bundle import full_url
from .datatypes import Element
from .parameters import Parameters

FHIR_VERSION = "5.0.0"
# When what the server offers last changed; no matter when it was built or asked.
OFFERED_SINCE = "2026-11-30"
READABLE = ("ClinicalUseDefinition", "Composition", "MedicationKnowledge")
SEARCHED = "MedicationKnowledge"
NOT_FOR_R4 = (
    "Each resource is a view of one edition of a guide, and its version is the number "
    "of that edition. R5 is for trial use and has no R4 twin here."
)
CODE_DOCUMENTATION = (
    "One code or several with commas between, each as system|value or as value. Finds "
    "only editions in force, and only by codes that are certain."
)


def operation_outcome(code: str, text: str, severity: str = "error") -> Element:
    """Return an error as FHIR says it; code is one of its issue types."""
    issue = {"severity": severity, "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def search_set(found: Sequence[Element], *, origin: str, asked: Parameters) -> Element:
    """Return what a search found, each of it a match, and what of it was ignored."""
    address = f"{origin}/fhir/{SEARCHED}"
    links = [{"relation": "self", "url": f"{address}?{asked.query}"}]
    last = len(found) if asked.page_size is None else asked.first + asked.page_size
    entries: list[Element] = []
    if not asked.is_count_alone:
        entries = [_match(each, origin) for each in found[asked.first : last]]
        if last < len(found):
            further = f"{address}?{asked.query_of_next}"
            links.append({"relation": "next", "url": further})
        entries += _ignored(asked)
    answer: Element = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": links,
    }
    return answer | ({"entry": entries} if entries else {})


def _match(resource: Element, origin: str) -> Element:
    return {
        "fullUrl": full_url(resource, origin),
        "resource": resource,
        "search": {"mode": "match"},
    }


def _ignored(asked: Parameters) -> list[Element]:
    """Return what says which parameters were not honored, if there were any."""
    if not asked.ignored:
        return []
    text = f"Not honored, and so ignored: {', '.join(asked.ignored)}."
    outcome = operation_outcome("not-supported", text, severity="warning")
    return [{"resource": outcome, "search": {"mode": "outcome"}}]


def capability_statement(origin: str) -> Element:
    """Return what the server offers, and nothing that it does not."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{origin}/fhir/metadata",
        "status": "active",
        "date": OFFERED_SINCE,
        "kind": "instance",
        "implementation": {
            "description": f"Biologic reference guides. {NOT_FOR_R4}",
            "url": f"{origin}/fhir",
        },
        "fhirVersion": FHIR_VERSION,
        "format": ["json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Read only. Nothing is kept of who asks.",
                "resource": [
                    *map(_offered, READABLE),
                    # The definitions of the site's own extensions.
                    {"type": "StructureDefinition", "interaction": [{"code": "read"}]},
                ],
            }
        ],
    }


def _offered(kind: str) -> Element:
    offered: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "vread"}],
        "versioning": "versioned",
        "readHistory": True,
        "conditionalRead": "not-match",
    }
    if kind == SEARCHED:
        offered["interaction"].append({"code": "search-type"})
        offered["searchParam"] = [
            {"name": "code", "type": "token", "documentation": CODE_DOCUMENTATION}
        ]
    return offered
