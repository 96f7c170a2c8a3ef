"""Servers that start together on one database, as after a power cut."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import OperationalError, connection

from anakinra_site.starting import why_not_prepared
from tests.support.databases.own_database import DatabaseCopy, new_database
from tests.support.servers.free_ports import free_port
from tests.support.servers.own_process import in_process

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SERVERS = 3
PORT = {"prepare": ["--port", str(free_port())], "verify": []}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[DatabaseCopy]:
    with new_database(tmp_path) as database:
        yield database


def begin(command: str, url: str) -> subprocess.Popen[str]:
    told = {"DATABASE_URL": url, "DRAW_PDF": "0", "DEBUG": "1"}
    return in_process("manage.py", command, *PORT[command], **told)


def prepare_together(url: str) -> list[str]:
    """What each says, when they begin at once; each must end well."""
    started = [begin("prepare", url) for _ in range(SERVERS)]
    said = [each.communicate()[0] for each in started]
    assert [each.returncode for each in started] == [0] * SERVERS, said
    return said


def test_servers_that_start_together_prepare_an_empty_database_once(
    database: DatabaseCopy,
) -> None:
    said = prepare_together(database.url)
    loaded = [each for each in said if "Loaded" in each]
    assert len(loaded) == 1
    assert sum("passwords" in each for each in said) == 1
    waited = "Another server is preparing this database. Waiting for it."
    assert sum(waited in each for each in said) == SERVERS - 1
    verified = begin("verify", database.url)
    assert verified.communicate()[0].endswith(
        "All is as it was published and recorded.\n"
    )
    assert verified.returncode == 0


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_server_that_finds_all_prepared_locks_no_table(
    database: DatabaseCopy,
) -> None:
    """Whoever reads or publishes on the other hosts is not kept waiting by it."""
    prepare_together(database.url)
    with database.used(), connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK reference_edition IN ROW EXCLUSIVE MODE")
        said, _ = begin("prepare", database.url).communicate(timeout=60)
        cursor.execute("ROLLBACK")
    assert re.search(r"^Open ", said, re.MULTILINE), said


def test_a_database_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path}/nowhere/db"
    else:
        address = urlsplit(os.environ["DATABASE_URL"])
        url = address._replace(path="/nowhere").geturl()
    refused = begin("prepare", url)
    _, said = refused.communicate()
    assert refused.returncode == 1
    assert said.startswith("CommandError: The database cannot be opened: ")
    assert "Check DATABASE_URL" in said
    assert "Traceback" not in said


def test_a_database_that_was_never_prepared_cannot_be_verified(
    database: DatabaseCopy,
) -> None:
    refused = begin("verify", database.url)
    _, said = refused.communicate()
    assert refused.returncode == 1
    assert said.startswith("CommandError: The database cannot be read: ")
    assert "make run" in said
    assert "Traceback" not in said


# A start that cannot be: a sentence, and never a traceback


def refused_start(database: Path, *before: str, **settings: str) -> str:
    """What is said of a start on this SQLite file, which does not come about."""
    refused = in_process(
        "manage.py",
        *("prepare", "--port", str(free_port())),
        before=before,
        DATABASE_URL=f"sqlite:///{database}",
        DRAW_PDF="0",
        DEBUG="1",
        **settings,
    )
    _, said = refused.communicate()
    assert refused.returncode == 1, said
    assert "Traceback" not in said
    return said.partition("CommandError: ")[2]


@pytest.fixture
def another_user_s(tmp_path: Path) -> tuple[str, ...]:
    """What starts a command for which the rights of a file hold, for root as well."""
    if os.geteuid():
        return ()
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_database_file_of_another_user_is_a_sentence(
    tmp_path: Path, another_user_s: tuple[str, ...]
) -> None:
    database = tmp_path / "db"
    with closing(sqlite3.connect(database)) as made:
        made.execute("VACUUM")
    database.chmod(0o444)
    said = refused_start(database, *another_user_s)
    assert said.startswith("Not started: attempt to write a readonly database. ")
    assert "belong to another user? Give both to the one who starts" in said
    database.chmod(0o000)
    assert "cannot be opened" in refused_start(database, *another_user_s)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_disk_that_fills_up_at_the_very_first_start_is_a_sentence(
    tmp_path: Path,
) -> None:
    """No file may get longer than 200 kB, which is less than the empty tables take."""
    limited = ("prlimit", "--fsize=200000")
    said = refused_start(tmp_path / "db", *limited, PYTHONDONTWRITEBYTECODE="1")
    assert said.startswith("Not started: disk I/O error. The disk of the database is")
    with_room = begin("prepare", f"sqlite:///{tmp_path}/db")
    assert "Open http://" in with_room.communicate()[0]


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("This is a letter and no database at all.\n" * 99)
    said = refused_start(tmp_path / "db")
    assert said.startswith("Not started: file is not a database. ")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (sqlite3.SQLITE_FULL, "There is no room left on the disk of the database."),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "belong to another user?"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "Restore a backup"),
        (sqlite3.SQLITE_ERROR, ""),
        (None, ""),
    ],
)
def test_what_is_wrong_is_told_by_the_database_s_own_code(
    code: int | None, says: str
) -> None:
    driver_s = sqlite3.OperationalError("oh")
    if code is not None:
        driver_s.sqlite_errorcode = code
    error = OperationalError("oh")
    error.__cause__ = driver_s
    said = why_not_prepared(error)
    assert says in said
    assert bool(said) is bool(says)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (psycopg.errors.InsufficientPrivilege("no"), "may not create tables"),
        (psycopg.errors.DiskFull("no"), "no room left"),
        (psycopg.errors.ReadOnlySqlTransaction("no"), "Is it a standby?"),
        (psycopg.errors.SyntaxError("no"), ""),
    ],
)
def test_of_postgresql_too(error: psycopg.Error, says: str) -> None:
    assert says in why_not_prepared(error)
    assert bool(why_not_prepared(error)) is bool(says)
