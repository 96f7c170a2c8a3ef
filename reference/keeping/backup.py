"""Makes a backup of the database while it is being served, and proves that it is one.

Reads the site's database only; keeping/restore.py is the way back.
"""

import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from anakinra_site.starting import build

from . import pg_programs
from .backup_file import FORMAT, BackupError, Manifest, digest_of, pack, unpack
from .verification import faults

Say = Callable[[str], object]
Contents = dict[str, Any]

# Drawn anew from the editions, and sign-ins, which nobody may take from a backup.
LEFT_OUT = ("django_session", "reference_drawnpage")
# How many rows FTS5 makes of the same words is its own choice.
INDEX = "reference_searchpassage_words"
# On PostgreSQL it stands in a database whose restore has not been verified.
UNVERIFIED = "restore_unverified"
WITH_FAULTS = "-with-faults"
UNFINISHED = ".unfinished-"
NAME = re.compile(r"(backup-\d{6})\d{2}T\d{6}Z\.tar")
MONTHS_KEPT = 12


def make_backup(folder: Path, say: Say) -> tuple[Path, Manifest]:
    """Write a verified backup into a folder; return its file and what it holds.

    One of a database in which `verify` finds faults is kept too, and named so. Raises
    BackupError when there is none, and then nothing is left in the folder.
    """
    try:
        with _place_for_unfinished(folder) as work:
            database = work / "database"
            database.touch(mode=0o600)
            say("Copying the database.")
            made_at = datetime.now(UTC)
            is_sqlite = connections["default"].vendor == "sqlite"
            copied = _copied_sqlite if is_sqlite else _copied_postgresql
            held, found, server = copied(database, say)
            manifest = Manifest(
                format=FORMAT,
                made_at=f"{made_at:%Y-%m-%dT%H:%M:%SZ}",
                build=build(),
                vendor=connections["default"].vendor,
                server=server,
                left_out=[*LEFT_OUT],
                faults=found,
                sha256=digest_of(database),
                contents=held,
            )
            say("Packing it, and reading it once more.")
            packed = work / "packed"
            pack(packed, manifest, database)
            if unpack(packed) != manifest:
                raise BackupError(
                    "what was read from the disk is not what was written."
                )
            name = f"backup-{made_at:%Y%m%dT%H%M%SZ}{WITH_FAULTS if found else ''}.tar"
            return _kept(packed, folder / name), manifest
    except (BackupError, DatabaseError, OSError) as error:
        raise BackupError(
            f"No backup was made in {folder}: {in_words(error)}"
        ) from error


def superfluous(names: Iterable[str], newest: int) -> list[str]:
    """Return which backups may go: all but the newest, and the last one of each month.

    Of the months, twelve are kept. What has another name never goes, nor do those with
    faults.
    """
    ours = {name: found[1] for name in sorted(names) if (found := NAME.fullmatch(name))}
    last_of_month = {month: name for name, month in ours.items()}
    kept = {*[*ours][-newest:], *[*last_of_month.values()][-MONTHS_KEPT:]}
    return [name for name in ours if name not in kept]


def contents(connection: BaseDatabaseWrapper) -> Contents:
    """Return what a database holds, in plain data that two databases agree on.

    It asks for nothing that an older version of the site did not have.
    """
    with connection.cursor() as cursor:

        def rows(query: str) -> list[Any]:
            cursor.execute(query)
            return [list(row) for row in cursor.fetchall()]

        tables = connection.introspection.table_names(cursor)
        if "reference_edition" not in tables:
            raise BackupError("the database holds no guide yet. Start the site first.")
        counted = {
            table: rows(f'SELECT count(*) FROM "{table}"')[0][0]  # noqa: S608 - ours
            for table in sorted(tables)
            if table not in (*LEFT_OUT, UNVERIFIED) and not table.startswith(INDEX)
        }
        editions = rows(
            "SELECT slug, number, state, fingerprint FROM reference_edition AS edition "
            "JOIN reference_drug AS drug ON drug.id = drug_id ORDER BY slug, number"
        )
        seals = rows("SELECT slug, last_seal FROM reference_drug ORDER BY slug")
        migrations = rows("SELECT app, name FROM django_migrations ORDER BY app, name")
    return {
        "rows": counted,
        "editions": [
            dict(zip(("drug", "number", "state", "fingerprint"), row, strict=True))
            for row in editions
        ],
        "last_seals": dict(seals),
        "migrations": [f"{app}.{name}" for app, name in migrations],
    }


def refuse_differences(expected: Contents, found: Contents) -> None:
    """Raise BackupError if a copy does not hold what was counted.

    Another version of the site may count more tables, or fewer.
    """
    differing = [
        f"{table} has {found['rows'].get(table, 'no')} rows instead of {rows}"
        for table, rows in expected["rows"].items()
        if found["rows"].get(table) != rows
    ]
    differing += [
        f"the {part.replace('_', ' ')} differ"
        for part in ("editions", "last_seals", "migrations")
        if found[part] != expected[part]
    ]
    if differing:
        raise BackupError(f"the copy is not what was counted: {'; '.join(differing)}.")


def refuse_damage(connection: BaseDatabaseWrapper) -> None:
    """Raise BackupError if SQLite finds its file damaged."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        if (said := cursor.fetchall()) != [("ok",)]:
            raise BackupError(f"SQLite finds the copy damaged: {said[0][0]}.")
        cursor.execute("PRAGMA foreign_key_check")
        if broken := cursor.fetchall():
            raise BackupError(f"rows of {broken[0][0]} point to rows there are not.")


@contextmanager
def on_database(name: str) -> Iterator[BaseDatabaseWrapper]:
    """Have all that this block asks asked of a database by this name, and close it."""
    original = connections["default"]
    connection = another_connection(name)
    connections["default"] = connection
    try:
        yield connection
    finally:
        connection.close()
        connections["default"] = original


def another_connection(name: str) -> BaseDatabaseWrapper:
    """Return a new connection, to a database by this name, for the caller to close."""
    connection = connections.create_connection("default")
    connection.settings_dict = connections["default"].settings_dict | {"NAME": name}
    return connection


def read_only(file: Path) -> str:
    """Return the name by which SQLite opens a file, and does not write to it."""
    return f"{file.absolute().as_uri()}?mode=ro"


def in_words(error: Exception) -> str:
    """Return what went wrong as the end of a sentence, whoever found it."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    said = str(error).strip()
    return said if said.endswith(".") else f"{said}."


def _copied_sqlite(copy: Path, say: Say) -> tuple[Contents, list[str], str]:
    """Copy the database; return what is in it, its faults, its server's version."""
    source = Path(connections["default"].settings_dict["NAME"])
    if not source.exists():
        raise BackupError(f"the database {source} is not there.")
    held = _vacuum_into(source, copy)
    say("Checking every edition and the record in the copy.")
    with on_database(read_only(copy)):
        found = [*faults()]
    with on_database(str(copy)) as connection, connection.cursor() as cursor:
        for table in LEFT_OUT:
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own names
        cursor.execute("VACUUM")  # else they would still stand in free pages
    with on_database(read_only(copy)) as connection:
        refuse_damage(connection)
        refuse_differences(held, contents(connection))
    return held, found, sqlite3.sqlite_version


def _vacuum_into(source: Path, copy: Path) -> Contents:
    """Copy what is committed, and return what was there in that moment.

    Writers wait for it, and not longer than the site lets them; readers do not.
    """
    name = f"{source.absolute().as_uri()}?mode=rw"
    writer, reader = another_connection(name), another_connection(name)
    try:
        with writer.cursor() as holding, reader.cursor() as cursor:
            holding.execute("BEGIN IMMEDIATE")
            cursor.execute("VACUUM INTO %s", [str(copy)])
            held = contents(reader)
            holding.execute("ROLLBACK")
            return held
    finally:
        reader.close()
        writer.close()


def _copied_postgresql(copy: Path, say: Say) -> tuple[Contents, list[str], str]:
    """Dump and count in one snapshot, so that both are of the same moment."""
    name = connections["default"].settings_dict["NAME"]
    with on_database(name) as connection, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot(), version()")
            snapshot, version = cursor.fetchone()
        held = contents(connection)
        pg_programs.dump(connection, copy, snapshot, LEFT_OUT)
        say("Checking every edition, the record, and each row in the copy.")
        found = [*faults()]
        rows = pg_programs.rows_in_dump(connection, copy)
    refuse_differences(held, held | {"rows": rows})
    return held, found, " ".join(version.split()[:2])


@contextmanager
def _place_for_unfinished(folder: Path) -> Iterator[Path]:
    """A place in the folder that goes with this block; none is left by a killed one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as work:
            yield Path(work)
    except BlockingIOError as error:
        raise BackupError("another one is being made there.") from error
    finally:
        os.close(descriptor)


def _kept(packed: Path, file: Path) -> Path:
    """Give a whole file its name, which nothing else may have."""
    if file.exists():
        raise BackupError(f"{file} is there already.")
    packed.rename(file)
    sync(file.parent)
    return file


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
