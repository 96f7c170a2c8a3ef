"""The content model: a drug, its editions, and the rows an edition owns."""

from .editions import (
    Drug,
    Edition,
    EditionQuerySet,
)
from .regimens import (
    Caution,
    Preparation,
    Regimen,
)
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
    "Discrepancy",
    "DiscrepancyLine",
    "Drug",
    "Edition",
    "EditionQuerySet",
    "Heading",
    "Indication",
    "MonitoringTest",
    "Preparation",
    "Regimen",
    "Resource",
    "Row",
    "SafetyWarning",
    "Storage",
    "Synonym",
]
