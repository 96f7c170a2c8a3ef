"""One dose asked over the web: read, judged, worked out, answered.

request.py goes the whole way from a query to a DoseAnswer, and says what the edition
itself refuses; answer.py writes it as JSON, views.py as a page or a fragment; form.py
decides every 422, parameters.py and schema.py are the contract. every_line.py asks it
of each row of dose_table.py at one weight, and words/cell.py says it in one cell;
by_weight.py is a line's table for paper, strengths.py the one under a preparation. The
arithmetic is reference.dosing.
"""

from .by_weight import doses_by_weight
from .dose_table import DoseTable, TableRow, dose_table
from .fields import dose_fields
from .parameters import (
    DOSE_PARAMETERS,
    EVERY_LINE_PARAMETERS,
    query_parameter,
    word_parameter,
)
from .request import answer_to, dose_context
from .row_answers import unweighed_answer
from .schema import dose_schemas
from .strengths import strength_table

__all__ = [
    "DOSE_PARAMETERS",
    "EVERY_LINE_PARAMETERS",
    "DoseTable",
    "TableRow",
    "answer_to",
    "dose_context",
    "dose_fields",
    "dose_schemas",
    "dose_table",
    "doses_by_weight",
    "query_parameter",
    "strength_table",
    "unweighed_answer",
    "word_parameter",
]
