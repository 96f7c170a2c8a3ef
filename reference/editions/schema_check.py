"""Checks plain data against the schema of an edition, naming every fault by its path.

It knows the words of JSON Schema that schema.py uses, and no others.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from .plain_data import Schema

Path = tuple[str | int, ...]
Fault = tuple[Path, str]

TYPES: dict[str, tuple[type, str]] = {
    "object": (dict, "an object"),
    "array": (list, "a list"),
    "string": (str, "text"),
    "integer": (int, "a whole number"),
    "boolean": (bool, "true or false"),
}
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST_SHOWN = 60


class ReadObject(dict[str, Any]):
    """An object as it was read, with the keys that stood in it more than once."""

    repeated: tuple[str, ...] = ()


def written(path: Path) -> str:
    """Return a path as people read it: "regimens[3].low", and "$" for the whole."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif PLAIN_NAME.fullmatch(step) and len(step) <= LONGEST_SHOWN:
            text += f".{step}"
        else:  # never as it came: it could be a terminal's command
            text += f"[{shown(step)}]"
    return text.removeprefix(".") or "$"


def shown(value: Any) -> str:
    """Return a value as JSON in ASCII, cut short."""
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def schema_faults(value: Any, schema: Schema, path: Path = ()) -> Iterator[Fault]:
    """Yield where value is not what the schema says, with what it should be."""
    kind, in_words = TYPES[schema["type"]]
    is_kind = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not is_kind:
        hint = " in quotes" if kind is str and isinstance(value, int | float) else ""
        yield path, f"This has to be {in_words}{hint}."
    elif kind is dict:
        yield from _object_faults(value, schema, path)
    elif kind is list:
        yield from _list_faults(value, schema, path)
    else:
        yield from _value_faults(value, schema, path)


def fits(value: Any, schema: Schema) -> bool:
    """Return whether value is what the schema says."""
    return not any(schema_faults(value, schema))


def _object_faults(value: Any, schema: Schema, path: Path) -> Iterator[Fault]:
    for name in getattr(value, "repeated", ()):
        yield (*path, name), "This key stands here more than once."
    for name in schema["required"]:
        if name not in value:
            yield (*path, name), "This is missing."
    for name, each in value.items():
        inner = schema["properties"].get(name)
        if inner is None:
            yield (*path, name), "This key is not known here."
        else:
            yield from schema_faults(each, inner, (*path, name))


def _list_faults(value: list[Any], schema: Schema, path: Path) -> Iterator[Fault]:
    if len(value) < schema["minItems"]:
        yield path, "Leave this out: a list is never empty."
    elif len(value) > schema.get("maxItems", len(value)):
        yield path, f"This list has more than {schema['maxItems']} rows."
        return
    for index, each in enumerate(value):
        yield from schema_faults(each, schema["items"], (*path, index))
    if schema.get("uniqueItems") and len({*map(repr, value)}) < len(value):
        yield path, "Each of them stands here once."


def _value_faults(value: Any, schema: Schema, path: Path) -> Iterator[Fault]:
    if isinstance(value, str):
        if not _is_unicode(value):
            yield path, "This holds half of a character."
        elif "enum" in schema and value not in schema["enum"]:
            choices = ", ".join(map(shown, schema["enum"]))
            yield path, f"This has to be one of {choices}."
        elif "pattern" in schema and not _expression(schema["pattern"]).search(value):
            yield path, f"{shown(value)} does not match {schema['pattern']}."
        elif len(value) > schema.get("maxLength", len(value)):
            yield path, f"This is longer than {schema['maxLength']} characters."
    elif "minimum" in schema and not schema["minimum"] <= value <= schema["maximum"]:
        yield path, f"This has to be from {schema['minimum']} to {schema['maximum']}."
    if "not" in schema and value == schema["not"]["const"]:
        yield path, f"Leave this out: without it, it is {shown(value)}."


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern whose end is the end, as in ECMAScript: no line may follow."""
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))
