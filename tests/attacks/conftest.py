"""One shipped server as in production, and its proxy, for all attacks of a session."""

import re
from collections.abc import Iterator

import pytest

from tests.nginx_process import IN_PRODUCTION, Proxy, running_nginx
from tests.server_process import Server, running_server


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
    """The passwords of the first accounts, by name, as the start announced them."""
    return dict(re.findall(r"^  (\w+) +(\S+)$", shipped.log.read_text(), re.MULTILINE))
