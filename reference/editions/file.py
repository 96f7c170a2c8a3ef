"""An edition as a file: the canonical bytes read, checked whole, and turned into rows.

Every fault is named by its path, all of them at once. Whether the drug may have such a
draft, and the draft itself, is the business of publishing/acts.py.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from reference.models import Drug, Edition, Row

from .document import (
    DRUG_FIELDS,
    EDITION_FIELDS,
    SECTIONS,
    canonical_bytes,
    links_to_rows,
    read_document,
)
from .plain_data import Document
from .schema import edition_schema
from .schema_check import Fault, Path, ReadObject, fits, schema_faults, shown, written

LARGEST_FILE = 5_000_000  # bytes; the June 2024 edition takes about 80,000
LARGEST_NUMBER = 999_999_999  # an edition's address has no room for more
# A link is checked by its key before there is a row to point to.
NOT_YET_THERE = -1

NOT_CANONICAL = (
    "The content is that of an edition, but these are not the bytes that "
    "export_edition writes: keys in order, no space between them, characters as UTF-8, "
    "no line after the last brace. They differ from byte {at} on. The fingerprint is "
    "one of bytes."
)


class FileRefusedError(Exception):
    """A file that is no edition, or not one for this database; faults say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults

    @property
    def sentences(self) -> list[str]:
        return [f"{written(path)}: {text}" for path, text in self.faults]


def read_edition_file(raw: bytes) -> Document:
    """Return the document in a file, every field present.

    Raises FileRefusedError with every fault that can be told without a database row.
    """
    read = _parsed(raw)
    faults = [*schema_faults(read, edition_schema()), *_content_faults(read)]
    if faults:
        raise FileRefusedError(faults)
    document = read_document(raw)
    canonical = canonical_bytes(document)
    if canonical != raw:
        pairs = enumerate(zip(canonical, raw, strict=False))
        shorter = min(len(canonical), len(raw))
        at = next((place for place, (ours, its) in pairs if ours != its), shorter)
        raise FileRefusedError([((), NOT_CANONICAL.format(at=at))])
    return document


def write_rows(document: Document, draft: Edition) -> None:
    """Write every row of a document into a draft, in its order.

    Raises FileRefusedError for what a model or the database refuses; the caller's
    transaction then leaves nothing behind.
    """
    there = dict[tuple[Any, str], Row]()
    faults = list[Fault]()
    for section, model in SECTIONS.items():
        for index, values in enumerate(document[section]):
            row = _filled(model(edition=draft, position=index + 1), values, there)
            found = list(_row_faults(row, (section, index)))
            if not found:
                row.save(force_insert=True)
                there[model, row.key] = row
            faults += found
        if faults:  # a row of a later section may point to one that is not there
            raise FileRefusedError(faults)


def name_faults(document: Document, known: Drug) -> list[Fault]:
    """Return where the drug has other names here than in the document."""
    return [
        (("drug", name), f"Here the drug has another text: {shown(here)}.")
        for name in DRUG_FIELDS
        for here in [getattr(known, name)]
        if here != document["drug"][name]
    ]


def edition_of(document: Document, drug: Drug) -> Edition:
    """Return the document's edition as an unsaved draft of the drug, without rows."""
    values = {name: document["edition"][name] for name in EDITION_FIELDS}
    return Edition(drug=drug, **values)


def _parsed(raw: bytes) -> Any:
    """Return the JSON in a file; keys that are repeated are kept in mind."""
    if len(raw) > LARGEST_FILE:
        raise _refused(f"The file is larger than {LARGEST_FILE:,} bytes.")
    if not raw.strip():
        raise _refused("The file is empty. Was there a fault in what should write it?")
    try:
        return json.loads(raw.decode(), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise _refused(f"Byte {error.start} is not UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _refused(f"This is not JSON: {error.msg}, at {place}.") from None
    except ValueError:
        raise _refused("A number in the file has thousands of digits.") from None
    except RecursionError:
        raise _refused("Lists or objects stand in each other too deeply.") from None


def _refused(text: str) -> FileRefusedError:
    return FileRefusedError([((), text)])


def _object(pairs: list[tuple[str, Any]]) -> ReadObject:
    read, repeated = ReadObject(), dict[str, None]()
    for name, value in pairs:
        if name in read:
            repeated[name] = None
        read[name] = value
    read.repeated = tuple(repeated)
    return read


def _content_faults(read: Any) -> Iterator[Fault]:
    """Yield what a schema cannot say: keys, links, and what the models themselves ask.

    A row that does not fit the schema is left to it.
    """
    if not isinstance(read, dict):
        return
    schema = edition_schema()["properties"]
    parts: dict[str, type[models.Model]] = {"drug": Drug, "edition": Edition}
    for name, part in parts.items():
        if fits(read.get(name), schema[name]):
            yield from _part_faults(part, read[name], (name,))
    known = {section: set(_texts(read.get(section), "key")) for section in SECTIONS}
    for section, model in SECTIONS.items():
        rows = read.get(section)
        if not isinstance(rows, list):
            continue
        yield from _key_faults(section, rows)
        yield from _link_faults(known, section, rows)
        for index, row in enumerate(rows):
            if fits(row, schema[section]["items"]):
                checkable = _filled(model(), row, {})
                yield from _row_faults(checkable, (section, index))


def _key_faults(section: str, rows: list[Any]) -> Iterator[Fault]:
    """Yield keys that two rows of a section share."""
    first = dict[str, int]()
    for index, key in enumerate(_texts(rows, "key")):
        if key is not None and first.setdefault(key, index) != index:
            text = f"{section}[{first[key]}] has this key already."
            yield (section, index, "key"), text


def _link_faults(
    known: Mapping[str, set[str | None]], section: str, rows: list[Any]
) -> Iterator[Fault]:
    """Yield links to rows that are not there; known holds the keys of each section."""
    targets: dict[str, list[str | None]] = {
        name: [_section_of(SECTIONS[section], name)] * len(rows)
        for name in links_to_rows(SECTIONS[section])
    }
    if section == "discrepancy_lines":
        targets["row_key"] = _texts(rows, "section")
    for name, sections in targets.items():
        pairs = zip(_texts(rows, name), sections, strict=True)
        for index, (key, target) in enumerate(pairs):
            if None not in (key, target) and key not in known.get(target or "", ()):
                yield (section, index, name), f"There is no such row in {target}."


def _section_of(model: type[Row], name: str) -> str:
    """Return the section that a link of the model leads to."""
    linked = model._meta.get_field(name).related_model
    return next(section for section, each in SECTIONS.items() if each is linked)


def _texts(rows: Any, name: str) -> list[str | None]:
    """Return one text of each row; None where there is none."""
    values = [
        row.get(name) if isinstance(row, dict) else None
        for row in (rows if isinstance(rows, list) else ())
    ]
    return [value if isinstance(value, str) else None for value in values]


def _filled(
    row: Row, values: Mapping[str, Any], there: Mapping[tuple[Any, str], Row]
) -> Row:
    """Return the row with its values, linked to the rows that are there already.

    Without them, it is linked to rows that only look as if they were.
    """
    links = links_to_rows(type(row))
    for name, value in values.items():
        field: Any = type(row)._meta.get_field(name)
        if name in links and value is not None:
            linked = field.related_model
            found = there.get((linked, value))
            setattr(row, name, found or linked(pk=NOT_YET_THERE, key=value))
        else:
            setattr(row, name, field.to_python(value))
    return row


def _part_faults(
    model: type[models.Model], values: Mapping[str, Any], path: Path
) -> Iterator[Fault]:
    """Yield what the drug's or the edition's own model refuses in its texts."""
    if values.get("number", 1) > LARGEST_NUMBER:
        yield (*path, "number"), f"This has to be from 1 to {LARGEST_NUMBER}."
    instance = model(**values)
    others = {field.name for field in model._meta.fields} - {*values}
    yield from _refused_by(lambda: instance.clean_fields(exclude=others), path)


def _row_faults(row: Row, path: Path) -> Iterator[Fault]:
    """Yield what the row's model and its constraints refuse; keys and links aside."""
    links = {*links_to_rows(type(row)), "edition"}
    faults = [
        *_refused_by(lambda: row.clean_fields(exclude=links), path),
        *_refused_by(row.clean, path),
    ]
    checked = faults or _refused_by(
        lambda: row.validate_constraints(exclude={"edition"}), path
    )
    yield from checked


def _refused_by(check: Callable[[], None], path: Path) -> Iterator[Fault]:
    try:
        check()
    except ValidationError as error:
        by_field = ValidationError(error.update_error_dict({})).message_dict
        for name, texts in by_field.items():
            where = path if name == NON_FIELD_ERRORS else (*path, name)
            yield from ((where, text) for text in texts)
