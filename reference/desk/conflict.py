"""What two people saved of one thing: who was first, and whose words stand where.

What stood there when a form was opened is in the record, since each save adds one to
the version and leaves one entry with what was before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from reference.dosing import quantities
from reference.editions import wording
from reference.models import Edition, HistoryEntry, Row

from . import saving

NOTHING = "nothing"
UNKNOWN = object()  # equals no value that is stored


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What was saved after a form was opened: by whom and when, and what stood before.

    before is empty where the record does not say.
    """

    who_and_when: str = "Somebody else saved this after you opened it"
    before: Mapping[str, Any] = field(default_factory=dict)


def saved_since(stored: object, opened_version: int | None) -> Meanwhile:
    """Return what the record says of the saves since this version of what is stored."""
    if not isinstance(stored, Row | Edition) or opened_version is None:
        return Meanwhile()
    section, row_key = "edition", ""
    edition = stored.edition if isinstance(stored, Row) else stored
    if isinstance(stored, Row):
        section, row_key = saving.SECTION_OF[type(stored)], stored.key
    newer = HistoryEntry.objects.filter(
        drug=edition.drug_id,
        edition_number=edition.number,
        act="changed",
        section=section,
        row_key=row_key,
    ).order_by("-pk")[: max(stored.version - opened_version, 0)]
    entries = list(newer)
    if not entries or len(entries) < stored.version - opened_version:
        return Meanwhile()
    at = wording.moment_in_words(entries[0].at)
    return Meanwhile(
        f"{entries[0].actor_name} saved this after you opened it, on {at}",
        entries[-1].before or {},
    )


def put(data: QueryDict, shown: forms.BoundField) -> None:
    """Put what is stored into the data of a form, as a browser would send it."""
    name = shown.html_name
    initial = shown.form.get_initial_for_field(shown.field, shown.name)
    value = shown.field.prepare_value(initial)
    if isinstance(value, list | tuple):
        data.setlist(name, [str(each) for each in value])
    elif value is None or value is False:
        data.pop(name, None)
    else:
        data[name] = "on" if value is True else str(value)


def in_words(stored: object, name: str) -> str:
    """Return what is stored in a field as the page says it: "162", "subcutaneous"."""
    value = getattr(stored, name, None)
    chosen = getattr(stored, f"get_{name}_display", None)
    if value in (None, "", []):
        return NOTHING
    if chosen is not None:
        return str(chosen())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return quantities.plain_number(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
