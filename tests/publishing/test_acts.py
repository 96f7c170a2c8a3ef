"""Every act on an edition, in the order of its life: what it writes, signs and says.

Who may do which act is in tests/publishing/test_publishing.py.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from reference import publishing
from reference.desk import saving
from reference.editions import EDITION_FIELDS, SECTIONS
from reference.models import (
    Contribution,
    DrawnPage,
    Drug,
    Edition,
    HistoryEntry,
    SearchPassage,
    Storage,
)
from reference.publishing import PublishingError
from reference.publishing.rules import (
    ChangedSinceSeenError,
    NotAllowedError,
    NotReadyError,
    OpenDraftExistsError,
    ReasonMissingError,
    WrongStateError,
)
from tests.support.guides.small_guide import begin_guide, make_ready, next_draft

pytestmark = pytest.mark.django_db

State = Edition.State
DAY = datetime(2026, 11, 28, 9, tzinfo=UTC)
DUE = date(2028, 6, 30)
TRIES_TO_WRITE = ("INSERT", "UPDATE", "DELETE")
SIGNATURES = (
    "submitted",
    "published",
    "withdrawn",
    "restoration_requested",
    "review_proposed",
)


@dataclass(frozen=True)
class Act:
    """One act on an edition, which of its signatures stand afterwards, and its end."""

    name: str
    by: str
    values: dict[str, Any]
    signed: tuple[str, ...]
    state: str


SUBMITTED, PUBLISHED = ("submitted",), ("submitted", "published")
LIFE = [
    Act("submit", "ann", {}, SUBMITTED, "in review"),
    Act("return_to_draft", "rae", {"reason": "Mend it."}, (), "draft"),
    Act("submit", "ann", {}, SUBMITTED, "in review"),
    Act("publish", "rae", {"seen": ...}, PUBLISHED, "published"),
    Act(
        "propose_full_review",
        "ann",
        {"reviewed_on": "2026-11", "review_due": DUE},
        (*PUBLISHED, "review_proposed"),
        "published",
    ),
    Act("confirm_full_review", "rae", {}, PUBLISHED, "published"),
    Act(
        "withdraw",
        "rae",
        {"reason": "A wrong limit."},
        (*PUBLISHED, "withdrawn"),
        "withdrawn",
    ),
    Act(
        "request_restoration",
        "rae",
        {"reason": "It was right."},
        (*PUBLISHED, "withdrawn", "restoration_requested"),
        "withdrawn",
    ),
    Act("restore", "roy", {}, PUBLISHED, "published"),
]


@pytest.fixture
def guide(person: Callable[..., User]) -> Edition:
    """The draft of a guide's first edition, ready to be submitted, and its people."""
    for name in ("rae", "roy"):
        person(name, "reviewer")
    return begin_guide(person("ann", "author"))


def who(name: str) -> User:
    return User.objects.get(username=name)


@pytest.fixture
def published(guide: Edition) -> Edition:
    """The guide after its review: the edition in force."""
    for act in LIFE[2:4]:
        do(act, guide)
    return guide


def ready(act: Act, edition: Edition, by: User | None = None) -> Callable[[], Edition]:
    """The act, with all that it is given; whoever publishes has seen the edition."""
    values = act.values
    if "seen" in values:
        values = {"seen": publishing.fingerprint_of(edition)}
    perform = getattr(publishing, act.name)
    return partial(perform, edition=edition, by=by or who(act.by), **values)


def do(act: Act, edition: Edition, by: User | None = None) -> Edition:
    return ready(act, edition, by)()


def stored(edition: Edition) -> Edition:
    return Edition.objects.get(pk=edition.pk)


def everything() -> dict[str, list[dict[str, Any]]]:
    """All that an act may write."""
    models: list[type[Model]] = [Drug, Edition, Contribution, HistoryEntry]
    models += [SearchPassage, *SECTIONS.values()]
    return {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for model in models
    }


# What an act writes


def test_each_act_is_signed_by_who_did_it_and_when(guide: Edition) -> None:
    """A signature stands until the act that takes it back, and no longer."""
    last: dict[str, tuple[User, datetime]] = {}
    for number, act in enumerate(LIFE):
        now = DAY + timedelta(hours=number)
        with time_machine.travel(now, tick=False):
            returned = do(act, guide)
        edition = stored(guide)
        assert edition.state == returned.state == act.state
        for name in SIGNATURES:
            by, when = getattr(edition, f"{name}_by"), getattr(edition, f"{name}_at")
            if name not in act.signed:
                assert (by, when) == (None, None), (act, name)
                last.pop(name, None)
            else:
                assert (by, when) == last.setdefault(name, (who(act.by), now))


def test_each_act_makes_another_version_so_that_pages_opened_before_are_stale(
    guide: Edition,
) -> None:
    for act in LIFE:
        before = stored(guide)
        opened = publishing.versions_of(before)
        publishing.require_versions(before, opened)
        do(act, before)
        assert stored(guide).version == before.version + 1
        with pytest.raises(ChangedSinceSeenError) as refusal:
            publishing.require_versions(before, opened)
        assert str(refusal.value) == (
            f"{guide} is {act.state}. Somebody else was quicker: it, or the edition in "
            "force, is not as it was when you opened the page. Nothing was done; look "
            "at it again."
        )


def test_what_an_act_relies_on_names_both_editions_with_their_versions(
    guide: Edition,
) -> None:
    """11.1 and 1.11 differ, and so do an edition and the one in force."""
    assert publishing.versions_of(guide) == f"1.{guide.version}"
    for act in LIFE[2:4]:
        do(act, guide)
    draft = next_draft(guide, by=who("ann"))
    in_force = stored(guide)
    assert publishing.versions_of(draft) == f"2.{draft.version} 1.{in_force.version}"


def test_a_withdrawal_keeps_its_reason_until_it_is_undone(guide: Edition) -> None:
    for act in LIFE:
        do(act, guide)
        reason = "A wrong limit." if act.state == State.WITHDRAWN else ""
        assert stored(guide).withdrawal_reason == reason


def test_dates_of_a_review_are_proposed_and_then_put_in_the_place_of_the_old(
    guide: Edition,
) -> None:
    for act in LIFE[:5]:
        do(act, guide)
    proposed = stored(guide)
    dates = (proposed.review_proposed_on, proposed.review_proposed_due)
    assert dates == ("2026-11", DUE)
    assert (proposed.reviewed_on, proposed.review_due) == ("", guide.review_due)
    do(LIFE[5], guide)
    confirmed = stored(guide)
    assert (confirmed.review_proposed_on, confirmed.review_proposed_due) == ("", None)
    assert (confirmed.reviewed_on, confirmed.review_due) == ("2026-11", DUE)
    assert confirmed.fingerprint == proposed.fingerprint


def test_the_record_keeps_what_each_act_decided(guide: Edition) -> None:
    assert guide.review_due is not None
    first_due = guide.review_due.isoformat()
    for act in LIFE:
        do(act, guide)
    entries = guide.drug.history.filter(section="", after__isnull=False)
    reviewed = {"reviewed_on": "2026-11", "review_due": DUE.isoformat()}
    assert [(entry.act, entry.after) for entry in entries] == [
        ("published", {"open": [], "reviewed_on": "", "review_due": first_due}),
        ("full review proposed", reviewed),
        ("full review confirmed", reviewed),
        ("restored", {"state": "published"}),
    ]


def test_the_edition_before_is_superseded_by_its_number_on_record(
    guide: Edition,
) -> None:
    for act in LIFE:
        do(act, guide)
    second = next_draft(guide, by=who("ann"))
    for act in LIFE[2:4]:
        do(act, second)
    entry = guide.drug.history.filter(edition_number=1).latest("pk")
    assert (entry.act, entry.reason) == ("superseded", "edition 2")
    assert entry.actor == who("rae")


def test_an_import_is_signed_by_its_actor_and_the_time_alone(guide: Edition) -> None:
    version = guide.version
    with time_machine.travel(DAY, tick=False):
        returned = publishing.publish_imported(edition=guide, actor="A committee")
    edition = stored(guide)
    assert (edition.state, edition.published_at) == (State.PUBLISHED, DAY)
    assert (edition.imported_by, edition.published_by) == ("A committee", None)
    assert edition.fingerprint == returned.fingerprint
    assert edition.version == version + 1
    entry = edition.drug.history.latest("pk")
    assert (entry.act, entry.actor) == ("imported", None)
    assert entry.actor_name == "A committee"
    assert entry.after == edition.review_dates


def test_the_next_edition_takes_every_text_but_what_is_written_anew(
    published: Edition,
) -> None:
    draft = publishing.start_draft(drug=published.drug, by=who("ann"))
    anew = {
        "number": 2,
        "label": "in preparation",
        "change_note": "",
        "change_grade": "",
    }
    for name in EDITION_FIELDS:
        assert getattr(draft, name) == anew.get(name, getattr(published, name)), name
    entry = published.drug.history.latest("pk")
    assert (entry.act, entry.edition_number) == ("started", 2)
    assert entry.actor == who("ann")


def test_a_number_is_never_given_to_two_editions(published: Edition) -> None:
    for number in (2, 3):
        draft = make_ready(
            publishing.start_draft(drug=published.drug, by=who("ann")),
            by=who("ann"),
        )
        assert draft.number == number
        for act in LIFE[2:4]:
            do(act, draft)


def test_rows_of_the_next_edition_begin_at_their_first_version(guide: Edition) -> None:
    """The version is that of the row as it is edited, and of no other edition's."""
    row = Storage.objects.get(edition=guide, key="cold")
    for text in ("Keep it cool.", "Keep it cold."):
        row.text = text
        saving.save_row(row, by=who("ann"))
    for act in LIFE[2:4]:
        do(act, guide)
    draft = publishing.start_draft(drug=guide.drug, by=who("ann"))
    copied = Storage.objects.get(edition=draft, key="cold")
    assert (row.version, copied.version) == (3, 1)


# How an act begins


def first_question(act: Callable[[], Any]) -> str:
    """The first statement about drugs and editions that an act sends."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return next(
        str(query["sql"]) for query in asked if ' FROM "reference_' in query["sql"]
    )


def test_every_act_begins_by_holding_the_row_of_the_drug(guide: Edition) -> None:
    """PostgreSQL lets no other act begin meanwhile; SQLite holds all there is."""
    ann = who("ann")
    asked = {}
    opened = Edition.objects.select_related("drug").get(pk=guide.pk)
    standing = publishing.versions_of(opened)
    asked["require_versions"] = first_question(
        partial(publishing.require_versions, opened, standing)
    )
    with transaction.atomic():
        asked["publish_imported"] = first_question(
            partial(publishing.publish_imported, edition=opened, actor="A committee")
        )
        transaction.set_rollback(True)
    for act in LIFE:
        opened = Edition.objects.select_related("drug").get(pk=guide.pk)
        asked[act.name] = first_question(ready(act, opened))
    drug = guide.drug
    asked["start_draft"] = first_question(
        lambda: publishing.start_draft(drug=drug, by=ann)
    )
    draft = Edition.objects.select_related("drug").get(number=2, drug=drug)
    asked["discard"] = first_question(
        lambda: publishing.discard(edition=draft, by=ann, reason="why")
    )
    held = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    for name, statement in asked.items():
        assert statement.startswith('SELECT "reference_drug"."id"'), name
        assert statement.endswith(held), name


def test_an_act_reads_the_rows_of_its_edition_once(guide: Edition) -> None:
    for act in LIFE[2:4]:
        done = ready(act, guide)
        with CaptureQueriesContext(connection) as asked:
            done()
        rows = [query for query in asked if ' FROM "reference_storage"' in query["sql"]]
        assert len(rows) == 1, act.name


# What follows from an act


def test_what_is_in_force_is_found_by_its_words_and_nothing_else(
    guide: Edition,
) -> None:
    for act in LIFE:
        do(act, guide)
        in_force = act.state == State.PUBLISHED
        assert SearchPassage.objects.filter(edition=guide).exists() == in_force


def test_an_imported_edition_is_found_by_its_words(guide: Edition) -> None:
    publishing.publish_imported(edition=guide, actor="A committee")
    assert SearchPassage.objects.filter(edition=guide).exists()


def test_each_act_that_readers_see_draws_its_pages_and_has_the_rest_drawn_afterwards(
    guide: Edition,
    settings: Settings,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.DRAW_PAGES, settings.ALLOWED_HOSTS = True, ["localhost"]
    seen = ["publish", "confirm_full_review", "withdraw", "restore"]
    at_once, afterwards = [], []
    for act in LIFE:
        DrawnPage.objects.filter(drug=guide.drug).delete()
        with django_capture_on_commit_callbacks() as committed:
            do(act, guide)
        if DrawnPage.objects.filter(drug=guide.drug).exists():
            at_once.append(act.name)
        # Its line in the log comes after each of them.
        if any(
            isinstance(getattr(each, "__self__", None), Thread) for each in committed
        ):
            afterwards.append(act.name)
    assert at_once == afterwards == seen


def test_the_pages_of_an_import_are_drawn_in_it(
    guide: Edition, settings: Settings
) -> None:
    settings.DRAW_PAGES, settings.ALLOWED_HOSTS = True, ["localhost"]
    publishing.publish_imported(edition=guide, actor="A committee")
    assert DrawnPage.objects.filter(drug=guide.drug).exists()


# What an act leaves when it fails


@contextmanager
def failing_write(number: int) -> Iterator[list[str]]:
    """Have the database fail at this write; gives the writes that it was asked for."""
    writes: list[str] = []

    def execute(
        run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.startswith(TRIES_TO_WRITE):
            writes.append(sql)
            if len(writes) == number:
                raise OSError("no room on the disk")
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield writes


def leaves_nothing_when_its_last_write_fails(act: Callable[[], Any]) -> None:
    before = everything()
    with failing_write(0) as writes, transaction.atomic():
        act()
        transaction.set_rollback(True)
    assert len(writes) > 1
    with pytest.raises(OSError, match="no room"), failing_write(len(writes)):
        act()
    assert everything() == before


def test_an_act_whose_last_write_fails_leaves_everything_as_it_was(
    guide: Edition,
) -> None:
    for act in LIFE:
        leaves_nothing_when_its_last_write_fails(partial(do, act, guide))
        do(act, guide)
    ann = who("ann")
    leaves_nothing_when_its_last_write_fails(
        lambda: publishing.start_draft(drug=guide.drug, by=ann)
    )
    draft = next_draft(guide, by=ann)
    leaves_nothing_when_its_last_write_fails(
        lambda: publishing.discard(edition=draft, by=ann, reason="why")
    )


def test_an_import_whose_last_write_fails_leaves_everything_as_it_was(
    guide: Edition,
) -> None:
    leaves_nothing_when_its_last_write_fails(
        lambda: publishing.publish_imported(edition=stored(guide), actor="A committee")
    )


# What is said of an act that is refused


def refusal(act: Callable[[], Any], kind: type[PublishingError]) -> str:
    with pytest.raises(kind) as refused:
        act()
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "values", "state", "word"),
    [
        ("return_to_draft", {"reason": "why"}, "draft", "returned"),
        ("publish", {"seen": ""}, "draft", "published"),
        ("withdraw", {"reason": "why"}, "draft", "withdrawn"),
        ("request_restoration", {"reason": "why"}, "draft", "restored"),
        ("restore", {}, "draft", "restored"),
        (
            "propose_full_review",
            {"reviewed_on": "2026-11", "review_due": DUE},
            "draft",
            "marked as fully reviewed",
        ),
        ("confirm_full_review", {}, "draft", "marked as fully reviewed"),
        ("submit", {}, "in review", "submitted"),
        ("discard", {"reason": "why"}, "in review", "discarded"),
    ],
)
def test_an_act_out_of_its_state_names_the_state_and_the_act(
    name: str,
    values: dict[str, Any],
    state: str,
    word: str,
    guide: Edition,
) -> None:
    if state == "in review":
        do(LIFE[0], guide)
    by = who("ann" if name in ("submit", "discard") else "rae")
    act = partial(getattr(publishing, name), edition=guide, by=by, **values)
    assert refusal(act, kind=WrongStateError) == (
        f"examplimab, edition 1 (Number 1) is {state}, so it cannot be {word}. "
        "Somebody may have been quicker; reload the page."
    )


def test_an_act_without_its_reason_says_what_the_reason_is_for(guide: Edition) -> None:
    """Nothing is done without one."""
    ann = who("ann")
    asked = "Type the reason: it is shown and kept."
    for act in LIFE:
        if "reason" in act.values:
            silent = Act(act.name, act.by, {"reason": " \n"}, (), "")
            said = refusal(partial(do, silent, guide), ReasonMissingError)
            assert said == asked
        do(act, guide)
    draft = next_draft(guide, by=ann)
    said = refusal(
        lambda: publishing.discard(edition=draft, by=ann, reason=""),
        ReasonMissingError,
    )
    assert said == asked


def test_who_may_not_is_told_that_the_account_lacks_the_permission(
    guide: Edition, person: Callable[..., User]
) -> None:
    nobody = person("sam")
    for act in LIFE:
        said = refusal(partial(do, act, guide, by=nobody), NotAllowedError)
        assert said == "Your account does not have the permission for this."
        do(act, guide)


def test_one_person_is_told_that_another_one_has_to_agree(
    guide: Edition, person: Callable[..., User]
) -> None:
    both = person("bo", "author", "reviewer")
    said = {}
    for act in LIFE:
        if act.name == "propose_full_review":
            do(act, guide, by=both)
            continue
        if act.name == "confirm_full_review":
            again = partial(do, act, guide, by=both)
            said[act.name] = refusal(again, NotAllowedError)
        if act.name == "restore":
            again = partial(do, act, guide, by=who("rae"))
            said[act.name] = refusal(again, NotAllowedError)
        do(act, guide)
    assert said == {
        "confirm_full_review": "A second person has to confirm: you proposed this.",
        "restore": "A second person has to agree: you asked for this.",
    }


def test_what_nobody_asked_for_is_neither_confirmed_nor_undone(
    published: Edition,
) -> None:
    said = refusal(lambda: do(LIFE[5], published), WrongStateError)
    assert said == "Nobody has proposed a full review of this edition."
    do(LIFE[6], published)
    said = refusal(lambda: do(LIFE[8], published), WrongStateError)
    assert said == "Nobody has asked to undo this withdrawal yet."


def test_an_author_is_told_why_somebody_else_publishes(
    guide: Edition, person: Callable[..., User]
) -> None:
    submitter = person("sue", "author")
    do(LIFE[0], guide, by=submitter)
    edition = stored(guide)
    rest = "Somebody who did not work on it publishes it."
    assert publishing.why_not_publisher(edition, submitter) == (
        f"You submitted this edition. {rest}"
    )
    assert publishing.why_not_publisher(edition, who("ann")) == (
        f"You edited this edition. {rest}"
    )
    assert publishing.why_not_publisher(edition, who("rae")) == ""


def test_everything_that_blocks_is_said_in_one_text(published: Edition) -> None:
    draft = publishing.start_draft(drug=published.drug, by=who("ann"))
    said = refusal(lambda: do(LIFE[0], draft), NotReadyError)
    assert said.startswith("It cannot be submitted yet: ")
    assert said.count(". ") > 1
    late = {"reviewed_on": "9999-12", "review_due": date(2000, 1, 1)}
    proposal = Act("propose_full_review", "ann", late, (), "")
    said = refusal(lambda: do(proposal, published), NotReadyError)
    assert said == (
        "The day of the full review is still to come. The next review has to be due "
        "after today and within 3 years."
    )


def test_a_day_that_is_no_date_is_not_proposed_as_that_of_a_review(
    published: Edition,
) -> None:
    wrong = Act("propose_full_review", "ann", {"reviewed_on": "2026-1"}, (), "")
    wrong.values["review_due"] = timezone.now().date() + timedelta(days=99)
    with pytest.raises(ValidationError):
        do(wrong, published)


def test_a_second_draft_is_refused_by_the_name_of_the_drug(guide: Edition) -> None:
    act = partial(publishing.start_draft, drug=guide.drug, by=who("ann"))
    assert refusal(act, OpenDraftExistsError) == (
        "examplimab (Example) already has an open edition. Finish or discard that one "
        "first."
    )


def test_a_discarded_draft_can_only_be_looked_for(guide: Edition) -> None:
    opened = publishing.versions_of(guide)
    publishing.discard(edition=stored(guide), by=who("ann"), reason="why")
    gone = "This edition has been discarded."
    assert refusal(lambda: do(LIFE[0], guide), WrongStateError) == gone
    said = refusal(
        lambda: publishing.require_versions(guide, opened), kind=WrongStateError
    )
    assert said == gone
