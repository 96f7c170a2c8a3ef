"""All that the site is made of, as CycloneDX: `make sbom` writes sbom.cdx.json.

The same pins give the same bytes: it holds no time and no number of its own.
"""

import json
import sys
import tomllib
from collections.abc import Iterable
from typing import Any

from tests.tools.components import ROOT, SCRIPTS, Pin, Script, licences, pins

WRITTEN = ROOT / "sbom.cdx.json"


def bill() -> dict[str, Any]:
    """Return the site with its packages at run time and the scripts that they carry."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    site, judged = project["name"], licences()
    packages = [_package(pin, judged[pin.name].spdx) for pin in pins("runtime.txt")]
    scripts = [_script(script) for script in SCRIPTS]
    address_of = {package["name"]: package["purl"] for package in packages}
    needs = {part["purl"]: list[str]() for part in (*scripts, *packages)}
    for script, part in zip(SCRIPTS, scripts, strict=True):
        needs[address_of[script.package.replace("_", "-")]].append(part["purl"])
    needs[site] = list(address_of.values())
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "bom-ref": site,
                "name": site,
                "type": "application",
                "version": project["version"],
            }
        },
        "components": sorted([*packages, *scripts], key=lambda part: part["name"]),
        "dependencies": [
            {"ref": ref} | ({"dependsOn": sorted(parts)} if parts else {})
            for ref, parts in sorted(needs.items())
        ],
    }


def _package(pin: Pin, spdx: str) -> dict[str, Any]:
    address = f"pkg:pypi/{pin.name}@{pin.version}"
    part = _part(address, pin.name, pin.version, spdx, pin.sha256)
    if not pin.marker:
        return part
    marker = {"name": "python:marker", "value": pin.marker}
    return part | {"scope": "optional", "properties": [marker]}


def _script(script: Script) -> dict[str, Any]:
    address = f"pkg:npm/{script.name}@{script.version}"
    file = {"name": "file", "value": f"{script.package}/{script.path}"}
    part = _part(address, script.name, script.version, script.spdx, [script.sha256])
    return part | {"properties": [file]}


def _part(
    address: str, name: str, version: str, spdx: str, digests: Iterable[str]
) -> dict[str, Any]:
    return {
        "bom-ref": address,
        "purl": address,
        "name": name,
        "version": version,
        "type": "library",
        "scope": "required",
        "licenses": [{"license": {"id": spdx}}],
        "hashes": [{"alg": "SHA-256", "content": each} for each in sorted(digests)],
    }


def main() -> None:
    # Of a group of its own, which only this command needs.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    made = bill()
    text = f"{json.dumps(made, indent=1, sort_keys=True)}\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault:
        sys.exit(f"This is not CycloneDX {made['specVersion']}: {fault}")
    WRITTEN.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{WRITTEN.name} lists {len(made['components'])} components.\n")


if __name__ == "__main__":
    main()
