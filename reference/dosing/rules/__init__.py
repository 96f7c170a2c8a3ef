"""From a row of a dosing line to the rule that is computed, and rows that make none.

rule.py makes the rule, times.py when it is given; contradictions.py says what no
arithmetic can take.
"""

from .contradictions import (
    overlapping,
    preparation_problems,
    regimen_problems,
    weights_capped_below_low_kg,
)
from .rule import (
    Document,
    decimal_or_none,
    dose_rule,
    lines_of,
    preparations_for,
    who_for,
)
from .times import Row, duration_of, how_often, schedule_of

__all__ = [
    "Document",
    "Row",
    "decimal_or_none",
    "dose_rule",
    "duration_of",
    "how_often",
    "lines_of",
    "overlapping",
    "preparation_problems",
    "preparations_for",
    "regimen_problems",
    "schedule_of",
    "weights_capped_below_low_kg",
    "who_for",
]
