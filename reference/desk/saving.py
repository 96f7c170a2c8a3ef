"""Writes a draft's rows and texts, with every change on record and signed.

Called with the drug's row held (publishing.hold).
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils import timezone

from reference.editions import EDITION_FIELDS, SECTIONS, links_to_rows, plain_row
from reference.models import Edition, Row
from reference.publishing import contribute, record_act

CHANGED_BEFORE_DELETION = (
    "Somebody else saved this after you opened it. Nothing was deleted: what would be "
    "deleted now is below."
)

SECTION_OF = {model: section for section, model in SECTIONS.items()}


def save_row(row: Row, *, by: User) -> None:
    """Write a new or changed row of a draft, and record it with what stood before."""
    stored = type(row)._base_manager.filter(pk=row.pk).first()
    if stored is None:
        row.revised_on = row.revised_on or timezone.now().date().isoformat()
        row.version = 1
    else:
        row.version = stored.version + 1
    before = None if stored is None else plain_row(stored)
    row.save()
    act = "changed" if stored else "added"
    _record_row(row, act, by=by, before=before, after=plain_row(row))


def versions_with_those_below(row: Row) -> str:
    """Return what deleting the row relies on: its version and those of rows below."""
    return " ".join(str(each.version) for each in _with_rows_below(row))


def plain_rows(row: Row) -> list[dict[str, Any]]:
    """Return the values of the row and of the rows that would go with it."""
    return [
        {name.replace("_", " "): value for name, value in plain_row(each).items()}
        for each in _with_rows_below(row)
    ]


def recorded_values(obj: Model) -> dict[str, Any]:
    """Return the values of a row or an edition as the record keeps them; else none."""
    if isinstance(obj, Row):
        return plain_row(obj)
    return _edition_values(obj) if isinstance(obj, Edition) else vars(obj)


def delete_row(row: Row, *, by: User) -> None:
    """Delete a row of a draft with the rows below it, and record each of them."""
    for each in reversed(_with_rows_below(row)):
        _record_row(each, "removed", by=by, before=plain_row(each))
        each.delete()


def rows_below(row: Row) -> list[Row]:
    """Return the rows that are deleted with a row: what hangs on it alone."""
    return _with_rows_below(row)[1:]


def _with_rows_below(row: Row) -> list[Row]:
    rows = [row]
    for model in SECTIONS.values():
        for name in links_to_rows(model):
            if model._meta.get_field(name).related_model is type(row):
                for below in model._base_manager.filter(**{name: row}):
                    rows += _with_rows_below(below)
    return rows


def save_edition(edition: Edition, *, by: User) -> None:
    """Write the texts and dates of a draft, and record what stood before."""
    stored = Edition.objects.get(pk=edition.pk)
    edition.version = stored.version + 1
    edition.save()
    contribute(edition, by)
    record_act(
        edition,
        "changed",
        by=by,
        section="edition",
        before=_edition_values(stored),
        after=_edition_values(edition),
    )


def _record_row(
    row: Row,
    act: str,
    *,
    by: User,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None = None,
) -> None:
    contribute(row.edition, by)
    record_act(
        row.edition,
        act,
        by=by,
        section=SECTION_OF[type(row)],
        row_key=row.key,
        before=before,
        after=after,
    )


def _edition_values(edition: Model) -> dict[str, Any]:
    names = (*EDITION_FIELDS, "reviewed_on", "review_due")
    return {name: str(getattr(edition, name) or "") for name in names}
