"""docs/nginx.conf in Debian's nginx, before `make run` as in production."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from threading import Thread

import pytest

from tests.support.servers.nginx_process import (
    NAME,
    Proxy,
    reload,
    running_nginx,
)
from tests.support.servers.server_process import Server
from tests.support.servers.shipped import FORM, sign_in
from tests.support.shown_edition import ask, style_sheet_of

DOSE = "/anakinra/dose/?regimen=css-sc&weight=20.25"
WEIGHT = "20.25"
AS_BY_THE_PROXY = {"Host": NAME, "X-Forwarded-Proto": "https"}
OF_THE_CONNECTION = {"connection", "date", "keep-alive", "transfer-encoding"}
NOT_THERE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def headers_of(response: HTTPResponse) -> list[tuple[str, str]]:
    """Every header once for each time it was sent, but for those of a connection."""
    pairs = [(name.lower(), value) for name, value in response.getheaders()]
    return sorted(pair for pair in pairs if pair[0] not in OF_THE_CONNECTION)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
@pytest.mark.parametrize(
    "path", ["/anakinra/", "/anakinra/dose/", "/nowhere/", "/admin/login/", "/"]
)
def test_an_answer_comes_through_with_every_header_as_the_site_sent_it(
    shipped: Server, proxied: Proxy, path: str, encoding: str, method: str
) -> None:
    accepted = {"Accept-Encoding": encoding}
    sent, sent_body = ask(shipped.connect, path, method, **accepted, **AS_BY_THE_PROXY)
    came, came_body = ask(proxied.connect, path, method, **accepted)
    assert came.status == sent.status
    if path.startswith("/admin/"):  # a form has a token of its own each time
        assert {name for name, _ in headers_of(came)} == {
            name for name, _ in headers_of(sent)
        }
        return
    assert came_body == sent_body
    assert headers_of(came) == headers_of(sent)
    if came.status == 200 and "ETag" in came.headers:
        tag = came.headers["ETag"]
        again, body = ask(proxied.connect, path, **accepted, **{"If-None-Match": tag})
        assert (again.status, body) == (304, b"")
        assert again.headers["ETag"] == tag


def test_static_files_come_compressed_and_are_kept_for_ever(proxied: Proxy) -> None:
    _, page = ask(proxied.connect, "/anakinra/")
    style = style_sheet_of(page)
    response, _ = ask(proxied.connect, style, **{"Accept-Encoding": "br"})
    assert response.headers["Content-Encoding"] == "br"
    assert "immutable" in response.headers["Cache-Control"]


def test_whoever_comes_by_http_is_sent_to_https_at_the_sites_own_name(
    proxied: Proxy,
) -> None:
    for host in (NAME, "elsewhere.example"):
        response, _ = ask(proxied.connect_plainly, "/anakinra/?a=1", Host=host)
        assert response.status == 301
        assert response.headers["Location"] == f"https://{NAME}/anakinra/?a=1"


def test_another_name_gets_nothing(proxied: Proxy) -> None:
    response, body = ask(proxied.connect, "/anakinra/", Host="elsewhere.example")
    assert response.status == 421
    assert b"anakinra" not in body
    context = ssl.create_default_context(cafile=str(proxied.certificate))
    with (
        socket.create_connection(("127.0.0.1", proxied.https_port)) as plain,
        pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"),
    ):
        context.wrap_socket(plain, server_hostname="elsewhere.example")


def test_browsers_are_offered_http_2(proxied: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxied.certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with closing(proxied.connect_with(context)) as connection:
        assert isinstance(connection.sock, ssl.SSLSocket)
        assert connection.sock.selected_alpn_protocol() == "h2"


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "X_Forwarded_Proto"])
def test_what_a_client_says_of_its_scheme_is_not_passed_on(
    proxied: Proxy, name: str
) -> None:
    response, _ = ask(proxied.connect, "/anakinra/", **{name: "http"})
    assert response.status == 200  # the site itself would send it to https


def test_a_dose_is_answered_and_neither_kept_nor_logged(
    shipped: Server, proxied: Proxy
) -> None:
    response, body = ask(proxied.connect, DOSE, Accept="application/json")
    assert json.loads(body)["weight_kg"] == WEIGHT
    assert "no-store" in response.headers["Cache-Control"]
    for _ in range(100):  # a line is written after its answer was sent
        lines = [json.loads(line) for line in proxied.log("access").splitlines()]
        if any(line["path"] == "/anakinra/dose/" for line in lines):
            break
        time.sleep(0.1)
    else:
        pytest.fail(proxied.log("access"))
    files = [
        shipped.log,
        *(file for file in proxied.folder.rglob("*") if file.is_file()),
    ]
    assert not [file for file in files if WEIGHT in file.read_text(errors="ignore")]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_how_the_hosts_fare_is_not_public(
    shipped: Server, proxied: Proxy, path: str
) -> None:
    assert ask(shipped.connect, path)[0].status == 200
    assert ask(proxied.connect, path)[0].status == 404


def test_a_body_as_large_as_the_site_takes_passes_and_a_larger_one_does_not(
    proxied: Proxy,
) -> None:
    largest = 1024 * 1024
    response, _ = ask(proxied.connect, "/admin/login/", "POST", "a" * largest, **FORM)
    assert response.status == 403  # of the site: there was no token
    assert response.headers["Server"] == "web"
    response, body = ask(
        proxied.connect, "/admin/login/", "POST", "a" * (largest + 1), **FORM
    )
    assert response.status == 413
    assert response.headers["Server"] == "nginx"
    assert b"nginx/" not in body


def test_wrong_passwords_count_for_the_clients_own_address(
    shipped: Server, proxied: Proxy
) -> None:
    statuses = [
        sign_in(
            proxied, "author", "wrong", **{"X-Forwarded-For": f"203.0.113.{number}"}
        ).status
        for number in range(5)
    ]
    assert statuses == [200, 200, 200, 200, 429]
    said = "locked out after 5 wrong passwords: author from 127.0.0.1"
    assert said in shipped.log.read_text()


@contextmanager
def simple_host(answer: bytes) -> Iterator[tuple[str, list[str]]]:
    """A host that says this to all and hangs up: its address, what it was asked."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    first_line = connection.recv(65536).partition(b" HTTP")[0]
                    asked.append(first_line.decode())
                    connection.sendall(answer)

        Thread(target=take, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", asked
        listening.shutdown(socket.SHUT_RDWR)


def test_a_get_goes_on_to_the_next_host_and_a_post_is_never_sent_twice(
    shipped: Server, tmp_path: Path
) -> None:
    with simple_host(answer=b"") as (broken, asked):
        hosts = [broken, f"127.0.0.1:{shipped.port}"]
        for method, body, expected in (("GET", "", 200), ("POST", "a=1", 502)):
            asked.clear()
            with running_nginx(tmp_path, hosts) as proxy:
                for _ in range(10):
                    response, _ = ask(proxy.connect, DOSE, method, body)
                    if asked:
                        break
            assert asked == [f"{method} {DOSE}"]
            assert response.status == expected
            assert WEIGHT not in proxy.log("error") + proxy.log("access")
            line = json.loads(proxy.log("access").splitlines()[-1])
            tried = hosts if method == "GET" else hosts[:1]
            assert line["hosts"].split(", ") == tried


def test_a_host_that_is_not_there_costs_neither_an_answer_nor_a_log_of_the_query(
    shipped: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{unused.getsockname()[1]}"
        hosts = [nobody, f"127.0.0.1:{shipped.port}"]
        with running_nginx(tmp_path_factory.mktemp("nginx"), hosts) as proxy:
            statuses = {ask(proxy.connect, DOSE)[0].status for _ in range(4)}
            # Never sent, so that it may go on.
            statuses |= {ask(proxy.connect, DOSE, "POST", "a=1")[0].status}
    assert statuses == {200, 405}
    assert nobody in proxy.log("access")
    assert WEIGHT not in proxy.log("error") + proxy.log("access")


def test_a_file_of_one_build_comes_from_the_host_that_has_it(
    shipped: Server, tmp_path: Path
) -> None:
    _, page = ask(shipped.connect, "/anakinra/", **AS_BY_THE_PROXY)
    style = style_sheet_of(page)
    with simple_host(answer=NOT_THERE) as (other, asked):
        hosts = [other, f"127.0.0.1:{shipped.port}"]
        with running_nginx(tmp_path, hosts) as proxy:
            statuses = [
                # Each form of it is kept by itself.
                ask(proxy.connect, style, **{"Accept-Encoding": form})[0].status
                for form in ("br", "gzip", "identity") * 2
            ]
            absent = ask(proxy.connect, "/static/nowhere.css")[0].status
            pages = [ask(proxy.connect, "/nowhere/")[0].status for _ in range(4)]
    assert statuses == [200] * 6
    assert f"GET {style}" in asked
    assert absent == 404
    # Any other page that is not there is an answer, and no reason to ask the next host.
    assert pages == [404] * 4
    assert asked.count("GET /nowhere/") > 0


def test_a_file_of_a_build_that_has_ended_is_still_there_for_its_last_pages(
    shipped: Server, tmp_path: Path
) -> None:
    _, page = ask(shipped.connect, "/anakinra/", **AS_BY_THE_PROXY)
    style = style_sheet_of(page)
    with (
        running_nginx(tmp_path, [f"127.0.0.1:{shipped.port}"]) as proxy,
        simple_host(answer=NOT_THERE) as (newer, asked),
    ):
        first, sent = ask(proxy.connect, style)
        reload(proxy, [newer])
        for _ in range(100):  # the old workers of nginx leave after their last answer
            ask(proxy.connect, "/nowhere/")
            if len(asked) == 5:
                break
            time.sleep(0.1)
        kept, body = ask(proxy.connect, f"{style}?again")
        others = [ask(proxy.connect, "/static/nowhere.css") for _ in range(2)]
    assert (first.status, kept.status) == (200, 200)
    assert body == sent
    assert headers_of(kept) == headers_of(first)
    # That there was none is not kept: the next release may bring it.
    assert [response.status for response, _ in others] == [404, 404]
    assert asked.count("GET /static/nowhere.css") == 2
