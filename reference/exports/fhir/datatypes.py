"""The small parts of FHIR R5 that its resources are made of.

Units are UCUM's, numbers exact, texts what the guide says.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

# An edition's canonical document, one of its rows, and what FHIR is told of them.
Document = Mapping[str, Any]
Row = Mapping[str, Any]
Element = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
# The guide's words for a unit, with UCUM's code for it.
UCUM_CODES = {
    "mg": "mg",
    "mg/kg": "mg/kg",
    "mg/kg/day": "mg/kg/d",
    "mg/kg/hour": "mg/kg/h",
    "mg/m2": "mg/m2",
    "mg/m2/day": "mg/m2/d",
    "microgram": "ug",
    "microgram/kg": "ug/kg",
    "microgram/kg/day": "ug/kg/d",
    "microgram/kg/hour": "ug/kg/h",
    "mL": "mL",
    "kg": "kg",
    "°C": "Cel",
    "hours": "h",
    "day": "d",
    "days": "d",
    "weeks": "wk",
    "months": "mo",
}
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
XHTML = "http://www.w3.org/1999/xhtml"
LONGEST_OWNER, LONGEST_ID, DIGEST = 32, 64, 12
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9-]")
# XML 1.0 has no way to write these, and a FHIR string may not hold them.
NOT_IN_A_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def number(text: str) -> int | float:
    """Return a plain decimal for JSON, which then writes the same digits again.

    Raises ValueError for one that it would write in another way.
    """
    value = float(text) if "." in text else int(text)
    if repr(value) != text:
        raise ValueError(f"{text} cannot be written exactly")
    return value


def quantity(amount: str | int, unit: str) -> Element:
    """Return an amount with its unit. Raises KeyError for a unit UCUM is not told."""
    return {
        "value": number(str(amount)),
        "unit": unit,
        "system": UCUM,
        "code": UCUM_CODES[unit],
    }


def quantity_range(low: str | int | None, high: str | int | None, unit: str) -> Element:
    """Return the ends that are given, with their unit."""
    ends = {"low": low, "high": high}
    return {name: quantity(end, unit) for name, end in ends.items() if end is not None}


def concept(text: str, codings: Iterable[Element] = ()) -> Element:
    """Return a concept in the guide's words, with its codes."""
    return without_empty({"coding": list(codings), "text": plain_text(text)})


def absent(reason: str) -> Element:
    """Return an element that says why it has no value."""
    return {"extension": [{"url": DATA_ABSENT, "valueCode": reason}]}


def plain_text(text: str) -> str:
    """Return text as a FHIR string may hold it."""
    return NOT_IN_A_TEXT.sub("\ufffd", text).strip()


def narrative(*paragraphs: str) -> Element:
    """Return the paragraphs as XHTML, each escaped; those without words are left out.

    Raises ValueError where nothing is left, since a narrative is never empty.
    """
    lines = [escape(said) for said in map(plain_text, paragraphs) if said]
    if not lines:
        raise ValueError("a narrative has words")
    body = "".join(f"<p>{line}</p>" for line in lines)
    return {"status": "additional", "div": f'<div xmlns="{XHTML}">{body}</div>'}


def without_empty(element: Mapping[str, Any]) -> Element:
    """Return the element without what is empty, which FHIR does not allow."""
    return {
        name: value
        for name, value in element.items()
        if value is not None and value not in ("", [], {})
    }


def owner_id(slug: str) -> str:
    """Return what the ids of a drug's resources begin with: its slug if that fits."""
    if len(slug) <= LONGEST_OWNER and not NOT_IN_AN_ID.search(slug):
        return slug
    kept = NOT_IN_AN_ID.sub("-", slug)[: LONGEST_OWNER - DIGEST - 1]
    return f"{kept}-{_digest(slug)}"


def resource_id(slug: str, kind: str, key: str) -> str:
    """Return the id of one of a drug's resources; a long key is told by its digest.

    The point, which no slug has, keeps the ids of two drugs apart.
    """
    whole = f"{owner_id(slug)}.{kind}.{key}"
    if len(whole) <= LONGEST_ID and not NOT_IN_AN_ID.search(key):
        return whole
    return f"{owner_id(slug)}.{kind}.{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST]
