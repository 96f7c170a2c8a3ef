"""The content model: a drug, its editions, and the rows an edition owns."""

from .cautions import Caution
from .drawn_pages import DrawnPage
from .editions import Drug, Edition, EditionQuerySet
from .passages import SearchPassage
from .records import Contribution, HistoryEntry
from .regimens import Preparation, Regimen
from .renditions import Rendition
from .rows import (
    Administration,
    AdverseReaction,
    AdverseReactionGroup,
    Code,
    Contraindication,
    Discrepancy,
    DiscrepancyLine,
    Heading,
    Indication,
    MonitoringTest,
    Resource,
    Row,
    SafetyWarning,
    Storage,
    Synonym,
)

__all__ = [
    "Administration",
    "AdverseReaction",
    "AdverseReactionGroup",
    "Caution",
    "Code",
    "Contraindication",
    "Contribution",
    "Discrepancy",
    "DiscrepancyLine",
    "DrawnPage",
    "Drug",
    "Edition",
    "EditionQuerySet",
    "Heading",
    "HistoryEntry",
    "Indication",
    "MonitoringTest",
    "Preparation",
    "Regimen",
    "Rendition",
    "Resource",
    "Row",
    "SafetyWarning",
    "SearchPassage",
    "Storage",
    "Synonym",
]
