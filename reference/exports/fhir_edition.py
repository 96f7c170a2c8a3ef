"""What FHIR is told of an edition besides its document, and how its state is said.

Asks no database.
"""

from dataclasses import dataclass
from datetime import datetime

from ..pages import STATE_IN_WORDS

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
    fingerprint: str
    published_at: datetime
    origin: str  # without a path: https://reference.example
    path: str  # the edition's permanent path: /examplimab/editions/1/

    @property
    def address(self) -> str:
        return f"{self.origin}{self.path}"

    @property
    def state_in_words(self) -> str:
        return str(STATE_IN_WORDS[self.state])
