"""What blocks a section: empty and nobody said so, or not what a line can take."""

from collections.abc import Iterator

from reference.dosing import rules
from reference.editions import Document

from .problem import Problem

# A reader takes a bare heading of one of these for "there is none".
ASKED_FOR = (
    "regimens",
    "contraindications",
    "warnings",
    "adverse_reaction_groups",
    "storage",
    "administration",
    "monitoring",
)


def section_problems(document: Document) -> Iterator[Problem]:
    """Yield each section that is empty unsaid, or said to be empty and is not."""
    stated = document["edition"]["none_stated"]
    for section in ASKED_FOR:
        name = section.replace("_", " ")
        if document[section] and section in stated:
            text = f"“None stated” is said of the {name}, and there are some."
            yield Problem("block", "edition", "none_stated", text)
        elif not document[section] and section not in stated:
            text = f"The section “{name}” is empty: add to it, or say “none stated”."
            yield Problem("block", section, "", text)
    for section in stated:
        if section not in ASKED_FOR:
            text = f"“None stated” knows no section {section}."
            yield Problem("block", "edition", "none_stated", text)
    for row in document["preparations"]:
        if not row["routes"]:
            text = f"Preparations, {row['key']}: say by which routes it is given."
            yield Problem("block", "preparations", row["key"], text)
        for said in rules.preparation_problems(row):
            text = f"Preparations, {row['key']}: {said}"
            yield Problem("block", "preparations", row["key"], text)
