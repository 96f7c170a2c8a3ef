"""An edition as plain data, by the names that its parts have everywhere."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]  # canonical: a drug, an edition and its sections
Row = Mapping[str, Any]  # one of a section
Schema = dict[str, Any]  # JSON Schema of a document, or of any other answer
