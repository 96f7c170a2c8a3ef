"""Which edition answers for a drug now, read anew for each page and each dose.

While the database is down, the one that was read last (editions/kept.py), marked so.
"""

from collections.abc import Callable
from functools import lru_cache

from django.db import connection

from reference.models import Drug, Edition

from .kept import DOWN, kept_editions

SLUG = "slug"  # its place among the parameters; no state is called so

# What a dose needs to know of an edition and of its drug.
OF_EDITION = ("id", "number", "label", "state", "fingerprint")
OF_DRUG = ("id", "slug", "generic_name")


def current_edition(slug: str) -> Edition | None:
    """Return the drug's edition in force, or that edition withdrawn, or None.

    It holds what a dose needs and nothing else: any other field takes a query more.
    Raises OperationalError or InterfaceError, as all here do, when the database is down
    and no copy may be served.
    """
    return _current(slug, lambda: _row(slug))


def whole_current_edition(slug: str) -> Edition | None:
    """Return the same with every field of a page."""
    of_drug = Edition.objects.filter(drug__slug=slug)
    return _current(slug, of_drug.without_bytes().current)


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


def _current(slug: str, read: Callable[[], Edition | None]) -> Edition | None:
    """Return what is read of the database, or else the copy."""
    try:
        with kept_editions.asking():
            found = read()
    except DOWN as error:
        return _kept(slug, error)
    kept_editions.note_read(slug, found)
    return found


def _kept(slug: str, error: Exception) -> Edition:
    """Return the copy of a drug's edition in force, or raise the error again."""
    kept = kept_editions.copy_of(slug)
    if kept is None:
        raise error
    return kept


def _row(slug: str) -> Edition | None:
    sql, parameters = _question(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [slug if it == SLUG else it for it in parameters])
        row = cursor.fetchone()
    if row is None:
        return None
    here, own = connection.alias, len(OF_EDITION)
    edition = Edition.from_db(here, OF_EDITION, row[:own])
    edition.drug = Drug.from_db(here, OF_DRUG, row[own:])
    return edition


@lru_cache
def _question(vendor: str) -> tuple[str, tuple[str, ...]]:
    """Return the SQL and its parameters, since to make them costs more than a dose."""
    columns = [*OF_EDITION, *(f"drug__{name}" for name in OF_DRUG)]
    found = Edition.objects.filter(drug__slug=SLUG).newest_first()
    sql, parameters = found.values_list(*columns)[:1].query.sql_with_params()
    return sql, tuple(parameters)
