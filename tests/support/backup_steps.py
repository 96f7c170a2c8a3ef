"""A site with three editions to be backed up, and what is done with its backups."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from reference.desk import saving
from reference.drawn.files import keep_file
from reference.keeping import faults
from reference.keeping.backup import contents
from reference.models import Edition, Storage
from tests.support.accounts import member
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides import small_guide

SECRET = "session-that-none-may-take-from-it"


class Committee(NamedTuple):
    author: User
    reviewer: User

    def publish(self, draft: Edition) -> Edition:
        return small_guide.publish(draft, author=self.author, reviewer=self.reviewer)


def second_edition_and_draft() -> Committee:
    """Publish edition 2 of the guide, and begin edition 3; a drawn file, a session."""
    committee = Committee(member("ann", "author"), member("rae", "reviewer"))
    draft = small_guide.next_draft(Edition.objects.get(), by=committee.author)
    second = committee.publish(draft)
    small_guide.next_draft(second, by=committee.author)
    put_what_is_left_out(second)
    return committee


def put_what_is_left_out(edition: Edition) -> None:
    Session.objects.create(
        session_key=SECRET, session_data=SECRET, expire_date=timezone.now()
    )
    keep_file(edition, b"", build="")


def back_up(folder: Path, **options: Any) -> tuple[Path, str]:
    """The backup that the command makes of the database in use, and what it says."""
    said, before = StringIO(), {*folder.glob("*.tar")}
    call_command("backup", to=folder, stdout=said, stderr=said, **options)
    (made,) = {*folder.glob("*.tar")} - before
    return made, said.getvalue()


def restore(file: Path) -> str:
    said = StringIO()
    call_command("restore", str(file), stdout=said)
    return said.getvalue()


def has_nothing(database: DatabaseCopy) -> bool:
    """Whether nothing at all is where this database is, or beside it."""
    if connection.vendor == "postgresql":
        with database.used():
            return connections["default"].introspection.table_names() == []
    file = Path(database.name)
    lock = f".{file.name}-start"
    return not [
        one.name
        for one in file.parent.iterdir()
        if file.name in one.name and one.name != lock
    ]


def is_whole(expected: dict[str, Any]) -> bool:
    """Whether the database in use holds this, and nothing is wrong in it."""
    return contents(connections["default"]) == expected and not [*faults()]


class Writer:
    """Saves one row of the draft, again and again, as an author does."""

    def __init__(self, database: DatabaseCopy, author: User) -> None:
        self.database, self.author = database, author
        self.committed, self.slowest_s = 0, 0.0
        self.failed: Exception | None = None
        self.is_over = Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = Thread(target=self._write)
        thread.start()
        try:
            while not self.committed and thread.is_alive():
                time.sleep(0.01)
            yield
        finally:
            self.is_over.set()
            thread.join()
        if self.failed:
            raise self.failed

    def _write(self) -> None:
        try:
            with self.database.used():
                while not self.is_over.wait(0.005):
                    start = time.monotonic()
                    with transaction.atomic():
                        row = rows_of_the_draft().get()
                        row.text = row.printed = f"Version {self.committed + 1}"
                        saving.save_row(row, by=self.author)
                    self.committed += 1
                    self.slowest_s = max(self.slowest_s, time.monotonic() - start)
        except Exception as error:
            self.failed = error


def rows_of_the_draft() -> Any:
    """The row that is written, as a query."""
    first = Storage.objects.filter(edition__number=3).order_by("position", "key")[:1]
    return Storage.objects.filter(pk__in=first.values("pk"))


def written() -> tuple[int, int]:
    """Which version of its row a database holds, and how many are on record."""
    row = rows_of_the_draft().select_related("edition__drug").get()
    versions = row.edition.drug.history.filter(
        edition_number=3, section="storage", row_key=row.key, act="changed"
    )
    return int(row.text.removeprefix("Version ")), versions.count()
