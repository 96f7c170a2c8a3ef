"""`prepare` is killed on its way, again and again; each start goes on from there.

Two versions of the code on one database are in tests/site/starting/test_release.py.
"""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from reference.keeping import faults
from reference.keeping.readiness import reasons_not_to_serve
from reference.models import Edition
from reference.search.look_up import search
from tests.support.databases.own_database import DatabaseCopy, new_database
from tests.support.servers.free_ports import free_port
from tests.support.servers.killed_process import OutlivedError, Point, kill_at
from tests.tools.reliability.figures import IN_FULL, none_lost, times

pytestmark = pytest.mark.django_db

# So far back that tables are made, remade and filled on the way from there.
OLDER = "0005"
KILLS = times(3, 60)


@pytest.fixture(autouse=True)
def nothing_is_collected(settings: Settings) -> None:
    """Static files are another test's subject; DEBUG keeps `prepare` from them."""
    settings.DEBUG = True


def prepare() -> None:
    call_command("prepare", port=str(free_port()), stdout=StringIO())


def points() -> Iterator[Point]:
    """Commits and statements by turns, at the beginning and further on.

    A start that goes on where the last one ended comes to other statements by the same
    numbers.
    """
    for number in range(KILLS):
        if number % 2:
            yield Point(-1 - number // 2 % 4, is_after=number % 3 == 0)
        else:
            yield Point(10 + 31 * number % 150, is_after=number % 3 == 0)


def kill_until_it_is_done(look: Callable[[Point], None]) -> int:
    """Kill one start after another until one comes to its end; return how many died."""
    killed = 0
    for point in points():
        try:
            kill_at(point, prepare, is_spilling=killed % 2 == 1)
        except OutlivedError:
            break
        killed += 1
        look(point)
    return killed


def tables() -> dict[str, list[str]]:
    """Every table with its columns and the names of what constrains them."""
    with connection.cursor() as cursor:
        look = connection.introspection
        return {
            table: [
                *sorted(str(c.name) for c in look.get_table_description(cursor, table)),
                *sorted(look.get_constraints(cursor, table)),
            ]
            for table in look.table_names(cursor)
        }


def stored() -> list[bytes]:
    """The bytes of every edition; of the edition's table nothing else is asked."""
    found = Edition.objects.values_list("canonical", flat=True)
    return [bytes(each or b"") for each in found]


def losses(
    expected_tables: dict[str, list[str]], canonical: bytes, taken_back: str = ""
) -> Iterator[str]:
    """What is not as after a start that nobody interrupted.

    taken_back is what verify says of rows whose later columns were taken away.
    """
    if tables() != expected_tables:
        yield "a table is not as it should be"
    if [bytes(found.canonical or b"") for found in Edition.objects.all()] != [
        canonical
    ]:
        yield "the edition is another one"
    yield from set(faults()) - {taken_back}
    yield from reasons_not_to_serve()
    if search("gout").total != 1:
        yield "what is in force is not found"
    if Group.objects.count() != 3:
        yield "a group is missing"


def test_an_upgrade_that_is_killed_on_its_way_is_finished_by_the_next_start(
    database_copy: DatabaseCopy, canonical: bytes
) -> None:
    lost = list[str]()

    def look(point: Point) -> None:
        """What is published is there throughout."""
        if stored() != [canonical]:
            lost.append(f"{point}: the edition is another one")

    with database_copy.used():
        expected = tables()
        call_command("migrate", "reference", OLDER, verbosity=0)
        killed = kill_until_it_is_done(look)
        prepare()
        # The way back to the older tables took what the later columns held.
        edition = Edition.objects.get()
        taken_back = f"{edition}: the rows are not those that were published"
        lost += losses(expected, canonical, taken_back)
        none_lost(
            lost,
            "releases",
            "an upgrade of a database in use, resumed by the next start",
            tried=killed,
            unit="kills",
            note=f"from migration {OLDER}",
        )
        assert killed


@pytest.mark.skipif(not IN_FULL, reason="it makes every table of Django's, too")
def test_a_first_start_that_is_killed_on_its_way_is_finished_by_the_next(
    tmp_path: Path, canonical: bytes
) -> None:
    expected = tables()
    with new_database(tmp_path) as database, database.used():
        killed = kill_until_it_is_done(lambda point: None)
        prepare()
        lost = list(losses(expected, canonical))
        if User.objects.count() != 3:
            lost.append("an account is missing")
        none_lost(
            lost,
            "releases",
            "the first start on an empty database, resumed by the next",
            tried=killed,
            unit="kills",
        )
        assert killed
