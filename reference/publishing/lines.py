"""What blocks a dosing line: numbers that part from words, or that nothing can dose."""

from collections.abc import Iterator
from functools import partial

from reference.dosing import quantities, rules
from reference.editions import Document
from reference.reading import line_problems

from .problem import Problem, Row

NO_HOW_OFTEN = "Say how often it is given."


def regimen_problems(document: Document, regimen: Row) -> Iterator[Problem]:
    """Yield where a line contradicts itself, its words or its print."""
    where = f"Regimens, {regimen['key']}"
    block = partial(Problem, "block", "regimens", regimen["key"])
    if not regimen["how_often"]:
        yield block(f"{where}: {NO_HOW_OFTEN}")
        return
    for text in rules.regimen_problems(regimen):
        yield block(f"{where}: {text}")
    weights = rules.weights_capped_below_low_kg(regimen)
    if weights:
        listed = ", ".join(quantities.quantity(weight, "kg") for weight in weights)
        yield block(f"{where}: the maximum is below the lowest dose at {listed}.")
    if document["preparations"] and not rules.preparations_for(
        document, regimen["route"]
    ):
        yield block(f"{where}: no preparation is given by this route.")
    for text in line_problems(document, regimen):
        yield block(f"{where}: {text}")
