"""Who sends or reads slowly, or not at all, keeps nobody else from an answer."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from anakinra_site.http import request_bodies
from anakinra_site.http.request_bodies import ARRIVES_WITHIN, RequestBodyMiddleware
from tests.attacks.probes.raw_requests import TRUSTED, Plain
from tests.support.servers.server_process import Server
from tests.support.shown_edition import ask
from tests.tools.reliability.figures import IN_FULL, count, times

SOCKETS = 200
IN_FULL_ALONE = pytest.mark.skipif(not IN_FULL, reason="waits 10 s; make faults")
HELD_FOR = 12.0  # seconds: longer than a header or a form may take
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
    "a form of which one letter comes": FORM + b"Content-Length: 999\r\n\r\na",
    "chunks that do not end": FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\na",
    "a page that is not read": (
        b"GET /anakinra/ HTTP/1.1\r\n" + TRUSTED + b"\r\n"
    ) * 5,
}  # fmt: skip
# What is no request yet is ended by the server itself; a form, or an answer that nobody
# reads, by a proxy.
ENDED = [*BEGUN][:3]


@contextmanager
def _held(server: Server, begun: bytes) -> Iterator[list[socket.socket]]:
    """Connections that begin with this and go no further, while the block lasts."""
    with ExitStack() as stack:
        held = []
        for _ in range(SOCKETS):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", server.port))
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


def _failed_readers(server: Server, number: int) -> int:
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
    return failed


@pytest.mark.parametrize("name", BEGUN)
def test_200_of_them_keep_no_reader_out(name: str, shipped: Server) -> None:
    readers = times(6, 100)
    with _held(shipped, BEGUN[name]):
        failed = _failed_readers(shipped, readers)
    count(
        "attacks",
        f"Readers while 200 connections hold {name}",
        tried=readers,
        unit="answers",
        lost=failed,
        on_database=False,
    )
    assert failed == 0


@IN_FULL_ALONE
def test_each_is_ended_and_holds_its_place_no_longer(shipped: Server) -> None:
    """All at once, 200 each, since this waits for the longest that one may take."""
    with ExitStack() as stack:
        held = {
            name: stack.enter_context(_held(shipped, BEGUN[name])) for name in ENDED
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


@IN_FULL_ALONE
def test_who_sends_a_form_too_slowly_is_told_that_nothing_was_saved(
    shipped: Server,
) -> None:
    assert ARRIVES_WITHIN < HELD_FOR
    with Plain(shipped)() as connection:
        connection.settimeout(HELD_FOR + 10)
        connection.sendall(BEGUN["a form of which one letter comes"])
        answer = HTTPResponse(connection)
        answer.begin()
        text = answer.read()
    assert answer.status == 408
    assert b"Nothing was saved" in text


class Stuck(BytesIO):
    """A body that begins, and then waits for its sender until told to go on."""

    def __init__(self) -> None:
        super().__init__(b"a=1")
        self.go_on = Event()

    def read(self, size: int | None = -1) -> bytes:
        self.go_on.wait(30)
        return super().read(size)


def _sent(body: BytesIO, path: str = "/admin/login/") -> HttpRequest:
    """A form whose body comes from here."""
    environ: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": "3"}
    return RequestFactory().post(path, **environ)


def test_a_form_that_stops_on_the_way_is_refused_and_takes_no_third_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(request_bodies, "ARRIVES_WITHIN", 0.05)
    middleware = RequestBodyMiddleware(lambda _: HttpResponse("saved"))
    stuck = Stuck()
    for _ in range(request_bodies.AT_ONCE + 1):  # a place is free again each time
        assert middleware(_sent(stuck)).status_code == 408
    for _ in range(request_bodies.AT_ONCE):
        middleware.places.acquire()
    busy = middleware(_sent(BytesIO(b"a=1")))
    assert busy.status_code == 503
    assert busy.headers["Retry-After"]
    middleware.places.release()
    assert middleware(_sent(BytesIO(b"a=1"))).status_code == 200
    stuck.go_on.set()


def test_a_form_whose_sender_hangs_up_or_sends_too_much_is_no_fault() -> None:
    class Gone(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError

    middleware = RequestBodyMiddleware(lambda _: HttpResponse("saved"))
    assert middleware(_sent(Gone())).status_code == 408
    large = _sent(BytesIO(b"a" * 3))
    large.META["CONTENT_LENGTH"] = str(2**21)
    with pytest.raises(RequestDataTooBig):
        middleware(large)
    assert middleware(_sent(BytesIO(b"a=1"))).status_code == 200
