"""One shipped server as in production, and its proxy, for all attacks of a session."""

import re
import runpy
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.support.servers.nginx_process import (
    IN_PRODUCTION,
    NAME,
    Proxy,
    running_nginx,
)
from tests.support.servers.server_process import Server, running_server

OF_PRODUCTION = ("ALLOWED_HOSTS", "SECURE_", "SESSION_COOKIE_", "CSRF_")


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


@pytest.fixture
def in_production(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The settings of a site that has a public address, as settings.py makes them."""
    monkeypatch.setenv("PUBLIC_ORIGIN", f"https://{NAME}")
    monkeypatch.setenv("SECRET_KEY", "s" * 50)
    made = runpy.run_path(str(settings.BASE_DIR / "anakinra_site" / "settings.py"))
    for name, value in made.items():
        if name == "PUBLIC_ORIGIN" or name.startswith(OF_PRODUCTION):
            setattr(settings, name, value)
