"""A database of every earlier landing is upgraded whole, verified, and backed up.

releases/README.md says what stands in each, and how it was made.
"""

import lzma
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from reference import publishing
from reference.keeping import faults
from reference.keeping.backup import on_database
from reference.keeping.backup_file import unpack
from reference.models import Drug, Edition, HistoryEntry
from tests.support import backup_steps
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides.small_guide import begin_guide, publish

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

RELEASES = Path(__file__).with_name("releases")
STATES = "SELECT number, label, state, fingerprint FROM reference_edition ORDER BY 1"
RECORD = "SELECT id, seal FROM reference_historyentry ORDER BY id"

take_over: Any = import_module("reference.migrations.0012_editions_without_a_record")


def unpacked(release: str, folder: Path) -> Path:
    file = folder / f"{release}.sqlite3"
    file.write_bytes(lzma.decompress((RELEASES / f"{file.name}.xz").read_bytes()))
    return file


def rows_in(file: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(query).fetchall()


@pytest.fixture
def before_the_record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The database of the first landing, upgraded once, in place of the tests' own."""
    folder = tmp_path_factory.getbasetemp()
    is_new = not (folder / "96dc554.sqlite3").exists()
    file = unpacked("96dc554", folder) if is_new else folder / "96dc554.sqlite3"
    with on_database(str(file)):
        if is_new:
            call_command("migrate", verbosity=0)
        yield


@pytest.mark.parametrize(
    "release",
    sorted(file.name.partition(".")[0] for file in RELEASES.glob("*.sqlite3.xz")),
)
def test_a_database_of_every_landing_is_upgraded_and_its_backup_comes_back(
    release: str, tmp_path: Path
) -> None:
    file = unpacked(release, tmp_path)
    states = rows_in(file, STATES)
    has_record = "reference_historyentry" in str(
        rows_in(file, "SELECT name FROM sqlite_master")
    )
    record = rows_in(file, RECORD) if has_record else []
    with on_database(str(file)):
        call_command("migrate", verbosity=0)
        assert [*faults()] == []
        backup, _ = backup_steps.back_up(tmp_path / "backups")
    assert rows_in(file, STATES) == states
    assert rows_in(file, RECORD)[: len(record)] == record
    restored = DatabaseCopy(str(tmp_path / "restored.sqlite3"), "")
    with restored.used():
        backup_steps.restore(backup)
        assert [*faults()] == []
    assert rows_in(Path(restored.name), STATES) == states


def test_a_backup_that_an_earlier_landing_marked_with_faults_comes_back_without(
    tmp_path: Path,
) -> None:
    packed = RELEASES / "96dc554-0c8055a-backup.tar.xz"
    backup = tmp_path / "backup.tar"
    backup.write_bytes(lzma.decompress(packed.read_bytes()))
    assert unpack(backup).faults
    with DatabaseCopy(str(tmp_path / "restored.sqlite3"), "").used():
        backup_steps.restore(backup)
        assert [*faults()] == []
        assert Edition.objects.public().count() == 2


@pytest.mark.usefixtures("before_the_record")
def test_what_no_record_was_kept_of_is_said_and_not_invented() -> None:
    first, draft = Edition.objects.order_by("number")
    entries = {entry.edition_number: entry for entry in HistoryEntry.objects.all()}
    assert {*entries} == {first.number, draft.number}
    for edition in (first, draft):
        entry = entries[edition.number]
        assert (entry.act, entry.actor) == ("taken over", None)
        assert entry.actor_name == "an upgrade of the site"
        assert "is not on record" in entry.reason
        assert entry.after == {"state": edition.state} | edition.review_dates
        assert entry.fingerprint == edition.fingerprint


@pytest.mark.usefixtures("before_the_record")
def test_who_worked_on_a_draft_before_there_was_a_record_does_not_publish_it() -> None:
    draft = Edition.objects.get(state=Edition.State.DRAFT)
    author = User.objects.get(username="author")
    assert "You edited this" in publishing.why_not_publisher(draft, author)


@pytest.mark.usefixtures("before_the_record")
def test_nothing_is_taken_over_a_second_time() -> None:
    take_over.take_over_what_the_record_does_not_know(apps, None)
    assert HistoryEntry.objects.count() == 2


@pytest.fixture
def own(author: User, reviewer: User, tampering: None, monkeypatch: Any) -> Edition:
    """An edition that two people signed here; the database refuses nothing."""
    monkeypatch.setattr("reference.keeping.verification.missing_triggers", list)
    return publish(begin_guide(author), author=author, reviewer=reviewer)


def test_what_was_altered_is_not_taken_over(
    own: Edition, published_edition: Edition
) -> None:
    own.drug.history.all().delete()
    Drug.objects.filter(pk=own.drug_id).update(last_seal="")
    entry = published_edition.drug.history.get()
    HistoryEntry.objects.filter(pk=entry.pk).update(act="x", at=timezone.now())
    before = sorted(faults())
    take_over.take_over_what_the_record_does_not_know(apps, None)
    assert sorted(faults()) == before
    assert f"{own}: it is published, and absent on record" in before
    assert f"{published_edition}: it is published, and absent on record" in before
