"""An edition in other systems' forms: JSON, FHIR R5, citations, feed, indexes.

Each module is one form and takes the canonical document; views.py and fhir/views.py
answer for them. `link_header(edition)` names them all for a page.
"""

from .citation import Citation
from .fhir.bundle import as_json
from .fhir.parameters import MEDIA_TYPE
from .fhir.server import operation_outcome
from .links import FORMS, link_header
from .structured_data import medical_web_page

__all__ = [
    "FORMS",
    "MEDIA_TYPE",
    "Citation",
    "as_json",
    "link_header",
    "medical_web_page",
    "operation_outcome",
]
