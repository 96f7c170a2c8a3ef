"""One shipped server as in production, and its proxy, for all tests that only read it.

Their passwords are tried on it too: nobody else signs in there as the author.
"""

import re
from collections.abc import Iterator
from http.client import HTTPResponse
from urllib.parse import urlencode

import pytest

from tests.support.servers.nginx_process import (
    IN_PRODUCTION,
    NAME,
    Proxy,
    running_nginx,
)
from tests.support.servers.server_process import Server, running_server
from tests.support.shown_edition import ask

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`make run` as behind a proxy; it logs each request."""
    folder = tmp_path_factory.mktemp("shipped")
    with running_server(folder, *IN_PRODUCTION, "ACCESS_LOG=1") as running:
        yield running


@pytest.fixture(scope="session")
def proxied(
    shipped: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """docs/nginx.conf before the shipped server."""
    folder = tmp_path_factory.mktemp("proxied")
    with running_nginx(folder, [f"127.0.0.1:{shipped.port}"]) as running:
        yield running


@pytest.fixture(scope="session")
def passwords(shipped: Server) -> dict[str, str]:
    return shipped.passwords


def sign_in(proxy: Proxy, name: str, password: str, **headers: str) -> HTTPResponse:
    """Fill in the form of the desk as a browser does."""
    page, body = ask(proxy.connect, "/admin/login/")
    (cookie,) = page.headers.get_all("Set-Cookie") or []
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body.decode())
    assert token
    values = {"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
    sent = FORM | {"Cookie": cookie.partition(";")[0], "Origin": f"https://{NAME}"}
    answer, _ = ask(
        proxy.connect, "/admin/login/", "POST", urlencode(values), **sent, **headers
    )
    return answer
