"""A running site and the committee in browsers, for the tests of the desk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from reference import publishing
from reference.models import Edition
from tests.conftest import OpenPage
from tests.support.axe import Walk
from tests.support.desk_steps import Person

Enter = Callable[..., Person]


@pytest.fixture
def served_guide(live_server: LiveServer, published_edition: Edition) -> str:
    """The address of a running site whose database a test may change."""
    return str(live_server.url)


@pytest.fixture
def enter(open_page: OpenPage, person: Callable[..., User]) -> Enter:
    """New members of the committee, signed in, each in a window of their own.

    How they sign in is in tests/site/accounts/test_signing_in.py.
    """

    def enter(
        name: str, *groups: str, by_keyboard: bool = False, **options: Any
    ) -> Person:
        client = Client()
        client.force_login(person(name, *groups))
        cookie = settings.SESSION_COOKIE_NAME
        page = open_page("/healthz", **options)
        page.context.add_cookies(
            [{"name": cookie, "value": client.cookies[cookie].value, "url": page.url}]
        )
        page.goto("/admin/")
        return Person(page, by_keyboard)

    return enter


@pytest.fixture
def walk() -> Iterator[Walk]:
    """Judges the pages that a test shows it; the test fails if one had a fault."""
    walk = Walk()
    yield walk
    assert walk.faults() == ""


@pytest.fixture
def desk(client: Client, author: User) -> Client:
    """The author, signed in."""
    client.force_login(author)
    return client


@pytest.fixture
def draft(published_edition: Edition, author: User) -> Edition:
    return publishing.start_draft(drug=published_edition.drug, by=author)
