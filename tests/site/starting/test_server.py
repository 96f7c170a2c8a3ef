"""`make run` for real: a server process, a new SQLite file, plain HTTP requests."""

import http.client
import json
import re
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from urllib.request import urlopen

import pytest

from tests.support.servers.free_ports import METRICS_ABOVE, free_port
from tests.support.servers.server_process import (
    ROOT,
    Server,
    environment,
    running_server,
)
from tests.tools.reliability.workers import workers_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running_server(folder, "ACCESS_LOG=1", is_first=True) as running:
        yield running


def test_it_tells_the_address_and_the_first_passwords(server: Server) -> None:
    log = server.log.read_text()
    assert f"Open http://127.0.0.1:{server.port}/" in log
    assert "administrator" in log


def test_it_serves_the_guide_and_its_static_files(server: Server) -> None:
    assert server.get("/anakinra/").status == 200
    assert server.get("/static/admin/css/base.css").status == 404  # only hashed names


def test_it_does_not_name_its_software(server: Server) -> None:
    assert server.get("/healthz").headers.get_all("Server") == ["web"]


def access_lines(server: Server) -> list[dict[str, Any]]:
    """The log's lines of requests; one that is still being written is no line yet."""
    return [
        json.loads(line)
        for line in server.log.read_text().splitlines(keepends=True)
        if "granian.access" in line and line.endswith("\n")
    ]


def test_its_log_is_a_json_line_a_request_and_holds_no_query(server: Server) -> None:
    server.get("/anakinra/dose/?regimen=pjia-sc&weight=12.5")
    server.get("/nowhere/%0A%22?weight=12.5")
    asked = {("GET", "/anakinra/dose/", 200), ("GET", '/nowhere/\n"', 404)}
    for _ in range(100):  # a line is written after its answer was sent
        lines = access_lines(server)
        if asked <= {(line["method"], line["path"], line["status"]) for line in lines}:
            break
        time.sleep(0.1)
    else:
        pytest.fail(server.log.read_text())
    # Of the query not even a name; the figures themselves may stand in a time of day.
    assert "weight" not in server.log.read_text()
    assert all(line["milliseconds"] > 0 for line in lines)


def test_readers_who_hold_their_connections_keep_nobody_out(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            held = stack.enter_context(
                closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=3))
            )
            held.request("GET", "/healthz")
            assert held.getresponse().read() == b"ok\n"
        waiting = http.client.HTTPConnection("127.0.0.1", server.port, timeout=3)
        with closing(waiting):  # in less than the 5 seconds an idle one is held
            waiting.request("GET", "/healthz")
            assert waiting.getresponse().status == 200


def test_a_page_is_sent_as_it_was_drawn(server: Server) -> None:
    answer = server.get("/anakinra/", **{"Accept-Encoding": "br"})
    assert answer.status == 200
    assert re.fullmatch(r'"[0-9a-f]{32}-br"', answer.headers["ETag"])
    kept = {"Accept-Encoding": "br", "If-None-Match": answer.headers["ETag"]}
    assert server.get("/anakinra/", **kept).status == 304
    with sqlite3.connect(server.log.parent / "db") as database:
        database.execute("UPDATE reference_drawnpage SET etag = '\"by-hand\"'")
    # A row that was changed by hand has no good code: Django draws the same.
    changed = server.get("/anakinra/", **{"Accept-Encoding": "br"})
    assert changed.headers["ETag"] == answer.headers["ETag"]
    with sqlite3.connect(server.log.parent / "db") as database:
        database.execute("DELETE FROM reference_drawnpage")
    assert server.get("/anakinra/", **kept).status == 304


def test_it_is_ready_and_says_how_it_fares_to_this_machine_alone(
    server: Server,
) -> None:
    assert server.get("/readyz").status == 200
    with urlopen(f"http://127.0.0.1:{server.port + METRICS_ABOVE}/") as answer:
        assert "granian_workers_spawns 2" in answer.read().decode()
    elsewhere = next(
        (
            str(found[4][0])
            for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
            if not str(found[4][0]).startswith("127.")
        ),
        None,
    )
    if elsewhere is not None:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(
                (elsewhere, server.port + METRICS_ABOVE), timeout=5
            )


def test_no_worker_is_a_fork_with_locks_of_threads_that_it_does_not_have(
    server: Server,
) -> None:
    """Of those that were forked, one in two hundred never answered."""
    assert len(workers_of(server)) == 2  # only those that were started anew


def refused_start(*settings: str) -> str:
    """What is said of a start with these settings, which does not come about."""
    refused = subprocess.run(
        ["make", "run", *settings],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    return refused.stderr


def test_it_does_not_start_on_a_taken_port_for_its_metrics(server: Server) -> None:
    said = refused_start(f"PORT={free_port()}", f"METRICS_PORT={server.port}")
    assert "Another one: make run METRICS_PORT=9000" in said


def test_it_does_not_give_metrics_on_the_port_of_the_readers() -> None:
    port = free_port()
    said = refused_start(f"PORT={port}", f"METRICS_PORT={port}")
    assert f"METRICS_PORT={port} is the PORT of the readers as well" in said
    assert "Traceback" not in said


def test_it_does_not_open_itself_to_the_network() -> None:
    said = refused_start("HOST=0.0.0.0")
    assert "HOST=0.0.0.0 can be reached from other machines" in said
