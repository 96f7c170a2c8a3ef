"""Who gets into the admin, for how long, and what each group may do there."""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import global_settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import ProtectedError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from anakinra_site.accounts.throttling import client_address
from anakinra_site.logs import JsonFormatter
from reference import publishing
from reference.keeping import permissions_of_groups
from reference.models import Edition
from tests.support.accounts import (
    LOGIN,
    NOON,
    PASSWORD,
    RIGHT,
    WRONG,
    account,
    is_open,
    signed_in,
)
from tests.support.tables import each_row

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ROWS = ["regimen", "indication", "safetywarning", "discrepancy", "synonym"]


@pytest.fixture
def administrator() -> User:
    return account("administrator")


@pytest.fixture
def desk(author: User) -> Client:
    return signed_in(author)


# Groups


def test_the_groups_are_there_after_migrating() -> None:
    for name, permissions in permissions_of_groups().items():
        held = Group.objects.get(name=name).permissions.values_list(
            "content_type__app_label", "codename"
        )
        assert {f"{label}.{codename}" for label, codename in held} == permissions


def test_migrating_again_sets_a_changed_group_right() -> None:
    reviewer = Group.objects.get(name="reviewer")
    reviewer.permissions.add(Permission.objects.get(codename="change_regimen"))
    Group.objects.get(name="author").delete()
    Group.objects.create(name="editors").permissions.set(Permission.objects.all())
    call_command("migrate", verbosity=0)
    assert not Group.objects.get(name="editors").permissions.exists()
    Group.objects.get(name="editors").delete()
    test_the_groups_are_there_after_migrating()
    assert Group.objects.count() == 3


MATRIX = [
    # permission, author, reviewer, administrator
    *[(f"reference.{act}_{row}", True, False, False)
      for row in ROWS for act in ("add", "change", "delete")],
    *[(f"reference.view_{row}", True, True, True)
      for row in [*ROWS, "edition", "drug", "historyentry"]],
    ("reference.add_edition", True, False, False),
    ("reference.change_edition", True, False, False),
    ("reference.delete_edition", False, False, False),
    ("reference.delete_drug", False, False, False),
    *[(f"reference.{act}_{record}", False, False, False)
      for record in ("historyentry", "contribution")
      for act in ("add", "change", "delete")],
    ("reference.submit_edition", True, False, False),
    ("reference.publish_edition", False, True, False),
    ("reference.withdraw_edition", False, True, True),
    *[(f"auth.{act}_user", False, False, True) for act in ("add", "change", "view")],
    ("auth.delete_user", False, False, False),
    ("auth.view_group", False, False, True),
    *[(f"auth.{act}_group", False, False, False)
      for act in ("add", "change", "delete")],
    ("otp_totp.view_totpdevice", False, False, False),
]  # fmt: skip


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row[0])
def test_what_each_group_may_do(row: tuple[str, bool, bool, bool]) -> None:
    permission, *expected = row
    roles = ("author", "reviewer", "administrator")
    assert [account(role).has_perm(permission) for role in roles] == expected


# Guessing


def guess(client: Client) -> Any:
    return client.post(LOGIN, WRONG, REMOTE_ADDR="192.0.2.1")


def test_five_wrong_passwords_lock_out_that_address_alone(
    client: Client, author: User, caplog: pytest.LogCaptureFixture
) -> None:
    assert [guess(client).status_code for _ in range(5)] == [200] * 4 + [429]
    refused = client.post(LOGIN, RIGHT, REMOTE_ADDR="192.0.2.1")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    text = refused.content.decode()
    assert "wrong 5 times" in text
    assert "For 15 minutes" in text
    assert PASSWORD not in text
    elsewhere = client.post(LOGIN, RIGHT, REMOTE_ADDR="192.0.2.2")
    assert elsewhere.status_code == 302
    assert is_open(client)
    lines = [line for line in caplog.records if line.levelno >= logging.WARNING]
    (line,) = [each for each in lines if each.name == "anakinra_site.throttling"]
    assert json.loads(JsonFormatter().format(line))["message"] == (
        "locked out after 5 wrong passwords: author from 192.0.2.1"
    )


def test_a_lockout_ends_after_15_minutes_whatever_was_tried_meanwhile(
    client: Client, author: User
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            guess(client)
        clock.shift(timedelta(minutes=14))
        assert guess(client).status_code == 429
        clock.shift(timedelta(minutes=2))
        assert client.post(LOGIN, RIGHT, REMOTE_ADDR="192.0.2.1").status_code == 302


@each_row("direct", "forwarded", "behind", "counted")
def test_the_address_that_counts(
    settings: Settings, direct: str, forwarded: str, behind: str, counted: str
) -> None:
    settings.BEHIND_TLS_PROXY = behind == "yes"
    request = RequestFactory().post(
        LOGIN, REMOTE_ADDR=direct, headers={"x-forwarded-for": forwarded}
    )
    assert client_address(request) == (counted or None)


def test_a_right_password_forgives_the_wrong_ones(client: Client, author: User) -> None:
    for _ in range(2):
        for _ in range(4):
            assert guess(client).status_code == 200
        assert client.post(LOGIN, RIGHT, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_a_query_that_no_database_takes_is_no_fault(client: Client) -> None:
    assert client.post(f"{LOGIN}?x=%00", WRONG).status_code == 200


# Sessions


def test_half_an_hour_without_use_signs_out(author: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        desk = signed_in(author)
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert is_open(desk)
        clock.shift(timedelta(minutes=31))
        answer = desk.get("/admin/auth/?x=1")
        assert answer.status_code == 302
        assert answer["Location"] == f"{LOGIN}?next=/admin/auth/%3Fx%3D1"
        page = desk.get(answer["Location"]).content.decode()
        assert "signed out after 30 minutes without use" in page
        assert not is_open(desk)


def test_a_form_sent_too_late_is_not_saved_and_told_so(author: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        desk = signed_in(author)
        clock.shift(timedelta(minutes=31))
        answer = desk.post("/admin/password_change/", {"old_password": PASSWORD})
        assert answer["Location"] == f"{LOGIN}?next=/admin/"
        assert "was not saved" in desk.get(answer["Location"]).content.decode()


def test_twelve_hours_are_the_longest_session(author: User) -> None:
    with time_machine.travel("2026-03-01 06:00Z", tick=False) as clock:
        desk = signed_in(author)
        for _ in range(36):
            clock.shift(timedelta(minutes=20))
            assert is_open(desk)
        clock.shift(timedelta(minutes=1))
        assert not is_open(desk)
        assert is_open(signed_in(author))


def test_a_session_without_its_times_is_over(desk: Client) -> None:
    session = desk.session
    del session["begun_at"]
    session.save()
    assert not is_open(desk)


def test_ending_all_sessions_ends_them_all_but_the_own(
    author: User, administrator: User, superuser: User
) -> None:
    another = signed_in(superuser)
    theirs = [signed_in(author), signed_in(author)]
    chief, chief_elsewhere = signed_in(administrator), signed_in(administrator)
    chosen = [author.pk, administrator.pk]
    action = {"action": "end_all_sessions", "_selected_action": chosen}
    page = chief.post(reverse("admin:auth_user_changelist"), action, follow=True)
    assert "Sessions of author that were ended: 2." in page.content.decode()
    assert [is_open(client) for client in [*theirs, chief_elsewhere]] == [False] * 3
    assert is_open(chief)
    assert is_open(another)
    noted = LogEntry.objects.filter(user=administrator, object_id=str(author.pk))
    assert noted.get().change_message == "Ended all sessions."


def test_deactivating_ends_the_sessions_for_good(desk: Client, author: User) -> None:
    author.is_active = False
    author.save()
    assert not is_open(desk)
    author.is_active = True
    author.save()
    assert not is_open(desk)


def test_signing_in_clears_expired_sessions(author: User) -> None:
    old = timezone.now() - timedelta(days=1)
    Session.objects.create(pk="old", session_data="", expire_date=old)
    signed_in(author)
    assert not Session.objects.filter(pk="old").exists()


# Accounts


def test_an_administrator_cannot_reach_above(
    administrator: User, superuser: User, author: User
) -> None:
    chief = signed_in(administrator)
    above = [
        reverse("admin:auth_user_change", args=[superuser.pk]),
        reverse("admin:auth_user_password_change", args=[superuser.pk]),
        reverse("admin:auth_user_delete", args=[author.pk]),
    ]
    assert [chief.post(address).status_code for address in above] == [403] * 3
    action = {"action": "end_all_sessions", "_selected_action": [superuser.pk]}
    other = signed_in(superuser)
    page = chief.post(reverse("admin:auth_user_changelist"), action, follow=True)
    assert "changed by a superuser only" in page.content.decode()
    assert is_open(other)


@pytest.mark.parametrize("own", [True, False])
def test_an_administrator_makes_no_superuser_and_takes_no_rights(
    own: bool, administrator: User, author: User
) -> None:
    user = administrator if own else author
    chief = signed_in(administrator)
    reviewer = Group.objects.get(name="reviewer")
    joined = timezone.localtime(user.date_joined)
    posted = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": [reviewer.pk],
        "user_permissions": [Permission.objects.get(codename="publish_edition").pk],
        "date_joined_0": joined.strftime("%Y-%m-%d"),
        "date_joined_1": joined.strftime("%H:%M:%S"),
    }
    address = reverse("admin:auth_user_change", args=[user.pk])
    assert chief.post(address, posted).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert not user.is_superuser
    assert not user.user_permissions.exists()
    assert user.groups.filter(name="reviewer").exists() is not own


def test_whoever_worked_on_an_edition_is_not_deleted(
    superuser: User, author: User, published_edition: Edition
) -> None:
    publishing.start_draft(drug=published_edition.drug, by=author)
    address = reverse("admin:auth_user_delete", args=[author.pk])
    chief = signed_in(superuser)
    page = chief.get(address).content.decode()
    assert "author worked on an edition or signed one" in page
    assert "Deactivate it instead" in page
    assert "submit" not in re.findall(r"<main.*</main>", page, re.DOTALL)[0]
    chief.post(address, {"post": "yes"})
    assert User.objects.filter(pk=author.pk).exists()
    with pytest.raises(ProtectedError):
        author.delete()


def test_accounts_are_not_deleted_by_the_dozen(superuser: User, author: User) -> None:
    chief = signed_in(superuser)
    listed = reverse("admin:auth_user_changelist")
    assert "delete_selected" not in chief.get(listed).content.decode()
    action = {"action": "delete_selected", "_selected_action": [author.pk]}
    chief.post(listed, action | {"post": "yes"})
    assert User.objects.filter(pk=author.pk).exists()


# Passwords


def faults_of(password: str) -> list[str]:
    try:
        validate_password(
            password, User(username="author", first_name="Annabella Archer")
        )
    except ValidationError as error:
        return [each.code or "" for each in error.error_list]
    return []


@each_row("password", "faults")
def test_a_password_has_15_characters_or_more_of_any_kind_and_is_not_common(
    password: str, faults: str
) -> None:
    assert faults_of(password) == faults.split()


def test_a_password_counts_as_it_was_typed(author: User, client: Client) -> None:
    author.set_password(f" {PASSWORD} ")
    author.save()
    for typed, status in [(PASSWORD, 200), (f" {PASSWORD.upper()} ", 200)]:
        answer = client.post(LOGIN, {"username": "author", "password": typed})
        assert answer.status_code == status
    right = {"username": "author", "password": f" {PASSWORD} "}
    assert client.post(LOGIN, right).status_code == 302


def test_a_password_is_typed_unseen_and_may_be_pasted(desk: Client) -> None:
    for page, names in [
        (Client().get(LOGIN), {"current-password"}),
        (desk.get("/admin/password_change/"), {"current-password", "new-password"}),
    ]:
        fields = re.findall(r'<input type="password"[^>]*>', page.content.decode())
        assert len(fields) >= len(names)
        found = set(re.findall(r'autocomplete="([^"]+)"', " ".join(fields)))
        assert found == names
        assert "onpaste" not in page.content.decode()


def test_passwords_are_kept_by_a_slow_hash(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    kind, rounds, *_rest = make_password(PASSWORD).split("$")
    assert kind == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


def test_every_page_of_the_admin_offers_to_sign_out(
    desk: Client, author: User, published_edition: Edition
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    for address in [
        "/admin/",
        "/admin/password_change/",
        "/admin/second-factor/set-up/",
        reverse("admin:reference_drug_changelist"),
        reverse("admin:reference_edition_change", args=[draft.pk]),
        reverse("admin:reference_edition_act", args=[draft.pk, "submit"]),
    ]:
        page = desk.get(address).content.decode()
        assert 'method="post" action="/admin/logout/"' in page, address
