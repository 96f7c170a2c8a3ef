"""What is being written is seen by those who may, below /admin/, and nowhere else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from reference import publishing
from reference.desk.acts import ACTS
from reference.editions import EDITION_FIELDS, SECTIONS
from reference.models import Discrepancy, Drug, Edition, HistoryEntry, PartialDateField
from tests.support.guides.small_guide import begin_guide
from tests.tools.reliability.figures import count, times

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CANARY = "CANARY-7"
NOTHING = 987654321  # no row, edition or page has this number
UNUSED = 77  # nor has an edition this one
NOT_TEXT = ("section", "field")  # names of sections, which the page arranges by
VARIATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "plain": ("GET", {}),
    "HEAD": ("HEAD", {}),
    "conditional": ("GET", {"If-None-Match": 'W/"DIGEST", "DIGEST"'}),
    "JSON": ("GET", {"Accept": "application/json"}),
    "htmx": ("GET", {"HX-Request": "true"}),
    "POST": ("POST", {}),
}
COMPARED = [
    "Location",
    "Content-Type",
    "ETag",
    "Cache-Control",
    "Vary",
    "Last-Modified",
]
OTHER_WAYS = [*VARIATIONS][1:]
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# The admin's own expressions.
EXPRESSIONS = {
    r"\(\?P<app_label>[^)]*\)": "reference",
    r"\(\?P<url>[^)]*\)": "no/such/page",
    r"[\^$]": "",
}


def text_fields(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, PartialDateField)
        and not field.choices
        and field.name not in NOT_TEXT
    ]


def marked(field: Any, value: str) -> str:
    """The canary as this field takes it."""
    if isinstance(field, models.URLField):
        return f"https://{CANARY.lower()}.example/{CANARY}"
    if field.name in ("key", "row_key"):
        return f"{CANARY}-{value}"[:60]
    return CANARY


def mark_everything(draft: Edition) -> None:
    """Put the canary into every text of the edition, its rows, and its record."""
    for model in SECTIONS.values():
        fields = text_fields(model)
        for row in model._base_manager.filter(edition=draft):
            for field in fields:
                setattr(row, field.name, marked(field, getattr(row, field.name)))
            if isinstance(row, Discrepancy):  # who ruled is named with a ruling alone
                row.ruling, row.ruled_on = Discrepancy.Ruling.KEPT, "2026-11"
            row.save()
    texts = {field.name for field in text_fields(Edition)} & set(EDITION_FIELDS)
    for name in texts:
        setattr(draft, name, CANARY)
    draft.revised_on, draft.change_grade = "2026-11", "editorial"
    draft.review_due = timezone.now().date() + timedelta(days=365)
    draft.save()


@dataclass(frozen=True, slots=True)
class Site:
    """A published guide, the next edition of it, and a drug that nobody has read of."""

    draft: Edition
    secret_drug: Drug
    people: dict[str, Client]
    digest: str


@pytest.fixture(params=["draft", "in review"])
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


# Every address


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """Every name of the site's addresses, with its route."""
    for item in resolver.url_patterns:
        route = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item, route)
        else:
            for expression, plain in EXPRESSIONS.items():
                route = re.sub(expression, plain, route)
            yield item.name or "", route


def model_named_in(name: str) -> type[models.Model] | None:
    """The model of an admin page, such as reference_storage_change."""
    label, _, rest = name.partition("_")
    found = [
        model
        for model in apps.get_models()
        if model._meta.app_label == label
        and rest.startswith(f"{model._meta.model_name}_")
    ]
    return found[0] if found else None


def fillings(name: str, parameter: str, site: Site) -> list[tuple[Any, Any]]:
    """What stands in an address: what is there, and what is like it and is not."""
    model = model_named_in(name)
    if parameter == "drug":
        return [("anakinra", "anakinra"), (site.secret_drug.slug, "NOTHING-7")]
    if parameter == "number":
        return [(site.draft.number, NOTHING), (1, 1)]
    if parameter == "kind":
        return [("MedicationKnowledge", "MedicationKnowledge")]
    if parameter == "key" and name in ("fhir_read", "fhir_version"):
        return [("anakinra", "anakinra"), (site.secret_drug.slug, "NOTHING-7")]
    if parameter == "drug_id":
        return [(site.secret_drug.pk, NOTHING)]
    if parameter == "edition_id":
        return [(site.draft.pk, NOTHING)]
    if parameter == "name":
        return [(act, act) for act in ACTS]
    if parameter == "object_id" and name == "view_on_site":
        return [(site.draft.pk, NOTHING)]
    if parameter in ("object_id", "id") and model is not None:
        rows = model._base_manager.order_by("-pk")
        if model in SECTIONS.values():
            rows = rows.filter(edition=site.draft)
        elif model is Edition:
            rows = rows.filter(pk=site.draft.pk)
        row = rows.first()
        return [(NOTHING if row is None else row.pk, NOTHING)]
    if parameter == "content_type_id":
        kinds = ContentType.objects.get_for_models(Edition, Discrepancy, HistoryEntry)
        return [(kind.pk, kind.pk) for kind in kinds.values()]
    return [(NOTHING, NOTHING)]


def addresses(site: Site) -> Iterator[tuple[str, str, str]]:
    """Each name with an address that leads to a draft, and the like that leads nowhere.

    Where nothing is to be filled in, the two are the same.
    """
    for name, route in routes(get_resolver()):
        pairs = [(route, route)]
        for match in PARAMETER.finditer(route):
            pairs = [
                (
                    real.replace(match[0], str(there), 1),
                    unreal.replace(match[0], str(gone), 1),
                )
                for real, unreal in pairs
                for there, gone in fillings(name, match[1], site)
            ]
        for real, unreal in pairs:
            assert not re.search(r"[<>()\\]", real), (name, real)
            yield name, real, unreal
    for query in ("regimen=ra-sc&edition={}", "edition={}"):
        address = f"/anakinra/dose/?{query}"
        number = site.draft.number
        yield "dose", address.format(number), address.format(UNUSED)
    yield "dose", f"/anakinra/dose/?regimen={CANARY}-ra-sc", "/anakinra/dose/?regimen=x"


def ask(client: Client, address: str, variation: str, site: Site) -> Any:
    method, headers = VARIATIONS[variation]
    sent = {name: each.replace("DIGEST", site.digest) for name, each in headers.items()}
    return client.generic(method, address, headers=sent)


def seen(answer: Any, address: str) -> tuple[Any, ...]:
    """What tells one answer from another; its own address and tokens put aside."""
    body = answer.content.decode()
    for own in (address, quote(address)):
        body = body.replace(own, "ADDRESS")
    body = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", body)
    body = re.sub(rf"\b(2|{UNUSED})\b", "N", body)
    named = [
        str(answer.headers.get(name, "")).replace(quote(address), "ADDRESS")
        for name in COMPARED
    ]
    return answer.status_code, body, named


def holds_canary(answer: Any) -> bool:
    told = answer.content.decode() + str(dict(answer.headers)) + str(answer.cookies)
    return CANARY.lower() in told.lower()


def test_every_kind_of_text_holds_the_canary(site: Site) -> None:
    for model in SECTIONS.values():
        row = model._base_manager.filter(edition=site.draft).first()
        assert row is not None
        for field in text_fields(model):
            assert CANARY in getattr(row, field.name), (model, field)
    assert {name for name, *_ in addresses(site)} >= {
        "home",
        "edition_json",
        "edition_fhir",
        "fhir_version",
        "dose",
        "reference_edition_preview",
        "reference_edition_act",
        "reference_discrepancy_history",
        "view_on_site",
        "jsi18n",
        "healthz",
        "readyz",
    }


def ways_to_ask(turn: int, others: list[str], few: int) -> list[str]:
    """The plain way and every other; in `make test` a few of the others, by turns."""
    turn %= len(others) or 1
    return ["plain", *(others[turn:] + others[:turn])[: times(few, len(others))]]


# Public pages ask for no account, so the walks share the ways to ask for them.
@pytest.mark.parametrize(("who", "few"), [("stranger", 2), ("staff", 1)])
def test_who_may_not_see_a_draft_cannot_tell_it_from_nothing(
    who: str, few: int, site: Site
) -> None:
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
    count(
        "attacks",
        f"Ask every address for what is {site.draft.state}, as {who}",
        tried=asked,
        unit="requests",
        lost=len(told) + len(differing),
        on_database=False,
    )
    assert told == []
    assert differing == []
    # The sign-in page has its token; no session is begun by asking.
    assert client.cookies.keys() - {"csrftoken"} == kept.keys() - {"csrftoken"}


@pytest.mark.parametrize("who", ["author", "reviewer"])
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
    assert shown >= {
        "reference_edition_preview",
        "reference_edition_preview_print",
        "reference_edition_review",
        "reference_edition_act",
        "reference_edition_change",
        "reference_edition_history",
        "reference_discrepancy_changelist",
    }


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
