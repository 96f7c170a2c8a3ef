"""Every change of an edition's state, what blocks one, and the record of them all.

    from reference import publishing
    publishing.publish(edition=edition, by=reviewer, seen=publishing.digest(edition))

Each act is one transaction, takes keywords, and refuses with a PublishingError whose
text says what to do. Nothing else in the site changes a state.
"""

from .acts import (
    confirm_full_review,
    propose_full_review,
    publish,
    publish_imported,
    request_restoration,
    restore,
    return_to_draft,
    submit,
    withdraw,
)
from .drafts import discard, start_draft, start_from_file
from .problems import Problem, blocks, open_discrepancies, publication_problems
from .record import record_act
from .rules import (
    ChangedSinceSeenError,
    NotAllowedError,
    NotAnImportError,
    NotReadyError,
    OpenDraftExistsError,
    PublishingError,
    ReasonMissingError,
    WrongStateError,
    contribute,
    digest,
    hold,
    require_standing,
    standing,
    why_not_publisher,
)

__all__ = [
    "ChangedSinceSeenError",
    "NotAllowedError",
    "NotAnImportError",
    "NotReadyError",
    "OpenDraftExistsError",
    "Problem",
    "PublishingError",
    "ReasonMissingError",
    "WrongStateError",
    "blocks",
    "confirm_full_review",
    "contribute",
    "digest",
    "discard",
    "hold",
    "open_discrepancies",
    "propose_full_review",
    "publication_problems",
    "publish",
    "publish_imported",
    "record_act",
    "request_restoration",
    "require_standing",
    "restore",
    "return_to_draft",
    "standing",
    "start_draft",
    "start_from_file",
    "submit",
    "why_not_publisher",
    "withdraw",
]
