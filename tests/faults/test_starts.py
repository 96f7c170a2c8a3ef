"""A worker that has started answers, however often the server is started."""

import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bench.running.servers import ROOT, server_command
from tests.support.servers.free_ports import free_port
from tests.support.servers.server_process import environment
from tests.tools.reliability.figures import count, times

pytestmark = pytest.mark.any_database

STARTS = times(3, 200)
EACH = 20
ANSWERS_WITHIN = 20  # seconds
EMPTY = "bench.peers.hello:application"


def answer_of(port: int) -> int | None:
    """The status of an answer; None where it did not come in time."""
    end = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < end:
        connection = HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except ConnectionError:  # nobody listens yet
            time.sleep(0.02)
        except TimeoutError:
            return None
        finally:
            connection.close()
    return None


def test_a_server_answers_after_every_start(tmp_path: Path) -> None:
    statuses = []
    for _ in range(STARTS):
        port = free_port()
        with (tmp_path / "log").open("w") as log:
            server = subprocess.Popen(
                server_command(port, EMPTY),
                cwd=ROOT,
                env=environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        statuses.append({answer_of(port) for _ in range(EACH)})
        server.terminate()
        server.wait()
    count(
        *("workers", "started by the command of `make run`, and asked one by one"),
        tried=STARTS,
        unit="starts",
        lost=STARTS - statuses.count({200}),
        on_database=False,
        note=f"{EACH} requests each",
    )
    assert statuses == [{200}] * STARTS
