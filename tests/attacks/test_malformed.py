"""Too large, too many, or no text at all: refused in words, and never a fault."""

import json
import re
from itertools import product
from pathlib import Path

import pytest

from tests.attacks.probes.raw_requests import (
    TRUSTED,
    Came,
    Connect,
    Encrypted,
    Plain,
    exchange,
)
from tests.support.servers.nginx_process import Proxy
from tests.support.servers.server_process import Server
from tests.support.tables import column, table
from tests.tools.reliability.figures import IN_FULL, none_lost

MEGABYTE = b"a" * 1_000_000
MANY = b"&".join(b"p%d=1" % number for number in range(2000))
ENOUGH = (1, 10) if IN_FULL else (1,)  # megabytes
GROWTH_ALLOWED_MB = 50
# No request of these may be answered with anything but a refusal.
REFUSED = (400, 403, 404, 405, 408, 411, 413, 414, 422, 431, 501, 505)


def _get(path: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    more = b"".join(header + b"\r\n" for header in headers)
    return method + b" " + path + b" HTTP/1.1\r\n" + TRUSTED + more + b"\r\n"


def _form(path: bytes, body: bytes, kind: bytes, cookie: bytes = b"a" * 32) -> bytes:
    return (
        b"POST " + path + b" HTTP/1.1\r\n" + TRUSTED
        + b"Cookie: __Host-csrftoken=" + cookie + b"\r\n"
        + b"Origin: https://reference.example\r\nContent-Type: " + kind + b"\r\n"
        + b"Content-Length: %d\r\n\r\n" % len(body) + body
    )  # fmt: skip


URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n1\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n'

# Each has to be refused.
TOO_MUCH: dict[str, bytes] = {
    **{
        f"an address of {size} MB": _get(b"/" + MEGABYTE * size) for size in ENOUGH
    },
    **{
        f"a query of {size} MB": _get(b"/anakinra/dose/?weight=" + MEGABYTE * size)
        for size in ENOUGH
    },
    **{
        f"a header of {size} MB": _get(b"/anakinra/", b"X: " + MEGABYTE * size)
        for size in ENOUGH
    },
    **{
        f"a cookie of {size} MB": _get(b"/admin/", b"Cookie: a=" + MEGABYTE * size)
        for size in ENOUGH
    },
    "2,000 headers": _get(b"/anakinra/", *(b"X-%d: a" % n for n in range(2000))),
    **{
        f"a form of {size * 2} MB": _form(
            b"/admin/login/", b"a=" + MEGABYTE * size * 2, URLENCODED
        )
        for size in ENOUGH
    },
    "a body of 2 MB for a page": _form(b"/anakinra/", MEGABYTE * 2, URLENCODED),
    "2,001 fields": _form(b"/admin/login/", MANY + b"&a=1", URLENCODED),
    "2,001 parts": _form(
        b"/admin/login/",
        b"".join(PART % (b"p%d" % number) for number in range(2001)) + b"--x--\r\n",
        MULTIPART,
    ),
    "a file": _form(b"/admin/login/", FILE + b"--x--\r\n", MULTIPART),
    "parts without an end": _form(b"/admin/login/", PART % b"a", MULTIPART),
    "parts without a boundary": _form(
        b"/admin/login/", PART % b"a", b"multipart/form-data"
    ),
    "a boundary of a million letters": _form(
        b"/admin/login/", b"", b"multipart/form-data; boundary=" + b"x" * 300_000
    ),
    "a form of bytes that are no text": _form(
        b"/admin/login/", b"username=\xff\xfe&password=%ed%a0%80&x=%00", URLENCODED
    ),
    "a form in an alphabet that is none": _form(
        b"/admin/login/", b"username=a", URLENCODED + b"; charset=nonsense"
    ),
    "2,000 parameters of a dose": _get(b"/anakinra/dose/?" + MANY),
    "a parameter twice": _get(b"/anakinra/dose/?regimen=css-sc&weight=10&weight=100"),
    "NUL in a parameter": _get(b"/anakinra/dose/?regimen=css-sc&weight=%00"),
    "half a character in a parameter": _get(b"/anakinra/dose/?weight=%ed%a0%80"),
    "a percent sign alone": _get(b"/anakinra/dose/?weight=%"),
    "bytes that are no text": _get(b"/anakinra/dose/?weight=\xff\xfe"),
    "a method that is none": _get(b"/anakinra/", method=b"FOO"),
    "a method of 5,000 letters": _get(b"/anakinra/", method=b"A" * 5000),
    **{
        f"the method {method} of {path}": _get(path.encode(), method=method.encode())
        for method, path in table(__file__, "Methods that no address has")
    },
    **{
        f"a way out of the files: {path}": _get(path.encode())
        for path in column(__file__, "Ways out of the files")
    },
    **{
        f"an address that is none: {path!r}": _get(path.encode("latin-1"))
        for path in column(__file__, "Addresses that are none")
    },
}  # fmt: skip
# Each may be answered as if it were not so odd, or refused.
ODD: dict[str, bytes] = {
    "a method in small letters": _get(b"/anakinra/", method=b"get"),
    "100 cookies": _get(
        b"/anakinra/", b"Cookie: " + b"; ".join(b"c%d=1" % n for n in range(100))
    ),
    "a session that is none": _get(b"/admin/", b"Cookie: __Host-sessionid=\xff\x01"),
    "1,000 ranges": _get(
        b"/anakinra/", b"Range: bytes=" + b",".join(b"%d-" % n for n in range(1000))
    ),
    "ranges of a file": _get(
        b"/static/staticfiles.json", b"Range: bytes=0-0,-1,5-2,9999999999999999999-"
    ),
    "1,000 tags": _get(
        b"/anakinra/", b"If-None-Match: " + b",".join(b'"%d"' % n for n in range(1000))
    ),
    "a date that is none": _get(b"/anakinra/", b"If-Modified-Since: never"),
    "1,000 encodings": _get(
        b"/anakinra/", b"Accept-Encoding: " + b",".join(b"e%d" % n for n in range(1000))
    ),
    "qualities that are none": _get(b"/anakinra/", b"Accept-Encoding: br;q=nan, *;q=x"),
    "types that are none": _get(b"/anakinra/dose/", b"Accept: ;;;,/,*/*/*;q=1e999"),
    "a next page that is none": _get(b"/admin/login/?next=%00%0d%0aX:y"),
    "a word of bytes": _get(b"/search/?q=%ff%00%ed%a0%80"),
    "5,000 words": _get(b"/search/?q=" + b"a+" * 5000),
    "an htmx request of bytes": _get(
        b"/anakinra/dose/", b"HX-Request: \xff", b"HX-Current-URL: \xff%"
    ),
}  # fmt: skip


def _is_answered_well(name: str, came: Came) -> bool:
    """Return whether it was one answer and no fault; silence is a refusal too."""
    if not came.statuses:
        return came.closed
    (status, *more) = came.statuses
    if more:
        return False
    if name in ODD:
        return status < 500
    return status in REFUSED


def _memory_of_workers_mb(log: Path) -> float:
    """Return what all workers of the server hold resident."""
    pids = re.findall(r"Spawning worker-\d+ with PID: (\d+)", log.read_text())
    kilobytes = 0
    for pid in pids:
        status = Path(f"/proc/{pid}/status")
        if status.exists():
            found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
            kilobytes += int(found[1]) if found else 0
    return kilobytes / 1000


def test_each_is_refused_in_words_and_leaves_no_memory_behind(
    connect: Connect, shipped: Server, request: pytest.FixtureRequest
) -> None:
    before, wrong = _memory_of_workers_mb(shipped.log), []
    for name, sent in (TOO_MUCH | ODD).items():
        came = exchange(connect, sent.replace(b"\r\n\r\n", CLOSE, 1))
        if not _is_answered_well(name, came):
            wrong.append((name, came.statuses, came.received[:300]))
    grown = _memory_of_workers_mb(shipped.log) - before
    none_lost(
        wrong,
        "attacks",
        f"Oversized and malformed requests, {request.node.callspec.id}",
        tried=len(TOO_MUCH | ODD),
        unit="requests",
        on_database=False,
        note=f"workers grew by {max(grown, 0):.0f} MB",
    )
    assert grown < GROWTH_ALLOWED_MB


CLOSE = b"\r\nConnection: close\r\n\r\n"


def test_a_refusal_says_in_words_what_was_wrong(shipped: Server) -> None:
    for name in (
        "a parameter twice",
        "NUL in a parameter",
        "2,000 parameters of a dose",
    ):
        came = exchange(Plain(shipped), TOO_MUCH[name].replace(b"\r\n\r\n", CLOSE, 1))
        assert came.statuses == [422], name
        assert b"Nothing was worked out" in came.received or b"error" in came.received


def test_no_method_gives_back_what_was_sent(shipped: Server, proxied: Proxy) -> None:
    """TRACE would show scripts the cookies that they cannot read."""
    headers = b"Cookie: a=canary-7", b"Connection: close"
    ways: tuple[Connect, ...] = (Plain(shipped), Encrypted(proxied))
    for path, connect in product(
        (b"/", b"/anakinra/", b"/admin/", b"/robots.txt"), ways
    ):
        came = exchange(connect, _get(path, *headers, method=b"TRACE"))
        assert came.statuses in ([405], [302])
        assert b"canary-7" not in came.received


def test_none_of_them_was_a_fault_in_the_log(shipped: Server) -> None:
    lines = [
        json.loads(line)
        for line in shipped.log.read_text().splitlines()
        if line.startswith("{")
    ]
    assert lines
    assert [line for line in lines if line.get("status", 0) >= 500] == []
