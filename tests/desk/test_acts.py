"""The pages of the desk's acts, over HTTP: who may do what, and what a refusal says."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from reference import publishing
from reference.desk.acts import ACTS
from reference.editions import canonical_document
from reference.keeping import faults
from reference.models import Edition
from tests.support.desk_forms import act_address, act_form
from tests.support.guides import next_edition
from tests.support.guides.small_guide import begin_guide, next_draft, next_year, publish
from tests.support.tables import each_row

pytestmark = pytest.mark.django_db

State = Edition.State

AUTHOR = {
    ("draft", "submit"),
    ("draft", "discard"),
    ("in review", "return"),
    ("published", "propose-review"),
}
WITHDRAWAL = {
    ("published", "withdraw"),
    ("superseded", "withdraw"),
    ("withdrawn", "request-restoration"),
}
REVIEWER = WITHDRAWAL | {
    ("in review", "return"),
    ("in review", "publish"),
    ("review proposed", "withdraw"),
    ("review proposed", "confirm-review"),
    ("restoration requested", "request-restoration"),
    ("restoration requested", "restore"),
}
ALLOWED = {
    "author": AUTHOR | {("review proposed", "propose-review")},
    "reviewer": REVIEWER,
    "administrator": WITHDRAWAL
    | {
        ("review proposed", "withdraw"),
        ("restoration requested", "request-restoration"),
    },
    "nobody": set[tuple[str, str]](),
}
ALLOWED["superuser"] = {
    *ALLOWED["author"],
    *ALLOWED["reviewer"],
    *ALLOWED["administrator"],
}
STATES = [
    *("draft", "in review", "published", "superseded", "withdrawn"),
    *("review proposed", "restoration requested"),
]


def edition_in(state: str, author: User, reviewer: User) -> Edition:
    """A small guide's edition in this state, on which only these two have worked."""
    draft = begin_guide(author)
    if state == "draft":
        return draft
    if state == "in review":
        return publishing.submit(edition=draft, by=author)
    edition = publish(draft, author=author, reviewer=reviewer)
    if state == "superseded":
        publish(next_draft(edition, by=author), author=author, reviewer=reviewer)
    elif state == "review proposed":
        publishing.propose_full_review(
            edition=edition, by=author, reviewed_on="2026-11", review_due=next_year()
        )
    elif state != "published":
        publishing.withdraw(edition=edition, by=reviewer, reason="why")
        if state == "restoration requested":
            publishing.request_restoration(edition=edition, by=reviewer, reason="why")
    return Edition.objects.get(pk=edition.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _sent(edition: Edition) -> dict[str, Any]:
    return act_form(edition, "A <b>reason</b>.")


def as_stored(edition: Edition) -> dict[str, Any]:
    return {**Edition.objects.filter(pk=edition.pk).values().get()}


@pytest.mark.parametrize("state", STATES)
def test_an_edition_in_any_state_is_previewed(
    state: str, author: User, reviewer: User
) -> None:
    edition, client = edition_in(state, author, reviewer), signed_in(author)
    for part in ("preview", "preview_print"):
        page = client.get(reverse(f"admin:reference_edition_{part}", args=[edition.pk]))
        assert page.status_code == 200, part


@pytest.mark.parametrize("who", ALLOWED)
@pytest.mark.parametrize("state", STATES)
def test_only_the_allowed_acts_pass_over_http(
    who: str, state: str, author: User, reviewer: User, person: Callable[..., User]
) -> None:
    edition = edition_in(state, author, reviewer)
    is_group = who not in ("nobody", "superuser")
    user = person("someone", *([who] if is_group else []))
    user.is_superuser = who == "superuser"
    user.save()
    client, before, passed = signed_in(user), as_stored(edition), set()
    for name in ACTS:
        with transaction.atomic():
            answer = client.post(act_address(edition, name), _sent(edition))
            transaction.set_rollback(True)
        if answer.status_code == 302:
            passed.add((state, name))
        else:
            assert answer.status_code in (403, 404, 409), (name, answer.status_code)
            assert answer.content
        assert as_stored(edition) == before
    assert passed == {each for each in ALLOWED[who] if each[0] == state}
    assert list(faults()) == []


@pytest.mark.parametrize("opened", [None, "", "1", "9.9 9.9", "x" * 10_000, "\x00"])
@pytest.mark.parametrize(("who", "where"), [("author", 0), ("reviewer", 1)])
def test_an_act_without_what_was_opened_is_refused_and_keeps_what_was_typed(
    opened: str | None, who: str, where: int, author: User, reviewer: User
) -> None:
    state, name = [("draft", "discard"), ("published", "withdraw")][where]
    edition = edition_in(state, author, reviewer)
    client = signed_in({"author": author, "reviewer": reviewer}[who])
    before = as_stored(edition)
    values = _sent(edition) | {"opened": opened}
    if opened is None:
        del values["opened"]
    answer = client.post(act_address(edition, name), values)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else was quicker" in page
    assert "A &lt;b&gt;reason&lt;/b&gt;." in page
    assert f'name="opened" value="{publishing.versions_of(edition)}"' in page
    assert as_stored(edition) == before


def test_dates_are_confirmed_as_they_were_seen(author: User, reviewer: User) -> None:
    """Whoever proposes other dates meanwhile does not get them confirmed unseen."""
    edition = edition_in("review proposed", author, reviewer)
    client, opened = signed_in(reviewer), publishing.versions_of(edition)
    page = client.get(act_address(edition, "confirm-review")).content.decode()
    assert "fully reviewed 2026-11" in page
    publishing.propose_full_review(
        edition=edition,
        by=author,
        reviewed_on="2026-10",
        review_due=next_year(),
    )
    refused = client.post(act_address(edition, "confirm-review"), {"opened": opened})
    assert refused.status_code == 409
    assert "fully reviewed 2026-10" in refused.content.decode()
    assert Edition.objects.get(pk=edition.pk).reviewed_on == ""


def test_an_edition_is_not_published_over_one_withdrawn_since_it_was_reviewed(
    author: User, reviewer: User, person: Callable[..., User]
) -> None:
    first = edition_in("published", author, reviewer)
    draft = publishing.submit(edition=next_draft(first, by=author), by=author)
    values = _sent(draft)
    publishing.withdraw(edition=first, by=person("roy", "reviewer"), reason="why")
    client = signed_in(reviewer)
    refused = client.post(act_address(draft, "publish"), values)
    assert refused.status_code == 409
    review = reverse("admin:reference_edition_review", args=[draft.pk])
    assert f'href="{review}"' in refused.content.decode()
    assert client.get(act_address(draft, "publish"))["Location"] == review
    assert client.post(act_address(draft, "publish"), _sent(draft)).status_code == 302


def test_an_act_on_a_discarded_draft_says_so(author: User, reviewer: User) -> None:
    edition = edition_in("draft", author, reviewer)
    values = _sent(edition)
    where = act_address(edition, "submit")
    publishing.discard(edition=edition, by=author, reason="why")
    assert signed_in(author).post(where, values).status_code == 404


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", "\u200b\x00", "a" * 100_000])
def test_rubbish_for_a_reason_is_refused_in_words_or_kept_whole(
    reason: str, author: User, reviewer: User
) -> None:
    edition = edition_in("published", author, reviewer)
    values = _sent(edition) | {"reason": reason}
    answer = signed_in(reviewer).post(act_address(edition, "withdraw"), values)
    stored = Edition.objects.get(pk=edition.pk)
    if answer.status_code == 302:
        assert stored.withdrawal_reason == reason
    else:
        assert answer.status_code in (200, 409)
        assert "There is a problem" in answer.content.decode()
        assert stored.state == State.PUBLISHED


@each_row("name", "value")
def test_dates_that_are_none_are_refused_and_kept(
    name: str, value: str, author: User, reviewer: User
) -> None:
    edition = edition_in("published", author, reviewer)
    values = _sent(edition) | {name: value}
    answer = signed_in(author).post(act_address(edition, "propose-review"), values)
    assert answer.status_code in (200, 409)
    assert f'value="{value}"' in answer.content.decode() or not value
    assert Edition.objects.get(pk=edition.pk).review_proposed_by is None


def test_the_drug_of_two_tabs_is_saved_once(
    author: User, person: Callable[..., User]
) -> None:
    drug = begin_guide(author).drug
    client = signed_in(person("ada", "author"))
    where = reverse("admin:reference_drug_change", args=[drug.pk])
    names = ("slug", "generic_name", "brand_name", "drug_class", "mechanism")
    values = {name: getattr(drug, name) or "x" for name in names} | {"version": 1}
    assert client.post(where, values | {"brand_name": "First"}).status_code == 302
    late = client.post(where, values | {"brand_name": "Second"})
    page = late.content.decode()
    assert late.status_code == 200
    assert "saved this after you opened it" in page
    assert "Stored now: “First”." in page
    assert 'value="Second"' in page
    drug.refresh_from_db()
    assert (drug.brand_name, drug.version) == ("First", 2)
    assert list(faults()) == []


def test_a_publication_without_the_tick_names_what_is_open_with_the_box_beside_it(
    client: Client, published_edition: Edition, author: User, reviewer: User
) -> None:
    """Fault B6: the refusal carries what mends it."""
    edition = next_edition.in_review(author.username)
    client.force_login(reviewer)
    sent = act_form(edition, "") | {"acknowledged": "", "acknowledged_keys": ""}
    refused = client.post(act_address(edition, "publish"), sent)
    page = html.unescape(refused.content.decode())
    assert refused.status_code == 409
    still_open = publishing.open_discrepancies(canonical_document(edition))
    for title in still_open.values():
        assert title in page
    form = refused.context["form"]
    assert form["acknowledged_keys"].value().split() == sorted(still_open)
    again = sent | {"acknowledged": "on", "acknowledged_keys": " ".join(still_open)}
    done = client.post(act_address(edition, "publish"), again)
    assert done.status_code == 302
    edition.refresh_from_db()
    assert edition.state == Edition.State.PUBLISHED
