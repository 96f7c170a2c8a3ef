"""Who sends or reads slowly, or not at all, keeps nobody else from an answer."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from tests.attacks.probes.raw_requests import TRUSTED, Connect, Encrypted, Plain
from tests.support.servers.nginx_process import Proxy
from tests.support.servers.server_process import Server
from tests.support.shown_edition import ask
from tests.tools.reliability.figures import IN_FULL, count, times

SOCKETS = 200
IN_FULL_ALONE = pytest.mark.skipif(not IN_FULL, reason="waits 12 s; make faults")
HELD_FOR = 12.0  # seconds: longer than a header may take
READER = {"Host": "reference.example", "X-Forwarded-Proto": "https"}
DOSE = "/anakinra/dose/?regimen=ra-sc"
FORM = (
    b"POST /admin/login/ HTTP/1.1\r\n"
    + TRUSTED
    # With a token, so that the form is read.
    + b"Cookie: __Host-csrftoken=" + b"a" * 32 + b"\r\n"
    + b"Origin: https://reference.example\r\n"
    + b"Content-Type: application/x-www-form-urlencoded\r\n"
)  # fmt: skip
BEGUN = {
    "a connection and nothing else": b"",
    "half of a header": b"GET /anakinra/ HTTP/1.1\r\n" + TRUSTED + b"X: a",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a page that is not read": (
        b"GET /anakinra/ HTTP/1.1\r\n" + TRUSTED + b"\r\n"
    ) * 5,
}  # fmt: skip
# What is no request yet is ended by the server itself; an answer that nobody reads, and
# a form, by the proxy that has to stand in front.
ENDED = [*BEGUN][:3]
FORMS = {
    "a form of which one letter comes": FORM + b"Content-Length: 999\r\n\r\na",
    "chunks that do not end": FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\na",
}


@contextmanager
def _held(connect: Connect, begun: bytes) -> Iterator[list[socket.socket]]:
    """Connections that begin with this and go no further, while the block lasts."""
    with ExitStack() as stack:
        held = []
        for _ in range(SOCKETS):
            connection = stack.enter_context(connect())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.sendall(begun)
            held.append(connection)
        yield held


def _is_closed(connection: socket.socket) -> bool:
    """Return whether the other side has ended it, whatever it said before."""
    connection.settimeout(0.5)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


def _lost_readers(server: Server | Proxy, holding: str, number: int) -> int:
    """Ask for a page and a dose so often; return how many were not answered."""
    failed = 0
    for turn in range(number):
        path = DOSE if turn % 2 else "/anakinra/"
        try:
            response, _ = ask(server.connect, path, **READER)
        except OSError:
            failed += 1
        else:
            failed += response.status != 200
    count(
        "attacks",
        f"Readers while 200 connections hold {holding}",
        tried=number,
        unit="answers",
        lost=failed,
        on_database=False,
    )
    return failed


@pytest.mark.parametrize("name", BEGUN)
def test_200_of_them_keep_no_reader_out(name: str, shipped: Server) -> None:
    with _held(Plain(shipped), BEGUN[name]):
        assert _lost_readers(shipped, name, times(6, 100)) == 0


@pytest.mark.parametrize("name", FORMS)
def test_200_slow_forms_reach_the_proxy_alone(name: str, proxied: Proxy) -> None:
    with _held(Encrypted(proxied), FORMS[name]):
        assert _lost_readers(proxied, f"{name}, through nginx", times(6, 100)) == 0


@IN_FULL_ALONE
def test_each_is_ended_and_holds_its_place_no_longer(shipped: Server) -> None:
    """All at once, 200 each, since this waits for the longest that one may take."""
    with ExitStack() as stack:
        held = {
            name: stack.enter_context(_held(Plain(shipped), BEGUN[name]))
            for name in ENDED
        }
        time.sleep(HELD_FOR)
        left = {
            name: sum(not _is_closed(each) for each in sockets)
            for name, sockets in held.items()
        }
    count(
        "attacks",
        f"Half-open connections that are still open after {HELD_FOR:g} s",
        tried=SOCKETS * len(ENDED),
        unit="connections",
        lost=sum(left.values()),
        on_database=False,
    )
    assert not any(left.values()), left


class Gone(BytesIO):
    """A body whose sender has hung up."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError


def test_a_form_whose_sender_hangs_up_is_refused_and_no_fault() -> None:
    browser = Client(enforce_csrf_checks=True)
    environ: dict[str, Any] = {"wsgi.input": Gone(), "CONTENT_LENGTH": "3"}
    assert browser.post("/admin/login/", **environ).status_code == 403
