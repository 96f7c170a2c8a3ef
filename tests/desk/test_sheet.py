"""What the author of a draft is told of its sheet before it is submitted."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reference.drawn import files
from reference.models import Edition
from tests.support.desk_forms import act_address
from tests.support.guides.next_edition import ready_draft

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def draft(settings: Any, pdf_engine: Any, person: Callable[..., User]) -> Edition:
    settings.DRAW_PDF = True
    person("ann", "author")
    return ready_draft("ann")


def told(client: Client, draft: Edition) -> str:
    client.force_login(User.objects.get(username="ann"))
    page: str = client.get(act_address(draft, "submit")).content.decode()
    return page


def test_a_sheet_that_fits_is_not_spoken_of(client: Client, draft: Edition) -> None:
    page = told(client, draft)
    assert "Submit for review" in page
    assert "The sheet" not in page


def test_the_author_is_told_how_many_pages_a_sheet_would_take(
    client: Client, draft: Edition
) -> None:
    row = draft.safetywarning_set.get(key="live-vaccines")
    row.text = row.printed = "Live vaccines should not be given concurrently. " * 200
    row.save()
    page = told(client, draft)
    assert "The sheet would not be drawn: it would take 5 pages, not 2." in page
    assert "Submit for review" in page  # it is no blocker


def test_a_machine_that_cannot_draw_says_so(
    client: Client, draft: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert "Whether the sheet fits on its pages could not be seen here." in told(
        client, draft
    )


def test_nothing_is_drawn_where_no_files_are(
    client: Client, draft: Edition, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DRAW_PDF = False
    monkeypatch.setattr(files, "why_not_drawn", lambda _source: "asked")
    assert "The sheet" not in told(client, draft)
