"""What the dose address may answer, by the description of the API."""

from typing import Any

from jsonschema import Draft202012Validator

from reference.openapi import openapi

JSON = {"Accept": "application/json"}


def strict(schema: Any) -> Any:
    """The schema with every key refused that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(each) for name, each in schema.items()}
    if "properties" in schema:
        closed.setdefault("additionalProperties", False)
    return closed


def answer_validators(
    path: str = "/{drug}/dose/",
) -> dict[int, Draft202012Validator]:
    """What a dose address may answer, by its status, without a key too many."""
    described = openapi("")
    responses = described["paths"][path]["get"]["responses"]
    components = strict(described["components"])
    return {
        status: Draft202012Validator(
            responses[str(status)]["content"]["application/json"]["schema"]
            | {"components": components}
        )
        for status in (200, 422, 503)
    }
