"""No form of the desk gives more than its sender may have, whatever fields it names.

Each form is filled as its page fills it, then everything is added that would help.
"""

from collections.abc import Callable, Iterator
from typing import Any

import html5lib
import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client

from reference import publishing
from reference.desk import saving
from reference.editions import canonical_document
from reference.models import Drug, Edition
from reference.publishing import open_discrepancies
from tests.support.guides import small_guide
from tests.tools.reliability.figures import IN_FULL, count, times

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

STAFF = ("author", "editor who reviews", "reviewer", "administrator", "superuser")
ACTIONS = ("", "delete_selected", "end_all_sessions", "publish", "remove_second_factor")

# The first is the page's own; the second makes a copy, where it is offered.
BUTTONS = ("_continue", "_saveasnew")


class Site:
    """An edition in force, the next one in review, and those who worked on it."""

    def __init__(self, edition: Edition, person: Callable[..., User]) -> None:
        self.people = {
            "author": person("ann", "author"),
            "editor who reviews": person("eve", "author", "reviewer"),
            "reviewer": person("rae", "reviewer"),
            "administrator": person("adam", "administrator"),
            "superuser": person("sue"),
        }
        chief = self.people["superuser"]
        chief.is_superuser = True
        chief.save()
        author, editor = self.people["author"], self.people["editor who reviews"]
        draft = small_guide.next_draft(edition, by=author)
        for by in (editor, chief):  # each has edited it
            row = draft.storage_set.first()
            assert row is not None
            saving.save_row(row, by=by)
        self.open = publishing.submit(
            edition=Edition.objects.get(pk=draft.pk), by=author
        )
        self.other = small_guide.begin_guide(author, "examplimab")
        self.in_force = edition

    def draft_again(self) -> None:
        publishing.return_to_draft(
            edition=self.open, by=self.people["reviewer"], reason="Again."
        )

    def addresses(self) -> Iterator[str]:
        """The forms with something to gain."""
        for edition in (self.open, self.in_force, self.other):
            yield f"/admin/reference/edition/{edition.pk}/change/"
            yield f"/admin/reference/edition/{edition.pk}/delete/"
            row = edition.storage_set.first()
            yield f"/admin/reference/storage/{row.pk if row else 0}/change/"
            if IN_FULL:
                line = edition.indication_set.first()
                yield f"/admin/reference/indication/{line.pk if line else 0}/change/"
            yield f"/admin/reference/drug/{edition.drug_id}/change/"
        for user in self.people.values():
            yield f"/admin/auth/user/{user.pk}/change/"
            yield f"/admin/auth/user/{user.pk}/password/"
        for group in Group.objects.all():
            yield f"/admin/auth/group/{group.pk}/change/"
        yield from ("/admin/auth/user/add/", "/admin/auth/group/add/")
        yield from ("/admin/reference/edition/add/", "/admin/reference/drug/add/")
        for kind in ("edition", "drug", "storage"):
            yield f"/admin/reference/{kind}/"
        yield from ("/admin/auth/user/", "/admin/auth/group/")


@pytest.fixture
def site(published_edition: Edition, person: Callable[..., User]) -> Site:
    return Site(published_edition, person)


def _filled(page: str) -> dict[str, Any]:
    """The values of the longest form of a page, as its browser would send them."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    values: dict[str, Any] = {}
    for field in tree.iter("input"):
        kind, name = field.get("type", "text"), field.get("name")
        if name and (
            kind not in ("checkbox", "radio", "submit") or "checked" in field.attrib
        ):
            values[name] = field.get("value", "on" if kind == "checkbox" else "")
    for field in tree.iter("textarea"):
        values[field.get("name") or ""] = "".join(field.itertext()).removeprefix("\n")
    for field in tree.iter("select"):
        chosen = [
            o.get("value", "") for o in field.iter("option") if "selected" in o.attrib
        ]
        values[field.get("name") or ""] = chosen
    return values


def _forged(site: Site, user: User) -> dict[str, Any]:
    """What would help, if any form took it."""
    everyone = list(User.objects.values_list("pk", flat=True))
    return {
        "state": "published",
        "number": 77,
        "fingerprint": "f" * 64,
        "canonical": "{}",
        "published_by": user.pk,
        "published_at_0": "2026-01-01",
        "published_at_1": "00:00:00",
        "published_at": "2026-01-01 00:00:00",
        "submitted_by": site.people["reviewer"].pk,
        "submitted_at": "2026-01-01 00:00:00",
        "reviewer": user.pk,
        "withdrawn_by": "",
        "imported_by": "nobody",
        "edition": site.other.pk,
        "drug": site.other.drug_id,
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "on",
        "groups": list(Group.objects.values_list("pk", flat=True)),
        "user_permissions": list(Permission.objects.values_list("pk", flat=True)),
        "permissions": list(Permission.objects.values_list("pk", flat=True)),
        "_selected_action": [*everyone, site.open.pk, site.in_force.pk],
        "select_across": "1",
        "index": "0",
        "post": "yes",
        "_save": "1",
    }


def _public() -> list[Any]:
    return list(
        Edition.objects.exclude(state__in=("draft", "in review"))
        .order_by("pk")
        .values_list(
            "pk", "number", "state", "fingerprint", "published_by", "canonical"
        )
    )


def _workflow() -> list[Any]:
    return list(
        Edition.objects.order_by("pk").values_list(
            *("pk", "drug", "number", "state", "submitted_by", "submitted_at"),
            *("published_by", "published_at", "fingerprint", "withdrawn_by"),
        )
    )


def _rights(*names: str) -> list[Any]:
    return [
        (user.pk, *(getattr(user, name) for name in names), *sorted(
            user.user_permissions.values_list("codename", flat=True)
        ))
        for user in User.objects.order_by("pk")
    ]  # fmt: skip


def _groups(users: list[User]) -> list[Any]:
    return [sorted(user.groups.values_list("name", flat=True)) for user in users]


def _permissions_of_groups() -> dict[str, list[str]]:
    return {
        group.name: sorted(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }


def _gained(site: Site, who: str, before: dict[str, Any]) -> list[str]:
    """What somebody has now that they may not take; before is what was."""
    now = _standing(site, who)
    return [name for name, value in before.items() if now[name] != value]


def _standing(site: Site, who: str) -> dict[str, Any]:
    """What no form may change for this person."""
    user = site.people[who]
    standing = {
        "public editions": _public(),
        "workflow": _workflow(),
        "permissions of groups": _permissions_of_groups(),
    }
    if (
        who == "superuser"
    ):  # gives rights as it likes, but publishes no more than others
        return standing
    standing["superusers"] = _rights("is_superuser")
    standing["own groups"] = _groups([user])
    standing["a superuser's account"] = list(
        User.objects.filter(is_superuser=True).values()
    )
    if who != "administrator":
        standing["accounts"] = _rights(
            "is_superuser", "is_staff", "is_active", "password"
        )
        standing["groups"] = _groups(list(User.objects.order_by("pk")))
    return standing


@pytest.mark.parametrize("state", ["in review", "draft"] if IN_FULL else ["draft"])
def test_no_form_takes_more_than_its_sender_may_give(state: str, site: Site) -> None:
    if state == "draft":
        site.draft_again()
    gained, tried, taken = [], 0, 0
    for who in STAFF if IN_FULL else ("author", "administrator"):
        client = Client(raise_request_exception=False)
        client.force_login(site.people[who])
        before = _standing(site, who)
        for address in [*site.addresses()][:: times(3, 1)]:
            page = client.get(address)
            own = _filled(page.content.decode()) if page.status_code == 200 else {}
            is_list = address.count("/") == 4
            for action in (ACTIONS if is_list else BUTTONS)[: times(2, 9)]:
                form = own | _forged(site, site.people[who])
                form |= {"action": action} if is_list else {action: "1"}
                with transaction.atomic():
                    answer = client.post(address, form)
                    tried += 1
                    taken += answer.status_code == 302
                    if found := _gained(site, who, before) or answer.status_code >= 500:
                        gained.append((who, address, action, answer.status_code, found))
                    transaction.set_rollback(True)
    count(
        "attacks",
        f"Forms with forged fields, by each role, the next edition {state}",
        tried=tried,
        unit="forms",
        lost=len(gained),
        note=f"{taken} were taken, without what was forged",
    )
    assert gained == []
    assert taken


@pytest.mark.parametrize("who", ["administrator", "superuser"])
def test_nobody_gives_a_group_a_right_at_the_desk(who: str, site: Site) -> None:
    user, before = site.people[who], _permissions_of_groups()
    client = Client()
    client.force_login(user)
    form = {"name": "x", "permissions": _forged(site, user)["permissions"]}
    for group in user.groups.all() or Group.objects.all():
        page = f"/admin/auth/group/{group.pk}"
        seen = client.get(f"{page}/change/")
        assert seen.status_code == 200
        assert 'name="_save"' not in seen.content.decode()
        for part in ("change/", "delete/"):
            answer = client.post(f"{page}/{part}", form | {"post": "yes"})
            assert answer.status_code == 403
    assert client.post("/admin/auth/group/add/", form).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": list(before)}
    client.post("/admin/auth/group/", chosen | {"post": "yes"})
    assert _permissions_of_groups() == before


@pytest.mark.parametrize("of", ["author", "administrator", "superuser"])
def test_an_administrator_gives_an_account_no_right_beside_its_groups(
    of: str, site: Site
) -> None:
    client, user = Client(), site.people[of]
    client.force_login(site.people["administrator"])
    page = f"/admin/auth/user/{user.pk}/change/"
    form = _filled(client.get(page).content.decode()) | {
        "is_superuser": "on",
        "user_permissions": _forged(site, user)["user_permissions"],
        "_continue": "1",
    }
    before = _rights("is_superuser")
    assert client.post(page, form).status_code == (403 if of == "superuser" else 302)
    added = {"username": "mallory", "usable_password": "true"} | dict.fromkeys(
        ("password1", "password2"), "a password long enough"
    )
    made = client.post("/admin/auth/user/add/", form | added)
    assert made.status_code == 302
    mallory = User.objects.get(username="mallory")
    assert (mallory.is_superuser, mallory.is_staff) == (False, False)
    assert not mallory.get_all_permissions()
    mallory.delete()
    assert _rights("is_superuser") == before


def test_nobody_who_worked_on_it_publishes_it_by_any_way(site: Site) -> None:
    """Everything that the reviewer's own page would send, by the others."""
    act = f"/admin/reference/edition/{site.open.pk}/act/publish/"
    right = {
        "seen": publishing.fingerprint_of(site.open),
        "acknowledged": "on",
        "acknowledged_keys": " ".join(
            open_discrepancies(canonical_document(site.open))
        ),
    }
    ways: list[tuple[str, dict[str, Any]]] = [
        (act, {}),
        (f"{act}?by={site.people['reviewer'].pk}", {}),
        (act, {"by": site.people["reviewer"].pk, "user": site.people["reviewer"].pk}),
        (act.replace("/publish/", "/restore/"), {"seen": right["seen"]}),
        (act.replace("/publish/", "/confirm-review/"), {}),
        (act.replace("publish", "Publish"), {}),
        (act.replace("publish", "publish "), {}),
        (f"/admin/reference/edition/{site.open.pk}/review/", {}),
        (f"/admin/reference/edition/{site.open.pk}/preview/", {}),
        (f"/admin/reference/drug/{site.open.drug_id}/start-edition/", {}),
    ]
    published, tried = [], 0
    for who in STAFF:
        if who == "reviewer":
            continue
        for address, more in ways:
            client = Client(raise_request_exception=False)
            client.force_login(site.people[who])
            opened = publishing.versions_of(site.open)
            with transaction.atomic():
                answer = client.post(address, right | more | {"opened": opened})
                tried += 1
                state = Edition.objects.get(pk=site.open.pk).state
                if state == "published" or (
                    answer.status_code in (200, 302)
                    and (address == act and "opened" not in answer.content.decode())
                ):
                    published.append((who, address, answer.status_code))
                transaction.set_rollback(True)
    count(
        "attacks",
        "Own editions published, by author, editor, administrator and superuser",
        tried=tried,
        unit="tries",
        lost=len(published),
    )
    assert published == []
    # The same, by the one who did not work on it, is taken.
    reviewer = Client()
    reviewer.force_login(site.people["reviewer"])
    sent = right | {"opened": publishing.versions_of(site.open)}
    assert reviewer.post(act, sent).status_code == 302
    assert Edition.objects.get(pk=site.open.pk).state == "published"
    assert Drug.objects.get(slug="examplimab").editions.get().state == "draft"
