"""The desk's first page and the balancer's question do not grow with drugs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reference.keeping import readiness
from reference.models import Drug, Edition
from tests.support.guides.small_guide import begin_guide, next_draft, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(author: User, reviewer: User) -> Callable[[int, int], None]:
    """More guides, each with an edition in force, one before it, and an open draft."""

    def made(first: int, last: int) -> None:
        for number in range(first, last):
            edition = begin_guide(author, f"drug-{number}")
            publish(edition, author=author, reviewer=reviewer)
            second = next_draft(edition, by=author)
            publish(second, author=author, reviewer=reviewer)
            next_draft(second, by=author)

    return made


def queries_of(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_the_first_page_of_the_desk_asks_as_often_for_many_guides_as_for_few(
    client: Client, author: User, several: Callable[[int, int], None]
) -> None:
    client.force_login(author)
    several(0, 2)
    client.get("/admin/")  # what is asked once for all
    few = queries_of(lambda: client.get("/admin/"))
    several(2, 5)
    assert queries_of(lambda: client.get("/admin/")) == few
    page = client.get("/admin/").content.decode()
    assert all(f"drug-{number} (Example)" in page for number in range(5))


def test_the_balancer_s_question_reads_so_many_editions_and_each_in_its_turn(
    several: Callable[[int, int], None],
    tampering: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readiness, "EDITIONS_A_TURN", 2)
    several(0, 3)
    in_force = Edition.objects.in_force().count()
    turns = range(-(-in_force // 2))
    few = queries_of(lambda: readiness.reasons_not_to_serve(0))
    Edition.objects.in_force().update(fingerprint="0" * 64)
    said = [
        [text for text in readiness.reasons_not_to_serve(turn) if "fingerprint" in text]
        for turn in turns
    ]
    assert all(1 <= len(texts) <= 2 for texts in said)
    assert len({text for texts in said for text in texts}) == in_force
    several(3, 6)
    assert queries_of(lambda: readiness.reasons_not_to_serve(0)) <= few
    assert Drug.objects.count() >= 6
