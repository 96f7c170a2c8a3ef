"""The parts of a worked dose as JSON Schema, and the pieces schemas are made of."""

from reference.editions import Schema
from reference.models import Regimen

NUMBER: Schema = {
    "type": "string",
    "pattern": r"^(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$",
    "description": "A decimal number as text: no exponent, no zero at its end.",
}
COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string", "minLength": 1}


def json_object(
    required: dict[str, Schema], *, description: str = "", **optional: Schema
) -> Schema:
    """Return an object that has these, and may have the others."""
    return {
        **({"description": description} if description else {}),
        "type": "object",
        "properties": required | optional,
        "required": list(required),
    }


def list_of(items: Schema) -> Schema:
    """Return an array of such items."""
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    """Return the same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """Return where a schema of this name stands in OpenAPI."""
    return {"$ref": f"#/components/schemas/{name}"}


CONTAINERS: Schema = {
    "description": "Only where a dose is taken from vials or tablets: how many of each "
    "size. The fewest vials and then the least left over, by what is printed on them "
    "and no overfill; the fewest whole tablets that make the dose exactly.",
    **list_of(
        json_object(
            {
                "key": TEXT,
                "name": TEXT,
                "strength_mg": NUMBER,
                "count": {"type": "integer", "minimum": 1},
            }
        )
    ),
}
DIVIDED_DOSE = json_object(
    {
        "per_day": {"type": "integer", "minimum": 1},
        "mg": ref("Range"),
        "ml": ref("Range"),
        "syringes": ref("Counts"),
        "syringes_per_day": ref("Counts"),
    },
    description="Syringes counts what a dose is taken from, be it vials or pens.",
    diluent_ml=ref("Range"),
    fluid_ml_per_kg_per_day=or_null(ref("Range")),
    containers=json_object({"low": ref("Containers"), "high": ref("Containers")}),
    left_over_mg=ref("Range"),
)
TABLET_DOSE = json_object(
    {
        "per_day": {"type": "integer", "minimum": 1},
        "mg": ref("Range"),
        "ml": {"type": "null"},
        "syringes": or_null(ref("Counts")),
        "syringes_per_day": or_null(ref("Counts")),
        "containers": json_object(
            {"low": or_null(ref("Containers")), "high": or_null(ref("Containers"))}
        ),
    },
    description="Of tablets, which have no mL; syringes counts those of either end of "
    "mg, where the high one may need fewer, and is null where whole ones do not make "
    "both.",
)
LIMIT = json_object(
    {
        "value": NUMBER,
        "unit": {"enum": list(Regimen.MaximumUnit.values)},
        "per": {"enum": ["dose", "day"]},
        "applied": {"type": "boolean"},
        "source": TEXT,
    },
    description="The line's maximum; applied says whether it lowered a number.",
)
INFUSION = json_object(
    {
        "mg_per_hour": NUMBER,
        "hours": or_null(NUMBER),
        "total_mg": or_null(NUMBER),
        "syringes": or_null(COUNT),
        "diluent_ml": or_null(NUMBER),
        "diluent_ml_per_hour": or_null(NUMBER),
        "fluid_ml_per_kg_per_day": or_null(NUMBER),
    },
    containers=ref("Containers"),
    left_over_mg=NUMBER,
)
PREPARATION = json_object(
    {
        "key": TEXT,
        "name": TEXT,
        "strength_mg": NUMBER,
        "strength_ml": or_null(NUMBER),
    },
    description="Of several: the one chosen. Null until one is: it is in needs, or the "
    "vials of one concentration are combined, and each dose has containers.",
)
