"""The settings of production, and the ways to the shipped site."""

import runpy

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from reference import publishing
from reference.editions import SECTIONS
from reference.models import Edition
from tests.attacks.probes.raw_requests import Connect, Encrypted, Plain
from tests.support.accounts import PASSWORD
from tests.support.every_address import PARAMETER, Site, addresses
from tests.support.guides.small_guide import begin_guide
from tests.support.servers.nginx_process import NAME
from tests.support.servers.server_process import Server
from tests.tools.reliability.figures import IN_FULL

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


@pytest.fixture(params=[False, True], ids=["directly", "through nginx"])
def connect(request: pytest.FixtureRequest, shipped: Server) -> Connect:
    """The two ways to the shipped site."""
    if request.param:
        return Encrypted(request.getfixturevalue("proxied"))
    return Plain(shipped)


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("chief", password=PASSWORD)


@pytest.fixture
def site(published_edition: Edition, chief: User, in_production: None) -> Site:
    """A published guide, a draft of the next edition and another drug's draft."""
    draft = publishing.start_draft(drug=published_edition.drug, by=chief)
    secret = begin_guide(chief, "forged-7")
    return Site(draft, secret.drug, {}, publishing.fingerprint_of(draft))


def asked_addresses(site: Site) -> list[tuple[str, str]]:
    """Every address of the site, with its name: what is there, and what is not.

    Every kind of row has the same pages; in `make test` one stands for the others.
    """
    found = {(name, real) for name, real, _ in addresses(site)}
    assert not any(PARAMETER.search(address) for _, address in found)
    alike = {model._meta.model_name for model in SECTIONS.values()} - {"indication"}
    return sorted(
        (name, address)
        for name, address in found
        if IN_FULL or name.split("_")[:2] not in [["reference", row] for row in alike]
        if IN_FULL or name or not address.startswith("/admin/reference/")
    )
