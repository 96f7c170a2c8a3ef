"""A running site and the committee in browsers, for the tests of the desk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django.live_server_helper import LiveServer

from reference.models import Edition
from tests.conftest import OpenPage
from tests.support import desk_steps as desk
from tests.support.axe import Walk
from tests.support.desk_steps import Person

Enter = Callable[..., Person]


@pytest.fixture
def served_guide(live_server: LiveServer, published_edition: Edition) -> str:
    """The address of a running site whose database a test may change."""
    return str(live_server.url)


@pytest.fixture
def enter(open_page: OpenPage, person: Callable[..., User]) -> Enter:
    """A way to sign new members of the committee in, each in a window of their own."""

    def enter(
        name: str, *groups: str, by_keyboard: bool = False, **options: Any
    ) -> Person:
        user = person(name, *groups)
        user.set_password(desk.PASSWORD)
        user.save()
        someone = Person(open_page("/admin/", **options), by_keyboard)
        desk.sign_in(someone, name)
        return someone

    return enter


@pytest.fixture
def walk() -> Iterator[Walk]:
    """Judges the pages that a test shows it; the test fails if one had a fault."""
    walk = Walk()
    yield walk
    assert walk.faults() == ""
