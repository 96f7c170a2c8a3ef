"""Reads drawn pages from the database, on connections of their own that cannot write.

Below Django's ORM, since this is all that a reader of a page waits for.
"""

import logging
import sqlite3
import threading
from functools import lru_cache
from typing import Any, Protocol, cast
from urllib.parse import quote

from django.db import connections

from anakinra_site.environment import READERS_WAIT
from reference.models import Bound, is_good_code

logger = logging.getLogger(__name__)

BODIES = {"br": "body_brotli", "gzip": "body_gzip", "": "body_gzip"}
CODES = {"br": "code_brotli", "gzip": "code_gzip", "": "code_gzip"}
# A page of a state that its edition is no longer in was put back by somebody else.
QUERY = (
    "SELECT id, good_until, etag, headers, {body}, drawn_of, {code} "
    "FROM reference_drawnpage WHERE address = {place} AND build = {place} AND EXISTS "
    "(SELECT 1 FROM reference_edition AS edition "
    "WHERE edition.drug_id = reference_drawnpage.drug_id "
    "AND edition.state || ' ' || edition.fingerprint = reference_drawnpage.drawn_of)"
)
# A reader waits no longer than this for the moment in which a change is written.
WAIT_SECONDS = 5
ADDRESSES_LOGGED = 256

Row = tuple[int, str, str, str, bytes]


class RowsNotReadableError(Exception):
    """The database did not answer; Django, asked next, says what that means."""


class _Connection(Protocol):
    def execute(self, query: Any, parameters: tuple[str, str]) -> Any: ...

    def close(self) -> None: ...


class _Own(threading.local):
    """What a thread keeps open: a connection, and its query for each encoding."""

    connection: _Connection | None = None
    queries: dict[str, str]


_own = _Own()


def drawn_row(address: str, build: str, encoding: str) -> Row | None:
    """Return the key, last good day, tag, headers and body of what this build drew.

    For no encoding the body is still packed with gzip. A row that is not the site's own
    is as good as none. Raises RowsNotReadableError.
    """
    try:
        connection = _own.connection or _connect()
        query = _own.queries[encoding]
        row = connection.execute(query, (address, build)).fetchone()
    except _driver().Error as error:
        close()
        raise RowsNotReadableError(str(error)) from error
    if row is None:
        return None
    key, day, etag, headers, body, drawn_of, code = row
    good_until, body = str(day), bytes(body)
    bound = Bound(address, build, drawn_of, good_until, etag, headers)
    if not is_good_code(code, bound, body):
        _log_once(address)
        return None
    return key, good_until, etag, headers, body


@lru_cache(maxsize=ADDRESSES_LOGGED)
def _log_once(address: str) -> None:
    logger.error("drawn-page-not-ours: %s is not sent. Run manage.py verify.", address)


def close() -> None:
    """Close this thread's connection; the next row opens one anew."""
    if _own.connection is not None:
        _own.connection.close()
        _own.connection = None


def _connect() -> _Connection:
    is_sqlite = connections["default"].vendor == "sqlite"
    place = "?" if is_sqlite else "%s"
    _own.queries = {
        encoding: QUERY.format(body=body, code=CODES[encoding], place=place)
        for encoding, body in BODIES.items()
    }
    _own.connection = _sqlite() if is_sqlite else _postgresql()
    return _own.connection


def _sqlite() -> _Connection:
    file = quote(str(connections["default"].settings_dict["NAME"]))
    return sqlite3.connect(
        f"file:{file}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=WAIT_SECONDS,
    )


def _postgresql() -> _Connection:
    parameters = connections["default"].get_connection_params()
    for name in ("context", "cursor_factory", "prepare_threshold"):
        del parameters[name]
    given = parameters.pop("options", "")
    connection = _driver().connect(
        **parameters,
        options=f"{given} -c default_transaction_read_only=on",
        autocommit=True,
        prepare_threshold=0,
    )
    connection.answers_within = READERS_WAIT
    return cast(_Connection, connection)


def _driver() -> Any:
    """Return psycopg or sqlite3, of which only the one in use is loaded: 10 MB less."""
    default: Any = connections["default"]
    return default.Database
