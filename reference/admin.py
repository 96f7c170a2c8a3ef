"""Where Django looks for the committee's desk; desk/ registers it."""

from .desk import editions, rows

__all__ = ["editions", "rows"]
