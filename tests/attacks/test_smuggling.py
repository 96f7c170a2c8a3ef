"""One request is one answer, however its length is written; the next one is itself."""

import pytest

from tests.attacks.probes.raw_requests import (
    HIDDEN,
    HIDDEN_BODY,
    NEXT,
    NEXT_BODY,
    TRUSTED,
    Came,
    Connect,
    Encrypted,
    exchange,
)
from tests.support.servers.nginx_process import Proxy
from tests.support.shown_edition import ask
from tests.tools.reliability.figures import count, none_lost, times

POST = b"POST /admin/login/ HTTP/1.1\r\n" + TRUSTED
GET = b"GET /anakinra/ HTTP/1.1\r\n" + TRUSTED
CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"\r\n0\r\n\r\n"


def _length(size: int | str) -> bytes:
    return f"Content-Length: {size}\r\n".encode()


def _chunk(body: bytes) -> bytes:
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


ATTACKS: dict[str, bytes] = {
    "a length, then chunks: the length is shorter": (
        POST + _length(6) + CHUNKED + END + b"G" + HIDDEN
    ),
    "chunks, then a length: the chunks are longer": (
        POST + CHUNKED + _length(4) + b"\r\n" + _chunk(HIDDEN) + END[2:]
    ),
    "a length that holds the hidden request, and chunks": (
        POST + _length(len(HIDDEN) + 5) + CHUNKED + END + HIDDEN
    ),
    "two lengths": POST + _length(0) + _length(len(HIDDEN)) + b"\r\n" + HIDDEN,
    "a list of lengths": POST + _length(f"0, {len(HIDDEN)}") + b"\r\n" + HIDDEN,
    "a length with a sign": POST + _length(f"+{len(HIDDEN)}") + b"\r\n" + HIDDEN,
    "a negative length": POST + _length(-1) + b"\r\n" + HIDDEN,
    "a length in hexadecimal": POST + _length("0x2c") + b"\r\n" + HIDDEN,
    "a length that no number holds": POST + _length("9" * 24) + b"\r\n" + HIDDEN,
    "a space before the colon of the length": (
        POST + b"Content-Length : 0\r\n\r\n" + HIDDEN
    ),
    "a space before the colon of the encoding": (
        POST + b"Transfer-Encoding : chunked\r\n" + _length(5) + END + HIDDEN
    ),
    **{
        f"an encoding that is nearly chunked: {name!r}": (
            POST + b"Transfer-Encoding:" + name + b"\r\n" + _length(5) + END + HIDDEN
        )
        for name in (
            *(b" xchunked", b" chunked, identity", b"\x0bchunked", b' "chunked"'),
            *(b"\r\n chunked", b" chunked\x00", b" chunked, gzip", b" cow\r\n chunked"),
        )
    },
    "two encodings": (
        POST + CHUNKED + b"Transfer-Encoding: identity\r\n" + END + HIDDEN
    ),
    "an encoding after a bare line feed": (
        POST + b"X: a\nTransfer-Encoding: chunked\r\n" + _length(5) + END + HIDDEN
    ),
    "an encoding after a bare carriage return": (
        POST + b"X: a\rTransfer-Encoding: chunked\r\n" + _length(5) + END + HIDDEN
    ),
    "an encoding in HTTP/1.0": (
        POST.replace(b"HTTP/1.1", b"HTTP/1.0") + CHUNKED + END + HIDDEN
    ),
    "an underscore for a dash": (
        POST + b"Transfer_Encoding: chunked\r\n" + _length(5 + len(HIDDEN)) + END
    )
    + HIDDEN,
    "the extension of a chunk with a line feed": (
        POST + CHUNKED + b"\r\n2;\nxx\r\n" + _chunk(HIDDEN) + END[2:]
    ),
    "the extension of a chunk, a million letters": (
        POST + CHUNKED + b"\r\n0;" + b"a" * 1_000_000 + b"\r\n\r\n"
    ),
    "a chunk longer than any number": (
        POST + CHUNKED + b"\r\nfffffffffffffffff\r\n" + HIDDEN
    ),
    "a chunk with 0x": POST + CHUNKED + b"\r\n0x0\r\n\r\n" + HIDDEN,
    "a negative chunk": POST + CHUNKED + b"\r\n-1\r\n\r\n" + HIDDEN,
    "chunks between bare line feeds": POST + CHUNKED + b"\r\n0\n\n",
    "more than the chunk says": POST + CHUNKED + b"\r\n2\r\nabXX" + END + HIDDEN,
    "a body with GET": GET + _length(len(HIDDEN)) + b"\r\n" + HIDDEN,
    "chunks with GET": GET + CHUNKED + b"\r\n" + _chunk(HIDDEN) + END[2:],
    "a length with HEAD": (
        GET.replace(b"GET", b"HEAD") + _length(len(HIDDEN)) + b"\r\n" + HIDDEN
    ),
    "a form that nobody reads": POST + _length(len(HIDDEN)) + b"\r\n" + HIDDEN,
    "a body where none is taken": (
        GET.replace(b"GET", b"POST") + _length(len(HIDDEN)) + b"\r\n" + HIDDEN
    ),
    "a length among the trailers": (
        POST + CHUNKED + b"\r\n0\r\n" + _length(len(HIDDEN)) + b"\r\n"
    ),
    "a promise to wait": (
        POST + b"Expect: 100-continue\r\n" + _length(len(HIDDEN)) + b"\r\n" + HIDDEN
    ),
    "another protocol offered": (
        GET
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        + b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
        + _length(len(HIDDEN))
        + b"\r\n"
        + HIDDEN
    ),
    "a connection that drops the length": (
        POST + b"Connection: Content-Length\r\n" + _length(len(HIDDEN)) + b"\r\n"
    )
    + HIDDEN,
    "two hosts": GET + b"Host: elsewhere.example\r\n\r\n",
    "a folded first header": b"GET / HTTP/1.1\r\n Host: x\r\n" + TRUSTED + b"\r\n",
    "no version": b"GET /anakinra/\r\n\r\n",
    "a version to come": GET.replace(b"HTTP/1.1", b"HTTP/9.9") + b"\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


def _got_through(came: Came) -> bool:
    """Return whether more was answered than the attack and the request after it."""
    answered = [status for status in came.statuses if status != 100]
    if HIDDEN_BODY in came.received or len(answered) > 2 or not came.closed:
        return True
    # 501 and 505: an encoding or a version that nginx does not know.
    if any(status >= 500 and status not in (501, 505) for status in answered):
        return True
    # A second answer is that of the request after the attack.
    return len(answered) == 2 and NEXT_BODY not in came.received


def test_what_is_hidden_in_a_request_is_not_answered(
    connect: Connect, request: pytest.FixtureRequest
) -> None:
    rounds, through = times(1, 20), []
    for _ in range(rounds):
        for name, attack in ATTACKS.items():
            if _got_through(came := exchange(connect, attack + NEXT)):
                through.append((name, came))
    way = request.node.callspec.id
    count(
        "attacks",
        f"Request smuggling, {way}",
        tried=rounds * len(ATTACKS),
        unit="requests",
        lost=len(through),
        on_database=False,
    )
    assert [(name, came.statuses) for name, came in through] == []


def test_of_others_each_gets_the_own_answer_meanwhile(proxied: Proxy) -> None:
    """Nginx keeps its connections to the server: nothing is left over on one."""
    paths = ("/robots.txt", "/anakinra/editions/1/edition.json", "/openapi.json")
    alone = {path: ask(proxied.connect, path)[1] for path in paths}
    rounds, asked, wrong = times(1, 10), 0, []
    for number in range(rounds):
        for name, attack in ATTACKS.items():
            exchange(Encrypted(proxied), attack, seconds=0.05)
            path = paths[(number + asked) % len(paths)]
            response, body = ask(proxied.connect, path)
            asked += 1
            if (response.status, body) != (200, alone[path]):
                wrong.append((name, path, response.status))
    none_lost(
        wrong,
        "attacks",
        "Other readers' answers while requests are smuggled through nginx",
        tried=asked,
        unit="answers",
        on_database=False,
    )
