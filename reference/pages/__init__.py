"""The public pages of an edition, at its own address and at its drug's.

A view finds an edition (`current_or_404`), adds what its page needs and renders it
(`page_of`). A page depends on the address and the edition alone, so that it can be
drawn once.
"""

from . import sheet_parts
from .page import edition_context, not_rechecked, page_of, state_in_words
from .running_heads import running_head_style, style_hash
from .views import current_or_404

__all__ = [
    "current_or_404",
    "edition_context",
    "not_rechecked",
    "page_of",
    "running_head_style",
    "sheet_parts",
    "state_in_words",
    "style_hash",
]
