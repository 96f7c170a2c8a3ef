"""pg_dump and pg_restore: found on PATH, compared with the server, run without a shell.

A password is handed over in the environment, where `ps` does not show it.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.conninfo import make_conninfo

from .backup_file import BackupError

# Rights and owners belong to the server, not to the guide.
PORTABLE = ("--no-owner", "--no-privileges", "--no-comments")


def dump(
    connection: BaseDatabaseWrapper, file: Path, snapshot: str, without: tuple[str, ...]
) -> None:
    """Dump what a snapshot shows, but for the rows of some tables."""
    command = [
        _program("pg_dump", connection),
        "--format=custom",
        f"--file={file}",
        *PORTABLE,
        f"--snapshot={snapshot}",
        *(f"--exclude-table-data={table}" for table in without),
        _address(connection),
    ]
    _check(
        subprocess.run(  # noqa: S603 - our own arguments
            command, env=_environment(connection), capture_output=True, check=False
        )
    )


def rows_in_dump(connection: BaseDatabaseWrapper, file: Path) -> dict[str, int]:
    """Return how many rows a dump gives each table, having unpacked and read it all."""
    command = [_program("pg_restore", connection), "--data-only", "--file=-", str(file)]
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, capture_output=True, check=False
    )
    _check(done)
    return dict(_counted(done.stdout.splitlines()))


def restore(connection: BaseDatabaseWrapper, file: Path) -> None:
    """Put a dump into a database, all of it or nothing."""
    command = [
        _program("pg_restore", connection),
        *PORTABLE,
        "--single-transaction",
        "--exit-on-error",
        _address(connection),
    ]
    with (
        file.open("rb") as content,
        subprocess.Popen(  # noqa: S603 - our own arguments
            command,
            env=_environment(connection),
            # Through a pipe, so that it ends, without a commit, if this process does.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101 - it was asked for
        try:
            shutil.copyfileobj(content, process.stdin)
        except BrokenPipeError:
            pass  # it says why on its standard error
        finally:
            _, said = process.communicate()
    _check(subprocess.CompletedProcess(command, process.returncode, b"", said))


def _counted(lines: list[bytes]) -> Iterator[tuple[str, int]]:
    """Yield each table of a dump as SQL, and the rows it is given."""
    table, rows = "", 0
    for line in lines:
        begins = None if table else re.match(rb"COPY [\w\"]+\.\"?(\w+)\"? \(", line)
        if begins:
            table, rows = begins[1].decode(), 0
        elif table and line == rb"\.":
            yield table, rows
            table = ""
        else:
            rows += 1


def _program(name: str, connection: BaseDatabaseWrapper) -> str:
    """Return the program's path, or raise BackupError with what has to be installed."""
    server = _server_version(connection)
    found = shutil.which(name)
    wanted = (
        f"Install the programs of the server's version ({server}), on Debian: "
        f"apt-get install postgresql-client-{server}"
    )
    if found is None:
        raise BackupError(f"{name} is not on PATH. {wanted}")
    said = subprocess.run(  # noqa: S603 - its own path
        [found, "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = re.search(r"\d+", said)
    if version is None or int(version[0]) < server:
        own = version[0] if version else "unknown"
        raise BackupError(
            f"{name} on PATH is of version {own}, older than the server. {wanted}"
        )
    return found


def _server_version(connection: BaseDatabaseWrapper) -> int:
    """Return the major version of the server that is connected to."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def _address(connection: BaseDatabaseWrapper) -> str:
    """Return the server that is connected to, and how: in the words of the address.

    What the driver's own libpq fills in beside them, an older program may not know.
    """
    info, given = connection.connection.info, connection.get_connection_params()
    asked: dict[str, Any] = {
        name: value for name, value in info.get_parameters().items() if name in given
    }
    reached = {"host": info.host, "port": info.port, "user": info.user}
    return f"--dbname={make_conninfo(**asked | reached | {'dbname': info.dbname})}"


def _environment(connection: BaseDatabaseWrapper) -> dict[str, str]:
    password = connection.connection.info.password
    return os.environ | ({"PGPASSWORD": password} if password else {})


def _check(done: "subprocess.CompletedProcess[bytes]") -> None:
    """Raise BackupError with what the program said if it failed."""
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split())
        ended = said or f"it ended with {done.returncode}"
        raise BackupError(f"{Path(done.args[0]).name} failed: {ended}")
