"""The canonical document of an edition: plain data, its bytes and its fingerprint.

Content only: no state, user, id, publication time or review date. Pages, prints,
exports, comparisons and doses all start from it; nothing else walks an edition.
"""

import hashlib
import json
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Field, Model

from reference import models
from reference.dosing import quantities
from reference.models import Drug, Edition, Row

from .plain_data import Document

# In page order; a row may point only to a row of an earlier section.
SECTIONS: dict[str, type[Row]] = {
    "headings": models.Heading,
    "resources": models.Resource,
    "indications": models.Indication,
    "synonyms": models.Synonym,
    "regimens": models.Regimen,
    "contraindications": models.Contraindication,
    "warnings": models.SafetyWarning,
    "adverse_reaction_groups": models.AdverseReactionGroup,
    "adverse_reactions": models.AdverseReaction,
    "preparations": models.Preparation,
    "storage": models.Storage,
    "administration": models.Administration,
    "monitoring": models.MonitoringTest,
    "cautions": models.Caution,
    "discrepancies": models.Discrepancy,
    "discrepancy_lines": models.DiscrepancyLine,
    "codes": models.Code,
}
DRUG_FIELDS = ("slug", "generic_name", "brand_name", "drug_class", "mechanism")
EDITION_FIELDS = (
    "number",
    "label",
    "printed_title",
    "overview",
    "revised_on",
    "revision_line",
    "issuer",
    "publisher",
    "jurisdiction",
    "disclaimer",
    "none_stated",
    "change_note",
    "change_grade",
)
# The order of a list is its rows' position, so that renumbering changes nothing.
NOT_CONTENT = ("id", "edition", "position", "version")


def canonical_document(edition: Edition) -> Document:
    """Return the edition as plain data, every field present, rows in printed order."""
    return {
        "drug": _values(edition.drug, DRUG_FIELDS),
        "edition": _values(edition, EDITION_FIELDS),
        **{
            section: [
                {name: _plain(row[column]) for name, column in columns.items()}
                for row in model._base_manager.filter(edition=edition)
                .order_by("position", "key")
                .values(*columns.values())
            ]
            for section, model in SECTIONS.items()
            for columns in [_columns(model)]
        },
    }


def canonical_bytes(document: Document) -> bytes:
    """Return the document as UTF-8 JSON, one byte string for one content.

    A field or section at its default is left out, so that a field added later does not
    change the fingerprint of an edition that does not use it.
    """
    slim = {
        "drug": _without_defaults(document["drug"], Drug),
        "edition": _without_defaults(document["edition"], Edition),
        **{
            section: [_without_defaults(row, model) for row in document[section]]
            for section, model in SECTIONS.items()
            if document[section]
        },
    }
    text = json.dumps(slim, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def plain_row(row: Row) -> dict[str, Any]:
    """Return one row as the document would hold it, its place included."""
    values = {"position": row.position}
    links = links_to_rows(type(row))
    for name in _columns(type(row)):
        value = getattr(row, name)
        values[name] = value.key if name in links and value else _plain(value)
    return values


def read_document(canonical: bytes) -> Document:
    """Return the document that these canonical bytes hold, every field present."""
    slim = json.loads(canonical)
    return {
        "drug": _defaults(Drug, DRUG_FIELDS) | slim["drug"],
        "edition": _defaults(Edition, EDITION_FIELDS) | slim["edition"],
        **{
            section: [
                _defaults(model, tuple(_columns(model))) | row
                for row in slim.get(section, [])
            ]
            for section, model in SECTIONS.items()
        },
    }


def fingerprint(canonical: bytes) -> str:
    """Return the SHA-256 of canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical).hexdigest()


def links_to_rows(model: type[Row]) -> list[str]:
    """Return the names of the fields that point to another row of the edition."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and field.name not in NOT_CONTENT
    ]


def default_of(model: type[Model], name: str) -> Any:
    """Return what the field holds where nothing was given, as the document has it."""
    field = model._meta.get_field(name)
    assert isinstance(field, Field)  # noqa: S101 - names come from the model
    return _plain(field.get_default())


@cache
def _columns(model: type[Row]) -> dict[str, str]:
    """Return the document's name of each field, and the lookup that reads it."""
    links = links_to_rows(model)
    return {
        field.name: f"{field.name}__key" if field.name in links else field.name
        for field in model._meta.concrete_fields
        if field.name not in NOT_CONTENT
    }


def _values(instance: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(instance, name)) for name in names}


def _plain(value: Any) -> Any:
    return quantities.plain_number(value) if isinstance(value, Decimal) else value


@cache
def _defaults(model: type[Model], names: tuple[str, ...]) -> dict[str, Any]:
    """Return what each field holds where nothing was given; a row is merged over it."""
    return {name: default_of(model, name) for name in names}


def _without_defaults(values: dict[str, Any], model: type[Model]) -> dict[str, Any]:
    defaults = _defaults(model, tuple(values))
    return {name: value for name, value in values.items() if value != defaults[name]}
