"""The Composition that ties an edition's resources to the sections of its text.

Each section carries its lines as printed words and, where there are
resources of them, references.
"""

from collections.abc import Iterator

from .clinical_use import SECTION_OF, reference_to
from .datatypes import Document, Element, concept, narrative, owner_id, plain_text
from .facts import COMPOSITION_STATUS, EditionFacts
from .knowledge import address_identifier, author

KIND_OF = {section: kind for kind, section in SECTION_OF.items()}
KIND_OF["adverse_reaction_groups"] = KIND_OF.pop("adverse_reactions")
# Those that MedicationKnowledge has elements for.
IN_KNOWLEDGE = (
    *("indications", "preparations", "administration", "storage", "monitoring"),
)


def composition(document: Document, facts: EditionFacts) -> Element:
    """Return the first resource of an edition's Bundle."""
    edition, drug = document["edition"], document["drug"]
    digest = {"type": concept("SHA-256 of the edition"), "value": facts.fingerprint}
    return {
        "resourceType": "Composition",
        "id": owner_id(drug["slug"]),
        "meta": {"versionId": str(edition["number"])},
        "text": narrative(
            f"{edition['printed_title']}. Edition {edition['number']}, "
            f"{edition['label']}: {facts.state_in_words}.",
            edition["revision_line"],
        ),
        "identifier": [address_identifier(facts), digest],
        "version": str(edition["number"]),
        "status": COMPOSITION_STATUS[facts.state],
        "type": concept("Biologic reference guide"),
        "subject": [_knowledge(document)],
        "date": edition["revised_on"],
        "author": [author(document)],
        "title": plain_text(edition["printed_title"]),
        "section": list(_sections(document, facts)),
    }


def _knowledge(document: Document) -> Element:
    return {"reference": f"MedicationKnowledge/{owner_id(document['drug']['slug'])}"}


def _sections(document: Document, facts: EditionFacts) -> Iterator[Element]:
    edition = document["edition"]
    yield _section("Introduction", [edition["overview"]])
    for name, title in facts.section_titles.items():
        printed = [h["title"] for h in document["headings"] if h["section"] == name]
        lines = list(_lines(document, name))
        entries = list(_entries(document, name))
        if lines:
            yield _section(printed[0] if printed else title, lines, entries)
    discrepancies = [
        f"{row['title']}. {row['consequence']} Ruling: {row['ruling']}."
        for row in document["discrepancies"]
    ]
    if discrepancies:
        yield _section("Discrepancies", discrepancies)
    yield _section("Disclaimer", [edition["disclaimer"]])


def _section(
    title: str, lines: list[str], entries: list[Element] | None = None
) -> Element:
    section = {"title": plain_text(title), "text": narrative(*lines)}
    return section | ({"entry": entries} if entries else {})


def _lines(document: Document, section: str) -> Iterator[str]:
    """Yield the words of a section, line by line, as the committee printed them."""
    for row in document[section]:
        if section == "indications":
            yield f"{row['name']} ({row['status']}). {row['status_note']}"
            lines = [
                f"{line['route']}: {line['printed']}"
                for line in document["regimens"]
                if line["indication"] == row["key"]
            ]
            yield from lines or ["The guide prints no dose."]
        elif section == "resources":
            yield f"{row['title']} {row['url']}"
        else:
            yield row["printed"] or row.get("text", row["key"])


def _entries(document: Document, section: str) -> Iterator[Element]:
    if section in IN_KNOWLEDGE:
        yield _knowledge(document)
    kind = KIND_OF.get(section)
    if kind is not None:
        for row in document[SECTION_OF[kind]]:
            yield reference_to(document, kind, row)
