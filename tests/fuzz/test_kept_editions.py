"""After acts, reads and checks in any order an outage shows what was read last."""

from typing import NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from anakinra_site.starting import build
from reference import publishing
from reference.editions.kept import KeptEditions
from reference.models import DrawnPage, Edition
from tests.support.accounts import member
from tests.support.guides.small_guide import guide_in_force, next_draft, publish
from tests.tools.reliability.figures import count, times

SLUG = "examplimab"
EXAMPLES = times(6, 100)
Read = tuple[int, str]


class People(NamedTuple):
    author: User
    reviewer: User
    first: Edition


class Tally:
    outages = served = wrong = 0


@pytest.fixture
def people(empty_database: None) -> People:
    author, reviewer = member("author", "author"), member("reviewer", "reviewer")
    return People(author, reviewer, guide_in_force(author, reviewer, SLUG))


class Worker(RuleBasedStateMachine):
    """One worker and a committee at work elsewhere; each run is rolled back."""

    people: People
    tally: Tally

    @initialize()
    def begin(self) -> None:
        self.kept = KeptEditions()
        self.last: Read | None = None
        self.row = 0
        self.savepoint = transaction.savepoint()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def in_force(self) -> Edition:
        found = Edition.objects.filter(drug__slug=SLUG).without_bytes()
        return found.newest_first()[0]

    @rule()
    def publish_the_next(self) -> None:
        draft = next_draft(self.in_force(), by=self.people.author)
        publish(draft, author=self.people.author, reviewer=self.people.reviewer)
        DrawnPage.objects.all().delete()
        self.draw()

    @precondition(lambda self: self.in_force().state == "published")
    @rule()
    def withdraw(self) -> None:
        publishing.withdraw(
            edition=self.in_force(), by=self.people.reviewer, reason="A dose is wrong."
        )
        DrawnPage.objects.all().delete()
        self.draw()

    def draw(self) -> None:
        """As an act does, in short: what is drawn after it has higher keys."""
        edition = self.in_force()
        page = DrawnPage.objects.create(
            drug=edition.drug, address=f"/{SLUG}/", build=build(), etag=str(edition.pk)
        )
        self.row = page.pk

    @rule()
    def check(self) -> None:
        self.kept.recheck()
        edition = self.in_force()
        self.last = (edition.number, edition.state)

    @rule()
    def read(self) -> None:
        """A dose, or a page that is not drawn."""
        edition = self.in_force()
        self.kept.note_read(SLUG, edition)
        self.last = (edition.number, edition.state)

    @precondition(lambda self: self.row > 0)
    @rule()
    def send_a_drawn_page(self) -> None:
        edition = self.in_force()
        self.kept.may_send_drawn(SLUG, self.row)
        self.last = (edition.number, edition.state)

    @invariant()
    def lose_the_database(self) -> None:
        def refuse(*asked: object) -> None:
            raise OperationalError("connection refused")

        with connection.execute_wrapper(refuse):
            copy = self.kept.copy_of(SLUG)
        self.tally.outages += 1
        if copy is None:
            return
        self.tally.served += 1
        if self.last != (copy.number, "published"):
            self.tally.wrong += 1
        assert self.last == (copy.number, "published")


def test_whoever_has_read_an_edition_never_falls_back_to_another(
    people: People,
) -> None:
    Worker.people, Worker.tally = people, Tally()
    try:
        run_state_machine_as_test(
            Worker,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        count(
            "fuzz",
            "acts, reads, checks and outages in any order: what an outage shows",
            tried=Worker.tally.outages,
            unit="outages",
            lost=Worker.tally.wrong,
            note=f"{EXAMPLES} runs of up to 20 steps; {Worker.tally.served:,} were "
            "served the last edition read, the others nothing",
        )
    assert Worker.tally.served > 0
