"""The content model: a drug, its editions, the rows an edition owns, and the record.

The questions asked of them stand with them, as methods of their query sets, in the
site's own words: `Edition.objects.public()` is the one gate for what anyone may read.
"""

from .cautions import Caution
from .discrepancies import Discrepancy, DiscrepancyLine
from .drawn_pages import DrawnPage
from .editions import RESERVED_SLUGS, STATE_IN_WORDS, Drug, Edition, review_is_overdue
from .lists import Route
from .page_codes import Bound, is_good_code
from .partial_date import PartialDateField, in_words, validate_partial_date
from .passages import SearchPassage
from .product import Administration, Preparation, Storage
from .records import Contribution, HistoryEntry
from .regimens import Regimen
from .rows import (
    AdverseReaction,
    AdverseReactionGroup,
    Code,
    Contraindication,
    Heading,
    Indication,
    MonitoringTest,
    Resource,
    Row,
    SafetyWarning,
    Synonym,
)
from .signs import validate_signs

__all__ = [
    "RESERVED_SLUGS",
    "STATE_IN_WORDS",
    "Administration",
    "AdverseReaction",
    "AdverseReactionGroup",
    "Bound",
    "Caution",
    "Code",
    "Contraindication",
    "Contribution",
    "Discrepancy",
    "DiscrepancyLine",
    "DrawnPage",
    "Drug",
    "Edition",
    "Heading",
    "HistoryEntry",
    "Indication",
    "MonitoringTest",
    "PartialDateField",
    "Preparation",
    "Regimen",
    "Resource",
    "Route",
    "Row",
    "SafetyWarning",
    "SearchPassage",
    "Storage",
    "Synonym",
    "in_words",
    "is_good_code",
    "review_is_overdue",
    "validate_partial_date",
    "validate_signs",
]
