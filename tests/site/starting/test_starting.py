"""Servers that start together on one database, as after a power cut."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

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
