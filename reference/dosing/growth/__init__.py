"""Which weights are seen at an age: a check of what was typed, never part of a dose.

WEIGHT_FOR_AGE answers, from the table beside it; SPREAD says how far it reaches.
README.md says where the table comes from.
"""

from .weight_for_age import SPREAD, WEIGHT_FOR_AGE

__all__ = ["SPREAD", "WEIGHT_FOR_AGE"]
