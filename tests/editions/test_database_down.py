"""What readers get while the database is down: the last verified edition, marked so."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from reference.drawn import Front, draw_what_changed, front
from reference.drawn.rows import RowsNotReadableError
from reference.editions import kept as module
from reference.editions.kept import KeptEditions
from reference.editions.monograph import _monograph_of_fingerprint
from reference.models import Edition
from reference.publishing import start_draft, withdraw
from tests.support.guides.small_guide import next_draft, publish
from tests.support.tables import each_row

DOSE = "/anakinra/dose/?regimen=nomid-sc&weight=20"
HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def kept(published_edition: Edition, kept_nothing: KeptEditions) -> KeptEditions:
    """What this worker holds, after its first check."""
    kept_nothing.recheck()
    return kept_nothing


@contextmanager
def down() -> Iterator[None]:
    """A database that answers nothing."""

    def refuse(*asked: Any) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        yield


@each_row("address")
def test_a_page_of_the_edition_in_force_is_the_last_checked_one_and_says_so(
    client: Client, kept: KeptEditions, address: str
) -> None:
    with down():
        response = client.get(address)
    assert response.status_code == 200
    assert "Edition not rechecked since " in response["Warning"]
    assert "no-store" in response["Cache-Control"]
    assert "<strong>Last checked " in response.content.decode()
    assert "ETag" not in response
    kept.note_answer()
    assert "Warning" not in client.get(address)


def test_a_printed_page_does_not_say_that_its_edition_is_in_force(
    client: Client, kept: KeptEditions
) -> None:
    with down():
        text = client.get("/anakinra/print/").content.decode()
    assert "June 2024: in force when last checked, " in text
    assert "June 2024: in force." not in text


def test_a_dose_has_the_caution_first_and_since_when(
    client: Client, kept: KeptEditions
) -> None:
    usual = client.get(DOSE, headers=JSON).json()
    with down():
        response = client.get(DOSE, headers=JSON)
        fragment = client.get(DOSE, headers=HTMX)
    answer = response.json()
    caution = answer["cautions"].pop(0)
    assert caution["code"] == "edition-not-rechecked"
    assert f"{datetime.now(UTC):%Y}" in caution["text"]
    assert answer == usual
    assert response["Warning"] == fragment["Warning"]
    assert caution["text"].partition(",")[0] in fragment.content.decode()


def test_what_was_typed_wrongly_is_still_refused(
    client: Client, kept: KeptEditions
) -> None:
    with down():
        response = client.get("/anakinra/dose/?regimen=nomid-sc&weight=20,5")
    assert response.status_code == 422
    assert "Warning" in response


def test_the_list_of_guides_is_that_of_the_copies(
    client: Client, kept: KeptEditions
) -> None:
    with down():
        response = client.get("/")
    assert response.status_code == 200
    assert "Last checked" in response.content.decode()


@each_row("address")
def test_what_no_copy_can_answer_is_refused_in_words(
    kept: KeptEditions, address: str
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("sue"))
    with down():
        response = client.get(address)
    assert response.status_code == 503
    assert "could not be read" in response.content.decode()


def test_nothing_is_served_for_longer_than_the_setting_allows(
    client: Client, kept: KeptEditions, settings: Settings
) -> None:
    settings.UNCHECKED_FOR = timedelta(0)
    with down():
        assert client.get("/anakinra/").status_code == 503
        assert client.get(DOSE, headers=JSON).status_code == 503


def test_setting_the_clock_back_gives_no_more_time(
    client: Client, kept: KeptEditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "monotonic", lambda: monotonic() + 3601)
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)), down():
        assert client.get("/anakinra/").status_code == 503


def test_before_the_first_check_there_is_no_copy(
    client: Client, published_edition: Edition
) -> None:
    assert client.get("/anakinra/").status_code == 200
    with down():
        assert client.get("/anakinra/").status_code == 503


def test_every_page_is_read_anew_once_the_database_answers(
    client: Client, kept: KeptEditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with down():
        client.get("/anakinra/")
        assert kept.database_is_down
    later = module.RETRY_SECONDS
    monkeypatch.setattr(module, "monotonic", lambda: monotonic() + later)
    assert "Warning" not in client.get("/anakinra/")
    assert not kept.database_is_down


def test_a_database_that_is_down_is_asked_once_a_second(
    client: Client, kept: KeptEditions
) -> None:
    asked = []

    def refuse(*question: Any) -> None:
        asked.append(question)
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        for _ in range(20):
            assert client.get("/anakinra/").status_code == 200
    assert len(asked) <= 3  # more only if the twenty took seconds


def test_nobody_else_asks_while_one_caller_waits_for_an_answer(
    client: Client, kept: KeptEditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.note_failure()
    later = monotonic() + module.RETRY_SECONDS
    monkeypatch.setattr(module, "monotonic", lambda: later)
    with ThreadPoolExecutor(1) as somebody:
        question = kept.asking()
        somebody.submit(question.__enter__).result()
        monkeypatch.setattr(module, "monotonic", lambda: later + 10)
        assert "Warning" in client.get("/anakinra/")
        somebody.submit(question.__exit__, None, None, None).result()
    assert "Warning" not in client.get("/anakinra/")


def test_another_edition_that_was_read_since_leaves_no_copy(
    client: Client,
    kept: KeptEditions,
    published_edition: Edition,
    author: User,
    reviewer: User,
) -> None:
    draft = next_draft(published_edition, by=author)
    second = publish(draft, author=author, reviewer=reviewer)
    client.get(DOSE, headers=JSON)  # reads the new one
    with down():
        assert client.get("/anakinra/").status_code == 503
    kept.note_answer()
    kept.recheck()
    with down():
        assert f"Edition {second.number}" in client.get("/anakinra/").content.decode()


def test_a_withdrawn_edition_that_was_read_leaves_no_copy(
    client: Client, kept: KeptEditions, published_edition: Edition, reviewer: User
) -> None:
    withdraw(edition=published_edition, by=reviewer, reason="A dose is wrong.")
    client.get("/anakinra/")
    with down():
        assert client.get(DOSE, headers=JSON).status_code == 503
    kept.note_answer()
    kept.recheck()
    with down():
        assert client.get(DOSE, headers=JSON).status_code == 503


def test_a_page_drawn_since_leaves_no_copy(
    client: Client, kept: KeptEditions, published_edition: Edition, settings: Settings
) -> None:
    settings.DRAW_PAGES = True
    draw_what_changed(published_edition.drug)
    row = published_edition.drug.drawn_pages.get(address="/anakinra/")
    assert kept.may_send_drawn("anakinra", row.pk)
    with down():
        assert client.get("/anakinra/").status_code == 503
    kept.note_answer()
    kept.recheck()
    with down():
        assert client.get("/anakinra/").status_code == 200


def test_no_draft_is_ever_kept(kept: KeptEditions, author: User) -> None:
    start_draft(drug=Edition.objects.get().drug, by=author)
    kept.recheck()
    assert [(copy.number, copy.state) for copy in kept.copies()] == [(1, "published")]


def damage(edition: Edition) -> None:
    stored = bytes(edition.canonical or b"").replace(b'"8"', b'"80"')
    Edition.objects.filter(pk=edition.pk).update(canonical=stored)


@pytest.mark.usefixtures("tampering")
def test_an_edition_found_damaged_is_neither_kept_nor_shown_nor_computed_from(
    client: Client,
    kept: KeptEditions,
    published_edition: Edition,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert client.get(DOSE, headers=JSON).json()["status"] == "computed"
    damage(published_edition)
    kept.recheck()
    assert client.get(DOSE, headers=JSON).json()["reason"]["code"] == (
        "edition-not-verified"
    )
    page = client.get("/anakinra/")
    assert page.status_code == 503
    assert "is not what the committee approved" in page.content.decode()
    assert not kept.may_send_drawn("anakinra", 1)
    said = [record for record in caplog.records if record.name == module.__name__]
    assert [record.levelno for record in said] == [logging.ERROR]
    with down():
        assert client.get("/anakinra/").status_code == 503


@pytest.mark.usefixtures("tampering")
def test_an_edition_that_is_whole_again_is_shown_again(
    client: Client, kept: KeptEditions, published_edition: Edition
) -> None:
    damage(published_edition)
    kept.recheck()
    Edition.objects.filter(pk=published_edition.pk).update(
        canonical=published_edition.canonical
    )
    kept.recheck()
    assert client.get("/anakinra/").status_code == 200


@pytest.mark.usefixtures("tampering")
def test_a_copy_is_read_from_its_own_bytes(
    client: Client, kept: KeptEditions, published_edition: Edition
) -> None:
    _monograph_of_fingerprint.cache_clear()
    with down():
        answer = client.get(DOSE, headers=JSON).json()
    assert answer["edition"]["fingerprint"] == published_edition.fingerprint


def left_to_django() -> list[str]:
    """Ask the application for the monograph; return what it left to Django."""
    asked: list[str] = []

    def django(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        return []

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/anakinra/",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
    }
    Front(django)(environ, lambda *given: None)
    return asked


def test_drawn_pages_are_not_sent_while_the_database_is_down(
    kept: KeptEditions,
) -> None:
    kept.note_failure()
    assert left_to_django() == ["/anakinra/"]


@pytest.mark.parametrize(
    ("cause", "is_down"),
    [(TimeoutError("no answer"), True), (OperationalError("no such table"), False)],
)
def test_who_waited_for_a_drawn_page_in_vain_is_not_kept_waiting_once_more(
    kept: KeptEditions, monkeypatch: pytest.MonkeyPatch, cause: Exception, is_down: bool
) -> None:
    def drawn_row(*asked: Any) -> None:
        raise RowsNotReadableError from cause

    monkeypatch.setattr(front, "drawn_row", drawn_row)
    assert left_to_django() == ["/anakinra/"]
    assert kept.database_is_down is is_down


def test_readyz_says_what_readers_are_given(client: Client, kept: KeptEditions) -> None:
    with down():
        response = client.get("/readyz")
    assert response.status_code == 503
    lines = response.content.decode().splitlines()
    assert lines[:2] == ["not ready", "The database does not answer."]
    assert "anakinra, edition 1 (June 2024): readers are given what was" in lines[2]


def test_an_outage_is_two_lines_in_the_log(
    kept: KeptEditions, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        kept.note_failure()
    for _ in range(3):
        kept.note_answer()
    said = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert said == ["database-down", "database-back"]
