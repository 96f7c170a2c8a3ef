"""The parameters of the dose address, as its OpenAPI document describes them."""

from reference.dosing import (
    HIGHEST_AGE,
    HIGHEST_CRCL_ML_PER_MIN,
    HIGHEST_WEIGHT_KG,
    LONGEST_NUMBER,
    LOWEST_WEIGHT_KG,
)
from reference.editions import Schema

NUMBER = r"[0-9]+(?:\.[0-9]+)?"
WHOLE_NUMBER = r"[0-9]+(?:\.0+)?"
KEY: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]*$", "maxLength": 60}


def dose_parameters() -> list[Schema]:
    """Return what may be sent with a dose request, as OpenAPI describes parameters."""
    return [
        query_parameter(
            "regimen", KEY, "The key of a dosing line of the edition in force."
        ),
        query_parameter(
            "indication", KEY, "The key of an indication without dosing lines."
        ),
        _typed(
            "weight",
            rf"{NUMBER}(?: ?[kK][gG])?",
            f"Kilograms, from {LOWEST_WEIGHT_KG} to {HIGHEST_WEIGHT_KG}. Needed where "
            "the line doses by weight; never used on a fixed dose.",
        ),
        _typed(
            "rate", NUMBER, "On a line by weight: the rate to use, in its own unit."
        ),
        _typed("doses_per_day", WHOLE_NUMBER, "Not on an infusion: how many doses."),
        _typed("hours", WHOLE_NUMBER, "On an infusion alone: how long it runs."),
        query_parameter("preparation", KEY, "Of several preparations: the key of one."),
        word_parameter(
            "dose", ["increased"], "Where the line has an increased dose: that one."
        ),
        word_parameter("confirm", ["yes"], "What a confirm answer asked about is so."),
        _typed("edition", WHOLE_NUMBER, "The edition that the user reads."),
        _typed("age", NUMBER, "A check, with age_unit; never used in the dose."),
        word_parameter("age_unit", list(HIGHEST_AGE), "The unit of the age."),
        _typed(
            "crcl",
            NUMBER,
            f"Creatinine clearance in mL/min, to {HIGHEST_CRCL_ML_PER_MIN}, on a line "
            "with a statement on it; never used in the dose.",
        ),
    ]


def query_parameter(name: str, schema: Schema, description: str) -> Schema:
    """Return one parameter of a query."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def word_parameter(name: str, words: list[str], description: str) -> Schema:
    """Return a parameter that takes one of some words, or nothing."""
    return query_parameter(name, {"type": "string", "enum": ["", *words]}, description)


def _typed(name: str, grammar: str, description: str) -> Schema:
    """Return a parameter that people type; white space round it does no harm."""
    schema = {
        "type": "string",
        "pattern": rf"^(?:\s*{grammar}\s*)?$",
        "maxLength": LONGEST_NUMBER,
    }
    return query_parameter(name, schema, description)
