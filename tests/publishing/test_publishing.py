"""The path of an edition: who may do what from which state, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from reference import publishing
from reference.desk import saving
from reference.editions import (
    SECTIONS,
    canonical_bytes,
    canonical_document,
    fingerprint,
    links_to_rows,
)
from reference.models import Drug, Edition, Regimen
from reference.publishing import open_discrepancies
from reference.publishing.rules import (
    ChangedSinceSeenError,
    NotAcknowledgedError,
    NotAllowedError,
    NotAnImportError,
    NotReadyError,
)
from tests.support.guides.next_edition import ready_draft
from tests.support.guides.small_guide import begin_guide, with_line

pytestmark = pytest.mark.django_db

State = Edition.State
Person = Callable[..., User]


@pytest.fixture
def draft(author: User) -> Edition:
    """A draft in which pJIA's limit is 90 mg, ready to be submitted."""
    return ready_draft(author.username)


def acknowledged(edition: Edition) -> list[str]:
    return list(open_discrepancies(canonical_document(edition)))


@pytest.fixture
def in_review(draft: Edition, author: User) -> Edition:
    return publishing.submit(edition=draft, by=author)


def publish(edition: Edition, by: User, **changes: Any) -> Edition:
    values = {
        "seen": publishing.fingerprint_of(edition),
        "acknowledged": acknowledged(edition),
    }
    return publishing.publish(edition=edition, by=by, **values | changes)


@pytest.fixture
def second_edition(in_review: Edition, reviewer: User) -> Edition:
    return publish(in_review, reviewer)


def state(edition: Edition) -> str:
    return Edition.objects.get(pk=edition.pk).state


def acts(edition: Edition) -> list[str]:
    entries = edition.drug.history.filter(edition_number=edition.number)
    return list(entries.values_list("act", flat=True))


# How an edition begins


def test_the_next_edition_is_a_copy_with_the_same_keys(
    published_edition: Edition, author: User
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    assert (draft.state, draft.number, draft.fingerprint) == (State.DRAFT, 2, "")
    assert draft.contribution_set.get().user == author
    before, after = canonical_document(published_edition), canonical_document(draft)
    for section in SECTIONS:
        assert before[section] == after[section]


def test_no_row_of_the_copy_points_into_another_edition(draft: Edition) -> None:
    for model in SECTIONS.values():
        for row in model._base_manager.filter(edition=draft):
            for name in links_to_rows(model):
                linked = getattr(row, name)
                assert linked is None or linked.edition_id == draft.pk


def test_a_new_drug_starts_with_an_empty_first_edition(author: User) -> None:
    drug = Drug.objects.create(slug="x", generic_name="x", brand_name="X")
    draft = publishing.start_draft(drug=drug, by=author)
    assert draft.number == 1
    assert not draft.indication_set.exists()


def test_an_import_cannot_go_round_the_two_people(
    draft: Edition, published_edition: Edition
) -> None:
    for edition in (draft, published_edition):
        with pytest.raises(NotAnImportError):
            publishing.publish_imported(edition=edition, actor="someone")
    assert state(draft) == State.DRAFT


def test_a_first_edition_in_review_is_not_imported_past_its_reviewer(
    author: User,
) -> None:
    guide = with_line(begin_guide(author), by=author)
    in_review = publishing.submit(edition=guide, by=author)
    with pytest.raises(NotAnImportError, match="goes through review"):
        publishing.publish_imported(edition=in_review, actor="someone")
    assert state(in_review) == State.IN_REVIEW


# Review and publication


def test_the_fingerprint_of_what_is_published_is_the_one_it_was_published_with(
    tampering: None, published_edition: Edition
) -> None:
    Edition.objects.filter(pk=published_edition.pk).update(fingerprint="0" * 64)
    published_edition.refresh_from_db()
    assert publishing.fingerprint_of(published_edition) == "0" * 64


def test_a_second_person_publishes_what_was_reviewed(
    second_edition: Edition, published_edition: Edition, reviewer: User
) -> None:
    assert state(second_edition) == State.PUBLISHED
    assert state(published_edition) == State.SUPERSEDED
    assert second_edition.published_by == reviewer
    stored = bytes(second_edition.canonical or b"")
    assert stored == canonical_bytes(canonical_document(second_edition))
    assert fingerprint(stored) == second_edition.fingerprint
    assert acts(second_edition) == [
        "started",
        "changed",
        "changed",
        "submitted",
        "published",
    ]
    assert acts(published_edition) == ["imported", "superseded"]


def test_submitting_dates_the_rows_that_changed_and_no_others(
    in_review: Edition,
) -> None:
    rows = canonical_document(in_review)["regimens"]
    today = timezone.now().date().isoformat()
    changed = {row["key"] for row in rows if row["revised_on"] == today}
    assert changed == {"pjia-sc"}


def test_a_row_edited_back_to_what_it_was_keeps_its_date(
    draft: Edition, author: User
) -> None:
    regimen = Regimen.objects.get(edition=draft, key="pjia-sc")
    regimen.max_per_dose = 100
    regimen.printed = regimen.printed.replace("90mg", "100mg")
    saving.save_row(regimen, by=author)
    publishing.submit(edition=draft, by=author)
    assert Regimen.objects.get(edition=draft, key="pjia-sc").revised_on == "2024-06"


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_who_worked_on_an_edition_publishes_it(
    is_superuser: bool, draft: Edition, person: Person, author: User
) -> None:
    editor = person("eve", "author", "reviewer")
    submitter = person("sue", "author", "reviewer")
    User.objects.update(is_superuser=is_superuser)
    row = draft.resource_set.get(key="financial-assistance")
    saving.save_row(row, by=editor)
    in_review = publishing.submit(edition=draft, by=submitter)
    for name in ("ann", "eve", "sue"):
        user = User.objects.get(username=name)
        user.groups.set(submitter.groups.all())
        with pytest.raises(NotAllowedError, match="did not work on it"):
            publish(in_review, User.objects.get(username=name))
    assert state(in_review) == State.IN_REVIEW
    publish(in_review, person("rae", "reviewer"))
    assert state(in_review) == State.PUBLISHED


def test_an_edition_that_is_not_the_one_reviewed_is_refused(
    in_review: Edition, reviewer: User, published_edition: Edition
) -> None:
    with pytest.raises(ChangedSinceSeenError, match="not the one you reviewed"):
        publish(in_review, reviewer, seen="0" * 64)
    assert state(published_edition) == State.PUBLISHED


def test_open_discrepancies_are_acknowledged_by_name(
    in_review: Edition, reviewer: User
) -> None:
    keys = acknowledged(in_review)
    for some in (set(keys) - {"nomid-maximum"}, set()):
        with pytest.raises(NotAcknowledgedError) as refused:
            publish(in_review, reviewer, acknowledged=some)
        named = open_discrepancies(canonical_document(in_review))
        assert len(named) > 2
        assert refused.value.still_open == named
        assert "have to be acknowledged" in str(refused.value)


def test_what_came_in_the_way_after_the_submission_is_named_all_at_once(
    in_review: Edition, reviewer: User, tampering: None
) -> None:
    Edition.objects.filter(pk=in_review.pk).update(change_note="")
    in_review.refresh_from_db()
    later = timezone.now() + timedelta(days=800)
    with time_machine.travel(later), pytest.raises(NotReadyError) as refused:
        publish(in_review, reviewer)
    assert str(refused.value) == (
        "Write the change note: what changes, and why. "
        "The next review has to be due after today and within 3 years."
    )
    assert state(in_review) == State.IN_REVIEW


def test_what_stays_open_is_on_record_in_order_however_it_was_ticked(
    in_review: Edition, reviewer: User
) -> None:
    keys = sorted(acknowledged(in_review))
    assert len(keys) > 1
    publish(in_review, reviewer, acknowledged=keys[::-1])
    after = in_review.drug.history.get(act="published").after
    assert after is not None
    assert after["open"] == keys


def test_a_returned_edition_can_be_edited_and_is_reviewed_anew(
    in_review: Edition, reviewer: User, author: User
) -> None:
    seen = publishing.fingerprint_of(in_review)
    publishing.return_to_draft(edition=in_review, by=reviewer, reason="The note.")
    returned = Edition.objects.get(pk=in_review.pk)
    assert (returned.state, returned.submitted_by) == (State.DRAFT, None)
    returned.change_note = "The limit of pJIA is 90 mg, by decision of the committee."
    saving.save_edition(returned, by=author)
    again = publishing.submit(edition=returned, by=author)
    with pytest.raises(ChangedSinceSeenError):
        publish(again, reviewer, seen=seen)
    publish(again, reviewer)


# Withdrawal


def test_a_superseded_edition_never_comes_into_force_again(
    second_edition: Edition, published_edition: Edition, reviewer: User, person: Person
) -> None:
    first = Edition.objects.get(pk=published_edition.pk)
    publishing.withdraw(edition=first, by=reviewer, reason="Withdrawn.")
    publishing.request_restoration(edition=first, by=reviewer, reason="Back.")
    publishing.restore(edition=first, by=person("roy", "reviewer"))
    assert state(first) == State.SUPERSEDED
    assert state(second_edition) == State.PUBLISHED


def test_with_none_in_force_the_next_draft_copies_the_latest(
    second_edition: Edition, reviewer: User, author: User
) -> None:
    publishing.withdraw(edition=second_edition, by=reviewer, reason="A wrong limit.")
    draft = publishing.start_draft(drug=second_edition.drug, by=author)
    assert Regimen.objects.get(edition=draft, key="pjia-sc").max_per_dose == 90


# Who may


def test_a_person_without_permission_cannot_start_an_edition(
    published_edition: Edition, person: Person
) -> None:
    for group in ("reviewer", "administrator"):
        with pytest.raises(NotAllowedError):
            publishing.start_draft(drug=published_edition.drug, by=person(group, group))


def test_a_deactivated_superuser_does_nothing(
    in_review: Edition, person: Person
) -> None:
    gone = person("gone")
    gone.is_superuser, gone.is_active = True, False
    gone.save()
    with pytest.raises(NotAllowedError):
        publish(in_review, gone)


def test_whoever_signed_or_edited_cannot_be_deleted(
    second_edition: Edition, author: User, reviewer: User
) -> None:
    for user in (author, reviewer):
        with pytest.raises(ProtectedError):
            user.delete()


# What the database holds by itself


def refused(edition: Edition, **values: Any) -> bool:
    """Whether the database refuses these values on the edition, whoever writes them."""
    try:
        with transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(**values)
    except IntegrityError:
        return True
    return False


@pytest.mark.usefixtures("tampering")
def test_constraints_hold_without_the_triggers(
    published_edition: Edition, author: User, person: Person
) -> None:
    assert refused(published_edition, state="approved")
    assert refused(published_edition, fingerprint="")
    assert refused(published_edition, canonical=None)
    assert refused(published_edition, published_at=None)
    assert refused(published_edition, imported_by="")
    assert refused(published_edition, state="withdrawn")
    assert refused(published_edition, submitted_by=author)
    assert refused(published_edition, state="in review")
    now = timezone.now()
    signed = {"submitted_by": author, "submitted_at": now, "published_by": author}
    assert refused(published_edition, **signed)
    second = publishing.start_draft(drug=published_edition.drug, by=author)
    assert refused(second, number=1)
    assert refused(second, state="in review")
