"""A backup or a restore that is damaged, killed or out of room: whole, or not there."""

import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIG_IGN, SIGKILL, SIGSTOP, SIGXFSZ, signal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from reference.keeping import BackupError, restore_backup
from reference.keeping.backup import UNFINISHED, UNVERIFIED
from reference.keeping.backup_file import unpack
from tests.support import backup_steps
from tests.support.backup_steps import has_nothing, is_whole
from tests.support.databases.own_database import DatabaseCopy, new_database
from tests.tools.reliability.figures import count, times

pytestmark = pytest.mark.django_db

ON_SQLITE = connection.vendor == "sqlite"
LARGEST_FILE = 60_000  # bytes, less than any backup


@pytest.fixture(scope="module")
def site(database_copy: DatabaseCopy) -> DatabaseCopy:
    with database_copy.used():
        backup_steps.second_edition_and_draft()
    return database_copy


@pytest.fixture(scope="module")
def backup(site: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with site.used():
        made, _ = backup_steps.back_up(tmp_path_factory.mktemp("backups"))
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DatabaseCopy]:
    with new_database(tmp_path) as database:
        yield database


# Damaged


def flipped(content: bytearray) -> None:
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)


def cut(content: bytearray) -> None:
    del content[random.randrange(len(content)) :]


def overwritten(content: bytearray) -> None:
    at = random.randrange(len(content))
    end = min(len(content), at + random.randrange(1, 5000))
    content[at:end] = random.randbytes(end - at)


DAMAGE: dict[str, tuple[Callable[[bytearray], None], str]] = {
    "one bit": (flipped, "one bit of a backup turned over"),
    "cut": (cut, "a backup cut short"),
    "overwritten": (overwritten, "a part of a backup written over"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_at_any_place_is_noticed(
    name: str, backup: Path, tmp_path: Path
) -> None:
    spoil, what = DAMAGE[name]
    tried, lost = times(20, 300), 0
    whole, file = backup.read_bytes(), tmp_path / "spoiled.tar"
    for _ in range(tried):
        content = bytearray(whole)
        while content == whole:
            spoil(content)
        file.write_bytes(content)
        with suppress(BackupError):
            unpack(file)
            lost += 1
    count("backup", what, tried=tried, unit="files", lost=lost)
    assert lost == 0


# Killed

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "subprocess.Popen"}


class Steps:
    """Counts what a process does to files, and kills it before one of these steps."""

    def __init__(self, kill_before: int) -> None:
        self.kill_before, self.begun = kill_before, 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in STEPS or (event == "open" and writes(*arguments)):
            self.begun += 1
            if self.begun == self.kill_before:
                os.kill(os.getpid(), SIGKILL)


def writes(path: object, _mode: object, flags: int) -> bool:
    """Whether a file is opened for writing, or a folder, whose names are to be kept."""
    is_folder = isinstance(path, str | Path) and Path(path).is_dir()
    return bool(flags & os.O_ACCMODE) or is_folder


@contextmanager
def begun(database: DatabaseCopy, *command: str, kill_before: int = 0) -> Iterator[int]:
    """The id of a process of its own that is at a command.

    It ends with the number of steps that it took.
    """
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        steps = Steps(kill_before)
        try:
            with database.used(), Path(os.devnull).open("w") as nowhere:
                sys.addaudithook(steps)
                call_command(*command, stdout=nowhere, stderr=nowhere)
        finally:
            os._exit(steps.begun)
    try:
        yield pid
    finally:
        os.waitpid(pid, 0)


@dataclass(frozen=True, slots=True)
class Kill:
    """When a command is killed: so many seconds after it began, or before a step."""

    after_s: float = 0
    before_step: int = 0

    def of(self, database: DatabaseCopy, *command: str) -> None:
        with begun(database, *command, kill_before=self.before_step) as pid:
            if not self.before_step:
                time.sleep(self.after_s)
                os.kill(pid, SIGKILL)


def kills(tried: int, database: DatabaseCopy, *command: str) -> list[Kill]:
    """Moments spread over the time that a command takes, and its steps, or the last."""
    start = time.monotonic()
    with begun(database, *command) as pid:
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    longest = 1.1 * (time.monotonic() - start)
    steps = ended.si_status if ended else 0
    assert steps > 3
    moments = [longest * (number + random.random()) / tried for number in range(tried)]
    return [
        *(Kill(after_s=moment) for moment in moments),
        *(Kill(before_step=n + 1) for n in range(steps)[-times(3, steps) :]),
    ]


def test_a_killed_backup_leaves_no_file_that_is_not_whole(
    site: DatabaseCopy, tmp_path: Path
) -> None:
    folder, lost = tmp_path / "backups", 0
    tried = kills(times(2, 20), site, "backup", f"--to={folder}")
    (whole,) = folder.glob("*.tar")
    whole.unlink()
    for kill in tried:
        kill.of(site, "backup", f"--to={folder}")
        for file in folder.glob("*.tar"):
            try:
                unpack(file)
            except BackupError:
                lost += 1
            file.unlink()  # the next one may be of the same second
    with site.used():
        made, _ = backup_steps.back_up(folder)
    lost += [*folder.iterdir()] != [made]
    what = "backup killed on its way"
    count("backup", what, tried=len(tried), unit="kills", lost=lost)
    assert lost == 0


def test_a_killed_restore_is_begun_anew_and_nothing_half_is_served(
    backup: Path, tmp_path: Path
) -> None:
    lost, done, held = 0, 0, unpack(backup).contents
    (tmp_path / "first").mkdir()
    with new_database(tmp_path / "first") as place:
        tried = kills(times(2, 12), place, "restore", str(backup))
    for number, kill in enumerate(tried):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        with new_database(folder) as place:
            kill.of(place, "restore", str(backup))
            with place.used():
                if is_there(place):
                    done += 1
                else:
                    lost += not refuses_to_start(place)
                    restore_once_it_has_ended(backup)
                    lost += any(folder.glob(".*-restoring-*"))
                lost += not is_whole(held)
    what = "restore killed on its way, then begun anew"
    note = f"{done} had been over"
    count("backup", what, tried=len(tried), unit="kills", lost=lost, note=note)
    assert lost == 0


def is_there(place: DatabaseCopy) -> bool:
    """Whether a restore has come to its end."""
    if ON_SQLITE:
        return Path(place.name).exists()
    tables = connections["default"].introspection.table_names()
    return bool(tables) and UNVERIFIED not in tables


def refuses_to_start(place: DatabaseCopy) -> bool:
    """Whether the site does not start on what a killed restore left, if anything."""
    if ON_SQLITE or not connections["default"].introspection.table_names():
        return True
    try:
        call_command("prepare", port="1")
    except CommandError as error:
        return "was broken off before it was verified" in str(error)
    return False


def restore_once_it_has_ended(backup: Path) -> None:
    """Restore, once the server has noticed that pg_restore has gone."""
    for _ in range(100):
        try:
            restore_backup(backup, print)
        except BackupError as error:
            if "pg_restore is at work" not in str(error):
                raise
            time.sleep(0.1)
        else:
            return
    pytest.fail("pg_restore went on without its parent")


# No room


@contextmanager
def no_large_file() -> Iterator[None]:
    """A disk that takes no more, as far as this process can tell."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal(SIGXFSZ, SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal(SIGXFSZ, former)


def test_a_backup_without_room_is_refused_in_words_and_leaves_nothing(
    site: DatabaseCopy, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    with site.used(), pytest.raises(CommandError) as refusal, no_large_file():
        call_command("backup", to=folder)
    lost = len(list(folder.iterdir()))
    lost += not str(refusal.value).startswith(f"No backup was made in {folder}: ")
    count("backup", "backup without room", tried=1, unit="disk", lost=lost)
    assert lost == 0


def test_a_restore_without_room_is_refused_in_words_and_leaves_nothing(
    backup: Path, empty: DatabaseCopy
) -> None:
    with empty.used(), pytest.raises(CommandError) as refusal, no_large_file():
        call_command("restore", str(backup))
    lost = int(not has_nothing(empty))
    lost += not str(refusal.value).startswith("Nothing was restored: ")
    count("backup", "restore without room", tried=1, unit="disk", lost=lost)
    assert lost == 0


# What is missing, or in use


def test_a_folder_in_which_a_backup_is_being_made_is_left_alone(
    site: DatabaseCopy, tmp_path: Path
) -> None:
    with begun(site, "backup", f"--to={tmp_path}") as pid, site.used():
        while not list(tmp_path.glob(f"{UNFINISHED}*")):
            time.sleep(0.001)
        os.kill(pid, SIGSTOP)
        try:
            with pytest.raises(CommandError, match="another one is being made there"):
                call_command("backup", to=tmp_path)
        finally:
            os.kill(pid, SIGKILL)


@pytest.mark.skipif(ON_SQLITE, reason="of PostgreSQL's programs")
def test_programs_that_are_missing_or_too_old_are_named_with_what_to_install(
    site: DatabaseCopy,
    backup: Path,
    empty: DatabaseCopy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    install = r"Install .* on Debian: apt-get install postgresql-client-\d+"
    for found, words in (("", "is not on PATH"), ("9", "is of version 9, older than")):
        for name in ("pg_dump", "pg_restore") if found else ():
            program = programs / name
            program.write_text(f"#!/bin/sh\necho {found}.6")
            program.chmod(0o755)
        with site.used(), pytest.raises(CommandError, match=f"pg_dump.*{words}"):
            call_command("backup", to=tmp_path / "backups")
        with empty.used(), pytest.raises(CommandError, match=f"pg_restore.*{words}"):
            call_command("restore", str(backup))
        assert has_nothing(empty)
    with site.used(), pytest.raises(CommandError, match=install):
        call_command("backup", to=tmp_path / "backups")
