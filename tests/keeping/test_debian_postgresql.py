"""A backup is made and restored by the server and the programs that Debian 12 has.

The driver brings a newer libpq along, which knows options that theirs do not.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from reference.keeping import pg_programs
from reference.keeping.backup import another_connection
from reference.keeping.backup_file import unpack
from tests.support import backup_steps
from tests.support.backup_steps import is_whole
from tests.support.databases.debian_server import (
    IS_INSTALLED,
    PATH,
    debian_server,
    new_database_of,
)
from tests.support.guides.small_guide import begin_guide, publish

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="of PostgreSQL"),
]


def test_the_programs_are_given_what_the_address_asks_for_and_nothing_else() -> None:
    asked = connection.settings_dict["OPTIONS"] | {"sslmode": "disable"}
    given = another_connection(connection.settings_dict["NAME"])
    given.settings_dict["OPTIONS"] = asked
    given.ensure_connection()
    try:
        told = conninfo_to_dict(pg_programs._address(given).partition("=")[2])
    finally:
        given.close()
    by_django = {"client_encoding"}
    assert told.keys() - by_django == {*asked, "host", "port", "user", "dbname"}
    assert told["options"] == asked["options"]


@pytest.mark.skipif(not IS_INSTALLED, reason="postgresql-15 is not installed")
def test_a_backup_by_debian_s_own_server_and_programs_is_the_site_again(
    tmp_path: Path, person: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", PATH)
    with debian_server() as server:
        with new_database_of(server, "site"):
            call_command("migrate", verbosity=0)
            author, reviewer = person("ann", "author"), person("rae", "reviewer")
            publish(begin_guide(author), author=author, reviewer=reviewer)
            file, _ = backup_steps.back_up(tmp_path)
        held = unpack(file)
        assert held.server.startswith("PostgreSQL 15.")
        with new_database_of(server, "restored"):
            backup_steps.restore(file)
            assert is_whole(held.contents)
