"""The answers of the dose addresses as JSON Schema: the contract of design and README.

Answers may gain keys and never lose or change one, so unknown keys are not refused.
"""

from reference.dosing import typed
from reference.editions import Schema
from reference.models import Regimen

from .answer import SAID_ONCE

NUMBER: Schema = {
    "type": "string",
    "pattern": r"^(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$",
    "description": "A decimal number as text: no exponent, no zero at its end.",
}
COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string", "minLength": 1}
REFUSALS = (
    *("no-dosing-printed", "above-maximum", "outside-range"),
    *("edition-not-in-force", "edition-withdrawn", "edition-not-verified"),
)


def _answer(
    status: str, description: str, required: dict[str, Schema], **optional: Schema
) -> Schema:
    named = {
        "status": {"const": status},
        "drug": {"type": "string", "description": "The drug's slug."},
        "edition": _ref("EditionName"),
    }
    return _object(named | required, description=description, **optional)


def _object(
    required: dict[str, Schema], *, description: str = "", **optional: Schema
) -> Schema:
    return {
        **({"description": description} if description else {}),
        "type": "object",
        "properties": required | optional,
        "required": list(required),
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


CONTAINERS: Schema = {
    "description": "Only where a dose is taken from vials or tablets: how many of each "
    "size. The fewest vials and then the least left over, by what is printed on them "
    "and no overfill; the fewest whole tablets that make the dose exactly.",
    **_list(
        _object(
            {
                "key": TEXT,
                "name": TEXT,
                "strength_mg": NUMBER,
                "count": {"type": "integer", "minimum": 1},
            }
        )
    ),
}
DIVIDED_DOSE = _object(
    {
        "per_day": {"type": "integer", "minimum": 1},
        "mg": _ref("Range"),
        "ml": _or_null(_ref("Range")),
        "syringes": _or_null(_ref("Counts")),
        "syringes_per_day": _or_null(_ref("Counts")),
    },
    description="Syringes counts what a dose is taken from, be it vials, pens or "
    "tablets. Tablets have no mL, and no count where whole ones do not make the dose.",
    diluent_ml=_ref("Range"),
    fluid_ml_per_kg_per_day=_or_null(_ref("Range")),
    containers=_object(
        {"low": _or_null(_ref("Containers")), "high": _or_null(_ref("Containers"))}
    ),
    left_over_mg=_ref("Range"),
)
LIMIT = _object(
    {
        "value": NUMBER,
        "unit": {"enum": list(Regimen.MaximumUnit.values)},
        "per": {"enum": ["dose", "day"]},
        "applied": {"type": "boolean"},
        "source": TEXT,
    },
    description="The line's maximum; applied says whether it lowered a number.",
)
INFUSION = _object(
    {
        "mg_per_hour": NUMBER,
        "hours": _or_null(NUMBER),
        "total_mg": _or_null(NUMBER),
        "syringes": _or_null(COUNT),
        "diluent_ml": _or_null(NUMBER),
        "diluent_ml_per_hour": _or_null(NUMBER),
        "fluid_ml_per_kg_per_day": _or_null(NUMBER),
    },
    containers=_ref("Containers"),
    left_over_mg=NUMBER,
)
PREPARATION = _object(
    {
        "key": TEXT,
        "name": TEXT,
        "strength_mg": NUMBER,
        "strength_ml": _or_null(NUMBER),
    },
    description="Of several: the one chosen. Null until one is: it is in needs, or the "
    "vials of one concentration are combined, and each dose has containers.",
)
REGIMEN = _object(
    {
        "key": TEXT,
        "indication": TEXT,
        "route": {"enum": list(Regimen.Route.values)},
        "population": {"enum": list(Regimen.Population.values)},
        "printed": {"type": "string"},
    },
    description="The line, whom it is for, and the guide's own words for it.",
    phase={"enum": [phase for phase in Regimen.Phase.values if phase]},
    from_weight_kg=NUMBER,
    below_weight_kg=NUMBER,
    from_age_months={"type": "integer", "minimum": 1},
    below_age_months={"type": "integer", "minimum": 1},
)
# What was understood of the patient and takes no part in the dose.
AGE = _object(
    {
        "value": NUMBER,
        "unit": {"enum": list(typed.HIGHEST_AGE)},
        "reference": _or_null(TEXT),
        "low_kg": _or_null(NUMBER),
        "high_kg": _or_null(NUMBER),
    }
)
UNDERSTOOD = {"age": _or_null(AGE), "crcl_ml_per_min": _or_null(NUMBER)}
SCHEDULE = _object(
    {"kind": {"enum": ["every-n-months", "listed"]}},
    listed=_list(COUNT),
    listed_unit={"enum": list(Regimen.ListedUnit.values)},
    every_days={"type": "integer", "minimum": 2},
    every_months={"type": "integer", "minimum": 1},
    again_after_days={"type": "integer", "minimum": 1},
    first_days=_list(COUNT),
)
COMPUTED = _answer(
    "computed",
    "The dose. Where needs is not empty, a choice has to be sent before there is "
    "one. Show every caution beside it.",
    {
        "regimen": _ref("Regimen"),
        "weight_kg": _or_null(NUMBER),
        "rate": _object(
            {
                "low": NUMBER,
                "high": NUMBER,
                "unit": {"enum": list(Regimen.Basis.values)},
            }
        ),
        "daily_mg": _or_null(_ref("Range")),
        "doses": _list(DIVIDED_DOSE),
        "limit": _or_null(LIMIT),
        "infusion": _or_null(INFUSION),
        "course": _or_null(
            _object(
                {
                    "days": _ref("Counts"),
                    "mg": _ref("Range"),
                    "syringes": _ref("Counts"),
                },
                doses=_ref("Counts"),
            )
        ),
        "needs": _list({"enum": ["bsa", "doses_per_day", "hours", "preparation"]}),
        "working": _list(TEXT),
        "cautions": _list(_object({"code": TEXT, "text": TEXT})),
        **UNDERSTOOD,
    },
    bsa_m2=_or_null(NUMBER),
    every_days={"type": "integer", "minimum": 2},
    schedule=SCHEDULE,
    preparation=_or_null(PREPARATION),
)
CONFIRM = _answer(
    "confirm",
    "No dose yet: show the text, and ask again with confirm=yes if it is so.",
    {
        "regimen": _ref("Regimen"),
        "weight_kg": _or_null(NUMBER),
        "weight_lb": _or_null(NUMBER),
        "text": TEXT,
        **UNDERSTOOD,
    },
)
REASON = _object(
    {"code": {"enum": list(REFUSALS)}, "text": TEXT},
    links={
        "type": "object",
        "description": "Where to go on, as paths, by their meaning.",
        "additionalProperties": TEXT,
    },
)
REFUSED = _answer(
    "refused",
    "There is no dose, and the reason says why.",
    {"regimen": _or_null(_ref("Regimen")), "reason": REASON},
    indication=_object({"key": TEXT, "name": TEXT}),
)
ERRORS: Schema = {
    "type": "object",
    "description": "What to type instead, by parameter.",
    "minProperties": 1,
    "additionalProperties": {**_list(TEXT), "minItems": 1},
}
INVALID = _object(
    {"status": {"const": "invalid"}, "errors": ERRORS},
    description="The request has to be put right first.",
)
# The same of one line among all, which name drug and edition once.
LINES = {"Computed": COMPUTED, "Confirm": CONFIRM, "Refused": REFUSED}
EVERY_LINE = _object(
    {
        "status": {"enum": ["computed", "refused"]},
        "drug": {"type": "string", "description": "The drug's slug."},
        "edition": _ref("EditionName"),
        "weight_kg": _or_null(NUMBER),
        "weight_lb": _or_null(NUMBER),
        "lines": _list(_ref("LineAnswer")),
    },
    description="One answer for each row of the table, in its order, each with its "
    "own status. Refused is the edition: then every line is, for the same reason.",
    reason=REASON,
)


def dose_schemas() -> dict[str, Schema]:
    """Return the schema of each answer and of its parts, by the names they refer to."""
    return {
        "DoseAnswer": _any_answer(
            "", "What came of the request: the status says which it is."
        ),
        "EveryLine": EVERY_LINE,
        "LineAnswer": _any_answer("Line", "What one line answers: the status says."),
        **LINES,
        **{f"{name}Line": _said_once(schema) for name, schema in LINES.items()},
        "Invalid": INVALID,
        "Unreadable": _object(
            {"status": {"const": "unreadable"}, "text": TEXT},
            description="The guide could not be read; nothing was worked out.",
        ),
        "EditionName": _object(
            {
                "number": {"type": "integer", "minimum": 1},
                "label": {"type": "string"},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            }
        ),
        "Regimen": REGIMEN,
        "Range": _object({"low": NUMBER, "high": NUMBER}),
        "Counts": _object({"low": COUNT, "high": COUNT}),
        "Containers": CONTAINERS,
    }


def _said_once(answer: Schema) -> Schema:
    """Return an answer's schema without what is said once, for all lines."""
    return answer | {
        "properties": {
            name: schema
            for name, schema in answer["properties"].items()
            if name not in SAID_ONCE
        },
        "required": [name for name in answer["required"] if name not in SAID_ONCE],
    }


def _any_answer(suffix: str, description: str) -> Schema:
    refs = {name: _ref(f"{name}{suffix}") for name in LINES}
    return {
        "description": description,
        "oneOf": list(refs.values()),
        "discriminator": {
            "propertyName": "status",
            "mapping": {name.lower(): ref["$ref"] for name, ref in refs.items()},
        },
    }
