"""Any order of the committee's acts, by six people with two sessions each.

After every step the database, the record and what readers get agree with a model of
the workflow that is written apart from it, in committee.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.forms import modelform_factory
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from reference import publishing
from reference.desk import forms, saving
from reference.editions import (
    FileRefusedError,
    canonical_bytes,
    fingerprint,
    read_document,
    read_edition_file,
)
from reference.models import Discrepancy, Drug, Edition, Row, Storage
from reference.publishing import PublishingError
from reference.publishing.rules import NotAllowedError
from tests.fuzz.committee import (
    FROM,
    PUBLIC,
    WITH_REASON,
    Line,
    Member,
    Refusals,
    Written,
)
from tests.fuzz.workflow import (
    AUTHORS,
    PEOPLE,
    REVIEWERS,
    SLUG,
    CommitteeMachine,
    Opened,
    Session,
    Who,
    World,
    caches,
    user,
)
from tests.support.accounts import member
from tests.support.guides import small_guide
from tests.tools.reliability.figures import count, times

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TODAY = "2026-11-28 12:00Z"
STEPS = times(20, 50)
PARTS = times(1, 4)  # so that no core waits for another
WHO = st.tuples(st.integers(0, 11), st.integers(0, 1))
PICK = st.integers(0, 9)
IS_FRESH = st.sampled_from([True, True, True, False])
StorageForm = modelform_factory(
    Storage, form=forms.RowForm, fields=["key", "position", "printed", "text"]
)
DATES = {"reviewed_on": "2026-11", "review_due": date(2029, 6, 30)}


# Each step, and the state of an edition that it needs to make sense.
KINDS = (
    *[("begin", "")] * 2,
    *[("submit", "draft")] * 3,
    *[("publish", "in review")] * 5,
    *[("edit", "draft")] * 4,
    ("return_to_draft", "in review"),
    ("look", "in review"),
    ("withdraw", ""),
    *[("request_restoration", "withdrawn"), ("restore", "withdrawn")] * 2,
    ("propose_full_review", "published"),
    ("confirm_full_review", "published"),
    ("discard", "draft"),
    ("make_ready", "draft"),
    ("add", "draft"),
    ("delete", "draft"),
    ("go_round_the_desk", ""),
    ("change_account", ""),
    ("restart", ""),
)
SEEN_BY_READERS = ("publish", "withdraw", "restore", "confirm_full_review")


@pytest.fixture
def world(empty_database: None) -> Iterator[World]:
    """One guide with one edition in force, and six people; the clock stands still."""
    with time_machine.travel(TODAY, tick=False):
        for name in AUTHORS:
            member(name, "author")
        for name in REVIEWERS:
            member(name, "reviewer")
        member("sue", is_superuser=True)
        draft = small_guide.begin_guide(user("ann"), SLUG)
        draft = small_guide.with_line(draft, by=user("ann"))
        Drug.objects.update(drug_class="An example of a class")
        draft = Edition.objects.get()
        first = small_guide.publish(draft, author=user("ann"), reviewer=user("rae"))
        yield World(first.drug, first)


class Workflow(CommitteeMachine):
    """The acts as the desk does them, each judged by the model before it is done."""

    @rule(kind=st.integers(0, 999), who=WHO, pick=PICK, is_fresh=IS_FRESH, more=PICK)
    def step(self, kind: int, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """One step of those that make sense now; in one rule, so that none is rare."""
        kinds = [
            name
            for name, state in KINDS
            if not state or any(each.state == state for each in self.committee.there)
        ]
        name = kinds[kind % len(kinds)]
        note(f"{name}, {who}, {pick}, {is_fresh}, {more}")
        if name in FROM and name != "publish":
            self.act(name, who, pick, is_fresh, is_blank=more == 9)
        else:
            getattr(self, name)(who, pick, is_fresh, more)

    # Acts on an edition as a whole

    def begin(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """The next draft: from a file, or as a copy, which is made ready at once."""
        session = self.session(who, "start")
        if more == 0:
            self.import_file(session, pick, ahead=pick % 4 - 1)
        else:
            self.start(session, is_ready=more > 2)

    def publish(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """By anybody; with the digest of this session's page or of somebody else's."""
        edition = self.chosen(FROM["publish"], pick)
        session = self.session(who, "publish", edition)
        opened = self.open(session, edition, is_fresh=is_fresh)
        if opened is None:
            return
        other = (PEOPLE[more % len(PEOPLE)], session[1])
        reviewed = self.seen.get(other, {}).get(edition.pk) if more > 6 else None
        reviewed = reviewed or opened
        self.perform(
            "publish",
            session,
            edition,
            opened,
            seen=reviewed.digest,
            content=reviewed.content,
            acknowledged=frozenset(edition.open_keys if more else ()),
        )

    def look(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """Open the page of a review and leave it open."""
        edition = self.chosen(FROM["publish"], pick)
        self.open(self.session(who, "publish", edition), edition, is_fresh=True)

    def start(self, who: Session, *, is_ready: bool) -> None:
        by = self.committee.members[who[0]]
        source = self.committee.current
        wanted = self.committee.why_not_start(by)
        if self.judge(self.try_start(who), wanted):
            pk = self.drug.editions.latest("pk").pk
            number = self.committee.last_number + 1
            draft = self.committee.begun(by, pk, number, source.lines, "unfinished")
            self.expect_on_record("started", draft.number, by.name)
            if is_ready:
                self.write_texts(who, draft)

    def act(
        self, name: str, who: Who, pick: int, is_fresh: bool, *, is_blank: bool
    ) -> None:
        edition = self.chosen(FROM[name], pick)
        session = self.session(who, name, edition)
        opened = self.open(session, edition, is_fresh=is_fresh)
        if opened is not None:
            reason = ""
            if name in WITH_REASON:
                reason = self.new_reason(name, is_blank=is_blank)
            self.perform(name, session, edition, opened, reason=reason)

    def perform(
        self,
        name: str,
        who: Session,
        edition: Written,
        opened: Opened,
        *,
        seen: str = "",
        content: tuple[object, ...] = (),
        acknowledged: frozenset[str] = frozenset(),
        reason: str = "",
    ) -> None:
        """Do an act, and hold what came of it against the model."""
        by = self.committee.members[who[0]]
        wanted = self.committee.why_not(
            name,
            edition,
            by,
            opened=opened.versions,
            seen=content,
            acknowledged=acknowledged,
            reason=reason,
        )
        values: dict[str, object] = {}
        if reason:
            values = {"reason": reason}
        elif name == "publish":
            values = {"seen": seen, "acknowledged": acknowledged}
        elif name == "propose_full_review":
            values = dict(DATES)
        if self.judge(self.try_act(name, who, opened, values), wanted):
            for act, number in self.committee.recorded(name, edition):
                self.expect_on_record(act, number, by.name)
            self.committee.done(name, edition, by, reason)
            self.tally.published += name == "publish"
            self.readers_see_more = name in SEEN_BY_READERS

    def judge(self, found: type[Exception] | None, wanted: Refusals) -> bool:
        """Return whether it was done; a refusal has to be one that is right."""
        if found is None:
            self.expect(wanted, set())
            self.tally.done += 1
            return True
        self.expect(found in wanted, True)
        self.tally.refused += 1
        return False

    def try_start(self, who: Session) -> type[Exception] | None:
        try:
            publishing.start_draft(drug=self.drug, by=user(who[0]))
        except PublishingError as refusal:
            return type(refusal)
        return None

    def try_act(
        self, name: str, who: Session, opened: Opened, values: dict[str, object]
    ) -> type[Exception] | None:
        perform = getattr(publishing, name)
        try:
            with transaction.atomic():
                publishing.require_versions(opened.edition, opened.standing)
                perform(edition=opened.edition, by=user(who[0]), **values)
        except PublishingError as refusal:
            return type(refusal)
        return None

    def import_file(self, who: Session, pick: int, ahead: int) -> None:
        """The file of a published edition, as that of another number."""
        by, source = self.committee.members[who[0]], self.chosen(PUBLIC, pick)
        if source.state not in PUBLIC:
            return
        number = max(1, self.committee.last_number + ahead)
        wanted: Refusals = set() if by.may("start") else {NotAllowedError}
        if self.committee.open_edition or number <= self.committee.last_number:
            wanted.add(FileRefusedError)
        if self.judge(self.try_import(who, source, number), wanted):
            pk = self.drug.editions.latest("pk").pk
            lines = source.lines_in_a_file
            draft = self.committee.begun(by, pk, number, lines, "imported")
            self.expect_on_record("started", draft.number, by.name)

    def try_import(
        self, who: Session, source: Written, number: int
    ) -> type[Exception] | None:
        edition = self.drug.editions.get(pk=source.pk)
        document = read_document(bytes(edition.canonical or b""))
        document["edition"]["number"] = number
        raw = canonical_bytes(document)
        try:
            publishing.start_from_file(
                document=read_edition_file(raw),
                sha256=fingerprint(raw),
                by=user(who[0]),
            )
        except (PublishingError, FileRefusedError) as refusal:
            return type(refusal)
        return None

    # Writing

    def make_ready(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        self.write_texts(self.session(who, "write"), self.chosen(("draft",), pick))

    def write_texts(self, who: Session, edition: Written) -> None:
        by = self.committee.members[who[0]]
        if not by.may("write") or edition.state != "draft" or not edition.is_there:
            return
        draft = self.drug.editions.get(pk=edition.pk)
        small_guide.make_ready(draft, by=user(by.name))
        edition.texts, edition.is_ready = "ready", True
        edition.version += 1
        self.wrote(edition, by.name, "changed")

    def wrote(self, edition: Written, name: str, act: str) -> None:
        self.committee.wrote(edition, self.committee.members[name])
        self.expect_on_record(act, edition.number, name)
        self.tally.done += 1

    def edit(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """A row, by the version that the session opened; of any edition."""
        edition, session = self.chosen(("draft",), pick), self.session(who, "write")
        by = self.committee.members[session[0]]
        seen = self.rows_seen.setdefault((session, edition.pk), {})
        stored = {key: line for key, line in edition.lines.items() if not line.is_open}
        keys = sorted(stored.keys() | seen.keys())
        if not keys:
            return
        key = keys[more % len(keys)]
        if key in stored and (is_fresh or key not in seen):
            seen[key] = stored[key].version
        wanted = self.why_not_written(edition, by, stored.get(key), seen[key])
        words = self.new_words()
        self.expect(self.try_write(session, edition, key, seen[key], words), wanted)
        if wanted == "saved":
            line = replace(stored[key], words=words, version=seen[key] + 1)
            edition.lines[key] = line
            self.wrote(edition, by.name, "changed")

    def why_not_written(
        self, edition: Written, by: Member, line: Line | None, version: int
    ) -> str:
        if not by.may("write"):
            return "forbidden"
        if line is None or not edition.is_there:
            return "gone"
        if edition.state != "draft":
            return "frozen"
        return "saved" if line.version == version else "stale"

    def try_write(
        self, who: Session, edition: Written, key: str, version: int, words: str
    ) -> str:
        with transaction.atomic():
            publishing.hold(self.drug)
            account = user(who[0])
            row = Storage.objects.filter(edition=edition.pk, key=key).first()
            if not account.has_perm("reference.change_storage"):
                return "forbidden"
            if row is None:
                return "gone"
            if not row.edition.is_draft:
                return "frozen"
            typed = {"position": row.position, "printed": words, "text": words}
            form = StorageForm(typed | {"version": version}, instance=row)
            if not form.is_valid():
                return "stale" if getattr(form, "is_stale", False) else "wrong"
            saving.save_row(form.save(commit=False), by=account)
        return "saved"

    def add(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """A row, or a discrepancy that stays open."""
        edition, (name, _) = self.chosen(("draft",), pick), self.session(who, "write")
        by = self.committee.members[name]
        if not by.may("write") or edition.state != "draft" or not edition.is_there:
            return
        words, key = self.new_words(), f"added-{self.words}"
        common = {"edition_id": edition.pk, "key": key, "printed": words}
        row: Row = Storage(**common, text=words)
        is_open = more < 4
        if is_open:
            row = Discrepancy(
                **common,
                title=words,
                kind=Discrepancy.Kind.GAP,
                source_says="Nothing.",
                source_name="A source",
                consequence="None.",
            )
        saving.save_row(row, by=user(by.name))
        edition.lines[key] = Line(words, is_open=is_open)
        self.wrote(edition, by.name, "added")

    def delete(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        edition, (name, _) = self.chosen(("draft",), pick), self.session(who, "write")
        by = self.committee.members[name]
        if not by.may("write") or edition.state != "draft" or not edition.is_there:
            return
        # The last row of a section stays: without one a draft is not ready.
        stored = [key for key, line in edition.lines.items() if not line.is_open]
        keys = sorted(edition.lines.keys() - (stored if len(stored) == 1 else []))
        if keys:
            key = keys[more % len(keys)]
            model = Discrepancy if edition.lines[key].is_open else Storage
            row = model.objects.get(edition=edition.pk, key=key)
            saving.delete_row(row, by=user(by.name))
            del edition.lines[key]
            self.wrote(edition, by.name, "removed")

    def go_round_the_desk(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """Write what is frozen without asking anyone: the database itself refuses."""
        way = ("words", "row", "label", "state", "record")[more % 5]
        edition = self.chosen(("in review", *PUBLIC), pick)
        if not edition.is_there or edition.state == "draft":
            return
        rows = Storage.objects.filter(edition=edition.pk)
        stored = self.drug.editions.filter(pk=edition.pk)
        attempts: dict[str, Callable[[], object]] = {
            "words": lambda: rows.update(text="Tampered with."),
            "row": lambda: Storage(edition_id=edition.pk, key="more").save(),
            "label": lambda: stored.update(label="Tampered with"),
            "state": lambda: stored.update(state="draft", submitted_by=None),
            "record": lambda: self.drug.history.update(reason="Tampered with."),
        }
        if (edition.state, way) == ("in review", "state") or not rows.exists():
            return
        write = attempts[way]
        with pytest.raises(IntegrityError), transaction.atomic():
            write()

    # People and machines

    def change_account(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        """Shut out, let in, made a reviewer or not, deleted; mostly let in again."""
        name, what = PEOPLE[pick % len(PEOPLE)], more
        member = self.committee.members[name]
        if not member.is_there:
            return
        if what < 6:
            member.is_active = what > 0
            User.objects.filter(username=name).update(is_active=member.is_active)
        elif what == 9:
            self.delete_account(member)
        elif name in AUTHORS:
            member.groups = {"author", *(["reviewer"] if what > 6 else [])}
            user(name).groups.set(Group.objects.filter(name__in=member.groups))

    def delete_account(self, member: Member) -> None:
        """Whoever is on record stays."""
        try:
            with transaction.atomic():
                user(member.name).delete()
        except ProtectedError:
            self.expect(member.is_on_record, True)
        else:
            self.expect(member.is_on_record, False)
            member.is_there = False

    def restart(self, who: Who, pick: int, is_fresh: bool, more: int) -> None:
        for kept in caches():
            kept.cache_clear()
        self.is_different = True


@pytest.mark.parametrize("part", range(PARTS))
def test_no_order_of_acts_breaks_the_workflow(world: World, part: int) -> None:
    runs = times(6, 1000) // PARTS
    how = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    tally = world.tally

    class WorldsWorkflow(Workflow):
        def __init__(self) -> None:
            super().__init__(world)

    try:
        run_state_machine_as_test(WorldsWorkflow, settings=how)
    finally:
        count(
            "fuzz",
            "acts of the committee in any order, stale pages and strangers included, "
            f"part {part + 1} of {PARTS}",
            tried=tally.runs,
            unit="runs",
            lost=tally.lost,
            note=f"{tally.steps:,} steps, {tally.done:,} acts done, {tally.refused:,} "
            f"refused, {tally.published:,} editions published",
        )
    assert tally.published >= times(0, runs)
