"""Cuts HL7's own JSON schema of FHIR R5 to the resources that the site sends.

Run by hand, with the unpacked npm packages hl7.fhir.r5.core 5.0.0 (CORE) and
hl7.terminology.r5 7.0.1: `python tests/exports/fhir/cut_schema.py CORE TERMINOLOGY`. It
writes the files beside it.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

RESOURCES = (
    "Bundle",
    "CapabilityStatement",
    "ClinicalUseDefinition",
    "Composition",
    "MedicationKnowledge",
    "OperationOutcome",
    "StructureDefinition",
)
CODE_SYSTEMS = (
    "bundle-type",
    "clinical-use-definition-type",
    "composition-status",
    "data-absent-reason",
    "issue-severity",
    "issue-type",
    "medicationknowledge-status",
    "narrative-status",
    "publication-status",
    "restful-interaction",
    "search-entry-mode",
)
UNITS = "ValueSet-ucum-common.json"
BESIDE = Path(__file__).parent


def cut_schema(core: Path) -> dict[str, Any]:
    """Return the schema with what the resources need, and without its prose."""
    whole = json.loads((core / "openapi" / "fhir.schema.json").read_text())
    definitions = {
        name: _without_prose(it) for name, it in whole["definitions"].items()
    }
    either = [{"$ref": f"#/definitions/{name}"} for name in RESOURCES]
    definitions["ResourceList"] = {"oneOf": either}
    needed, waiting = set[str](), list(RESOURCES)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            text = json.dumps(definitions[name])
            waiting += re.findall(r'"#/definitions/(\w+)"', text)
    return {
        "$schema": whole["$schema"],
        "description": f"Cut from {_source(core)}, CC0-1.0, by cut_schema.py",
        "oneOf": either,
        "definitions": {name: definitions[name] for name in sorted(needed)},
    }


def codes(core: Path, terminology: Path) -> dict[str, Any]:
    """Return the codes of each code system, and the units of HL7's list of UCUM."""
    units = json.loads((core / UNITS).read_text())
    found = {name: _code_system(name, core, terminology) for name in CODE_SYSTEMS}
    return {
        "source": [_source(core), _source(terminology)],
        "code_systems": {system["url"]: _codes_of(system) for system in found.values()},
        "ucum_common": sorted(
            concept["code"]
            for part in units["compose"]["include"]
            for concept in part.get("concept", [])
        ),
    }


def _without_prose(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_prose(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_prose(value)
        for name, value in part.items()
        if name != "description" or not isinstance(value, str)
    }


def _code_system(name: str, *packages: Path) -> Any:
    paths = (package / f"CodeSystem-{name}.json" for package in packages)
    return json.loads(next(filter(Path.exists, paths)).read_text())


def _codes_of(system: dict[str, Any]) -> list[str]:
    """Return the codes of a system or of a concept, those below it included."""
    return sorted(
        code
        for concept in system.get("concept", [])
        for code in (concept["code"], *_codes_of(concept))
    )


def _source(package: Path) -> str:
    about = json.loads((package / "package.json").read_text())
    return f"{about['name']} {about['version']}"


if __name__ == "__main__":
    core, terminology = map(Path, sys.argv[1:])
    written = {
        "r5.schema.json": cut_schema(core),
        "r5.codes.json": codes(core, terminology),
    }
    for name, content in written.items():
        text = json.dumps(content, separators=(",", ":"), sort_keys=True)
        (BESIDE / name).write_text(f"{text}\n", encoding="utf-8")
