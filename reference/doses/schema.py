"""The answers of the dose addresses as JSON Schema: the contract of design and README.

Answers may gain keys and never lose or change one, so unknown keys are not refused.
"""

from reference.dosing import typed
from reference.editions import Schema
from reference.models import Regimen

from .answer import SAID_ONCE
from .dose_schema import (
    CONTAINERS,
    COUNT,
    DIVIDED_DOSE,
    INFUSION,
    LIMIT,
    NUMBER,
    PREPARATION,
    TABLET_DOSE,
    TEXT,
    json_object,
    list_of,
    or_null,
    ref,
)

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
        "edition": ref("EditionName"),
    }
    return json_object(named | required, description=description, **optional)


REGIMEN = json_object(
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
AGE = json_object(
    {
        "value": NUMBER,
        "unit": {"enum": list(typed.HIGHEST_AGE)},
        "reference": or_null(TEXT),
        "low_kg": or_null(NUMBER),
        "high_kg": or_null(NUMBER),
    }
)
UNDERSTOOD = {"age": or_null(AGE), "crcl_ml_per_min": or_null(NUMBER)}
SCHEDULE = json_object(
    {"kind": {"enum": ["every-n-months", "listed"]}},
    listed=list_of(COUNT),
    listed_unit={"enum": list(Regimen.ListedUnit.values)},
    every_days={"type": "integer", "minimum": 2},
    every_months={"type": "integer", "minimum": 1},
    again_after_days={"type": "integer", "minimum": 1},
    first_days=list_of(COUNT),
)
COMPUTED = _answer(
    "computed",
    "The dose. Where needs is not empty, a choice has to be sent before there is "
    "one. Show every caution beside it.",
    {
        "regimen": ref("Regimen"),
        "weight_kg": or_null(NUMBER),
        "rate": json_object(
            {
                "low": NUMBER,
                "high": NUMBER,
                "unit": {"enum": list(Regimen.Basis.values)},
            }
        ),
        "daily_mg": or_null(ref("Range")),
        "doses": list_of({"anyOf": [DIVIDED_DOSE, TABLET_DOSE]}),
        "limit": or_null(LIMIT),
        "infusion": or_null(INFUSION),
        "course": or_null(
            json_object(
                {
                    "days": ref("Counts"),
                    "mg": ref("Range"),
                    "syringes": ref("Counts"),
                },
                doses=ref("Counts"),
            )
        ),
        "needs": list_of({"enum": ["bsa", "doses_per_day", "hours", "preparation"]}),
        "working": list_of(TEXT),
        "cautions": list_of(json_object({"code": TEXT, "text": TEXT})),
        **UNDERSTOOD,
    },
    bsa_m2=or_null(NUMBER),
    every_days={"type": "integer", "minimum": 2},
    schedule=SCHEDULE,
    preparation=or_null(PREPARATION),
)
CONFIRM = _answer(
    "confirm",
    "No dose yet: show the text, and ask again with confirm=yes if it is so.",
    {
        "regimen": ref("Regimen"),
        "weight_kg": or_null(NUMBER),
        "weight_lb": or_null(NUMBER),
        "text": TEXT,
        **UNDERSTOOD,
    },
)
REASON = json_object(
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
    {"regimen": or_null(ref("Regimen")), "reason": REASON},
    indication=json_object({"key": TEXT, "name": TEXT}),
)
ERRORS: Schema = {
    "type": "object",
    "description": "What to type instead, by parameter.",
    "minProperties": 1,
    "additionalProperties": {**list_of(TEXT), "minItems": 1},
}
INVALID = json_object(
    {"status": {"const": "invalid"}, "errors": ERRORS},
    description="The request has to be put right first.",
)
# The same of one line among all, which name drug and edition once.
LINES = {"Computed": COMPUTED, "Confirm": CONFIRM, "Refused": REFUSED}
EVERY_LINE = json_object(
    {
        "status": {"enum": ["computed", "refused"]},
        "drug": {"type": "string", "description": "The drug's slug."},
        "edition": ref("EditionName"),
        "weight_kg": or_null(NUMBER),
        "weight_lb": or_null(NUMBER),
        "lines": list_of(ref("LineAnswer")),
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
        "Unreadable": json_object(
            {"status": {"const": "unreadable"}, "text": TEXT},
            description="The guide could not be read; nothing was worked out.",
        ),
        "EditionName": json_object(
            {
                "number": {"type": "integer", "minimum": 1},
                "label": {"type": "string"},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            }
        ),
        "Regimen": REGIMEN,
        "Range": json_object({"low": NUMBER, "high": NUMBER}),
        "Counts": json_object({"low": COUNT, "high": COUNT}),
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
    refs = {name: ref(f"{name}{suffix}") for name in LINES}
    return {
        "description": description,
        "oneOf": list(refs.values()),
        "discriminator": {
            "propertyName": "status",
            "mapping": {name.lower(): ref["$ref"] for name, ref in refs.items()},
        },
    }
