"""What is backed up under load comes back whole; what is no backup changes nothing."""

import json
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from reference.keeping import backup_file, superfluous
from reference.keeping.backup import UNVERIFIED, contents, refuse_differences
from reference.keeping.backup_file import pack, unpack
from reference.models import Edition, Indication
from tests.conftest import drop_refusals
from tests.support import backup_steps
from tests.support.backup_steps import SECRET, Committee, Writer, has_nothing, is_whole
from tests.support.databases.own_database import DatabaseCopy, new_database
from tests.support.servers.server_process import running_server
from tests.support.shown_edition import Shown, shown_by_dose, shown_by_page
from tests.support.tables import each_row
from tests.tools.reliability.figures import count, times

pytestmark = pytest.mark.django_db

PAGE = "/anakinra/"
DOSE = "/anakinra/dose/?regimen=css-sc&weight=20"
ON_SQLITE = connection.vendor == "sqlite"


@pytest.fixture(scope="module")
def committee(database_copy: DatabaseCopy) -> Committee:
    with database_copy.used():
        return backup_steps.second_edition_and_draft()


@pytest.fixture(scope="module")
def backup(
    committee: Committee,
    database_copy: DatabaseCopy,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A backup of the site, which tests copy before they spoil it."""
    with database_copy.used():
        made, _ = backup_steps.back_up(tmp_path_factory.mktemp("backups"))
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DatabaseCopy]:
    with new_database(tmp_path) as database:
        yield database


# The drill


def test_a_backup_made_under_load_is_the_site_again(
    committee: Committee, database_copy: DatabaseCopy, tmp_path: Path
) -> None:
    backups, tried, lost = tmp_path / "backups", times(2, 12), 0
    writer = Writer(database_copy, committee.author)
    made = []
    with database_copy.used(), writer.at_work():
        for number in range(tried):
            before = writer.committed
            file = backup_steps.back_up(backups / f"{number}")[0]
            made.append((before, file, writer.committed + 1))
    for before, file, after in made:
        with new_database(file.parent) as place, place.used():
            backup_steps.restore(file)
            whole = is_whole(unpack(file).contents)
            version, on_record = backup_steps.written()
            lost += not (whole and before <= version == on_record <= after)
    count(
        "backup",
        "backed up while an author saves, restored elsewhere and compared",
        tried=tried,
        unit="backups",
        lost=lost,
        note=f"{writer.committed} rows saved meanwhile, the slowest in "
        f"{writer.slowest_s:.2f} s",
    )
    assert lost == 0
    assert writer.committed > tried


def test_the_site_starts_on_what_was_restored_and_publishes_there(
    committee: Committee, backup: Path, empty: DatabaseCopy, tmp_path: Path
) -> None:
    with empty.used():
        said = backup_steps.restore(backup)
        assert "Restored 3 editions" in said
        assert "Next: start the site" in said
        second, draft = Edition.objects.filter(number__gte=2).order_by("number")
    given = (f"DATABASE_URL={empty.url}", "WORKERS=1", "DRAW_PAGES=0")
    with running_server(tmp_path, *given) as server:
        shown = shown_by_page(server.connect, PAGE), shown_by_dose(server.connect, DOSE)
        assert {*shown} == {Shown.of(second)}
        assert server.get("/readyz", Host="localhost").status == 200
        assert server.get(f"{PAGE}editions/1/").status == 200
        assert server.get(f"{PAGE}editions/3/").status == 404
        with empty.used():
            third = committee.publish(Edition.objects.get(pk=draft.pk))
            call_command("verify")
        assert shown_by_dose(server.connect, DOSE) == Shown.of(third)


# What a backup holds


def test_the_manifest_counts_what_the_database_holds(
    backup: Path, database_copy: DatabaseCopy
) -> None:
    manifest = unpack(backup)
    with database_copy.used():
        editions = Edition.objects.order_by("number")
        assert manifest.contents["editions"] == [
            {
                "drug": "anakinra",
                "number": edition.number,
                "state": edition.state,
                "fingerprint": edition.fingerprint,
            }
            for edition in editions
        ]
        assert len(editions) == 3
        drug = editions[0].drug
        assert manifest.contents["last_seals"] == {"anakinra": drug.last_seal}
        rows = manifest.contents["rows"]
        assert rows["reference_indication"] == Indication.objects.count() == 39
        assert rows["reference_historyentry"] == drug.history.count()
    assert manifest.vendor == connection.vendor
    assert manifest.faults == []


def test_a_backup_is_readable_by_its_owner_alone_and_holds_no_session(
    backup: Path, empty: DatabaseCopy, tmp_path: Path
) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    unpack(backup, tmp_path / "unpacked")
    assert SECRET.encode() not in (tmp_path / "unpacked").read_bytes()
    with empty.used():
        backup_steps.restore(backup)
        with connection.cursor() as cursor:
            for table in unpack(backup).left_out:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                assert cursor.fetchone() == (0,)
    if ON_SQLITE:
        assert stat.S_IMODE(Path(empty.name).stat().st_mode) == 0o600


def test_tar_and_sha256sum_read_a_backup_too(backup: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "xf", str(backup), "-C", str(tmp_path)], check=True)
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--status", "SHA256SUMS"],
        cwd=tmp_path,
        check=True,
    )
    assert json.loads((tmp_path / "manifest.json").read_text())["format"] == 1


def test_a_database_with_faults_is_backed_up_under_another_name_and_not_restored(
    backup: Path, empty: DatabaseCopy, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    with empty.used():
        backup_steps.restore(backup)
        drop_refusals()
        Edition.objects.filter(number=1).update(overview="Another one.")
        with pytest.raises(CommandError, match=r"the database has \d+ faults"):
            call_command("backup", to=folder)
    (made,) = folder.iterdir()
    assert made.name.endswith("-with-faults.tar")
    assert any(
        "are not those that were published" in one for one in unpack(made).faults
    )
    with new_database(tmp_path, "other") as place:
        with place.used(), pytest.raises(CommandError, match="`verify` finds in it"):
            backup_steps.restore(made)
        assert has_nothing(place)


def test_only_superfluous_backups_are_removed(
    database_copy: DatabaseCopy, committee: Committee, tmp_path: Path
) -> None:
    kept = ["backup-20250131T010000Z.tar", "notes.txt", "backup-x-with-faults.tar"]
    gone = ["backup-20250130T010000Z.tar"]
    for name in (*kept, *gone):
        (tmp_path / name).touch()
    with database_copy.used():
        call_command("backup", to=tmp_path, keep=1)
    left = {file.name for file in tmp_path.iterdir()}
    assert len(left - {*kept}) == 1
    assert left.isdisjoint(gone)


def test_the_newest_and_the_last_of_twelve_months_are_kept() -> None:
    nightly = [
        f"backup-{year}{month:02}{day:02}T021500Z.tar"
        for year in (2025, 2026)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    gone = {*superfluous(nightly, 14)}
    kept = [name for name in nightly if name not in gone]
    assert kept[-14:] == nightly[-14:]
    assert kept[:-14] == [f"backup-2026{m:02}28T021500Z.tar" for m in range(1, 12)]


# What is refused


def _spoiled(backup: Path, spoil: Callable[[bytearray], object], to: Path) -> Path:
    content = bytearray(backup.read_bytes())
    spoil(content)
    to.write_bytes(content)
    return to


def _flip(place: int) -> Callable[[bytearray], object]:
    def flip(content: bytearray) -> None:
        content[place] ^= 1

    return flip


def _packed(backup: Path, folder: Path, **changed: Any) -> Path:
    """The same database with another manifest, its sums and all."""
    database, file = folder / "repacked-database", folder / "repacked.tar"
    manifest = replace(unpack(backup, database), **changed)
    pack(file, manifest, database)
    return file


SPOILED: dict[str, tuple[Callable[[bytearray], object], str]] = {
    "first-byte": (_flip(0), "is not a file that `make backup` wrote"),
    "manifest": (_flip(700), "does not match its SHA-256"),
    "database": (_flip(-60_000), "does not match its SHA-256"),
    "sums": (_flip(-1500), "does not match its SHA-256"),
    "padding": (_flip(-1100), "ends too early, or was written over"),
    "last-byte": (_flip(-1), "its end is not that of a backup"),
    "longer": (lambda content: content.append(0), "its end is not that of a backup"),
    "shorter": (lambda content: content.pop(), "its end is not that of a backup"),
    "half": (lambda content: content.__delitem__(slice(90_000, None)), "too early"),
    "empty": (lambda content: content.clear(), "is empty"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_damaged_or_cut_backup_is_refused_and_nothing_is_there(
    name: str, backup: Path, empty: DatabaseCopy, tmp_path: Path
) -> None:
    spoil, reason = SPOILED[name]
    file = _spoiled(backup, spoil, tmp_path / "spoiled.tar")
    with empty.used(), pytest.raises(CommandError, match=reason) as refusal:
        backup_steps.restore(file)
    assert str(refusal.value).startswith("Nothing was restored: ")
    assert has_nothing(empty)


def _foreign_files(backup: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    text = folder / "text.tar"
    text.write_text("A backup, in truth.\n" * 100)
    yield text, "is not a file that `make backup` wrote"
    other = folder / "other.sqlite3"
    with closing(sqlite3.connect(other)) as made:
        made.execute("CREATE TABLE other (id)")
        made.commit()
    yield other, "is an SQLite database and no backup"
    dump = folder / "pg.dump"
    dump.write_bytes(b"PGDMP\x01\x10\x00")
    yield dump, "is a dump by pg_dump alone"
    (folder / "passwd").write_text("x")
    for name in ("../../passwd", "manifest.json"):
        archive = folder / f"{len(name)}.tar"
        command = [
            "tar",
            "cf",
            str(archive),
            "-P",
            f"--transform=s,passwd,{name},",
            "passwd",
        ]
        subprocess.run(command, cwd=folder, check=True)
        yield archive, "is not a file that|holds something else"
    yield folder / "absent.tar", "No such file"
    yield folder, "Is a directory"


def test_foreign_files_are_refused_and_nothing_is_there(
    backup: Path, empty: DatabaseCopy, tmp_path: Path
) -> None:
    folder = tmp_path / "foreign"
    folder.mkdir()
    for file, reason in _foreign_files(backup, folder):
        with empty.used(), pytest.raises(CommandError, match=reason):
            backup_steps.restore(file)
        assert has_nothing(empty)
    assert {file.name for file in tmp_path.iterdir()} <= {
        "foreign",
        ".new.sqlite3-start",
    }


@each_row("changed", "reason")
def test_a_manifest_that_is_not_of_this_version_or_database_is_refused(
    changed: str, reason: str, backup: Path, tmp_path: Path
) -> None:
    with pytest.raises(backup_file.BackupError, match=reason):
        unpack(_packed(backup, tmp_path, **json.loads(changed)))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"vendor": "postgresql" if ON_SQLITE else "sqlite"}, "it is a backup of "),
        ({"migrations": "reference.0999_later"}, "a newer version of the site made it"),
        ({"rows": {"auth_user": 99}}, "auth_user has 2 rows instead of 99"),
        ({"last_seals": {"anakinra": ""}}, "the last seals differ"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_and_nothing_is_there(
    changed: dict[str, Any],
    reason: str,
    backup: Path,
    empty: DatabaseCopy,
    tmp_path: Path,
) -> None:
    held = unpack(backup).contents
    if "rows" in changed:
        held = held | {"rows": held["rows"] | changed["rows"]}
    if "migrations" in changed:
        held = held | {"migrations": [*held["migrations"], changed["migrations"]]}
    if "last_seals" in changed:
        held = held | changed
    vendor = changed.get("vendor", connection.vendor)
    file = _packed(backup, tmp_path, contents=held, vendor=vendor)
    with empty.used(), pytest.raises(CommandError, match=reason):
        backup_steps.restore(file)
    assert has_nothing(empty)


def test_a_database_that_holds_anything_is_never_written_over(
    backup: Path, empty: DatabaseCopy
) -> None:
    with empty.used():
        with connections["default"].cursor() as cursor:
            cursor.execute("CREATE TABLE mine (id integer)")
            cursor.execute("INSERT INTO mine VALUES (7)")
        with pytest.raises(CommandError, match=r"holds data\. Stop the site"):
            backup_steps.restore(backup)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT id FROM mine")
            assert cursor.fetchall() == [(7,)]
        assert connections["default"].introspection.table_names() == ["mine"]


@pytest.mark.skipif(not ON_SQLITE, reason="of SQLite's files")
@pytest.mark.parametrize("left", ["-journal", "-wal", "-shm"])
def test_what_another_sqlite_database_left_beside_is_not_taken_for_its_own(
    left: str, backup: Path, empty: DatabaseCopy
) -> None:
    Path(f"{empty.name}{left}").write_bytes(b"x")
    with empty.used(), pytest.raises(CommandError, match="belongs to another database"):
        backup_steps.restore(backup)
    assert not Path(empty.name).exists()


@pytest.mark.skipif(not ON_SQLITE, reason="of SQLite's files")
def test_a_file_without_a_byte_is_an_empty_database(
    backup: Path, empty: DatabaseCopy
) -> None:
    """As a server makes one whose database was moved away."""
    Path(empty.name).touch()
    with empty.used():
        backup_steps.restore(backup)
        assert is_whole(unpack(backup).contents)


def test_an_older_version_s_backup_is_migrated_before_it_is_there(
    backup: Path, empty: DatabaseCopy, tmp_path: Path
) -> None:
    folder = tmp_path / "older"
    with empty.used():
        backup_steps.restore(backup)
        call_command("migrate", "auth", "0011", verbosity=0)
        older, _ = backup_steps.back_up(folder)
    assert unpack(older).contents != unpack(backup).contents
    with new_database(tmp_path, "other") as place, place.used():
        assert "An older version made it: 1 migrations." in backup_steps.restore(older)
        refuse_differences(unpack(backup).contents, contents(connections["default"]))
        call_command("verify")


def test_a_database_without_a_guide_is_not_backed_up(
    empty: DatabaseCopy, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    with (
        empty.used(),
        pytest.raises(CommandError, match=r"No backup was made in .*: the"),
    ):
        call_command("backup", to=folder)
    assert not list(folder.iterdir())


@pytest.mark.skipif(ON_SQLITE, reason="SQLite's file has no name until it is verified")
def test_the_site_does_not_start_on_a_restore_that_was_not_verified(
    backup: Path, empty: DatabaseCopy
) -> None:
    with empty.used():
        backup_steps.restore(backup)
        with connections["default"].cursor() as cursor:
            cursor.execute(f"CREATE TABLE {UNVERIFIED} ()")
        with pytest.raises(CommandError, match="broken off before it was verified"):
            call_command("prepare", port="1")
        assert "Removing what it left" in backup_steps.restore(backup)
        assert is_whole(unpack(backup).contents)
