"""The invented guide, arranged for the page."""

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from reference.editions import Monograph, arranged, read_document
from tests.support.guides.second_guide import load_second_guide


@pytest.fixture(scope="module")
def january_2026(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Monograph:
    """The invented edition, with the rule of each regimen; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        canonical = bytes(load_second_guide().canonical or b"")
        transaction.set_rollback(True)
    return arranged(read_document(canonical))
