"""The record of acts: who changed what, from what to what, and when."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from reference import publishing
from reference.desk import saving
from reference.models import Edition, HistoryEntry, Indication, Storage
from tests.support.guides.small_guide import begin_guide, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    author = person("ann", "author")
    author.first_name, author.last_name = "Ann", "Archer"
    author.save()
    return author


@pytest.fixture
def draft(author: User) -> Edition:
    return begin_guide(author)


@pytest.fixture
def desk(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


def last(edition: Edition) -> HistoryEntry:
    return edition.drug.history.latest("pk")


def history_of(client: Client, obj: Any) -> str:
    name = f"admin:reference_{obj._meta.model_name}_history"
    answer = client.get(reverse(name, args=[obj.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_change_is_recorded_with_what_stood_before(
    draft: Edition, author: User
) -> None:
    row = Storage.objects.get(edition=draft, key="cold")
    row.text = "Keep it cool."
    saving.save_row(row, by=author)
    entry = last(draft)
    assert (entry.act, entry.section, entry.row_key) == ("changed", "storage", "cold")
    assert entry.before == (entry.after or {}) | {"text": "Keep it cold."}
    assert (entry.after or {})["text"] == "Keep it cool."
    assert (entry.actor, entry.actor_name) == (author, "Ann Archer")


def test_an_added_and_a_removed_row_are_recorded_whole(
    draft: Edition, author: User
) -> None:
    row = Storage(edition=draft, key="dry", printed="Dry.", text="Keep it dry.")
    saving.save_row(row, by=author)
    added = last(draft)
    assert (added.act, added.before) == ("added", None)
    assert (added.after or {})["text"] == "Keep it dry."
    saving.delete_row(row, by=author)
    removed = last(draft)
    assert (removed.act, removed.before, removed.after) == (
        "removed",
        added.after,
        None,
    )


def test_rows_below_a_removed_row_are_recorded_before_it(
    published_edition: Edition, author: User
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    row = Indication.objects.get(edition=draft, key="pjia")
    below = {*row.regimens.values_list("key", flat=True)}
    for rows in (row.synonyms, row.codes):
        below |= {*rows.values_list("key", flat=True)}
    assert below
    saving.delete_row(row, by=author)
    removed = draft.drug.history.filter(act="removed").order_by("pk")
    keys = list(removed.values_list("row_key", flat=True))
    assert (keys[-1], {*keys[:-1]}) == ("pjia", below)


def test_the_name_of_who_acted_stays_as_it_was(draft: Edition, author: User) -> None:
    author.last_name, author.is_active = "Baker", False
    author.save()
    assert last(draft).actor_name == "Ann Archer"


def test_each_entry_seals_the_one_before(draft: Edition) -> None:
    entries = list(draft.drug.history.order_by("pk"))
    assert len(entries) > 4
    seals = ["", *(entry.seal for entry in entries)]
    assert [entry.previous_seal for entry in entries] == seals[:-1]
    assert draft.drug.editions.get().drug.last_seal == seals[-1]
    assert all(entry.seal == entry.computed_seal() for entry in entries)


def test_two_guides_have_two_records(
    draft: Edition, author: User, published_edition: Edition
) -> None:
    length = published_edition.drug.history.count()
    other = begin_guide(author, "otherimab")
    assert other.drug.history.order_by("pk")[0].previous_seal == ""
    assert published_edition.drug.history.count() == length


def test_every_act_is_recorded_with_its_person_and_reason(
    draft: Edition, author: User, person: Callable[..., User]
) -> None:
    rae, roy = person("rae", "reviewer"), person("roy", "reviewer")
    edition = publishing.submit(edition=draft, by=author)
    publishing.return_to_draft(edition=edition, by=rae, reason="Mend it.")
    publish(edition, author=author, reviewer=rae)
    publishing.withdraw(edition=edition, by=rae, reason="Wrong.")
    publishing.request_restoration(edition=edition, by=rae, reason="Right.")
    publishing.restore(edition=edition, by=roy)
    acts = edition.drug.history.filter(section="").order_by("pk")
    stored = Edition.objects.get(pk=edition.pk)
    assert [(each.act, each.actor_name, each.reason) for each in acts] == [
        ("started", "Ann Archer", ""),
        ("submitted", "Ann Archer", stored.fingerprint),
        ("returned", "rae", "Mend it."),
        ("submitted", "Ann Archer", stored.fingerprint),
        ("published", "rae", ""),
        ("withdrawn", "rae", "Wrong."),
        ("restoration requested", "rae", "Right."),
        ("restored", "roy", ""),
    ]


# At the desk


def test_the_history_of_a_row_shows_its_values_and_no_other_rows(
    draft: Edition, author: User, desk: Client
) -> None:
    row = Storage.objects.get(edition=draft, key="cold")
    row.text = "Keep it <b>cool</b>."
    saving.save_row(row, by=author)
    page = history_of(desk, row)
    assert "<del>Keep it cold.</del>" in page
    assert "<ins>Keep it &lt;b&gt;cool&lt;/b&gt;.</ins>" in page
    assert "Ann Archer" in page
    assert "storage cold" in page
    assert "storage dark" not in page


def test_the_history_of_an_edition_and_of_a_drug_show_every_act(
    draft: Edition, author: User, desk: Client
) -> None:
    publishing.discard(edition=draft, by=author, reason="Begun by mistake.")
    again = publishing.start_draft(drug=draft.drug, by=author)
    for page in (history_of(desk, again), history_of(desk, again.drug)):
        assert "Edition 1: discarded" in page
        assert "Begun by mistake." in page
        assert "storage cold" in page


# Deleting at the desk


def address(row: Storage) -> str:
    return reverse("admin:reference_storage_delete", args=[row.pk])


def test_what_would_be_deleted_is_shown_and_then_deleted(
    draft: Edition, desk: Client
) -> None:
    row = Storage.objects.get(edition=draft, key="cold")
    page = desk.get(address(row)).content.decode()
    assert "Keep it cold." in page
    assert 'name="standing" value="1"' in page
    sent = {"post": "yes", "standing": "1"}
    assert desk.post(address(row), sent).status_code == 302
    assert not Storage.objects.filter(pk=row.pk).exists()
    assert (last(draft).act, last(draft).row_key) == ("removed", "cold")


@pytest.mark.parametrize("standing", [None, "", "1", "x" * 1000])
def test_nothing_is_deleted_that_somebody_changed_meanwhile(
    standing: str | None, draft: Edition, author: User, desk: Client
) -> None:
    row = Storage.objects.get(edition=draft, key="cold")
    row.text = "Keep it cool."
    saving.save_row(row, by=author)
    sent = {"post": "yes"} | ({} if standing is None else {"standing": standing})
    page = desk.post(address(row), sent, follow=True).content.decode()
    assert "saved this after you opened it" in page
    assert "Keep it cool." in page
    assert Storage.objects.filter(pk=row.pk).exists()


def test_nor_when_a_row_below_it_was_changed(
    published_edition: Edition, author: User, desk: Client
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    row = Indication.objects.get(edition=draft, key="pjia")
    opened = saving.versions_with_those_below(row)
    regimen = row.regimens.all()[0]
    regimen.text = "Somebody else's wording."
    saving.save_row(regimen, by=author)
    where = reverse("admin:reference_indication_delete", args=[row.pk])
    page = desk.post(where, {"post": "yes", "standing": opened}, follow=True)
    assert "Somebody else&#x27;s wording." in page.content.decode()
    assert Indication.objects.filter(pk=row.pk).exists()
