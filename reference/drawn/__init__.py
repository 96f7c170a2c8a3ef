"""Pages and files drawn once, in the act that changes them, and sent before Django.

`draw_what_changed(drug)` belongs in the transaction of an act, `draw_once_committed()`
after it, for what takes longer; `Front` is the application that sends what is kept, and
`drawn_faults()` compares all of it with what would be drawn now.
"""

from . import files, pages
from .files import draw_once_committed
from .front import Front
from .pages import draw_what_changed
from .truth import drawn_faults, would_not_be_drawn

__all__ = [
    "Front",
    "draw_once_committed",
    "draw_what_changed",
    "drawn_faults",
    "files",
    "pages",
    "would_not_be_drawn",
]
