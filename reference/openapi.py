"""What programs may ask of this site, as an OpenAPI 3.1 document, and its address.

The answers of the dose address are in doses/schema.py, an edition in
editions/schema.py.
"""

import json
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from anakinra_site.http import public_page, readable_from_anywhere
from reference.doses import (
    dose_parameters,
    dose_schemas,
    query_parameter,
    word_parameter,
)
from reference.editions import VERSION, Schema, edition_schema
from reference.exports import MEDIA_TYPE

DESCRIPTION = (
    "Every address answers GET and HEAD alone, takes no cookie and asks for no "
    "account. The guide supports clinical judgment and does not replace it: show a "
    "dose with its working, its cautions and its edition, never a number alone. Ask "
    "again for each patient and keep no dose."
)


@cache
def openapi_bytes(origin: str) -> bytes:
    """Return the document as it is served, for a site at this origin."""
    return json.dumps(openapi(origin), ensure_ascii=False).encode()


def openapi(origin: str) -> Schema:
    """Return the document; without an origin the addresses are those of its host."""
    edition = {
        name: value for name, value in edition_schema().items() if name != "$schema"
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Biologic guides",
            "version": "1.0.0",
            "description": DESCRIPTION,
        },
        "servers": [{"url": origin or "/"}],
        "security": [],
        "paths": {
            "/{drug}/dose/": {"parameters": [DRUG], "get": _dose()},
            "/{drug}/editions/{number}/edition.json": {
                "parameters": [DRUG, EDITION_NUMBER],
                "get": _edition(),
            },
            "/{drug}/editions/{number}/fhir.json": {
                "parameters": [DRUG, EDITION_NUMBER],
                "get": _fhir(),
            },
            "/{drug}/changes.atom": {"parameters": [DRUG], "get": _changes()},
            "/{drug}/monitoring.ics": {"parameters": [DRUG], "get": _monitoring()},
            f"/schemas/edition-{VERSION}.json": {"get": _edition_schema()},
            "/openapi.json": {"get": _document()},
        },
        "components": {"schemas": dose_schemas() | {"Edition": edition}},
    }


def _dose() -> Schema:
    return {
        "operationId": "workOutDose",
        "summary": "Work out one dose from one dosing line.",
        "description": "Send a regimen, or an indication without dosing lines, not "
        "both. A parameter that is not listed, or comes twice, is an error; an empty "
        "one counts as absent. Send the edition that your user reads, so that a dose "
        "from another one is refused. Send Accept: application/json, since anything "
        "else is answered with a page. Pages of other origins cannot read the answer.",
        "parameters": dose_parameters(),
        "responses": {
            "200": {
                "description": "A dose, a question to confirm, or a refusal.",
                "headers": {"Cache-Control": _header("Never to be stored.")},
                "content": _json_or_page("DoseAnswer"),
            },
            "422": {
                "description": "What to type instead, by parameter.",
                "content": _json_or_page("Invalid"),
            },
            **_failures(),
            "503": {
                "description": "The guide cannot be read; nothing was worked out.",
                "headers": {"Retry-After": _header("Seconds to wait.")},
                "content": _json_or_page("Unreadable"),
            },
        },
    }


def _read(operation: str, summary: str, success: Schema, **others: Schema) -> Schema:
    """Return the reading of something that is kept until it changes."""
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [KEPT],
        "responses": {
            "200": success,
            "304": {"description": "What you have is still what is served."},
            **_failures(),
            **{status.removeprefix("_"): answer for status, answer in others.items()},
        },
    }


def _edition() -> Schema:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Edition"}}}
    return _read(
        "readEdition",
        "Read a published edition, byte for byte as it was fingerprinted.",
        {
            "description": "The canonical document. Its SHA-256 is the "
            "fingerprint, which stands in the ETag.",
            "headers": {
                "ETag": _header("The fingerprint, and how the answer is packed."),
                "Link": _header('The schema: rel="describedby".'),
            },
            "content": content,
        },
        _503={"description": "The stored bytes are not those published."},
    )


def _fhir() -> Schema:
    content = {MEDIA_TYPE: {"schema": {"type": "object"}}}
    return _read(
        "readEditionAsFhir",
        "Read a published edition as a FHIR R5 Bundle.",
        {"description": "A document Bundle.", "content": content},
        _404={
            "description": "There is no such edition, or no such address.",
            "content": content | {"text/html": {"schema": {"type": "string"}}},
        },
        _503={"description": "The guide cannot be read.", "content": content},
    )


def _changes() -> Schema:
    return _read(
        "readChanges",
        "Editions put in force, withdrawn and restored, as an Atom feed.",
        _said("The feed (RFC 4287).", "application/atom+xml"),
        _503={"description": "The guide cannot be read."},
    )


def _edition_schema() -> Schema:
    content = {"application/schema+json": {"schema": {"type": "object"}}}
    return _read(
        "readEditionSchema",
        "The JSON Schema (draft 2020-12) of an edition.",
        {"description": "The schema.", "content": content},
    )


def _document() -> Schema:
    content = {"application/json": {"schema": {"type": "object"}}}
    return _read(
        "readOpenapi",
        "This document.",
        {"description": "OpenAPI 3.1.", "content": content},
    )


def _monitoring() -> Schema:
    start = {"type": "string", "format": "date"}
    return {
        "operationId": "readMonitoring",
        "summary": "The dates of the blood tests of a treatment, as a calendar file.",
        "parameters": [
            query_parameter(
                "start", start, "The first day, at most 10 years from today."
            )
            | {"required": True},
            word_parameter(
                "reading", ["longer"], "Of two readings of the guide, the longer."
            ),
        ],
        "responses": {
            "200": _said("The dates (RFC 5545).", "text/calendar"),
            "422": _said("What to type instead.", "text/plain"),
            **_failures(),
            "503": {"description": "The guide cannot be read."},
        },
    }


def _failures() -> dict[str, Schema]:
    """Return what every address may answer besides."""
    return {
        "400": {"description": "The request cannot be read, or names another host."},
        "404": _said("There is no such thing here.", "text/html"),
        "405": {
            "description": "Only GET and HEAD are answered.",
            "headers": {"Allow": _header("GET, HEAD") | {"required": True}},
        },
        "431": {"description": "The request is longer than the server reads."},
    }


def _said(description: str, kind: str) -> Schema:
    return {
        "description": description,
        "content": {kind: {"schema": {"type": "string"}}},
    }


def _json_or_page(name: str) -> Schema:
    return {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}},
        "text/html": {"schema": {"type": "string"}},
    }


def _header(description: str) -> Schema:
    return {"description": description, "schema": {"type": "string"}}


DRUG: Schema = {
    "name": "drug",
    "in": "path",
    "required": True,
    "description": "The drug's slug.",
    "schema": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
}
EDITION_NUMBER: Schema = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
}
KEPT: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of what you have.",
    "schema": {"type": "string"},
}


@public_page
@readable_from_anywhere
def openapi_json(request: HttpRequest) -> HttpResponse:
    """What programs may ask of this site."""
    return HttpResponse(openapi_bytes(settings.PUBLIC_ORIGIN), "application/json")


urlpatterns = [path("openapi.json", openapi_json, name="openapi")]
