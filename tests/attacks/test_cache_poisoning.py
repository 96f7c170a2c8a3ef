"""What a stranger asks for through a shared cache changes no reader's page.

Two caches in nginx: one obeys Cache-Control; a careless one keeps every answer for a
minute whatever the site says, and heeds nothing but Vary.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers.nginx_process import Proxy, running_nginx
from tests.support.servers.server_process import Server
from tests.support.shown_edition import ask, unpacked
from tests.tools.reliability.figures import none_lost, times

KEPT = "proxy_cache_path {folder}/cache keys_zone=kept:1m; proxy_cache kept;"
TOLD = "add_header X-Cache $upstream_cache_status always;"
CARELESS = "proxy_ignore_headers Cache-Control Expires; proxy_cache_valid any 1m;"

SEARCH = "/search/?q=neut"
DOSE = "/anakinra/dose/?regimen=css-sc&weight=20&edition=1"
PAGES = (
    *("/anakinra/", "/anakinra/editions/", "/anakinra/editions/1/"),
    *("/anakinra/indications/nomid/", "/anakinra/indications/?q=aosd", "/kineret/"),
    *(SEARCH, "/anakinra/monitoring/?start=2026-01-31", "/robots.txt"),
    *("/anakinra/editions/1/edition.json", "/fhir/MedicationKnowledge/anakinra"),
    *("/anakinra/changes.atom", "/sitemap.xml", "/openapi.json", "/nowhere/"),
)
# What a reader's browser sends; answers may differ by the encoding alone.
PLAIN = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ENCODINGS = ("br", "gzip", "identity")
EVIL = "evil.example"
HEADERS: dict[str, tuple[str, ...]] = {
    "HX-Request": ("true", "false", ""),
    "HX-Target": ("search-results", "main", "<script>"),
    "HX-Boosted": ("true",),
    "HX-History-Restore-Request": ("true",),
    "HX-Current-URL": (f"https://{EVIL}/",),
    "HX-Trigger": ("dose", "\xff"),
    "Accept": ("application/json", "application/fhir+xml", "image/png", "*/*;q=0"),
    "Accept-Encoding": ("br", "gzip", "identity;q=0", "br;q=0, *", "zstd", ""),
    "Accept-Language": ("ar", "de", "xx"),
    "X-Forwarded-Host": (EVIL,),
    "X-Forwarded-Proto": ("http",),
    "X-Forwarded-Port": ("80",),
    "X-Forwarded-Prefix": (f"//{EVIL}",),
    "X-Forwarded-For": ("203.0.113.7",),
    "X-Original-URL": ("/admin/",),
    "X-Rewrite-URL": ("/nowhere/",),
    "X-HTTP-Method-Override": ("POST", "DELETE"),
    "Forwarded": (f"host={EVIL};proto=http",),
    "X-Host": (EVIL,),
    "Origin": (f"https://{EVIL}", "null"),
    "Cookie": ("__Host-sessionid=" + "a" * 32, "csrftoken=a"),
    "Authorization": ("Basic YTpi",),
    "Range": ("bytes=0-9", "bytes=5-1", "bytes=0-0,-1"),
    "If-None-Match": ("*", '"a"'),
    "If-Match": ("*", '"a"'),
    "If-Modified-Since": ("Wed, 01 Jan 2031 00:00:00 GMT",),
    "If-Range": ('"a"',),
    "User-Agent": ("a" * 5000,),
}
QUERIES = ("", "utm_source=a", "_=1", "edition=1", "weight=70", "format=json", "q=<x>")


def _cache(folder: Path, server: Server, *more: str) -> Iterator[Proxy]:
    """docs/nginx.conf with a cache, before the shipped server."""
    kept = " ".join((KEPT.format(folder=folder), *more))
    changes = [(r"proxy_cache off;", kept), (r'add_header X-None "";', TOLD)]
    with running_nginx(folder, [f"127.0.0.1:{server.port}"], changes) as running:
        yield running


@pytest.fixture(scope="module")
def obedient(
    shipped: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    yield from _cache(tmp_path_factory.mktemp("obedient"), shipped)


@pytest.fixture(scope="module")
def careless(
    shipped: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    yield from _cache(tmp_path_factory.mktemp("careless"), shipped, CARELESS)


def _odd_request(chance: random.Random, path: str) -> tuple[str, dict[str, str], str]:
    """An address, some headers that no browser would send together, and a method."""
    chosen = chance.sample(sorted(HEADERS), k=chance.randint(1, 6))
    headers = {name: chance.choice(HEADERS[name]) for name in chosen}
    query = chance.choice(QUERIES) if chance.random() < 0.3 else ""
    if query:
        path += ("&" if "?" in path else "?") + query
    return path, headers, "HEAD" if chance.random() < 0.1 else "GET"


def _plain(proxy: Proxy, path: str, encoding: str) -> tuple[int, str, bytes]:
    """What a reader's browser gets: status, type and text."""
    response, body = ask(proxy.connect, path, **PLAIN, **{"Accept-Encoding": encoding})
    kind = response.headers["Content-Type"]
    return response.status, kind, unpacked(response, body)


@pytest.mark.parametrize("kind", ["obedient", "careless"])
def test_after_odd_requests_a_reader_gets_the_page_as_if_there_were_none(
    kind: str, proxied: Proxy, request: pytest.FixtureRequest
) -> None:
    cache: Proxy = request.getfixturevalue(kind)
    chance, rounds, changed, read = random.Random(7), times(1, 8), [], 0
    for turn in range(rounds):
        for path in PAGES:
            # With a key of its own in each turn, so that the attack comes first.
            own = path + ("&" if "?" in path else "?") + f"turn={turn}"
            address = path if turn == 0 else own
            for _ in range(4):
                odd, headers, method = _odd_request(chance, address)
                ask(cache.connect, odd, method, **headers)
            encoding = ENCODINGS[turn % len(ENCODINGS)]
            alone = _plain(proxied, address, encoding)
            for _ in range(2):
                read += 1
                if _plain(cache, address, encoding) != alone:
                    changed.append((address, encoding))
    none_lost(
        changed,
        "attacks",
        f"Cache poisoning through a cache in nginx that is {kind}",
        tried=rounds * len(PAGES) * 4,
        unit="odd requests",
        on_database=False,
        note=f"{read:,} pages read after them",
    )


@pytest.mark.parametrize("path", [SEARCH, DOSE])
def test_a_fragment_never_becomes_a_page_nor_a_page_a_fragment(
    path: str, careless: Proxy
) -> None:
    marked = f"{path}&turn=x" if path != DOSE else path
    swapped = {"HX-Request": "true"} | PLAIN
    for _ in range(2):
        _, fragment = ask(careless.connect, marked, **swapped)
        _, page = ask(careless.connect, marked, **PLAIN)
        assert b"<html" not in fragment
        assert b"<html" in page


def test_a_dose_is_never_kept(obedient: Proxy) -> None:
    """The careless cache keeps it by its own decision; what obeys does not."""
    asked = 0
    for headers in (PLAIN, {"HX-Request": "true"}, {"Accept": "application/json"}):
        for path in (DOSE, "/anakinra/dose/", f"{DOSE}&weight=x"):
            for _ in range(2):
                response, _ = ask(obedient.connect, path, **headers)
                assert response.headers["X-Cache"] != "HIT"
                assert "no-store" in response.headers["Cache-Control"]
                asked += 1
    kept = [file for file in (obedient.folder / "cache").rglob("*") if file.is_file()]
    doses = [file for file in kept if b"/dose/" in file.read_bytes()[:2000]]
    none_lost(
        doses,
        "attacks",
        "Doses asked for through a cache that obeys",
        tried=asked,
        unit="doses",
        on_database=False,
    )


def test_nothing_of_the_desk_is_ever_kept(obedient: Proxy) -> None:
    for path in ("/admin/", "/admin/login/", "/admin/static/a.css", "/admin/a.js"):
        for _ in range(2):
            response, _ = ask(obedient.connect, path)
            assert response.headers["X-Cache"] != "HIT", path


def test_the_cache_does_keep_what_it_may(obedient: Proxy, careless: Proxy) -> None:
    """Else the tests above would prove nothing."""
    for _ in range(3):
        page, _ = ask(careless.connect, "/anakinra/?kept", **PLAIN)
    assert page.headers["X-Cache"] == "HIT"
