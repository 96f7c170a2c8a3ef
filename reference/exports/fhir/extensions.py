"""What the site says in FHIR that R5 has no element for, and where that is explained.

Each is defined at an address of the site itself.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from .datatypes import Element


class Extension(NamedTuple):
    """One extension: its names, where it stands, and the values it has."""

    title: str
    description: str
    contexts: tuple[str, ...]
    # The type of its value, or those of its named parts.
    parts: dict[str, str]
    # The parts that can be left out, and those that can stand several times.
    optional: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()


VALUE = ""  # the name of the one part of an extension that is a plain value
EXTENSIONS = {
    "printed-line": Extension(
        "Printed line",
        "The committee's wording, letter for letter, errors included.",
        ("Dosage", "ClinicalUseDefinition"),
        {VALUE: "string"},
    ),
    "maximum-source": Extension(
        "Source of a maximum",
        "Where the maximum stands, such as the guide itself or the US label.",
        ("Ratio", "Quantity"),
        {VALUE: "string"},
    ),
    "dose-caution": Extension(
        "Caution",
        "A sentence that goes with every dose of the line, with the code that the "
        "dose address gives it. printed-maximum-disputed: the maximum given here is "
        "not the printed one, and the committee has not ruled.",
        ("Dosage",),
        {"code": "code", "text": "string"},
    ),
    "open-discrepancy": Extension(
        "Open discrepancy",
        "A conflict, gap or ambiguity of the printed line that bears on the dose and "
        "on which the committee has not ruled.",
        ("Dosage",),
        {"key": "code", "title": "string", "consequence": "string"},
    ),
    "dosing-days": Extension(
        "Dosing days",
        "The days on which doses are given, counted from the first dose, which is day "
        "0; then how the doses go on after the last of these days, or after how many "
        "days from the first the same days begin again. Without either they end.",
        ("Timing",),
        {
            "day": "integer",
            "then-every-days": "integer",
            "then-every-months": "integer",
            "again-after-days": "integer",
        },
        optional=frozenset(
            {"then-every-days", "then-every-months", "again-after-days"}
        ),
        repeated=frozenset({"day"}),
    ),
}


def extension(origin: str, name: str, **values: str) -> Element:
    """Return an extension with a value for each of its parts; one alone is `value`."""
    return extension_of_parts(origin, name, values.items())


def extension_of_parts(
    origin: str, name: str, values: Iterable[tuple[str, str | int]]
) -> Element:
    """Return an extension with these values, a part that is repeated once for each."""
    parts = EXTENSIONS[name].parts
    element: Element = {"url": address(origin, name)}
    if VALUE in parts:
        return element | {_value(parts[VALUE]): dict(values)["value"]}
    return element | {
        "extension": [
            {"url": part, _value(parts[part]): value} for part, value in values
        ]
    }


def address(origin: str, name: str) -> str:
    """Return the address at which an extension is defined, which is its name."""
    return f"{origin}/fhir/StructureDefinition/{name}"


def structure_definition(origin: str, name: str) -> Element | None:
    """Return the definition of an extension as a resource, or None for no such one."""
    if name not in EXTENSIONS:
        return None
    about, url = EXTENSIONS[name], address(origin, name)
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": url,
        "name": name.title().replace("-", ""),
        "title": about.title,
        "status": "active",
        "description": about.description,
        "fhirVersion": "5.0.0",
        "kind": "complex-type",
        "abstract": False,
        "context": [
            {"type": "element", "expression": context} for context in about.contexts
        ],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": list(_elements(url, about))},
    }


def _elements(url: str, about: Extension) -> Iterable[Element]:
    """Yield what the definition says of each element."""
    yield _element("Extension", short=about.title, definition=about.description)
    for part, kind in about.parts.items():
        if part != VALUE:
            slice_id = f"Extension.extension:{part}"
            least = 0 if part in about.optional else 1
            most = "*" if part in about.repeated else "1"
            yield _element(slice_id, sliceName=part, min=least, max=most)
            yield _element(f"{slice_id}.url", fixedUri=part)
            yield _element(f"{slice_id}.value[x]", min=1, type=[{"code": kind}])
    yield _element("Extension.url", fixedUri=url)
    if VALUE in about.parts:
        kinds = [{"code": about.parts[VALUE]}]
        yield _element("Extension.value[x]", min=1, type=kinds)
    else:
        yield _element("Extension.value[x]", max="0")


def _element(element_id: str, **said: Any) -> Element:
    """Return one element definition; its path is its id without names of slices."""
    path = ".".join(step.partition(":")[0] for step in element_id.split("."))
    return {"id": element_id, "path": path, **said}


def _value(kind: str) -> str:
    return f"value{kind.capitalize()}"
