"""What programs may ask of this site, as an OpenAPI 3.1 document, and its address.

What is asked and answered of doses is in doses/parameters.py and doses/schema.py, an
edition in editions/schema.py.
"""

import json
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from anakinra_site.http import public_page, readable_from_anywhere
from reference.doses import (
    DOSE_PARAMETERS,
    EVERY_LINE_PARAMETERS,
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
OBJECT: Schema = {"type": "object"}
TEXT: Schema = {"type": "string"}
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
    "schema": TEXT,
}


def _content(kind: str, schema: Schema) -> Schema:
    return {kind: {"schema": schema}}


def _said(description: str, kind: str, schema: Schema = TEXT) -> Schema:
    return {"description": description, "content": _content(kind, schema)}


def _json_or_page(name: str) -> Schema:
    found = _content("application/json", {"$ref": f"#/components/schemas/{name}"})
    return found | _content("text/html", TEXT)


def _answered(description: str, name: str, headers: Schema | None = None) -> Schema:
    content = _json_or_page(name)
    return {"description": description, "headers": headers or {}, "content": content}


def _header(description: str) -> Schema:
    return {"description": description, "schema": TEXT}


# What every address may answer besides.
FAILURES: dict[str, Schema] = {
    "400": {"description": "The request cannot be read, or names another host."},
    "404": _said("There is no such thing here.", "text/html"),
    "405": {
        "description": "Only GET and HEAD are answered.",
        "headers": {"Allow": _header("GET, HEAD") | {"required": True}},
    },
    "431": {"description": "The request is longer than the server reads."},
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
            **FAILURES,
            **{status.removeprefix("_"): answer for status, answer in others.items()},
        },
    }


def _work_out(operation: str, summary: str, text: str, answer: str) -> Schema:
    """Return the working out of one dose, or of every line's."""
    never = {"Cache-Control": _header("Never to be stored.")}
    later = {"Retry-After": _header("Seconds to wait.")}
    unread = "The guide cannot be read; nothing was worked out."
    return {
        "operationId": operation,
        "summary": summary,
        "description": f"{text} A parameter that is not listed, or comes twice, is an "
        "error; an empty one counts as absent. Send the edition that your user reads, "
        "so that a dose from another one is refused. Send Accept: application/json, "
        "since anything else is answered with a page. Pages of other origins cannot "
        "read the answer.",
        "parameters": DOSE_PARAMETERS,
        "responses": {
            "200": _answered(
                "A dose, a question to confirm, or a refusal.", answer, never
            ),
            "422": _answered("What to type instead, by parameter.", "Invalid"),
            **FAILURES,
            "503": _answered(unread, "Unreadable", later),
        },
    }


DOSE = _work_out(
    "workOutDose",
    "Work out one dose from one dosing line.",
    "Send a regimen, or an indication without dosing lines, not both.",
    "DoseAnswer",
)
DOSES = _work_out(
    "workOutEveryLine",
    "Work out the dose of every line at one weight.",
    "Each line is answered as if it were asked for alone, with nothing chosen.",
    "EveryLine",
) | {"parameters": EVERY_LINE_PARAMETERS}
EDITION: Schema = _read(
    "readEdition",
    "Read a published edition, byte for byte as it was fingerprinted.",
    {
        "description": "The canonical document. Its SHA-256 is the "
        "fingerprint, which stands in the ETag.",
        "headers": {
            "ETag": _header("The fingerprint, and how the answer is packed."),
            "Link": _header('The schema: rel="describedby".'),
        },
        "content": _content(
            "application/json", {"$ref": "#/components/schemas/Edition"}
        ),
    },
    _503={"description": "The stored bytes are not those published."},
)
FHIR_CONTENT = _content(MEDIA_TYPE, OBJECT)
FHIR: Schema = _read(
    "readEditionAsFhir",
    "Read a published edition as a FHIR R5 Bundle.",
    {"description": "A document Bundle.", "content": FHIR_CONTENT},
    _404={
        "description": "There is no such edition, or no such address.",
        "content": FHIR_CONTENT | _content("text/html", TEXT),
    },
    _503={"description": "The guide cannot be read.", "content": FHIR_CONTENT},
)
CHANGES: Schema = _read(
    "readChanges",
    "Editions put in force, withdrawn and restored, as an Atom feed.",
    _said("The feed (RFC 4287).", "application/atom+xml"),
    _503={"description": "The guide cannot be read."},
)
MONITORING: Schema = {
    "operationId": "readMonitoring",
    "summary": "The dates of the tests of a treatment, and of a line's doses.",
    "parameters": [
        query_parameter(
            "start",
            {"type": "string", "format": "date"},
            "The first day, at most 10 years from today.",
        )
        | {"required": True},
        word_parameter(
            "reading", ["longer"], "Of two readings of the guide, the longer."
        ),
        query_parameter(
            "regimen",
            {"type": "string"},
            "A line that is not given daily: the dates of its doses too.",
        ),
    ],
    "responses": {
        "200": _said("The dates (RFC 5545).", "text/calendar"),
        "422": _said("What to type instead.", "text/plain"),
        **FAILURES,
        "503": {"description": "The guide cannot be read."},
    },
}
EDITION_SCHEMA: Schema = _read(
    "readEditionSchema",
    "The JSON Schema (draft 2020-12) of an edition.",
    _said("The schema.", "application/schema+json", OBJECT),
)
DOCUMENT: Schema = _read(
    "readOpenapi",
    "This document.",
    _said("OpenAPI 3.1.", "application/json", OBJECT),
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
            "/{drug}/dose/": {"parameters": [DRUG], "get": DOSE},
            "/{drug}/doses/": {"parameters": [DRUG], "get": DOSES},
            "/{drug}/editions/{number}/edition.json": {
                "parameters": [DRUG, EDITION_NUMBER],
                "get": EDITION,
            },
            "/{drug}/editions/{number}/fhir.json": {
                "parameters": [DRUG, EDITION_NUMBER],
                "get": FHIR,
            },
            "/{drug}/changes.atom": {"parameters": [DRUG], "get": CHANGES},
            "/{drug}/monitoring.ics": {"parameters": [DRUG], "get": MONITORING},
            f"/schemas/edition-{VERSION}.json": {"get": EDITION_SCHEMA},
            "/openapi.json": {"get": DOCUMENT},
        },
        "components": {"schemas": dose_schemas() | {"Edition": edition}},
    }


@public_page
@readable_from_anywhere
def openapi_json(request: HttpRequest) -> HttpResponse:
    """What programs may ask of this site."""
    return HttpResponse(openapi_bytes(settings.PUBLIC_ORIGIN), "application/json")


urlpatterns = [path("openapi.json", openapi_json, name="openapi")]
