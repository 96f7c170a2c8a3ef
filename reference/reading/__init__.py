"""What the words of a dosing line say: made from its fields, or read and compared.

    from reference.reading import line_problems, line_sentence
    line_sentence(regimen)            # the words shown, made from the fields
    line_problems(document, regimen)  # where text or print say something else

A line is its fields. Words are made in sentence.py and cells.py. Words that somebody
printed or typed are read by one parser (parser.py: amounts, times, people), which
refuses what it cannot place, and compared in agreement.py. signs.py and statements.py
look at the words of every other row. Plain data in and out; no Django.
"""

from .agreement import Difference, differences, line_problems
from .cells import limit_at, limit_cell, table_limit
from .parser import Reading, read_line
from .sentence import (
    dose_words,
    duration_in_sentence,
    limit_words,
    line_sentence,
    often_in_words,
    over_and_begins,
    who_words,
)
from .signs import sign_problems
from .statements import is_more_than_typography, statement_differences

__all__ = [
    "Difference",
    "Reading",
    "differences",
    "dose_words",
    "duration_in_sentence",
    "is_more_than_typography",
    "limit_at",
    "limit_cell",
    "limit_words",
    "line_problems",
    "line_sentence",
    "often_in_words",
    "over_and_begins",
    "read_line",
    "sign_problems",
    "statement_differences",
    "table_limit",
    "who_words",
]
