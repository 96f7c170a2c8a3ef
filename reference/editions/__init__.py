"""An edition as one document: its bytes, its fingerprint, its file, its arrangement.

`canonical_document(edition)` walks the rows once, and `fingerprint(canonical_bytes(…))`
names what they hold; nothing else walks an edition. `current_edition(slug)` says which
one answers for a drug now, also while the database is down (kept.py), and
`published_monograph(edition)` is its document arranged for reading, verified first.
wording.py writes amounts and dates as every page has them, verbatim.py lists the lines
as they are printed.
"""

from . import wording
from .current import current_edition, public_edition, whole_current_edition
from .document import (
    EDITION_FIELDS,
    SECTIONS,
    canonical_bytes,
    canonical_document,
    fingerprint,
    links_to_rows,
    plain_row,
    read_document,
)
from .file import (
    LARGEST_FILE,
    FileRefusedError,
    edition_of,
    name_faults,
    read_edition_file,
    write_rows,
)
from .fixture import fixture_document
from .kept import (
    DOWN,
    DatabaseDownError,
    asks_at_once,
    keep_rechecking,
    kept_editions,
)
from .monograph import (
    EDITIONS_KEPT,
    SECTION_TITLES,
    EditionNotVerifiedError,
    Monograph,
    arranged,
    published_monograph,
)
from .plain_data import Document, Row, Schema
from .schema import VERSION, edition_schema, schema_address, schema_bytes
from .schema_check import Fault
from .verbatim import printed_lines

__all__ = [
    "DOWN",
    "EDITIONS_KEPT",
    "EDITION_FIELDS",
    "LARGEST_FILE",
    "SECTIONS",
    "SECTION_TITLES",
    "VERSION",
    "DatabaseDownError",
    "Document",
    "EditionNotVerifiedError",
    "Fault",
    "FileRefusedError",
    "Monograph",
    "Row",
    "Schema",
    "arranged",
    "asks_at_once",
    "canonical_bytes",
    "canonical_document",
    "current_edition",
    "edition_of",
    "edition_schema",
    "fingerprint",
    "fixture_document",
    "keep_rechecking",
    "kept_editions",
    "links_to_rows",
    "name_faults",
    "plain_row",
    "printed_lines",
    "public_edition",
    "published_monograph",
    "read_document",
    "read_edition_file",
    "schema_address",
    "schema_bytes",
    "whole_current_edition",
    "wording",
    "write_rows",
]
