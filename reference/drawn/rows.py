"""Reads drawn pages from the database, on connections of their own that cannot write.

Below Django's ORM, since this is all that a reader of a page waits for.
"""

import sqlite3
import threading
from typing import Any, Protocol, cast
from urllib.parse import quote

from django.db import connections

from anakinra_site.environment import READERS_WAIT

BODIES = {"br": "body_brotli", "gzip": "body_gzip", "": "body_gzip"}
QUERY = (
    "SELECT id, good_until, etag, headers, {body} FROM reference_drawnpage "
    "WHERE address = {place} AND build = {place}"
)
# A reader waits no longer than this for the moment in which a change is written.
WAIT_SECONDS = 5

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

    For no encoding the body is still packed with gzip. Raises RowsNotReadableError.
    """
    try:
        connection = _own.connection or _connect()
        query = _own.queries[encoding]
        row = connection.execute(query, (address, build)).fetchone()
    except _driver().Error as error:
        close()
        raise RowsNotReadableError(str(error)) from error
    return row and (row[0], str(row[1]), row[2], row[3], bytes(row[4]))


def close() -> None:
    """Close this thread's connection; the next row opens one anew."""
    if _own.connection is not None:
        _own.connection.close()
        _own.connection = None


def _connect() -> _Connection:
    is_sqlite = connections["default"].vendor == "sqlite"
    place = "?" if is_sqlite else "%s"
    _own.queries = {
        encoding: QUERY.format(body=body, place=place)
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
