"""Pages and files drawn once, in the act that changes them, and sent before Django.

`draw_what_changed(drug)` belongs in the transaction of an act, `draw_once_committed()`
after it, for what takes longer; `Front` is the application that sends what is kept.
"""

from .files import (
    DrawingImpossibleError,
    draw_monograph,
    draw_once_committed,
    engine,
    is_drawn,
    monograph_source,
)
from .front import Front
from .pages import PageNotDrawnError, draw_missing, draw_what_changed, forget_old_builds

__all__ = [
    "DrawingImpossibleError",
    "Front",
    "PageNotDrawnError",
    "draw_missing",
    "draw_monograph",
    "draw_once_committed",
    "draw_what_changed",
    "engine",
    "forget_old_builds",
    "is_drawn",
    "monograph_source",
]
