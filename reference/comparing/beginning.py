"""What stands before a first edition, so that it is compared as any other is."""

from typing import Any

from reference.dosing import Document

from .statements import FACTS


def nothing_before(after: Document) -> Document:
    """Return a document of no statements, so that all of another is new beside it."""
    empty: dict[str, Any] = {name: [] for name in after if name not in FACTS}
    return empty | {part: dict.fromkeys(after[part], "") for part in FACTS}
