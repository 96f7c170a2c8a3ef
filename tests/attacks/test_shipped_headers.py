"""The headers on what the shipped server, its drawn pages and its proxy send."""

import pytest

from tests.attacks.probes.header_faults import header_faults
from tests.attacks.probes.raw_requests import TRUSTED, Encrypted, exchange
from tests.support.servers.nginx_process import NAME, Proxy
from tests.support.servers.server_process import Server
from tests.support.shown_edition import ask, style_sheet_of
from tests.tools.reliability.figures import none_lost

READER = {"Host": NAME, "X-Forwarded-Proto": "https"}

SHIPPED: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", "/anakinra/", {"Accept-Encoding": "br"}, 200),  # drawn pages
    ("GET", "/anakinra/", {}, 200),
    ("HEAD", "/anakinra/print/", {}, 200),
    ("GET", "/anakinra/editions/1/", {"If-None-Match": "*"}, 304),
    ("GET", "/anakinra/editions/1/edition.json", {}, 200),
    ("GET", "/anakinra/dose/?regimen=ra-sc", {}, 200),
    ("GET", "/anakinra/dose/?weight=x", {}, 422),
    ("GET", "/search/?q=neut", {}, 200),
    ("GET", "/nowhere/", {}, 404),
    ("GET", "/admin/", {}, 302),
    ("GET", "/admin/login/", {}, 200),
    ("GET", "/static/nowhere.css", {}, 404),
    ("GET", "STYLE", {}, 200),
    ("GET", "STYLE", {"If-Modified-Since": "Wed, 01 Jan 2031 00:00:00 GMT"}, 304),
    ("POST", "/admin/login/", {}, 403),
    ("POST", "/anakinra/", {}, 405),
]


@pytest.mark.parametrize("way", ["directly", "through nginx"])
def test_what_the_shipped_server_sends_scores_the_same(
    way: str, shipped: Server, proxied: Proxy
) -> None:
    """Drawn pages, which Django does not see, and static files included."""
    connect, own = (
        (shipped.connect, READER)
        if way == "directly"
        else (
            proxied.connect,
            {},
        )
    )
    style = style_sheet_of(ask(connect, "/anakinra/", **own)[1])
    wrong = []
    for method, address, headers, status in SHIPPED:
        path_there = style if address == "STYLE" else address
        answer, body = ask(connect, path_there, method, **own, **headers)
        assert answer.status == status, (method, address, answer.status)
        found = {name.lower(): value for name, value in answer.getheaders()}
        cookies = answer.headers.get_all("Set-Cookie") or []
        packed = "content-encoding" in found or "html" not in found.get(
            "content-type", ""
        )
        page = "" if packed else body.decode()
        if faults := header_faults(found, cookies, page):
            wrong.append((method, address, faults))
    none_lost(
        wrong,
        "attacks",
        f"Answers of the shipped server scored, {way}",
        tried=len(SHIPPED),
        unit="answers",
        on_database=False,
    )


CLOSE = b"Connection: close\r\n"
# What nginx says by itself: a request, and the status of the answer.
OF_THE_PROXY: list[tuple[bytes, int]] = [
    (b"GET /healthz HTTP/1.1\r\n" + TRUSTED + CLOSE + b"\r\n", 404),
    (b"GET / HTTP/1.1\r\n" + TRUSTED + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 400),
    (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + TRUSTED + b"\r\n", 414),
    (b"GET / HTTP/1.1\r\n" + TRUSTED + b"Transfer-Encoding: x\r\n\r\n", 501),
    (
        b"POST /admin/login/ HTTP/1.1\r\n" + TRUSTED + CLOSE
        + b"Content-Length: 1048577\r\n\r\n" + b"a" * 1_048_577,
        413,
    ),
]  # fmt: skip


def test_what_the_proxy_says_by_itself_scores_the_same_and_is_in_words(
    proxied: Proxy,
) -> None:
    wrong = []
    for sent, status in OF_THE_PROXY:
        came = exchange(Encrypted(proxied), sent)
        head, _, said = came.received.decode().partition("\r\n\r\n")
        lines = [line.partition(": ") for line in head.split("\r\n")[1:]]
        headers = {name.lower(): value for name, _, value in lines}
        faults = set(header_faults(headers, [], said)) - {"Server: nginx"}
        in_words = "nothing was changed" in said or status in (400, 414)
        if came.statuses != [status] or faults or not in_words:
            wrong.append((sent[:30], came.statuses, faults, said))
    none_lost(
        wrong,
        "attacks",
        "Answers of nginx itself scored",
        tried=len(OF_THE_PROXY),
        unit="answers",
        on_database=False,
    )
