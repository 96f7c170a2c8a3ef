"""What every fuzz test shares."""

import logging
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@pytest.fixture(autouse=True, scope="package")
def refusals_are_not_logged() -> Iterator[None]:
    """A hundred thousand lines, each with its request, would all be kept in memory."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(level)


@pytest.fixture
def one_transaction(db: None) -> Iterator[None]:
    """Requests to the application itself are answered within the test's transaction.

    A server closes a connection that it finds within one; Django's own test client
    keeps it in the same way.
    """
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
