"""`make run` for real, for the tests that need a server process of their own."""

import http.client
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.databases.prepared_database import copy_prepared
from tests.support.servers.free_ports import free_port

ROOT = Path(__file__).resolve().parents[3]


def environment() -> dict[str, str]:
    """What a process is started with: no setting of a make above, and no other site."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "DEBUG", "PUBLIC_ORIGIN"))
    }
    return {"JSON_LOGS": "1"} | kept  # which tests can read


class Server(NamedTuple):
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    host: str = "127.0.0.1"

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def passwords(self) -> dict[str, str]:
        """Those of the first accounts, by name, as the start announced them."""
        return dict(re.findall(r"^  (\w+) +(\S+)$", self.log.read_text(), re.MULTILINE))

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=10)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = self.connect()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def signal(self, number: int) -> None:
        """Send a signal to every process of the server."""
        os.killpg(self.process.pid, number)


@contextmanager
def running_server(
    folder: Path,
    *settings: str,
    host: str = "127.0.0.1",
    port: int | None = None,
    root: Path = ROOT,
    is_first: bool = False,
) -> Iterator[Server]:
    """A server with a database of its own in this folder, until the block ends.

    More settings are as for make: "ACCESS_LOG=1"; root is where the code is. It finds
    its database prepared, and in its log what was said then, unless it is the first.
    """
    port = port or free_port()
    settings = (f"DATABASE_URL=sqlite:///{folder}/db", *settings)
    with (folder / "log").open("w") as log:
        if not is_first:
            log.write(_find_prepared(settings))
            log.flush()
        process = subprocess.Popen(
            ["make", "run", f"HOST={host}", f"PORT={port}", *settings],
            cwd=root,
            env=environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(port, folder / "log", process, host)
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        # Its end is no test's subject, and a worker that ends first is started again.
        with suppress(ProcessLookupError):
            server.signal(signal.SIGKILL)
        process.wait()


def _find_prepared(settings: tuple[str, ...]) -> str:
    """Have an SQLite database that is not there yet; return what was said at that."""
    # What is prepared is the same without them, and no file is drawn for it.
    of_the_server = ("DATABASE_URL=", "WORKERS=", "ACCESS_LOG=", "DRAW_PDF=0")
    *_, url = (each for each in settings if each.startswith("DATABASE_URL="))
    database = Path(url.partition(":///")[2])
    if "=sqlite:///" not in url or database.exists():
        return ""
    given = [each for each in settings if not each.startswith(of_the_server)]
    return copy_prepared(database, given)


def wait_until_it_answers(server: Server) -> None:
    for _ in range(1800):
        try:
            if server.get("/healthz", Host="localhost").status == 200:
                return
        except OSError:
            assert server.process.poll() is None, server.log.read_text()
        time.sleep(0.1)
    pytest.fail(server.log.read_text())
