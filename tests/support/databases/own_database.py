"""The test database put back as it was, and copies of it, which are databases apart.

Other processes can open a copy and migrations remake it. SQLite's test database lives
in one process's memory, where nothing waits for a lock.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection, transaction

from reference.keeping import create_triggers
from reference.keeping.backup import on_database


def kept_database() -> Callable[[], None]:
    """Keep the test database as it stands; returns what puts it back, at any time."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        file = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(file)

        def put_back() -> None:
            connection.ensure_connection()
            file.backup(connection.connection)

    else:
        rows = _rows_of_every_table()

        def put_back() -> None:
            _put_rows_back(rows)
            create_triggers()

    return put_back


def _rows_of_every_table() -> dict[str, bytes]:
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                rows[table] = b"".join(copy)
    return rows


def _put_rows_back(rows: dict[str, bytes]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither triggers nor foreign keys ask for an order, or refuse.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in rows:
            cursor.execute(f'DELETE FROM "{table}"')
        for table, lines in rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(lines)


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """A database apart, by its name and by the address that a process is given."""

    name: str
    url: str

    @contextmanager
    def used(self) -> Iterator[None]:
        """Use the copy in place of the test database, in this thread."""
        with on_database(self.name):
            yield


@contextmanager
def copied_database(folder: Path) -> Iterator[DatabaseCopy]:
    """A copy of the test database as it stands; no transaction may be open in it."""
    if connection.vendor == "sqlite":
        file = folder / "copy.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(file) as target:
            connection.connection.backup(target)
        target.close()
        yield DatabaseCopy(str(file), f"sqlite:///{file}")
        return
    source = connection.settings_dict["NAME"]
    name = f"{source}_copy"
    end_connections()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    yield DatabaseCopy(name, address_of(name))
    drop(name)


@contextmanager
def new_database(folder: Path, name: str = "new") -> Iterator[DatabaseCopy]:
    """A database with nothing in it, as before the first start."""
    if connection.vendor == "sqlite":
        file = folder / f"{name}.sqlite3"
        yield DatabaseCopy(str(file), f"sqlite:///{file}")
        return
    name = f"{connection.settings_dict['NAME']}_{name}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield DatabaseCopy(name, address_of(name))
    drop(name)


def address_of(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def drop(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def end_connections() -> None:
    """End every connection to the test database on PostgreSQL.

    While Playwright's event loop runs in a thread, Django gives that thread a second
    connection, which nobody closes once the loop is gone; it would keep the database
    from being copied and dropped.
    """
    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
