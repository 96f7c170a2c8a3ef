"""One dose asked over the web: read, judged, worked out, answered.

request.py goes the whole way from a query to a DoseAnswer, which answer.py writes as
JSON and views.py as a page or a fragment; form.py decides every 422, refusals.py what
the edition itself refuses, schema.py the contract. The arithmetic is reference.dosing.
"""

from .fields import dose_fields
from .parameters import dose_parameters, query_parameter, word_parameter
from .request import answer_to, dose_context
from .schema import dose_schemas

__all__ = [
    "answer_to",
    "dose_context",
    "dose_fields",
    "dose_parameters",
    "dose_schemas",
    "query_parameter",
    "word_parameter",
]
