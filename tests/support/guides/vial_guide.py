"""The June 2024 lines, taken from vials of an invented drug instead of a syringe."""

from typing import Any

from reference.editions import Document

# Sizes in mg with their mL, all of 20 mg in 1 mL.
SIZES = {"400": "20", "200": "10", "80": "4"}


def vial(strength_mg: str, strength_ml: str, **fields: Any) -> dict[str, Any]:
    """What a preparation says of a vial."""
    return {
        "key": f"vial-{strength_mg}",
        "name": f"vial of {strength_mg} mg",
        "container": "vial",
        "unit_name": "vial",
        "unit_name_plural": "vials",
        "strength_mg": strength_mg,
        "strength_ml": strength_ml,
        "smallest_dose_mg": None,
        **fields,
    }


def in_vials(document: Document, *vials: dict[str, Any]) -> Document:
    """The document with these vials as its preparations, or with three sizes."""
    (syringe,) = document["preparations"]
    vials = vials or tuple(vial(mg, ml) for mg, ml in SIZES.items())
    document["preparations"] = [syringe | each for each in vials]
    return document


def without_notes(document: Document) -> Document:
    """The document without its own cautions, which speak of syringes."""
    for section in ("cautions", "discrepancies", "discrepancy_lines"):
        document[section] = []
    return document


def with_line(document: Document, key: str, **fields: Any) -> Document:
    """The document with other fields of one of its lines."""
    for row in document["regimens"]:
        if row["key"] == key:
            row |= fields
    return document
