"""Whoever changes an edition is killed before and after every statement of the change.

What is left is one whole edition, as before the change or as after it, to a reader, to
`verify` and to whoever does the act again.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from anakinra_site.accounts import create_first_accounts
from reference import publishing
from reference.drawn import Front, files
from reference.drawn import rows as drawn_rows
from reference.editions import (
    FileRefusedError,
    canonical_bytes,
    fingerprint,
    read_document,
)
from reference.keeping import faults
from reference.models import Drug, Edition
from reference.publishing import PublishingError
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides import small_guide
from tests.support.servers.killed_process import (
    AFTER_COMMIT,
    BEFORE_COMMIT,
    Act,
    Point,
    kill_at,
)
from tests.support.shown_edition import FINGERPRINT, STRIP, Shown
from tests.support.wsgi_answers import Application, ask
from tests.tools.reliability.figures import IN_FULL, none_lost, times

pytestmark = pytest.mark.django_db

PAGE = "/examplimab/"
DOSE = f"{PAGE}dose/"
ONE_DOSE = {
    "QUERY_STRING": "regimen=line&weight=20",
    "HTTP_ACCEPT": "application/json",
}
LABEL = re.compile(r"\bNumber (\d+)")  # what small_guide calls an edition


# What is done


def by(name: str) -> User:
    return User.objects.get(username=name)


def drug() -> Drug:
    return Drug.objects.get(slug="examplimab")


def current() -> Edition:
    return drug().editions.select_related("drug").newest_first()[0]


def open_edition() -> Edition:
    return drug().editions.select_related("drug").open_draft().get()


def start() -> Act:
    return lambda: publishing.start_draft(drug=drug(), by=by("author"))


def submit() -> Act:
    draft = small_guide.make_ready(open_edition(), by=by("author"))
    return lambda: publishing.submit(edition=draft, by=by("author"))


def return_to_draft() -> Act:
    edition, reason = open_edition(), "A word is missing."
    return lambda: publishing.return_to_draft(
        edition=edition, by=by("reviewer"), reason=reason
    )


def publish() -> Act:
    edition = publishing.submit(edition=open_edition(), by=by("author"))
    seen = publishing.fingerprint_of(edition)
    return lambda: publishing.publish(edition=edition, by=by("reviewer"), seen=seen)


def withdraw() -> Act:
    edition = current()
    return lambda: publishing.withdraw(
        edition=edition, by=by("reviewer"), reason="A wrong number."
    )


def ask_for_restoration() -> Act:
    edition = current()
    return lambda: publishing.request_restoration(
        edition=edition, by=by("administrator"), reason="It is right."
    )


def restore() -> Act:
    edition = current()
    return lambda: publishing.restore(edition=edition, by=by("reviewer"))


def propose_full_review() -> Act:
    edition, today = current(), timezone.now().date()
    return lambda: publishing.propose_full_review(
        edition=edition,
        by=by("author"),
        reviewed_on=today.isoformat(),
        review_due=today + timedelta(days=200),
    )


def confirm_full_review() -> Act:
    edition = current()
    return lambda: publishing.confirm_full_review(edition=edition, by=by("reviewer"))


def import_from_a_file() -> Act:
    document = read_document(bytes(current().canonical or b""))
    document["edition"]["number"] += 1
    sha256 = fingerprint(canonical_bytes(document))
    return lambda: publishing.start_from_file(
        document=document, sha256=sha256, by=by("author")
    )


def discard() -> Act:
    edition = open_edition()
    return lambda: publishing.discard(
        edition=edition, by=by("author"), reason="Not needed."
    )


# In the order in which they follow one another, and round again. To who does it a
# second time this is said; where nothing is, it is done once more and does no harm.
LIFE: dict[Callable[[], Act], str] = {
    start: "already has an open edition",
    submit: "is in review, so it cannot be submitted",
    return_to_draft: "is draft, so it cannot be returned",
    publish: "is published, so it cannot be published",
    withdraw: "is withdrawn, so it cannot be withdrawn",
    ask_for_restoration: "",
    restore: "is published, so it cannot be restored",
    propose_full_review: "",
    confirm_full_review: "Nobody has proposed",
    import_from_a_file: "Finish or discard it first",
    discard: "has been discarded",
}


# What is left of it


class Reading(NamedTuple):
    """What a reader is told of the edition, wherever a page or an answer names it."""

    shown: Shown
    in_head: set[str]
    in_body: set[str]
    in_foot: set[str]
    fingerprints: set[str]
    of_json: str
    of_dose: str
    before_it: str  # the state of the edition before it, by that one's own page

    @classmethod
    def of(cls, edition: Edition) -> "Reading":
        """What it has to be if this edition is the current one."""
        shown, labels = Shown.of(edition), {str(edition.number)}
        before = edition.drug.editions.filter(number=edition.number - 1).first()
        state = "" if before is None else Shown.of(before).state
        own = edition.fingerprint
        return cls(shown, labels, labels, labels, {own}, own, own, state)

    @classmethod
    def by(cls, application: Application) -> "Reading":
        page = ask(application, PAGE).body.decode()
        ((number, state),) = STRIP.findall(page)
        fingerprints = set(FINGERPRINT.findall(page))
        head, _, rest = page.partition("</head>")
        body, _, foot = rest.partition("<footer")
        exported = ask(application, f"{PAGE}editions/{number}/edition.json").body
        dose = json.loads(ask(application, DOSE, **ONE_DOSE).body)["edition"]
        before = f"{PAGE}editions/{int(number) - 1}/"
        before_it = ask(application, before).body.decode() if number != "1" else ""
        return cls(
            shown=Shown(int(number), state, "".join(fingerprints)),
            in_head=set(LABEL.findall(head)),
            in_body=set(LABEL.findall(body)),
            in_foot=set(LABEL.findall(foot)),
            fingerprints=fingerprints,
            of_json=hashlib.sha256(exported).hexdigest(),
            of_dose=dose["fingerprint"],
            before_it="".join(found for _, found in STRIP.findall(before_it)),
        )


def contents() -> str:
    """A digest of every row of every table."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
            digest.update(repr((table, rows)).encode())
    return digest.hexdigest()


def is_half_written() -> bool:
    """Whether a dead process has left half of a change in SQLite's file."""
    file = Path(f"{connection.settings_dict['NAME']}-journal")
    return connection.vendor == "sqlite" and file.exists() and file.stat().st_size > 0


@dataclass(slots=True)
class Tally:
    """What has been tried, and what was lost by it."""

    application: Application
    tried: int = 0
    half_written: int = 0
    lost: list[str] = field(default_factory=list)
    verified: set[str] = field(default_factory=set)

    def kill(self, act: Act, points: Iterable[Point]) -> int:
        """Kill it at each point in turn, none of which lets it come to its commit.

        For the next point it is done again, on what the dead process has left. Returns
        how many statements it had begun when it last died.
        """
        before, reading, begun = contents(), Reading.of(current()), 0
        for place, point in enumerate(points):
            begun = kill_at(point, act, is_spilling=place % 2 == 0)
            self.half_written += is_half_written()
            if self._look(point, reading) != before:
                self.lost.append(f"{point}: something of it is left in the database")
        return begun

    def kill_once_done(self, act: Act, said_again: str) -> None:
        """Kill it when it has committed; what it did is done, and not done twice."""
        before = contents()
        kill_at(AFTER_COMMIT, act)
        if self._look(AFTER_COMMIT, Reading.of(current())) == before:
            self.lost.append("what was committed is gone")
        try:
            act()
        except (PublishingError, FileRefusedError) as error:
            said = " ".join(getattr(error, "sentences", [str(error)]))
            if not said_again or said_again not in said:
                self.lost.append(f"who does it again is told: {said}")
        else:
            if said_again:
                self.lost.append("it could be done twice")

    def _look(self, point: Point, expected: Reading) -> str:
        """Read from outside, where one may be the first to come by, and verify.

        Returns the contents; what was verified before is the same, row for row, and is
        not verified again.
        """
        self.tried += 1
        seen = Reading.by(self.application)
        if seen != expected:
            self.lost.append(f"{point}: readers are shown {seen}, not {expected}")
        rows = contents()
        if rows not in self.verified:
            self.lost.extend(f"{point}: {fault}" for fault in faults())
            self.verified.add(rows)
        return rows


@pytest.fixture
def application(
    database_copy: DatabaseCopy, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    """The whole application on a database of its own, with an edition in force."""
    settings.DRAW_PAGES = True
    settings.ALLOWED_HOSTS = ["localhost"]
    # What is started beside the server is the subject of
    # tests/publishing/test_staleness.py.
    monkeypatch.setattr(files, "_draw_beside_the_server", lambda: None)
    with database_copy.used():
        create_first_accounts()
        small_guide.guide_in_force(by("author"), by("reviewer"))
        yield Front(WSGIHandler())
        drawn_rows.close()


def points(statements: int, step: int) -> Iterator[Point]:
    """Before and after every statement, or every so many."""
    for statement in range(min(step, statements), statements + 1, step):
        if IN_FULL:
            yield Point(statement, is_after=False)
        yield Point(statement, is_after=True)


def live_and_die(tally: Tally, step: int, what: str) -> None:
    """Lead an edition through its life, with a death at every so many statements."""
    for prepare, said_again in LIFE.items():
        act, before = prepare(), tally.tried
        statements = tally.kill(act, [BEFORE_COMMIT])
        tally.kill(act, points(statements, step))
        tally.kill_once_done(act, said_again)
        none_lost(
            tally.lost,
            "kills",
            f"{prepare.__name__.replace('_', ' ')}{what}",
            tried=tally.tried - before,
            unit="kills",
            note=f"{statements} statements, 1 in {step} tried",
        )


def test_a_change_is_made_whole_or_not_at_all_wherever_its_process_is_killed(
    application: Application, settings: Settings
) -> None:
    """In full: every statement of an act; and every fourth where pages are drawn.

    Most of those draw one page as they drew the one before.
    """
    tally = Tally(application)
    live_and_die(tally, times(100, 4), ", with its pages")
    if IN_FULL:
        settings.DRAW_PAGES = False
        live_and_die(tally, 1, "")
    assert tally.half_written or connection.vendor != "sqlite"
