"""What is being written is seen by those who may, below /admin/, and nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reference import publishing
from reference.editions import SECTIONS
from reference.models import Edition
from tests.support.every_address import (
    CANARY,
    Site,
    addresses,
    holds_canary,
    mark_everything,
    seen,
    text_fields,
)
from tests.support.guides.small_guide import begin_guide
from tests.support.tables import column
from tests.tools.reliability.figures import IN_FULL, none_lost, times

pytestmark = pytest.mark.django_db

VARIATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "plain": ("GET", {}),
    "HEAD": ("HEAD", {}),
    "conditional": ("GET", {"If-None-Match": 'W/"DIGEST", "DIGEST"'}),
    "JSON": ("GET", {"Accept": "application/json"}),
    "htmx": ("GET", {"HX-Request": "true"}),
    "POST": ("POST", {}),
}
OTHER_WAYS = [*VARIATIONS][1:]


# In `make test` each state is walked through by one who may not see it and one who may;
# in `make faults` everybody walks through both.
WALKS = {
    "stranger": ("draft",),
    "staff": ("in review",),
    "author": ("draft",),
    "reviewer": ("in review",),
}
STATES = ("draft", "in review")


def walks(*people: str) -> list[tuple[str, str]]:
    """Return who walks through a site whose edition is in which state."""
    return [
        (who, state) for who in people for state in (STATES if IN_FULL else WALKS[who])
    ]


@pytest.fixture(params=["draft"])
def site(
    request: pytest.FixtureRequest,
    published_edition: Edition,
    author: User,
    reviewer: User,
    person: Callable[..., User],
) -> Site:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    mark_everything(draft)
    publishing.submit(edition=draft, by=author)
    publishing.return_to_draft(edition=draft, by=reviewer, reason=CANARY)
    if request.param == "in review":
        publishing.submit(edition=draft, by=author)
    secret = begin_guide(author, CANARY)
    mark_everything(secret)
    people = {"stranger": Client()}
    for name, user in {
        "staff": person("sam"),
        "author": author,
        "reviewer": reviewer,
    }.items():
        people[name] = Client()
        people[name].force_login(user)
    return Site(
        Edition.objects.get(pk=draft.pk),
        secret.drug,
        people,
        publishing.fingerprint_of(draft),
    )


def ask(client: Client, address: str, variation: str, site: Site) -> Any:
    method, headers = VARIATIONS[variation]
    sent = {name: each.replace("DIGEST", site.digest) for name, each in headers.items()}
    return client.generic(method, address, headers=sent)


def test_every_kind_of_text_holds_the_canary(site: Site) -> None:
    for model in SECTIONS.values():
        row = model._base_manager.filter(edition=site.draft).first()
        assert row is not None
        for field in text_fields(model):
            assert CANARY in getattr(row, field.name), (model, field)
    asked = {name for name, *_ in addresses(site)}
    assert asked >= set(column(__file__, "Addresses that are asked among others"))


def ways_to_ask(turn: int, others: list[str], few: int) -> list[str]:
    """The plain way and every other; in `make test` a few of the others, by turns."""
    turn %= len(others) or 1
    return ["plain", *(others[turn:] + others[:turn])[: times(few, len(others))]]


# Public pages ask for no account, so the walks share the ways to ask for them.
@pytest.mark.parametrize(("who", "site"), walks("stranger", "staff"), indirect=["site"])
def test_who_may_not_see_a_draft_cannot_tell_it_from_nothing(
    who: str, site: Site
) -> None:
    few = 2 if who == "stranger" else 1
    client, kept = site.people[who], dict(site.people[who].cookies)
    first_turn = 0 if who == "stranger" else 4
    first_turn += few * (site.draft.state == Edition.State.IN_REVIEW)
    told, differing, asked = [], [], 0
    for turn, (name, real, unreal) in enumerate(addresses(site), start=first_turn):
        is_desk = real.startswith("/admin/")
        for variation in ways_to_ask(turn, OTHER_WAYS, 1 if is_desk else few):
            if name == "logout" and variation == "POST":
                continue
            answer = ask(client, real, variation, site)
            asked += 1
            if CANARY not in real and holds_canary(answer):
                told.append(f"{variation} {real}")
            # Whether an account or a group exists is not about a draft.
            if real != unreal and "/auth/" not in real:
                other = ask(client, unreal, variation, site)
                if seen(answer, real) != seen(other, unreal):
                    differing.append(f"{variation} {real}")
    none_lost(
        [*told, *differing],
        "attacks",
        f"Ask every address for what is {site.draft.state}, as {who}",
        tried=asked,
        unit="requests",
        on_database=False,
    )
    # The sign-in page has its token; no session is begun by asking.
    assert client.cookies.keys() - {"csrftoken"} == kept.keys() - {"csrftoken"}


@pytest.mark.parametrize(
    ("who", "site"), walks("author", "reviewer"), indirect=["site"]
)
def test_who_may_sees_it_below_admin_alone(who: str, site: Site) -> None:
    client, shown = site.people[who], set()
    first_turn = 2 * (who == "reviewer")
    first_turn += site.draft.state == Edition.State.IN_REVIEW
    for turn, (name, address, _) in enumerate(addresses(site), start=first_turn):
        is_desk = address.startswith("/admin/")
        if name == "logout":
            continue
        for variation in ways_to_ask(turn, [] if is_desk else OTHER_WAYS[:-1], 1):
            answer = ask(client, address, variation, site)
            # No file is drawn here, and its address says so.
            assert answer.status_code < 500 or name.endswith("pdf"), address
            if not holds_canary(answer) or CANARY in address:
                continue
            assert is_desk, (name, address, variation)
            assert "no-store" in answer.headers["Cache-Control"], address
            assert "private" in answer.headers["Cache-Control"], address
            shown.add(name)
    assert shown >= set(column(__file__, "Pages that show a draft to who may see it"))


def test_the_preview_and_the_review_are_kept_by_nobody(site: Site) -> None:
    for below in ("preview/", "preview/print/", "review/"):
        address = f"/admin/reference/edition/{site.draft.pk}/{below}"
        for turn, variation in enumerate([*VARIATIONS][:-1]):
            who = ("author", "reviewer")[turn % 2]
            answer = ask(site.people[who], address, variation, site)
            assert answer.status_code == 200
            assert "no-store" in answer.headers["Cache-Control"]
            assert "noindex" in answer.headers["X-Robots-Tag"]
            assert "ETag" not in answer.headers
