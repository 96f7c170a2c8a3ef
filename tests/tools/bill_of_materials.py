"""All that the site is made of, as CycloneDX: `make sbom` writes docs/sbom.cdx.json.

The same pins give the same bytes: it holds no time and no number of its own.
"""

import json
import sys
import tomllib
from collections.abc import Iterable

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from tests.tools.components import ROOT, SCRIPTS, Licence, Pin, Script, licences, pins

WRITTEN = ROOT / "docs" / "sbom.cdx.json"
SCHEMA = SchemaVersion.V1_6


def bill() -> Bom:
    """Return the site with its packages at run time and the scripts that they carry."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    site = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
    )
    judged = licences()
    packages = [_package(pin, judged[pin.name]) for pin in pins("runtime.txt")]
    scripts = [_script(script) for script in SCRIPTS]
    made = Bom(components=[*packages, *scripts])
    made.metadata.component = site
    made.register_dependency(site, packages)
    by_name = {package.name: package for package in packages}
    for script, component in zip(SCRIPTS, scripts, strict=True):
        carrier = by_name[script.package.replace("_", "-")]
        made.register_dependency(carrier, [component])
    return made


def _package(pin: Pin, licence: Licence) -> Component:
    address = PackageURL("pypi", name=pin.name, version=pin.version)
    marker = [Property(name="python:marker", value=pin.marker)] if pin.marker else []
    return Component(
        name=pin.name,
        version=pin.version,
        purl=address,
        bom_ref=str(address),
        scope=ComponentScope.OPTIONAL if pin.marker else ComponentScope.REQUIRED,
        licenses=[LicenseFactory().make_from_string(licence.spdx)],
        hashes=_hashes(pin.sha256),
        properties=marker,
    )


def _script(script: Script) -> Component:
    address = PackageURL("npm", name=script.name, version=script.version)
    return Component(
        name=script.name,
        version=script.version,
        purl=address,
        bom_ref=str(address),
        scope=ComponentScope.REQUIRED,
        licenses=[LicenseFactory().make_from_string(script.spdx)],
        hashes=_hashes([script.sha256]),
        properties=[Property(name="file", value=f"{script.package}/{script.path}")],
    )


def _hashes(digests: Iterable[str]) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in digests]


def as_json(made: Bom) -> str:
    """Return the list as JSON, without what differs from run to run."""
    text = make_outputter(made, OutputFormat.JSON, SCHEMA).output_as_string()
    plain = json.loads(text)
    del plain["serialNumber"], plain["metadata"]["timestamp"]
    return f"{json.dumps(plain, indent=1, sort_keys=True)}\n"


def main() -> None:
    text = as_json(bill())
    fault = JsonStrictValidator(SCHEMA).validate_str(text)
    if fault:
        sys.exit(f"This is not CycloneDX {SCHEMA.to_version()}: {fault}")
    WRITTEN.write_text(text, encoding="utf-8")
    count = len(json.loads(text)["components"])
    sys.stdout.write(f"{WRITTEN.relative_to(ROOT)} lists {count} components.\n")


if __name__ == "__main__":
    main()
