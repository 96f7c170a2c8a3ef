"""Debian's own PostgreSQL, which is older than the one that other tests bring along."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Of Debian 12; it keeps a server's programs outside of PATH.
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
# Where its pg_dump and pg_restore are for everybody.
PATH = "/usr/bin:/bin"
IS_INSTALLED = (PROGRAMS / "postgres").exists() and Path("/usr/bin/pg_dump").exists()
QUICK = "-c fsync=off -c full_page_writes=off -c listen_addresses=''"


@contextmanager
def debian_server() -> Iterator[Path]:
    """The folder with the socket of a new server, which ends with this block.

    A server refuses to run as root, so it is started as the user of its package.
    """
    is_root = os.geteuid() == 0
    user = "postgres" if is_root else None

    def run(program: str, *arguments: str) -> None:
        command = [str(PROGRAMS / program), *arguments]
        subprocess.run(
            command,
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            group=user,
        )

    with tempfile.TemporaryDirectory() as name:
        folder, data = Path(name), Path(name, "data")
        if is_root:
            shutil.chown(folder, "postgres")
        run("initdb", f"--pgdata={data}", "--username=site", "--no-sync", "-E", "UTF8")
        controlled = ("--wait", "--silent", f"--pgdata={data}")
        options = f"{QUICK} -k {folder}"
        run("pg_ctl", "start", *controlled, f"--log={data}/log", "--options", options)
        try:
            yield folder
        finally:
            run("pg_ctl", "stop", *controlled, "--mode=immediate")


@contextmanager
def new_database_of(folder: Path, name: str) -> Iterator[BaseDatabaseWrapper]:
    """A new database of the server, asked in this block in place of the tests' own."""
    subprocess.run(
        [PROGRAMS / "createdb", f"--host={folder}", "--username=site", name], check=True
    )
    original = connections["default"]
    given = {"HOST": str(folder), "USER": "site", "PASSWORD": "", "NAME": name}
    connection = connections.create_connection("default")
    connection.settings_dict = original.settings_dict | given
    connections["default"] = connection
    try:
        yield connection
    finally:
        connection.close()
        connections["default"] = original
