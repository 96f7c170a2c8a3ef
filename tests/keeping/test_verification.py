"""`manage.py verify` names what somebody altered behind the application's back."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from reference import publishing
from reference.editions import (
    SECTIONS,
    canonical_bytes,
    canonical_document,
    fingerprint,
)
from reference.keeping import create_groups, faults, triggers
from reference.models import Contribution, Drug, Edition, HistoryEntry, Row
from tests.support.guides.small_guide import begin_guide, next_draft, next_year, publish

# Of the triggers, which each database has of its own, is test_triggers.py.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

State = Edition.State


@pytest.fixture
def first(author: User, reviewer: User) -> Edition:
    """The first edition of a small guide, superseded by its second."""
    edition = publish(begin_guide(author), author=author, reviewer=reviewer)
    publish(next_draft(edition, by=author), author=author, reviewer=reviewer)
    return Edition.objects.get(pk=edition.pk)


@pytest.fixture
def second(first: Edition) -> Edition:
    return first.drug.editions.get(number=2)


def found() -> list[str]:
    return sorted(faults())


def altered(edition: Edition, **values: Any) -> list[str]:
    """What is found once these values stand in the row of the edition."""
    Edition.objects.filter(pk=edition.pk).update(**values)
    return found()


def test_nothing_is_found_while_nobody_tampers(
    first: Edition, second: Edition, reviewer: User
) -> None:
    publishing.withdraw(edition=second, by=reviewer, reason="why")
    assert found() == []
    publishing.request_restoration(edition=second, by=reviewer, reason="right")
    assert found() == []


def test_every_act_leaves_what_the_record_says(
    first: Edition, second: Edition, author: User, person: Callable[..., User]
) -> None:
    rae, roy = person("ray", "reviewer"), person("roy", "reviewer")
    due = next_year()
    publishing.propose_full_review(
        edition=second, by=author, reviewed_on="2026-11", review_due=due
    )
    assert found() == []
    publishing.confirm_full_review(edition=second, by=rae)
    assert found() == []
    for edition, state in ((first, State.SUPERSEDED), (second, State.PUBLISHED)):
        publishing.withdraw(edition=edition, by=rae, reason="why")
        publishing.request_restoration(edition=edition, by=rae, reason="right")
        publishing.restore(edition=edition, by=roy)
        assert Edition.objects.get(pk=edition.pk).state == state
        assert found() == []
    draft = next_draft(second, by=author)
    assert found() == []
    publishing.discard(edition=draft, by=author, reason="why")
    assert found() == []
    again = next_draft(second, by=author)
    assert again.number == draft.number
    assert found() == []
    publishing.submit(edition=again, by=author)
    publishing.return_to_draft(edition=again, by=rae, reason="why")
    assert found() == []


def test_a_group_with_other_rights_than_the_code_gives_it_is_named() -> None:
    groups = {group.name: group for group in Group.objects.all()}
    publish = Permission.objects.get(codename="publish_edition")
    groups["administrator"].permissions.add(publish)
    groups["reviewer"].permissions.remove(publish)
    Group.objects.create(name="editors").permissions.add(publish)
    Group.objects.create(name="of no right")
    mend = "reference.publish_edition; start the site anew"
    assert found() == [
        f"the group administrator gives what it should not: {mend}",
        f"the group editors gives what it should not: {mend}",
        f"the group reviewer does not give: {mend}",
    ]
    create_groups()
    assert found() == []
    assert not groups["administrator"].permissions.filter(pk=publish.pk)


# Tampering: the refusals of the database are off in all of these


@pytest.mark.usefixtures("tampering")
def test_a_missing_refusal_is_named() -> None:
    assert found() == [
        f"the database lacks the trigger {trigger.name}"
        for trigger in sorted(
            triggers.triggers_of(connection), key=lambda trigger: trigger.name
        )
    ]


@pytest.fixture
def unguarded(first: Edition, tampering: None, monkeypatch: Any) -> None:
    """No refusals, and nothing said about that: the tests look for what it allows."""
    monkeypatch.setattr("reference.keeping.verification.missing_triggers", list)
    assert found() == []


@pytest.mark.usefixtures("unguarded")
def test_a_row_that_was_altered_or_added_is_noticed_in_every_section(
    published_edition: Edition,
) -> None:
    said = [f"{published_edition}: the rows are not those that were published"]
    for model in SECTIONS.values():
        row: Row = model._base_manager.filter(edition=published_edition)[0]
        rows, key, pk = model._base_manager.filter(pk=row.pk), row.key, row.pk
        rows.update(key="altered")
        assert found() == said, model
        rows.update(key=key)
        row.pk, row.key, row._state.adding = None, "smuggled-in", True
        row.save(force_insert=True)
        assert row.pk != pk
        assert found() == said, model
        row.delete()
    assert found() == []


@pytest.mark.usefixtures("unguarded")
def test_a_document_that_was_altered_is_noticed(second: Edition) -> None:
    stored = bytes(second.canonical or b"")
    assert altered(
        second, canonical=stored.replace(b"Keep it cold", b"Keep it warm")
    ) == [
        f"{second}: the rows are not those that were published",
        f"{second}: the stored document does not match its fingerprint",
    ]


@pytest.mark.usefixtures("unguarded")
def test_a_document_with_a_fingerprint_made_to_match_is_noticed(
    second: Edition,
) -> None:
    """Rows, document and fingerprint agree with each other, and not with the record."""
    second.storage_set.filter(key="cold").update(text="Keep it warm.")
    stored = canonical_bytes(canonical_document(second))
    assert altered(second, canonical=stored, fingerprint=fingerprint(stored)) == [
        f"{second}: its fingerprint is not the one on record"
    ]


@pytest.mark.usefixtures("unguarded")
def test_signatures_of_one_person_are_noticed(
    second: Edition, author: User, reviewer: User, person: Callable[..., User]
) -> None:
    Contribution.objects.create(edition=second, user=reviewer)
    assert found() == [
        f"{second}: its publisher had edited it",
        f"{second}: those who worked on it are not those on record",
    ]


SIGNATURES = {
    "submitted": "submitted it",
    "published": "published it",
    "withdrawn": "withdrew it",
    "restoration_requested": "asked to undo its withdrawal",
    "review_proposed": "proposed its full review",
}


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("name", SIGNATURES)
def test_another_signature_or_time_than_on_record_is_noticed(
    name: str,
    second: Edition,
    author: User,
    reviewer: User,
    person: Callable[..., User],
) -> None:
    publishing.propose_full_review(
        edition=second, by=author, reviewed_on="2026-11", review_due=next_year()
    )
    publishing.withdraw(edition=second, by=reviewer, reason="why")
    publishing.request_restoration(edition=second, by=reviewer, reason="right")
    assert found() == []
    said = f"{second}: who {SIGNATURES[name]}, or when, is not as on record"
    second.refresh_from_db()
    signed_at = getattr(second, f"{name}_at")
    somebody = person("somebody", "reviewer")
    assert said in altered(second, **{f"{name}_by": somebody})
    by = getattr(second, f"{name}_by")
    Edition.objects.filter(pk=second.pk).update(**{f"{name}_by": by})
    assert altered(second, **{f"{name}_at": signed_at - timedelta(days=1)}) == [said]


@pytest.mark.usefixtures("unguarded")
def test_a_signature_that_was_never_given_is_noticed(
    second: Edition, reviewer: User
) -> None:
    asked = {"restoration_requested_by": reviewer}
    publishing.withdraw(edition=second, by=reviewer, reason="why")
    assert altered(second, **asked, restoration_requested_at=timezone.now()) == [
        f"{second}: who asked to undo its withdrawal, or when, is not as on record"
    ]


@pytest.mark.usefixtures("unguarded")
def test_an_edition_that_was_never_imported_and_says_so_is_noticed(
    second: Edition,
) -> None:
    said = f"{second}: in whose name it was imported is not as on record"
    assert said in altered(second, imported_by="Somebody, imported")


@pytest.mark.usefixtures("unguarded")
def test_a_contributor_who_was_removed_is_noticed(
    second: Edition, author: User
) -> None:
    Contribution.objects.filter(edition=second, user=author).delete()
    assert found() == [f"{second}: those who worked on it are not those on record"]


@pytest.mark.usefixtures("unguarded")
def test_an_edition_that_changed_its_state_behind_the_record_is_noticed(
    first: Edition, second: Edition, reviewer: User
) -> None:
    signed = {"withdrawn_by": reviewer, "withdrawn_at": timezone.now()}
    unsigned = f"{second}: who withdrew it, or when, is not as on record"
    assert altered(second, state=State.WITHDRAWN, **signed) == [
        f"{second}: it is withdrawn, and published on record",
        unsigned,
    ]
    assert altered(first, state=State.PUBLISHED) == [
        f"{first}: it is published, and superseded on record",
        f"{second}: it is withdrawn, and published on record",
        unsigned,
    ]


@pytest.mark.usefixtures("unguarded")
def test_dates_and_reasons_that_were_altered_are_noticed(
    first: Edition, second: Edition, reviewer: User
) -> None:
    assert altered(second, reviewed_on="2026-11") == [
        f"{second}: the dates of its review are not those on record"
    ]
    Edition.objects.filter(pk=second.pk).update(reviewed_on=second.reviewed_on)
    publishing.withdraw(edition=first, by=reviewer, reason="A wrong limit.")
    assert altered(first, withdrawal_reason="A wrong comma.") == [
        f"{first}: the reason of its withdrawal is not the one on record"
    ]


@pytest.mark.usefixtures("unguarded")
def test_an_import_recorded_without_dates_is_no_fault(
    published_edition: Edition,
) -> None:
    """As the record of a site that ran before the dates were recorded."""
    entry = published_edition.drug.history.get()
    assert entry.act == "imported"
    entry.after = None
    entry.seal = entry.computed_seal()
    entry.save()
    Drug.objects.filter(pk=entry.drug_id).update(last_seal=entry.seal)
    assert found() == []


@pytest.mark.usefixtures("unguarded")
def test_an_edition_that_is_gone_is_noticed(
    first: Edition, second: Edition, author: User
) -> None:
    draft = next_draft(second, by=author)
    drug, pk = draft.drug, draft.pk
    Edition.objects.filter(pk=pk).delete()
    assert found() == [f"{drug}: edition 3 is on record, and missing"]


@pytest.mark.usefixtures("unguarded")
def test_an_edition_that_is_not_on_record_is_noticed(second: Edition) -> None:
    smuggled = Edition.objects.create(drug=second.drug, number=9, label="Never started")
    assert found() == [f"{smuggled}: it is draft, and absent on record"]


RECORDED = {
    "edition_number": 7,
    "act": "returned",
    "section": "storage",
    "row_key": "elsewhere",
    "before": {"text": "Invented."},
    "after": {"text": "Invented."},
    "reason": "Invented.",
    "fingerprint": "0" * 64,
    "actor_name": "Somebody else",
    "at": timezone.now(),
}


@pytest.mark.usefixtures("unguarded")
def test_an_entry_of_the_record_that_was_altered_is_named(first: Edition) -> None:
    added = first.drug.history.filter(act="added")[:1]
    entry = added.values().get()
    for name, value in RECORDED.items():
        HistoryEntry.objects.filter(pk=entry["id"]).update(**entry | {name: value})
        said = f"{first.drug}: entry {entry['id']} of the record was altered"
        assert said in found(), name


@pytest.mark.usefixtures("unguarded")
def test_an_entry_that_was_altered_and_sealed_anew_leaves_a_gap(first: Edition) -> None:
    entry, after = first.drug.history.order_by("pk")[2:4]
    entry.actor_name = "Somebody else"
    entry.seal = entry.computed_seal()
    entry.save()
    assert found() == [f"{first.drug}: the record has a gap before entry {after.pk}"]


@pytest.mark.usefixtures("unguarded")
def test_entries_that_were_removed_are_noticed(first: Edition) -> None:
    drug = first.drug
    third, fourth = drug.history.order_by("pk")[2:4]
    HistoryEntry.objects.filter(pk=third.pk).delete()
    assert f"{drug}: the record has a gap before entry {fourth.pk}" in found()


@pytest.mark.usefixtures("unguarded")
def test_the_removal_of_the_last_entry_is_noticed_and_not_covered_up(
    second: Edition, author: User
) -> None:
    drug = second.drug
    draft = next_draft(second, by=author)
    drug.history.latest("pk").delete()
    assert found() == [f"{drug}: the end of the record is missing"]
    publishing.submit(edition=draft, by=author)
    last = drug.history.latest("pk")
    assert found() == [f"{drug}: the record has a gap before entry {last.pk}"]


@pytest.mark.usefixtures("unguarded")
def test_a_record_of_which_nothing_is_left_is_noticed(second: Edition) -> None:
    drug = second.drug
    drug.history.all().delete()
    assert f"{drug}: the end of the record is missing" in found()
    assert f"{second}: it is published, and absent on record" in found()


# The command


def test_verify_says_what_it_checked(first: Edition) -> None:
    said = StringIO()
    call_command("verify", stdout=said)
    entries = HistoryEntry.objects.count()
    editions = Edition.objects.public().count()
    assert said.getvalue() == (
        f"Checked {editions} editions and {entries} entries.\n"
        "All is as it was published and recorded.\n"
    )


def test_one_edition_is_counted_in_the_singular() -> None:
    said = StringIO()
    call_command("verify", stdout=said)
    assert said.getvalue().startswith("Checked 1 edition and 1 entry.\n")


@pytest.mark.usefixtures("unguarded")
def test_verify_fails_and_names_each_fault(first: Edition, second: Edition) -> None:
    Drug.objects.filter(pk=first.drug_id).update(last_seal="")
    first.storage_set.filter(key="cold").update(text="Keep it warm.")
    said, errors = StringIO(), StringIO()
    with pytest.raises(CommandError, match=r"2 faults\. Do not publish"):
        call_command("verify", stdout=said, stderr=errors)
    assert errors.getvalue() == (
        f"FAULT: {first.drug}: the end of the record is missing\n"
        f"FAULT: {first}: the rows are not those that were published\n"
    )
    assert "All is as" not in said.getvalue()
