"""No room on the disk: every act of the desk says so, and nothing of it is done.

SQLite is allowed so many pages more, PostgreSQL so many rows more; where a disk of its
own can be made, both meet one that is really full. Once there is room again, the same
request is answered by the same process. A PostgreSQL without room may also let nobody
connect anew, which to readers is a database that is down.
"""

import json
import os
import random
import string
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker, Settings

from anakinra_site.starting import build
from reference.drawn import Front, files
from reference.drawn import rows as drawn_rows
from reference.editions.kept import KeptEditions
from reference.keeping import faults
from reference.models import Drug, Edition
from tests.conftest import load_guide
from tests.support.accounts import member
from tests.support.databases.own_database import DatabaseCopy, copied_database
from tests.support.desk_forms import (
    act_address,
    act_form,
    page_address,
    row_form,
    start_address,
)
from tests.support.guides.small_guide import guide_in_force, next_year
from tests.support.wsgi_answers import Application, ask
from tests.tools.reliability.figures import IN_FULL, count

pytestmark = pytest.mark.django_db

State = Edition.State
# Cannot be packed, needs pages; without a digit, since numbers have to be in print.
LONG = "".join(random.Random(1).choices(string.ascii_lowercase, k=12_000))
FULL = "There is no room left on the disk of the database"
MOST = 10_000  # pages or rows; every act needs less
PAGE = "/examplimab/"
READ = (
    *("/anakinra/", "/anakinra/dose/?regimen=css-sc&weight=20", "/search/?q=neut"),
    *("/anakinra/editions/1/edition.json", "/anakinra/editions/", PAGE),
)
# PostgreSQL's own tables grow there, too, each time that the guide's are packed.
SMALL_DISK = {"sqlite": "32m", "postgresql": "192m"}


class Disk(Protocol):
    """A disk on which there is room for so much more, and no more than that."""

    def leave(self, amount: int) -> None: ...

    def make_room(self) -> None: ...


def guide_tables() -> list[str]:
    """The tables that hold the guides, and no accounts or sessions."""
    tables = connection.introspection.table_names()
    return sorted(name for name in tables if name.startswith("reference_"))


class SQLitePages:
    """So many pages more, of the smallest size, so that nearly each row needs one."""

    kind = "a database that may not grow"

    def leave(self, amount: int) -> None:
        self.make_room()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_size = 512")
            cursor.execute("VACUUM")
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages + amount}")

    def make_room(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {2**30}")


class PostgreSQLRows:
    """So many rows more; for the next one there is the server's own error of 53100."""

    kind = "a database that may not grow"

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SEQUENCE room")
            self._allow(MOST)
            for table in guide_tables():
                cursor.execute(
                    f"CREATE TRIGGER room BEFORE INSERT OR UPDATE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION take_room()"
                )

    def leave(self, amount: int) -> None:
        self._allow(amount)

    def make_room(self) -> None:
        self._allow(MOST)

    def _allow(self, rows: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE room RESTART")
            cursor.execute(
                "CREATE OR REPLACE FUNCTION take_room() RETURNS trigger AS $$ BEGIN "
                f"IF nextval('room') > {rows} THEN RAISE EXCEPTION "
                "'could not extend file' USING ERRCODE = 'disk_full'; END IF; "
                "RETURN NEW; END $$ LANGUAGE plpgsql"
            )


class RealDisk:
    """A disk in memory of its own; what is left of it is filled by another file."""

    kind = "a disk that is full"

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"

    def leave(self, amount: int) -> None:
        self.make_room()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("CHECKPOINT")  # what was dropped still takes room
                for table in guide_tables():  # no room is left in what is there
                    cursor.execute(f"VACUUM FULL {table}")
        self._fill_but_for(amount)

    def leave_no_room_to_connect(self) -> None:
        """Leave no room for whoever connects, and end the connections there are.

        PostgreSQL removes its list of the catalogs each time that it has cleaned one of
        them up; whoever connects next has to write it, and is not let in otherwise.
        """
        connection.close()
        drawn_rows.close()
        self._fill_but_for(0)
        for file in self.folder.rglob("pg_internal.init"):
            file.unlink()
        self._fill_but_for(0)

    def make_room(self) -> None:
        self.filler.unlink(missing_ok=True)

    def _fill_but_for(self, amount: int) -> None:
        # PostgreSQL cleans up beside this, and may take room that was just counted.
        for _ in range(20):
            if self._is_filled_but_for(amount):
                return
            self.make_room()
        pytest.fail("There is no quiet moment in which the disk can be filled.")

    def _is_filled_but_for(self, amount: int) -> bool:
        found = os.statvfs(self.folder)
        size = max(found.f_bavail - amount, 1) * found.f_bsize
        with self.filler.open("ab") as file:
            try:
                os.posix_fallocate(file.fileno(), file.tell(), size)
            except OSError as error:
                if error.errno != ENOSPC:
                    raise
                return False
        return True


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of a few megabytes; only root can have one made."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        size = f"size={SMALL_DISK[connection.vendor]}"
        asked = ["mount", "-t", "tmpfs", "-o", size, "small", folder]
        made = subprocess.run(asked, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            pytest.skip(f"no disk of its own can be made here: {made.stderr.strip()}")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def database_on(disk: Path) -> Iterator[DatabaseCopy]:
    """A copy of the database whose files are on this disk."""
    with copied_database(disk) as copy:
        if connection.vendor == "sqlite":
            yield copy
            return
        with connection._nodb_cursor() as cursor:
            cursor.execute("SHOW data_directory")
            owner = Path(cursor.fetchone()[0]).stat()
            os.chown(disk, owner.st_uid, owner.st_gid)
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            cursor.execute(f'ALTER DATABASE "{copy.name}" SET TABLESPACE small')
        yield copy
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{copy.name}" SET TABLESPACE pg_default')
            cursor.execute("DROP TABLESPACE small")


@pytest.fixture(scope="module")
def database(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[DatabaseCopy, Path | None]]:
    """A copy of the loaded test database, and the disk of its own that it is on."""
    with django_db_blocker.unblock(), ExitStack() as stack:
        if not Edition.objects.exists():
            load_guide()
        if request.param == "real":
            folder = stack.enter_context(small_disk())
            yield stack.enter_context(database_on(folder)), folder
        else:
            folder = tmp_path_factory.mktemp("database")
            yield stack.enter_context(copied_database(folder)), None


@pytest.fixture
def disk(
    database: tuple[DatabaseCopy, Path | None],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Disk]:
    """The disk under the database that is used now; acts draw their pages."""
    settings.DRAW_PAGES = True
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    # What an act starts beside the server would load Django anew each time.
    monkeypatch.setattr(files, "_draw_beside_the_server", lambda: None)
    copy, folder = database
    with copy.used():
        if folder is not None:
            yield RealDisk(folder)
        else:
            is_sqlite = connection.vendor == "sqlite"
            yield SQLitePages() if is_sqlite else PostgreSQLRows()
        drawn_rows.close()


def room_to_try(disk: Disk) -> Iterator[int]:
    """No room at all, and then more; in `make test` so little that no act can end."""
    if not IN_FULL:
        yield 0 if isinstance(disk, RealDisk) else 2
        return
    amount = 0
    while amount < MOST:
        yield amount
        amount += max(1, amount // 8)


class Desk:
    """The committee at its desk, with a small guide of which an edition is in force."""

    def __init__(self) -> None:
        self.author = member("disk-author", "author")
        self.reviewer = member("disk-reviewer", "reviewer")
        self.drug = guide_in_force(self.author, self.reviewer).drug
        self.clients = {each: Client() for each in (self.author, self.reviewer)}
        for user, client in self.clients.items():
            client.force_login(user)

    def latest(self) -> Edition:
        return self.drug.editions.select_related("drug").latest("number")

    def start(self) -> Any:
        return self.clients[self.author].post(start_address(self.drug))

    def save_row(self) -> Any:
        row = self.latest().storage_set.all()[0]
        return self.clients[self.author].post(page_address(row), row_form(row, LONG))

    def save_edition(self) -> Any:
        edition = self.latest()
        typed = {
            "label": f"Number {edition.number}",
            "revised_on": str(2025 + edition.number),
            "reviewed_on": "",
            "review_due": next_year().isoformat(),
            "change_note": LONG,
            "change_grade": Edition.ChangeGrade.EDITORIAL,
            "version": edition.version,
        }
        kept = ("printed_title", "overview", "revision_line", "disclaimer")
        typed["none_stated"] = edition.none_stated
        for name in (*kept, "issuer", "publisher", "jurisdiction"):
            typed[name] = getattr(edition, name)
        address = reverse("admin:reference_edition_change", args=[edition.pk])
        return self.clients[self.author].post(address, typed)

    def act(self, name: str, by: User) -> Any:
        edition = self.latest()
        return self.clients[by].post(
            act_address(edition, name), act_form(edition, LONG)
        )

    def acts(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Everything that the desk does, each over what the one before it left."""
        author, reviewer = self.author, self.reviewer
        administrator = member("disk-administrator", "administrator")
        self.clients[administrator] = Client()
        self.clients[administrator].force_login(administrator)
        yield "start", self.start
        yield "save a row", self.save_row
        yield "save the edition", self.save_edition
        for name, by in (
            ("submit", author),
            ("return", reviewer),
            ("submit", author),
            ("publish", reviewer),
            ("propose-review", author),
            ("confirm-review", reviewer),
            ("withdraw", reviewer),
            ("request-restoration", administrator),
            ("restore", reviewer),
        ):
            yield name, partial(self.act, name, by)
        yield "start", self.start
        yield "discard", partial(self.act, "discard", author)


@dataclass
class Tally:
    """What came of requests that found too little room, and of reading meanwhile."""

    refused: int = 0
    unlike: int = 0  # answered in another way, or not in words
    half_done: int = 0
    reads: int = 0
    unread: int = 0


def everything() -> list[Any]:
    """Every row of the guide's tables, as stored."""
    with connection.cursor() as cursor:
        rows = []
        for table in guide_tables():
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            rows += [(table, *row) for row in cursor.fetchall()]
    return rows


def read(tally: Tally) -> None:
    """Read as the public does, by Django and as drawn."""
    for address in READ:
        tally.reads += 1
        tally.unread += Client().get(address).status_code != 200
    tally.reads += 1
    tally.unread += drawn_rows.drawn_row(PAGE, build(), "br") is None


def is_refusal_in_words(answer: HttpResponse, typed: str) -> bool:
    said = answer.content.decode()
    return answer.status_code == 503 and FULL in said and typed in said


def try_with_little_room(
    disk: Disk, name: str, act: Callable[[], Any], tally: Tally
) -> None:
    """Do an act with more and more room until it succeeds; count what it left."""
    has_text = name not in ("start", "submit", "publish", "restore", "confirm-review")
    typed = LONG if has_text and name != "propose-review" else ""
    before = everything()
    for amount in room_to_try(disk):
        disk.leave(amount)
        answer = act()
        if answer.status_code == 302:
            break
        tally.refused += 1
        tally.unlike += not is_refusal_in_words(answer, typed)
        tally.half_done += everything() != before
        read(tally)
    disk.make_room()
    if everything() == before:
        answer = act()
    assert answer.status_code == 302, (name, answer.content.decode())
    assert everything() != before


# A disk that is really full takes root to make, and is filled in `make faults`.
@pytest.mark.parametrize("database", ["allowed", "real"][: 1 + IN_FULL], indirect=True)
def test_without_room_every_act_is_refused_whole_and_succeeds_once_there_is_some(
    disk: Any, settings: Settings
) -> None:
    desk = Desk()
    # As in a worker that has served readers, whose own connection is open.
    assert drawn_rows.drawn_row(PAGE, build(), "br")
    whole, refused_acts = Tally(), set()
    for name, act in desk.acts():
        tally = Tally()
        try_with_little_room(disk, name, act, tally)
        if tally.refused:
            refused_acts.add(name)
        for field, number in vars(tally).items():
            setattr(whole, field, getattr(whole, field) + number)
    left = len([fault for fault in faults() if ": room on " not in fault])
    count(
        *("storage", f"acts of the desk on {disk.kind}"),
        tried=whole.refused,
        unit="refused acts",
        lost=whole.unlike + whole.half_done + left,
        note="answered 503 in words; no row changed, verification clean",
    )
    count(
        *("storage", f"public reads on {disk.kind}"),
        tried=whole.reads,
        unit="reads",
        lost=whole.unread,
    )
    assert (whole.unlike, whole.half_done, whole.unread, left) == (0, 0, 0, 0)
    needing_room = {"start", "save a row", "submit", "publish", "withdraw"}
    if isinstance(disk, RealDisk):
        needing_room.remove("submit")  # it may fit into a page that is there
    assert needing_room <= refused_acts


@pytest.mark.parametrize("database", ["real"], indirect=True)
def test_readers_whom_a_full_database_does_not_let_in_get_the_last_checked_edition(
    disk: RealDisk, kept_nothing: KeptEditions, person: Callable[..., User]
) -> None:
    """On PostgreSQL; SQLite writes nothing when it is opened, and answers as usual."""
    drug = Drug.objects.get(slug="anakinra")
    desk = Client(raise_request_exception=False)
    desk.force_login(person("ann", "author"))
    application, before = Front(WSGIHandler()), everything()
    kept_nothing.recheck()
    usual = one_dose(application)

    disk.leave_no_room_to_connect()
    page, dose = ask(application, "/anakinra/"), one_dose(application)
    started = desk.post(start_address(drug))
    disk.make_room()

    is_kept_out = connection.vendor == "postgresql"
    assert started.status_code == 503
    assert page.status == "200"
    assert ("Warning" in page.headers) is is_kept_out
    codes = [caution["code"] for caution in dose["cautions"]]
    assert ("edition-not-rechecked" in codes) is is_kept_out
    assert dose | {"cautions": usual["cautions"]} == usual
    kept_nothing.recheck()
    assert everything() == before
    assert one_dose(application) == usual


def one_dose(application: Application) -> dict[str, Any]:
    answer = ask(
        application,
        "/anakinra/dose/",
        QUERY_STRING="regimen=css-sc&weight=20",
        HTTP_ACCEPT="application/json",
    )
    assert answer.status == "200"
    dose: dict[str, Any] = json.loads(answer.body)
    return dose
