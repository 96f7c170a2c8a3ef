"""The public name under which every export is asked for."""

import pytest
from pytest_django import Settings

from tests.conftest import PUBLIC_ORIGIN


@pytest.fixture(autouse=True)
def origin(settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = PUBLIC_ORIGIN
