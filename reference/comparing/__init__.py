"""What one edition changes against another: in words, and in doses.

    compare(before, after)       every row that was added, removed, moved or reworded
    dose_impact(before, after)   every dose of the standard panel that is another one
    patients_of_lines(after)     whom each dosing line is for, to be drawn side by side
    schedules_of_lines(before, after, impact)    on which days each is and was given

They take canonical documents; nothing_before(after) stands for the one before a first.
"""

from .beginning import nothing_before
from .doses import dose_impact
from .patients import patients_of_lines
from .schedules import schedules_of_lines
from .statements import compare

__all__ = [
    "compare",
    "dose_impact",
    "nothing_before",
    "patients_of_lines",
    "schedules_of_lines",
]
