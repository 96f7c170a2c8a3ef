"""What one edition changes against another: in words, and in doses.

    compare(before, after)       every row that was added, removed, moved or reworded
    dose_impact(before, after)   every dose of the standard panel that is another one

Both take two canonical documents.
"""

from .doses import dose_impact
from .statements import compare

__all__ = ["compare", "dose_impact"]
