"""What may be asked of the dose addresses: for OpenAPI, and to ask the same again."""

from collections.abc import Iterator

from reference import dosing
from reference.dosing import DoseRule, Patient, quantities, typed
from reference.editions import Schema

from .answer import DoseAnswer

WHOLE_NUMBER = r"[0-9]+(?:\.0+)?"
KEY: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]*$", "maxLength": 60}
OF_EVERY_LINE = ("weight", "age", "age_unit", "crcl", "confirm", "edition")


def query_parameter(name: str, schema: Schema, description: str) -> Schema:
    """Return one parameter of a query."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def word_parameter(name: str, words: list[str], description: str) -> Schema:
    """Return a parameter that takes one of some words, or nothing."""
    return query_parameter(name, {"type": "string", "enum": ["", *words]}, description)


def _typed(name: str, number: str, description: str, unit: str = "") -> Schema:
    """Return a parameter that people type; white space round it does no harm."""
    schema = {
        "type": "string",
        "pattern": f"^(?:{typed.typed_pattern(number, unit)})?$",
        "maxLength": typed.LONGEST_NUMBER,
    }
    return query_parameter(name, schema, description)


# What may be sent with a dose request.
DOSE_PARAMETERS: list[Schema] = [
    query_parameter(
        "regimen", KEY, "The key of a dosing line of the edition in force."
    ),
    query_parameter(
        "indication", KEY, "The key of an indication without dosing lines."
    ),
    _typed(
        "weight",
        typed.NUMBER,
        f"Kilograms, from {typed.LOWEST_WEIGHT_KG} to {typed.HIGHEST_WEIGHT_KG}. "
        "Needed where the line doses by weight; never used on a fixed dose.",
        typed.KILOGRAMS,
    ),
    _typed(
        "bsa",
        typed.NUMBER,
        f"Body surface area in m², from {typed.LOWEST_BSA_M2} to "
        f"{typed.HIGHEST_BSA_M2}: on a line per m², and on no other. Without it such a "
        "line has no amount, and needs it.",
        typed.SQUARE_METERS,
    ),
    _typed(
        "rate", typed.NUMBER, "On a line by weight or per m²: the rate, in its unit."
    ),
    _typed("doses_per_day", WHOLE_NUMBER, "Not on an infusion: how many doses."),
    _typed("hours", WHOLE_NUMBER, "On an infusion alone: how long it runs."),
    query_parameter("preparation", KEY, "Of several preparations: the key of one."),
    word_parameter(
        "dose", ["increased"], "Where the line has an increased dose: that one."
    ),
    word_parameter("confirm", ["yes"], "What a confirm answer asked about is so."),
    _typed("edition", WHOLE_NUMBER, "The edition that the user reads."),
    _typed("age", typed.NUMBER, "A check, with age_unit; never used in the dose."),
    word_parameter("age_unit", list(typed.HIGHEST_AGE), "The unit of the age."),
    _typed(
        "crcl",
        typed.NUMBER,
        "Creatinine clearance in mL/min, to "
        f"{typed.HIGHEST_CRCL_ML_PER_MIN}: a low one may add a statement; never used "
        "in the dose.",
        typed.ML_PER_MIN,
    ),
]
EVERY_LINE_PARAMETERS: list[Schema] = [
    each | {"required": each["name"] == "weight"}
    for each in DOSE_PARAMETERS
    if each["name"] in OF_EVERY_LINE
]


def patient_parameters(patient: Patient) -> Iterator[tuple[str, str]]:
    """Yield what is known of a patient as the parameters that say it again."""
    age = patient.age
    for name, number in (
        ("weight", patient.weight_kg),
        ("age", None if age is None else age.number),
        ("crcl", patient.crcl_ml_per_min),
    ):
        if number is not None:
            yield name, quantities.plain_number(number)
    if age is not None:
        yield "age_unit", age.unit
    if patient.confirmed:
        yield "confirm", "yes"


def asked_again(answer: DoseAnswer) -> Iterator[tuple[str, str]]:
    """Yield the parameters that were understood, by their names."""
    if answer.regimen is not None:
        yield "regimen", answer.regimen["key"]
    elif answer.indication is not None:
        yield "indication", answer.indication["key"]
    if answer.errors:
        return
    patient, rule = answer.patient, answer.rule
    known = dict(patient_parameters(patient))
    yield from ((name, value) for name, value in known.items() if name != "confirm")
    for name, number in (("bsa", patient.bsa_m2), ("rate", patient.rate)):
        if number is not None:
            yield name, quantities.plain_number(number)
    for name, count in (
        ("doses_per_day", patient.doses_per_day),
        ("hours", patient.hours),
    ):
        if count is not None:
            yield name, str(count)
    if patient.increased:
        yield "dose", "increased"
    if rule is not None and rule.chosen_product and has_several(answer, rule):
        yield "preparation", rule.chosen_product.key
    if patient.confirmed:
        yield "confirm", "yes"
    yield "edition", str(answer.document["edition"]["number"])


def has_several(answer: DoseAnswer, rule: DoseRule) -> bool:
    """Return whether the line could be drawn from another preparation too."""
    return len(dosing.rules.preparations_for(answer.document, rule.route)) > 1
