"""Which edition answers for a drug now, read anew for each page and each dose.

While the database is down, the one that was read last (editions/kept.py), marked so.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from reference.models import Edition

from .kept import DOWN, kept_editions

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
    not_rechecked_since: datetime | None = None

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
            edition.not_rechecked_since,
        )


# Its SQL is made once: making it, and an object of its answer, costs more than all the
# rest of a dose.
COLUMNS = (
    *CurrentEdition._fields[: CurrentEdition._fields.index("drug_slug")],
    "drug__slug",
    "drug__generic_name",
)


def current_edition(slug: str) -> CurrentEdition | None:
    """Return the drug's edition in force, or that edition withdrawn, or None.

    Raises OperationalError or InterfaceError, as all here do, when the database is down
    and no copy may be served.
    """
    try:
        with kept_editions.asking():
            found = _row(slug)
    except DOWN as error:
        return CurrentEdition.of(_kept(slug, error))
    kept_editions.note_read(slug, found)
    return found


def whole_current_edition(slug: str) -> Edition | None:
    """Return the same as an edition with its drug."""
    try:
        with kept_editions.asking():
            of_drug = Edition.objects.filter(drug__slug=slug)
            found = of_drug.without_bytes().current().first()
    except DOWN as error:
        return _kept(slug, error)
    kept_editions.note_read(slug, found)
    return found


def public_edition(slug: str, number: int) -> Edition | None:
    """Return this edition of the drug if anyone may read it."""
    try:
        with kept_editions.asking():
            public = Edition.objects.public().without_bytes()
            return public.filter(drug__slug=slug, number=number).first()
    except DOWN as error:
        kept = _kept(slug, error)
        if kept.number != number:
            raise
        return kept


def _kept(slug: str, error: Exception) -> Edition:
    """Return the copy of a drug's edition in force, or raise the error again."""
    kept = kept_editions.copy_of(slug)
    if kept is None:
        raise error
    return kept


def _row(slug: str) -> CurrentEdition | None:
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
