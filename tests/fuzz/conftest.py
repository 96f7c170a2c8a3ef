"""What every fuzz test shares."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def refusals_are_not_logged() -> Iterator[None]:
    """A hundred thousand lines, each with its request, would all be kept in memory."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(level)
