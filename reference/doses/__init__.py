"""One dose asked over the web: read, judged, worked out, answered.

request.py goes the whole way from a query to a DoseAnswer, and says what the edition
itself refuses; answer.py writes it as JSON, views.py as a page or a fragment; form.py
decides every 422, schema.py is the contract. The arithmetic is reference.dosing.
"""

from .dose_table import dose_table
from .fields import dose_fields
from .request import answer_to, dose_context
from .schema import dose_schemas

__all__ = [
    "answer_to",
    "dose_context",
    "dose_fields",
    "dose_schemas",
    "dose_table",
]
