"""Which edition answers for a drug now, read anew for each dose as one plain row.

The question is that of EditionQuerySet.current(); its SQL is made once, since making it
and an object of its answer costs more than all the rest of a dose.
"""

from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from .models import Edition

SLUG = "slug"  # its place among the parameters; no state is called so


class CurrentEdition(NamedTuple):
    """What a dose needs to know of the edition in force, or of it withdrawn."""

    pk: int
    number: int
    label: str
    state: str
    fingerprint: str
    drug_slug: str
    generic_name: str

    @classmethod
    def of(cls, edition: Edition) -> "CurrentEdition":
        """Return the same of an edition that was found in another way."""
        return cls(
            edition.pk,
            edition.number,
            edition.label,
            edition.state,
            edition.fingerprint,
            edition.drug.slug,
            edition.drug.generic_name,
        )


COLUMNS = (
    *CurrentEdition._fields[: CurrentEdition._fields.index("drug_slug")],
    "drug__slug",
    "drug__generic_name",
)


def current_edition(slug: str) -> CurrentEdition | None:
    """Return the drug's edition in force, or that edition withdrawn, or None."""
    sql, parameters = _question(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [slug if it == SLUG else it for it in parameters])
        row = cursor.fetchone()
    return None if row is None else CurrentEdition(*row)


@lru_cache
def _question(vendor: str) -> tuple[str, tuple[str, ...]]:
    found = Edition.objects.filter(drug__slug=SLUG).current().values_list(*COLUMNS)
    sql, parameters = found.query.sql_with_params()
    return sql, tuple(parameters)
