"""The JSON Schema of edition.json, made from the models; it knows no single edition.

It describes canonical bytes alone: what stands at its default is not in the document.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.urls import reverse

from reference.dosing import schedule
from reference.models import Drug, Edition, PartialDateField, Route, Row

from .document import DRUG_FIELDS, EDITION_FIELDS, NOT_CONTENT, SECTIONS, default_of
from .plain_data import Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Rises only when a document that was valid would no longer be: see docs/decisions.md.
VERSION = 1
# The ends of whole numbers are the same on every database.
WHOLE_NUMBERS = BaseDatabaseOperations.integer_field_ranges
MOST_ROWS = LARGEST_MONTH = WHOLE_NUMBERS["PositiveSmallIntegerField"][1]

MONTH = {"type": "integer", "minimum": 0, "maximum": LARGEST_MONTH}
LISTS: dict[str, Schema] = {
    "months": MONTH,
    "months_other_reading": MONTH,
    "listed": {
        "type": "integer",
        "minimum": 0,
        "maximum": schedule.LARGEST_LISTED,
    },
    "routes": {"type": "string", "enum": Route.values},
    "none_stated": {"type": "string", "enum": [*SECTIONS]},
}

TEXT = r"^[^\u0000]+$"  # PostgreSQL stores no NUL
DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
PARTIAL_DATE = rf"^(?!0000)[0-9]{{4}}(?:-(?:0[1-9]|1[0-2])(?:-{DAY})?)?$"
# URLValidator's schemes: a link is pressed by readers, and javascript:// would run.
ADDRESS = r"^(?:[Hh][Tt]|[Ff])[Tt][Pp][Ss]?://[^\s\u0000]+$"


def schema_address() -> str:
    """Return where the schema is served for ever; without an origin, the path."""
    path = reverse("reference:edition_schema", args=[VERSION])
    return f"{settings.PUBLIC_ORIGIN}{path}"


@cache
def schema_bytes(address: str) -> bytes:
    """Return the schema as it is served, the same bytes in every process."""
    schema = {"$id": address} | edition_schema()
    text = json.dumps(schema, ensure_ascii=False, indent=2)
    return f"{text}\n".encode()


@cache
def edition_schema() -> Schema:
    """Return the schema of the canonical document of any edition."""
    return {
        "$schema": DIALECT,
        "title": "An edition of a biologic guide",
        "description": "Content only. The SHA-256 of the bytes is the fingerprint of "
        "the edition. A key whose value is its default is left out, and so is a "
        "section without rows. Amounts are decimal numbers written as text; a date "
        "has no more parts than are known.",
        **_object(
            {
                "drug": _part(Drug, DRUG_FIELDS, "What the guide is about."),
                "edition": _part(Edition, EDITION_FIELDS, "Its dates and its texts."),
            },
            {section: _rows(model) for section, model in SECTIONS.items()},
        ),
    }


def _object(required: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": required | optional,
        "required": sorted(required),
        "additionalProperties": False,
    }


def _part(model: type[models.Model], names: Iterable[str], description: str) -> Schema:
    """Return the schema of an object that holds these fields of a model."""
    required, optional = dict[str, Schema](), dict[str, Schema]()
    for name in names:
        field = model._meta.get_field(name)
        assert isinstance(field, models.Field)  # noqa: S101 - names come from the model
        if field.blank or field.null or field.has_default():
            optional[name] = _field(field) | {"default": default_of(model, name)}
        else:
            required[name] = _field(field)
    return {"description": description} | _object(required, optional)


def _rows(model: type[Row]) -> Schema:
    fields = model._meta.concrete_fields
    names = [field.name for field in fields if field.name not in NOT_CONTENT]
    return {
        "type": "array",
        "items": _part(model, names, (model.__doc__ or "").strip().partition("\n")[0]),
        "minItems": 1,
        "maxItems": MOST_ROWS,
    }


def _field(field: Any) -> Schema:
    """Return what one field may hold where it is not at its default."""
    if isinstance(field, models.ForeignKey):
        return _link(field)
    described = {"description": str(field.help_text)} if field.help_text else {}
    return described | _value(field) | _not_the_default(field)


def _link(field: Any) -> Schema:
    """Return the schema of a link, which is the key of a row of an earlier section."""
    model = field.related_model
    section = next(name for name, each in SECTIONS.items() if each is model)
    key = _value(SECTIONS[section]._meta.get_field("key"))
    return {"description": f"The key of one of the {section}."} | key


def _value(field: Any) -> Schema:
    """Return the type of a field. Raises TypeError for one that is not known here."""
    if isinstance(field, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, models.IntegerField):
        return {"type": "integer"} | _ends(field)
    if isinstance(field, models.DecimalField):
        return {"type": "string", "pattern": _decimal_pattern(field)}
    if isinstance(field, models.JSONField):
        items = LISTS[field.name]
        return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}
    if isinstance(field, models.CharField | models.TextField):
        return {"type": "string"} | _wording(field)
    raise TypeError(f"the schema does not know what {field} holds")


def _ends(field: Any) -> Schema:
    low, high = WHOLE_NUMBERS[field.get_internal_type()]
    for validator in field.validators:
        if isinstance(validator, MinValueValidator):
            low = max(low, validator.limit_value)
    return {"minimum": low, "maximum": high}


def _decimal_pattern(field: Any) -> str:
    """Return the pattern of a plain number from 0 that the field stores unrounded."""
    more = field.max_digits - field.decimal_places - 1
    fraction = field.decimal_places - 1
    return rf"^(?:0|[1-9][0-9]{{0,{more}}})(?:\.[0-9]{{0,{fraction}}}[1-9])?$"


def _wording(field: Any) -> Schema:
    if field.choices:
        return {"enum": [value for value, _ in field.flatchoices if value != ""]}
    limit = {"maxLength": field.max_length} if field.max_length else {}
    if isinstance(field, PartialDateField):
        return {"pattern": PARTIAL_DATE}
    for validator in field.validators:
        if isinstance(validator, URLValidator):
            return {"format": "iri", "pattern": ADDRESS} | limit
        if isinstance(validator, RegexValidator):
            return {"pattern": _pattern_of(validator)} | limit
    return {"pattern": TEXT} | limit


def _not_the_default(field: Any) -> Schema:
    """Return what rules out a default that the type alone would let through."""
    if not field.has_default() or field.get_default() in ("", None, []):
        return {}
    return {"not": {"const": default_of(field.model, field.name)}}


def _pattern_of(validator: Any) -> str:
    """Return a validator's expression as ECMAScript writes its end."""
    pattern: str = validator.regex.pattern
    return pattern.replace(r"\Z", "$")
