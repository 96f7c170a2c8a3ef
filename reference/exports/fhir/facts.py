"""What FHIR is told of an edition besides its document, and how its state is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

PUBLISHED, SUPERSEDED, WITHDRAWN = "published", "superseded", "withdrawn"
KNOWLEDGE_STATUS = {
    PUBLISHED: "active",
    SUPERSEDED: "inactive",
    WITHDRAWN: "entered-in-error",
}
COMPOSITION_STATUS = {
    PUBLISHED: "final",
    SUPERSEDED: "deprecated",
    WITHDRAWN: "entered-in-error",
}
PUBLICATION_STATUS = {PUBLISHED: "active", SUPERSEDED: "retired", WITHDRAWN: "retired"}


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """A public edition: its state, its digest, and where it is read."""

    state: str
    state_in_words: str
    fingerprint: str
    published_at: datetime
    origin: str  # without a path: https://reference.example
    path: str  # the edition's permanent path: /examplimab/editions/1/
    section_titles: Mapping[str, str]  # of each section, in the page's order

    @property
    def address(self) -> str:
        return f"{self.origin}{self.path}"
