"""One site before its committee: what each step left, held against the model of it.

The acts are in test_workflow.py; what they have to lead to is in committee.py.
"""

import re
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from hypothesis.stateful import RuleBasedStateMachine, invariant

from reference import publishing
from reference.editions import fingerprint, read_document
from reference.keeping import faults
from reference.models import Drug, Edition, HistoryEntry
from reference.search.look_up import search
from tests.fuzz.committee import (
    OPEN,
    PUBLIC,
    Committee,
    Line,
    Member,
    Versions,
    Written,
    first_hands,
)

SLUG = "examplimab"
HOME = f"/{SLUG}/"
PEOPLE = ("ann", "bea", "cal", "rae", "roy", "sue")
AUTHORS, REVIEWERS = PEOPLE[:3], PEOPLE[3:5]
PAGES_EVERY = 4  # runs: to read every page takes as long as several steps
# In the order of Written.facts; plain SQL, so that no model of the site is believed.
STORED = """
    SELECT e.id, e.number, e.state, e.version, e.withdrawal_reason,
        submitter.username, publisher.username, asker.username, proposer.username,
        drug.last_seal
    FROM reference_edition AS e
    JOIN reference_drug AS drug ON drug.id = e.drug_id
    LEFT JOIN auth_user AS submitter ON submitter.id = e.submitted_by_id
    LEFT JOIN auth_user AS publisher ON publisher.id = e.published_by_id
    LEFT JOIN auth_user AS asker ON asker.id = e.restoration_requested_by_id
    LEFT JOIN auth_user AS proposer ON proposer.id = e.review_proposed_by_id
    WHERE e.drug_id = %s ORDER BY e.number
"""
STATE = 2  # its place there

Session = tuple[str, int]
Who = tuple[int, int]  # as it is drawn: whose session, and which of the two


class Opened(NamedTuple):
    """What a session has before it: an edition as it was when its page was opened."""

    edition: Edition
    standing: str
    versions: Versions
    digest: str
    content: tuple[object, ...]


@dataclass
class Tally:
    """What was tried, and how often something was not as the model has it."""

    runs: int = 0
    steps: int = 0
    done: int = 0
    refused: int = 0
    published: int = 0
    lost: int = 0


@dataclass
class World:
    """The database before each run, and the model that goes with it."""

    drug: Drug
    first: Edition
    clients: dict[Session, Client] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def committee(self) -> Committee:
        """Three authors, two reviewers, a superuser, and one edition in force."""
        members = {name: Member(name, {"author"}) for name in AUTHORS}
        members |= {name: Member(name, {"reviewer"}) for name in REVIEWERS}
        members["sue"] = Member("sue", set(), is_superuser=True)
        members["ann"].is_on_record = members["rae"].is_on_record = True
        lines = {"cold": Line("Keep it cold."), "dark": Line("Keep it dark.")}
        first = Written(self.first.pk, 1, "ready", lines, {"ann"})
        first.state, first.version = "published", self.first.version
        first.submitted_by, first.published_by = "ann", "rae"
        return Committee(members, [first])


@cache
def caches() -> list[Any]:
    """Everything that a process of the site keeps in mind and a restart forgets."""
    modules = [
        module
        for name, module in sys.modules.items()
        if name.startswith(("reference.", "anakinra_site."))
    ]
    kept = [value for module in modules for value in vars(module).values()]
    return [value for value in kept if callable(getattr(value, "cache_clear", None))]


class CommitteeMachine(RuleBasedStateMachine):
    """What is looked at after each step; a run is one transaction, then rolled back."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.drug, self.tally = world, world.drug, world.tally
        self.committee = world.committee()
        self.seen: dict[Session, dict[int, Opened]] = {}
        self.rows_seen: dict[tuple[Session, int], dict[str, int]] = {}
        self.reader = Client()
        self.words = self.steps = 0
        self.private = set[str]()
        self.expected: list[tuple[str, int, str]] = []
        self.is_different = self.readers_see_more = True
        self.tally.runs += 1
        self.whole_run = transaction.atomic()
        self.whole_run.__enter__()
        self.last_entry = HistoryEntry.objects.latest("pk")

    def teardown(self) -> None:
        try:
            if self.tally.runs % PAGES_EVERY == 0:
                self.look_at_every_page()
            self.expect([*faults()], [])
        finally:
            transaction.set_rollback(True)
            self.whole_run.__exit__(None, None, None)

    def expect(self, found: object, wanted: object) -> None:
        """Judge one thing; what is not as it has to be is counted, and ends the run."""
        if found != wanted:
            self.tally.lost += 1
        assert found == wanted

    # What a session has before it

    def session(self, who: Who, act: str, edition: Written | None = None) -> Session:
        """Somebody who may do the act, if there is; now and then anybody."""
        there = [each for each in self.committee.members.values() if each.is_there]
        fitting = [
            each
            for each in there
            if each.may(act) and each.name not in first_hands(act, edition)
        ]
        draw, which = who
        people = fitting if fitting and draw > 2 else there
        return people[draw % len(people)].name, which

    def chosen(self, states: tuple[str, ...], pick: int) -> Written:
        """An edition in one of the states, if there is; now and then any other."""
        there = [each for each in self.committee.there if each.state in states]
        fitting = there if there and pick > 1 else self.committee.editions
        return fitting[-1 - pick % len(fitting)]

    def open(self, who: Session, edition: Written, *, is_fresh: bool) -> Opened | None:
        """What the session goes by: the page as it is now, or as it was once opened.

        None for a page that cannot be opened any more, and never was.
        """
        seen = self.seen.setdefault(who, {})
        if is_fresh or edition.pk not in seen:
            found = self.drug.editions.filter(pk=edition.pk).first()
            if found is not None:
                in_review = edition.state == "in review"
                seen[edition.pk] = Opened(
                    found,
                    publishing.versions_of(found),
                    self.committee.versions(edition),
                    publishing.fingerprint_of(found) if in_review else "",
                    edition.content if in_review else (),
                )
        return seen.get(edition.pk)

    def new_words(self) -> str:
        self.words += 1
        return f"Words {self.tally.runs} and {self.words}."

    def new_reason(self, act: str, *, is_blank: bool) -> str:
        """A reason that was not given before; readers get that of a withdrawal."""
        reason = " " if is_blank else f"Reason: {self.new_words()}"
        if act != "withdraw" and not is_blank:
            self.private.add(reason)
        return reason

    def expect_on_record(self, act: str, number: int, by: str) -> None:
        self.expected.append((act, number, by))

    # After each step

    @invariant()
    def everything_agrees_with_the_model(self) -> None:
        self.steps += 1
        self.tally.steps += 1
        if self._editions_agree() != self.last_entry.seal or self.expected:
            self._record_grew_as_it_should()
            self.is_different = True
        if self.is_different:
            self._fingerprints_hold()
            self._dose_agrees()
        if self.readers_see_more:
            self._monograph_agrees()
        self.is_different = self.readers_see_more = False

    def _editions_agree(self) -> str:
        """Judge states, signatures and versions; return the seal of the record."""
        with connection.cursor() as cursor:
            cursor.execute(STORED, [self.drug.pk])
            rows = cursor.fetchall()
        found = [tuple(value or "" for value in row[:-1]) for row in rows]
        self.expect(found, [each.facts for each in self.committee.there])
        states = [row[STATE] for row in found]
        self.expect(states.count("published") <= 1, True)
        self.expect(sum(state in OPEN for state in states) <= 1, True)
        return str(rows[0][-1])

    def _fingerprints_hold(self) -> None:
        """What is public is what was fingerprinted, and nothing else has a print."""
        rows = self.drug.editions.values_list("state", "canonical", "fingerprint")
        for state, canonical, stored in rows:
            is_public = state in PUBLIC
            wanted = fingerprint(bytes(canonical or b"")) if is_public else ""
            self.expect(stored, wanted)

    def _record_grew_as_it_should(self) -> None:
        """What was done is on record, in order and sealed; what was refused is not."""
        after = HistoryEntry.objects.filter(pk__gt=self.last_entry.pk).order_by("pk")
        acts = []
        for entry in after.select_related("actor"):
            actor = entry.actor.username if entry.actor else ""
            acts.append((entry.act, entry.edition_number, actor))
            self.expect(entry.previous_seal, self.last_entry.seal)
            self.expect(entry.seal, entry.computed_seal())
            self.last_entry = entry
        self.expect(acts, self.expected)
        self.expected = []

    # What readers get

    def _dose_agrees(self) -> None:
        """A dose comes from the edition in force, or is refused in words."""
        answer = self.reader.get(
            f"{HOME}dose/?regimen=line", headers={"accept": "application/json"}
        ).json()
        current = self.committee.current
        self.expect(answer["edition"]["number"], current.number)
        if current.state == "published":
            self.expect(answer["status"], "computed")
            self.expect(answer["doses"][0]["mg"], {"low": "100", "high": "100"})
        else:
            self.expect(answer["reason"]["code"], "edition-withdrawn")
            self.expect("doses" in answer, False)

    def _monograph_agrees(self) -> None:
        """Page and register say what is current, and nothing of a draft."""
        page, current = self.read(HOME), self.committee.current
        register = self.read(f"{HOME}discrepancies/") if current.open_keys else ""
        for line in current.lines.values():
            self.expect(line.words in (register if line.is_open else page), True)
        self.expect(f">Edition {current.number}, " in page, True)
        self.expect(current.reason in page, True)
        is_in_force = current.state == "published"
        self.expect(
            "Doses are not worked out from this edition" in page, not is_in_force
        )

    def read(self, address: str) -> str:
        """A page, on which there is nothing of a draft and of what was said of one."""
        answer = self.reader.get(address)
        self.expect(answer.status_code, 200)
        page = answer.content.decode()
        hidden = self.committee.secrets | self.private
        self.expect([words for words in hidden if words in page], [])
        return page

    def look_at_every_page(self) -> None:
        """Read all that names editions, and ask for each one by its number."""
        self._monograph_agrees()
        public = {each.number for each in self.committee.public}
        listed = re.findall(
            r'<h2><a href="/\w+/editions/(\d+)/', self.read(f"{HOME}editions/")
        )
        self.expect({int(number) for number in listed}, public)
        self.read(f"{HOME}changes.atom")
        for edition in self.committee.there:
            address = f"{HOME}editions/{edition.number}/edition.json"
            if edition.number in public:
                document = read_document(self.read(address).encode())
                rows = [*document["storage"], *document["discrepancies"]]
                words = {row.get("title") or row["text"] for row in rows}
                self.expect(words, edition.words)
            else:
                self.expect(self.reader.get(address).status_code, 404)
        for secret in self.committee.secrets:
            self.expect(search(secret).total, 0)


def user(name: str) -> User:
    """The account as it is stored now, as every request reads it."""
    return User.objects.get(username=name)
