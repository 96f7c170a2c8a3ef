"""A guide's fixture read as the document of its edition, without a database.

A fixture has Django's form, names its rows by drug, number and key, and leaves defaults
out.
"""

from decimal import Decimal
from typing import Any

from django.db import models

from reference.dosing import quantities
from reference.models import Drug, Edition, Row

from .document import (
    DRUG_FIELDS,
    EDITION_FIELDS,
    NOT_CONTENT,
    SECTIONS,
    default_of,
    links_to_rows,
)
from .plain_data import Document


def fixture_document(objects: list[dict[str, Any]]) -> Document:
    """Return the document of the one edition in the objects of a fixture.

    Raises ValueError unless they hold one drug and one edition.
    """
    of_model: dict[str, list[dict[str, Any]]] = {}
    for each in objects:
        of_model.setdefault(each["model"], []).append(each["fields"])
    drugs, editions = (_rows(of_model, model) for model in (Drug, Edition))
    if len(drugs) != 1 or len(editions) != 1:
        raise ValueError(f"it holds {len(editions)} editions; a guide's holds one")
    return {
        "drug": _plain(Drug, DRUG_FIELDS, drugs[0]),
        "edition": _plain(Edition, EDITION_FIELDS, editions[0]),
        **{
            section: [
                _plain(model, _names(model), row)
                for row in sorted(_rows(of_model, model), key=_place)
            ]
            for section, model in SECTIONS.items()
        },
    }


def _rows(
    of_model: dict[str, list[dict[str, Any]]], model: type[models.Model]
) -> list[dict[str, Any]]:
    return of_model.get(model._meta.label_lower, [])


def _place(row: dict[str, Any]) -> tuple[int, str]:
    return row.get("position", 0), row["key"]


def _names(model: type[models.Model]) -> tuple[str, ...]:
    fields = model._meta.concrete_fields
    return tuple(field.name for field in fields if field.name not in NOT_CONTENT)


def _plain(
    model: type[models.Model], names: tuple[str, ...], given: dict[str, Any]
) -> dict[str, Any]:
    """Return the fields that are content: links as keys, numbers as plain text."""
    links = links_to_rows(model) if issubclass(model, Row) else []
    values: dict[str, Any] = {}
    for name in names:
        value = given.get(name, default_of(model, name))
        if name in links and value is not None:
            value = value[-1]
        elif isinstance(model._meta.get_field(name), models.DecimalField) and value:
            value = quantities.plain_number(Decimal(value))
        values[name] = value
    return values
