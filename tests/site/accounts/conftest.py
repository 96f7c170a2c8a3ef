"""The accounts that sign in, and the noon at which they do."""

from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import User

from tests.support.accounts import NOON, account, chief_account


@pytest.fixture
def author(db: None) -> User:
    return account("author")


@pytest.fixture
def superuser(db: None) -> User:
    return chief_account()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
