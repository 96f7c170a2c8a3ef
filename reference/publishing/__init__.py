"""Every change of an edition's state, what blocks one, and the record of them all.

    from reference import publishing
    seen = publishing.fingerprint_of(edition)
    publishing.publish(edition=edition, by=reviewer, seen=seen)

Each act is one transaction, takes keywords, and refuses with a PublishingError whose
text says what to do. Nothing else in the site changes a state.
"""

from .acts import (
    confirm_full_review,
    propose_full_review,
    publish,
    request_restoration,
    restore,
    return_to_draft,
    submit,
    withdraw,
)
from .drafts import discard, start_draft, start_from_file, start_reissued
from .first_editions import publish_first_edition, publish_imported
from .problem import Problem
from .problems import (
    blocks,
    open_discrepancies,
    publication_problems,
    reworded,
)
from .record import record_act
from .rules import (
    NotAcknowledgedError,
    PublishingError,
    contribute,
    fingerprint_of,
    hold,
    require_versions,
    versions_of,
    why_not_publisher,
)
from .sections import ASKED_FOR

__all__ = [
    "ASKED_FOR",
    "NotAcknowledgedError",
    "Problem",
    "PublishingError",
    "blocks",
    "confirm_full_review",
    "contribute",
    "discard",
    "fingerprint_of",
    "hold",
    "open_discrepancies",
    "propose_full_review",
    "publication_problems",
    "publish",
    "publish_first_edition",
    "publish_imported",
    "record_act",
    "request_restoration",
    "require_versions",
    "restore",
    "return_to_draft",
    "reworded",
    "start_draft",
    "start_from_file",
    "start_reissued",
    "submit",
    "versions_of",
    "why_not_publisher",
    "withdraw",
]
