"""The code systems that other programs know, and which codes of a guide they are told.

A code that is not certain is never told.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from reference.dosing import Document, Row


class CodeSystem(NamedTuple):
    """How FHIR and HL7's older standards name a code system."""

    uri: str
    oid: str


# By the name that a guide gives them; others are known to readers alone.
CODE_SYSTEMS = {
    "ATC": CodeSystem("http://www.whocc.no/atc", "2.16.840.1.113883.6.73"),
    "CAS": CodeSystem("urn:oid:2.16.840.1.113883.6.61", "2.16.840.1.113883.6.61"),
    "ICD-10-CM": CodeSystem(
        "http://hl7.org/fhir/sid/icd-10-cm", "2.16.840.1.113883.6.90"
    ),
    "NDC": CodeSystem("http://hl7.org/fhir/sid/ndc", "2.16.840.1.113883.6.69"),
    "RxNorm": CodeSystem(
        "http://www.nlm.nih.gov/research/umls/rxnorm", "2.16.840.1.113883.6.88"
    ),
    "SNOMED CT": CodeSystem("http://snomed.info/sct", "2.16.840.1.113883.6.96"),
}
NAME_OF_URI = {system.uri: name for name, system in CODE_SYSTEMS.items()}
NAME_OF_OID = {system.oid: name for name, system in CODE_SYSTEMS.items()}

BILLED_NDC = re.compile(r"(\d{5})-?(\d{4})-?(\d{2})", re.ASCII)
PACKAGE_NDC = re.compile(r"\d{4,5}-\d{3,4}-\d{1,2}", re.ASCII)


def codes_told(document: Document, indication: str | None = None) -> Iterator[Row]:
    """Yield the certain codes, in known systems, of an indication or of the drug."""
    for row in document["codes"]:
        is_told = row["certainty"] == "high" and row["system"] in CODE_SYSTEMS
        if is_told and row["indication"] == indication:
            yield row


def coding(row: Row) -> dict[str, str]:
    """Return one code as FHIR writes it; a display is the system's own, not ours."""
    return {"system": CODE_SYSTEMS[row["system"]].uri, "code": row["value"]}


def in_words(row: Row) -> str:
    """Return one code as readers are told it, with the guide's own words for it."""
    return f"{row['system']} {row['value']}: {row['meaning']}".removesuffix(": ")


def is_package(row: Row) -> bool:
    """Return whether a code stands for a package: an NDC of three parts."""
    return row["system"] == "NDC" and bool(PACKAGE_NDC.fullmatch(row["value"]))


def printed_forms(system: str, asked: str) -> set[str]:
    """Return the ways in which a guide may print the code that was asked for.

    An NDC in the form of bills has 5, 4 and 2 digits; print has one zero less, and it
    may be missing in any part. Ten digits without hyphens could be several products,
    so they are looked for as they are.
    """
    forms = {asked}
    billed = BILLED_NDC.fullmatch(asked)
    if system == "NDC" and billed:
        parts = billed.groups()
        forms.add("-".join(parts))
        for place, part in enumerate(parts):
            if part.startswith("0"):
                shorter = (*parts[:place], part[1:], *parts[place + 1 :])
                forms.add("-".join(shorter))
    return forms
