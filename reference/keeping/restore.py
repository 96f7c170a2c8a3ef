"""Puts a backup into an empty place: verified before it is there, or not there at all.

Never writes over data; what the site does next is left to `prepare`.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from anakinra_site.starting import one_start_at_a_time

from . import pg_programs
from .backup import (
    UNVERIFIED,
    Say,
    another_connection,
    contents,
    in_words,
    on_database,
    read_only,
    refuse_damage,
    refuse_differences,
    sync,
)
from .backup_file import BackupError, Manifest, unpack
from .groups import create_groups
from .verification import faults

DATABASE_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# SQLite would take them for the new file's own.
LEFT_BY_SQLITE = ("-journal", "-wal", "-shm")


def restore_backup(file: Path, say: Say) -> Manifest:
    """Restore a backup into the empty database of the settings; return its manifest.

    Raises BackupError with the reason, and then the database is as it was.
    """
    try:
        with one_start_at_a_time(say):
            if connections["default"].vendor == "sqlite":
                return _restore_sqlite(file, say)
            return _restore_postgresql(file, say)
    except (BackupError, DatabaseError, OSError) as error:
        raise BackupError(f"Nothing was restored: {in_words(error)}") from error


def refuse_unverified(connection: BaseDatabaseWrapper) -> None:
    """Raise BackupError for a database whose restore did not come to its end."""
    if UNVERIFIED in connection.introspection.table_names():
        raise BackupError(
            "A restore into this database was broken off before it was verified. "
            "Run `make restore` again: it begins anew."
        )


def _restore_sqlite(file: Path, say: Say) -> Manifest:
    target = Path(connections["default"].settings_dict["NAME"]).resolve()
    _refuse_held(target)
    with _place_beside(target) as work:
        copy = work / "database"
        say(f"Reading {file}.")
        manifest = unpack(file, copy)
        _refuse_unfit(manifest)
        with on_database(read_only(copy)) as connection:
            refuse_damage(connection)
            refuse_differences(manifest.contents, contents(connection))
        with on_database(str(copy)) as connection:
            _bring_up_to_date(connection, say)
            _refuse_faults(say)
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        _refuse_held(target)
        copy.replace(target)
        sync(target.parent)
    return manifest


def _refuse_held(target: Path) -> None:
    """Refuse to write where a database holds anything, or has left something."""
    for left in LEFT_BY_SQLITE:
        beside = target.with_name(f"{target.name}{left}")
        if beside.exists():
            raise BackupError(
                f"{beside} belongs to another database. Stop the site, move that "
                "database and this file away together, and try again."
            )
    if not target.exists() or target.stat().st_size == 0:
        return
    connection = another_connection(read_only(target))
    try:
        is_empty = not connection.introspection.table_names()
    except DatabaseError:
        is_empty = False  # whatever it is, it is something
    finally:
        connection.close()
    if not is_empty:
        raise BackupError(
            f"{target} holds data. Stop the site, move the file away "
            f"(mv {target} {target}.before-restore), and try again."
        )


@contextmanager
def _place_beside(target: Path) -> Iterator[Path]:
    """A place on the same disk that goes with this block; none is left by a killed one.

    The lock of the start is held: nobody else is at it.
    """
    prefix = f".{target.name}-restoring-"
    for left in target.parent.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=prefix, dir=target.parent) as work:
        yield Path(work)


def _restore_postgresql(file: Path, say: Say) -> Manifest:
    connection = connections["default"]
    with TemporaryDirectory() as work:
        dump = Path(work) / "database"
        say(f"Reading {file}.")
        manifest = unpack(file, dump)
        _refuse_unfit(manifest)
        _mark_unverified(connection, say)
        try:
            say("Restoring it.")
            pg_programs.restore(connection, dump)
            refuse_differences(manifest.contents, contents(connection))
            _bring_up_to_date(connection, say)
            _refuse_faults(say)
        except BaseException:
            _drop_everything(connection)
            raise
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {UNVERIFIED}")
    return manifest


def _mark_unverified(connection: BaseDatabaseWrapper, say: Say) -> None:
    """Mark an empty database, which keeps the site from starting on what comes.

    What an earlier restore left behind that was killed is removed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'pg_restore'"
        )
        if cursor.fetchone()[0]:
            raise BackupError("pg_restore is at work in this database. Wait for it.")
        tables = connection.introspection.table_names(cursor)
        if UNVERIFIED in tables:
            say("An earlier restore was broken off. Removing what it left.")
            _drop_everything(connection)
        elif tables:
            name = connection.settings_dict["NAME"]
            raise BackupError(
                f"the database {name} holds data. Stop the site, create an empty "
                f"database (createdb {name}_restored), name it in DATABASE_URL, and "
                "try again."
            )
        cursor.execute(f"CREATE TABLE {UNVERIFIED} ()")


def _drop_everything(connection: BaseDatabaseWrapper) -> None:
    """Empty a database that was empty before a restore began."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")
        cursor.execute(
            "SELECT oid::regprocedure FROM pg_proc "
            "WHERE pronamespace = current_schema()::regnamespace"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")


def _refuse_unfit(manifest: Manifest) -> None:
    """Refuse a backup of the other database, or of a newer version of the site."""
    vendor = connections["default"].vendor
    if manifest.vendor != vendor:
        own, other = DATABASE_NAMES[vendor], DATABASE_NAMES[manifest.vendor]
        raise BackupError(
            f"it is a backup of {other}, and DATABASE_URL names {own}. Name an empty "
            f"database of {other}."
        )
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}
    }
    if newer := sorted({*manifest.contents["migrations"]} - known):
        raise BackupError(
            f"a newer version of the site made it ({', '.join(newer)} is not known "
            "here). Restore it with that version."
        )


def _bring_up_to_date(connection: BaseDatabaseWrapper, say: Say) -> None:
    """Migrate what an older version of the site has backed up.

    Its groups are set right even where nothing has to be migrated: they are code.
    """
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say(f"An older version made it: {len(plan)} migrations.")
        call_command("migrate", interactive=False, verbosity=0)
    create_groups()


def _refuse_faults(say: Say) -> None:
    say("Checking every edition and the record.")
    if found := [*faults()]:
        raise BackupError(
            f"`verify` finds in it: {'; '.join(found)}. Take an older backup."
        )
