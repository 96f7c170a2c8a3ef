"""What /healthz and /readyz tell a supervisor and a load balancer."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from reference.drawn import draw_what_changed
from reference.keeping import readiness
from reference.models import DrawnPage, Edition


@pytest.fixture(autouse=True)
def asked_for_the_first_time() -> Iterator[None]:
    readiness._ready.cache_clear()
    yield
    readiness._ready.cache_clear()


def test_healthz_needs_no_database_and_sets_no_cookie(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"
    assert not response.cookies
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert client.post("/healthz").status_code == 405


def not_ready(client: Client) -> list[str]:
    response = client.get("/readyz")
    assert response.status_code == 503
    first, *reasons = response.content.decode().splitlines()
    assert first == "not ready"
    return reasons


@pytest.mark.usefixtures("published_edition")
def test_it_is_ready_with_an_edition_in_force(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


@pytest.mark.usefixtures("published_edition")
def test_it_says_what_is_answered_slowly_and_is_ready(
    client: Client, settings: Settings
) -> None:
    settings.DRAW_PAGES = True
    said = b"ready\n1 monographs are answered slowly. Run manage.py draw.\n"
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, said)


@pytest.mark.usefixtures("empty_database")
def test_it_is_not_ready_without_an_edition_in_force(client: Client) -> None:
    assert not_ready(client) == ["No edition is in force."]


@pytest.mark.usefixtures("tampering")
def test_it_is_not_ready_when_what_is_stored_is_not_what_was_published(
    client: Client, published_edition: Edition
) -> None:
    Edition.objects.filter(pk=published_edition.pk).update(canonical=b"{}")
    reason = "what is stored does not match its fingerprint."
    assert f"anakinra, edition 1 (June 2024): {reason}" in not_ready(client)


@pytest.mark.usefixtures("tampering", "published_edition")
def test_it_is_not_ready_without_the_triggers(client: Client) -> None:
    assert "The database lacks triggers. Run manage.py migrate." in not_ready(client)


@pytest.mark.usefixtures("published_edition")
def test_it_is_not_ready_before_the_database_is_migrated(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    [(_, last)] = MigrationLoader(connection).graph.leaf_nodes("reference")
    recorder.record_unapplied("reference", last)
    assert not_ready(client) == [
        f"Migrations are missing: reference.{last}. Run manage.py migrate."
    ]
    recorder.record_applied("reference", last)


@pytest.mark.usefixtures("published_edition")
def test_old_code_is_ready_on_a_database_that_newer_code_has_migrated(
    client: Client,
) -> None:
    MigrationRecorder(connection).record_applied("reference", "9999_newer")
    assert client.get("/readyz").status_code == 200


def test_it_is_not_ready_with_a_damaged_page(
    client: Client, published_edition: Edition, settings: Settings
) -> None:
    settings.DRAW_PAGES = True
    draw_what_changed(published_edition.drug)
    DrawnPage.objects.filter(address="/anakinra/").update(body_gzip=b"")
    assert not_ready(client) == [
        "/anakinra/ as drawn: it is not the site's own. Run manage.py draw --again."
    ]


@pytest.mark.usefixtures("published_edition")
def test_it_says_when_the_database_does_not_answer_and_when_it_does_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(turn: int) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(readiness, "_reasons", fail)
        assert not_ready(client) == ["The database does not answer."]
    assert client.get("/readyz").status_code == 200
