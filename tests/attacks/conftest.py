"""The settings of production, for attacks that need no server."""

import runpy

import pytest
from pytest_django import Settings

from tests.support.servers.nginx_process import NAME

OF_PRODUCTION = ("ALLOWED_HOSTS", "SECURE_", "SESSION_COOKIE_", "CSRF_")


@pytest.fixture
def in_production(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The settings of a site that has a public address, as settings.py makes them."""
    monkeypatch.setenv("PUBLIC_ORIGIN", f"https://{NAME}")
    monkeypatch.setenv("SECRET_KEY", "s" * 50)
    made = runpy.run_path(str(settings.BASE_DIR / "anakinra_site" / "settings.py"))
    for name, value in made.items():
        if name == "PUBLIC_ORIGIN" or name.startswith(OF_PRODUCTION):
            setattr(settings, name, value)
