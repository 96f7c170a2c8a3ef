"""The second factor: set up by each of the staff, asked for, and refused when wrong."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from anakinra_site.accounts import second_factor
from tests.support.accounts import (
    SET_UP,
    TOKEN,
    codes_on,
    enrol,
    is_open,
    key_on,
    set_up_with,
    signed_in,
    text_of,
)
from tests.support.desk_steps import code_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def required(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


# Required or not


def test_when_required_the_password_leads_to_the_set_up_and_nowhere_else(
    required: None, author: User
) -> None:
    client = signed_in(author)
    for address in ["/admin/", "/admin/reference/drug/", "/admin/password_change/",
                    "/admin/jsi18n/", "/admin/nowhere/", TOKEN]:  # fmt: skip
        for ask in (client.get, client.post, client.head):
            answer = ask(address)
            assert answer.status_code == 302, address
            assert urlsplit(answer["Location"]).path == SET_UP
    assert client.post("/admin/logout/").status_code == 200


def test_when_required_those_who_have_one_are_asked_for_it(
    required: None, clock: Any, author: User
) -> None:
    key, _codes = enrol(signed_in(author))
    clock.shift(timedelta(minutes=1))
    client = signed_in(author)
    for address in ["/admin/", "/admin/reference/drug/", "/admin/password_change/"]:
        assert client.get(address)["Location"] == f"{TOKEN}?next={address}"
        assert urlsplit(client.post(address)["Location"]).path == TOKEN
    assert client.get(SET_UP)["Location"] == f"{TOKEN}?next={SET_UP}"
    sent = {"code": code_for(key), "next": "/admin/reference/drug/"}
    answer = client.post(TOKEN, sent)
    assert answer["Location"] == "/admin/reference/drug/"
    assert is_open(client)
    assert client.get(TOKEN)["Location"] == "/admin/"


def test_when_optional_only_those_who_set_one_up_are_asked(
    clock: Any, author: User
) -> None:
    client, other = signed_in(author), signed_in(author)
    assert is_open(client)
    assert TOKEN in text_of(client.get("/admin/"))
    key, _codes = enrol(client)
    assert is_open(client)
    assert not is_open(other)
    clock.shift(timedelta(minutes=1))
    assert other.post(TOKEN, {"code": code_for(key)}).status_code == 302
    assert is_open(other)


def test_strangers_and_other_users_are_sent_to_the_login(client: Client) -> None:
    for address in (TOKEN, SET_UP):
        assert client.get(address)["Location"] == f"/admin/login/?next={address}"
    client.force_login(User.objects.create_user("reader"))
    for address in (TOKEN, SET_UP):
        assert client.get(address)["Location"] == f"/admin/login/?next={address}"


# Setting up


def test_the_set_up_shows_a_picture_the_policy_allows_and_writes_nothing(
    author: User,
) -> None:
    client = signed_in(author)
    with CaptureQueriesContext(connection) as queries:
        page = text_of(client.get(SET_UP))
    written = ("INSERT", "UPDATE", "DELETE")
    assert not [query for query in queries if query["sql"].startswith(written)]
    assert "<svg" in page
    assert "<title>QR code" in page
    assert "style=" not in page
    assert "<style" not in page
    assert 'autocomplete="one-time-code"' in page


@pytest.mark.parametrize("code", ["000000", "12345", "abc", "", "１２３４５６"])
def test_setting_up_needs_the_right_code(
    required: None, author: User, code: str
) -> None:
    client = signed_in(author)
    page = client.get(SET_UP)
    sent = set_up_with(page, code)
    again = client.post(SET_UP, sent)
    assert "errorlist" in text_of(again)
    assert key_on(again) == key_on(page)
    assert not TOTPDevice.objects.exists()
    assert not is_open(client)


def test_a_key_of_another_user_or_an_old_one_is_not_taken(
    clock: Any, author: User, superuser: User
) -> None:
    client = signed_in(author)
    foreign = signed_in(superuser).get(SET_UP)
    own = client.get(SET_UP)
    clock.shift(timedelta(minutes=25))
    assert is_open(client)
    for page in (foreign, own):
        clock.shift(timedelta(minutes=0 if page is foreign else 20))
        is_open(client)
        clock.shift(timedelta(minutes=0 if page is foreign else 20))
        sent = set_up_with(page, code_for(key_on(page)))
        assert "This page was too old" in text_of(client.post(SET_UP, sent))
    made_up = {"setup": "made-up", "code": "123456"}
    assert "This page was too old" in text_of(client.post(SET_UP, made_up))
    assert not TOTPDevice.objects.exists()


def test_ten_recovery_codes_are_shown_once_and_kept_unreadable(author: User) -> None:
    client = signed_in(author)
    page = client.get(SET_UP)
    sent = set_up_with(page, code_for(key_on(page)))
    shown = client.post(SET_UP, sent)
    assert "no-store" in shown["Cache-Control"]
    codes = codes_on(shown)
    assert len(set(codes)) == 10
    # 26 letters and digits of 5 bits each: 128 at random.
    assert all(re.fullmatch("([a-z2-7]{4}-){6}[a-z2-7]{2}", code) for code in codes)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10
    assert not kept & {code.replace("-", "") for code in codes}
    again = client.post(SET_UP, sent, follow=True)
    assert "set up already" in text_of(again)
    assert not codes_on(again)


def test_a_new_phone_needs_the_old_one_or_a_recovery_code(
    clock: Any, author: User
) -> None:
    client = signed_in(author)
    old, codes = enrol(client)
    assert enrol(client)[1] == []
    page = client.get(SET_UP)
    sent = set_up_with(page, "000", **{"current-code": codes[0]})
    assert "not right" in text_of(client.post(SET_UP, sent))
    clock.shift(timedelta(minutes=1))
    new, new_codes = enrol(client, **{"current-code": codes[0]})
    assert len(new_codes) == 10
    assert TOTPDevice.objects.get().key == new != old
    clock.shift(timedelta(minutes=1))
    other = signed_in(author)
    assert "not right" in text_of(other.post(TOKEN, {"code": codes[1]}))
    clock.shift(timedelta(minutes=1))
    assert "not right" in text_of(other.post(TOKEN, {"code": code_for(old)}))


def test_a_new_phone_ends_what_other_sessions_may_do(
    author: User, clock: time_machine.Traveller
) -> None:
    lost = signed_in(author)
    key, _codes = enrol(lost)
    clock.shift(timedelta(seconds=90))
    here = signed_in(author)
    assert here.post(TOKEN, {"code": code_for(key)}).status_code == 302
    assert is_open(lost)
    assert is_open(here)
    clock.shift(timedelta(seconds=90))
    enrol(here, **{"current-code": code_for(key)})
    assert is_open(here)
    assert lost.get("/admin/").headers["Location"].startswith(TOKEN)


def test_whoever_was_slower_does_not_replace_it(author: User) -> None:
    key, stranger = "ab" * 20, "cd" * 20
    assert second_factor.set_up(author, key, code_for(key), again=False)
    late = second_factor.set_up(author, stranger, code_for(stranger), again=False)
    assert late is None
    assert TOTPDevice.objects.get().key == key


# Asking


@pytest.fixture
def enrolled(clock: Any, author: User) -> tuple[str, list[str]]:
    made = enrol(signed_in(author))
    clock.shift(timedelta(minutes=1))
    return made


def test_a_wrong_code_is_refused_and_the_next_one_has_to_wait(
    clock: Any, author: User, enrolled: Any
) -> None:
    client = signed_in(author)
    key, codes = enrolled
    wrong = str((int(code_for(key)) + 1) % 1_000_000).zfill(6)
    for waited in (1, 2, 4):
        assert "not right" in text_of(client.post(TOKEN, {"code": wrong}))
        at_once = text_of(client.post(TOKEN, {"code": code_for(key)}))
        assert f"Wait {waited} second" in at_once
        assert not is_open(client)
        clock.shift(timedelta(seconds=waited + 1))
    assert client.post(TOKEN, {"code": codes[0]}).status_code == 302
    assert is_open(client)


def test_a_code_works_once(author: User, enrolled: Any) -> None:
    code = code_for(enrolled[0])
    first, second = signed_in(author), signed_in(author)
    assert first.post(TOKEN, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302
    assert "not right" in text_of(second.post(TOKEN, {"code": code}))
    assert not is_open(second)


def test_a_recovery_code_works_once(author: User, enrolled: Any) -> None:
    code = enrolled[1][3]
    first, second = signed_in(author), signed_in(author)
    page = first.post(TOKEN, {"code": code.upper().replace("-", " ")}, follow=True)
    assert "That recovery code is used up; 9 left." in text_of(page)
    assert "not right" in text_of(second.post(TOKEN, {"code": code}))
    assert not is_open(second)


def test_a_code_of_another_user_is_refused(
    clock: Any, superuser: User, enrolled: Any
) -> None:
    client = signed_in(superuser)
    enrol(client)
    clock.shift(timedelta(minutes=1))
    other = signed_in(superuser)
    for code in (code_for(enrolled[0]), enrolled[1][0]):
        assert "not right" in text_of(other.post(TOKEN, {"code": code}))
    assert not is_open(other)


def test_the_second_factor_gives_a_new_session(author: User, enrolled: Any) -> None:
    client = signed_in(author)
    before = client.cookies["sessionid"].value
    client.post(TOKEN, {"code": code_for(enrolled[0])})
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize("address", ["//evil.example/admin/", "/anakinra/"])
def test_no_way_leads_out_of_the_admin(
    author: User, enrolled: Any, address: str
) -> None:
    client = signed_in(author)
    sent = {"code": code_for(enrolled[0]), "next": address}
    assert client.post(f"{TOKEN}?next={address}", sent)["Location"] == "/admin/"


# Losing it


def test_an_administrator_removes_it_and_cannot_read_it(
    author: User, superuser: User, enrolled: Any
) -> None:
    theirs, chief = signed_in(author), signed_in(superuser)
    theirs.post(TOKEN, {"code": code_for(enrolled[0])})
    for model in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert chief.get(f"/admin/{model}/").status_code == 404
    listed = reverse("admin:auth_user_changelist")
    assert enrolled[0] not in text_of(chief.get(listed))
    chosen = [author.pk, superuser.pk]
    action = {"action": "remove_second_factor", "_selected_action": chosen}
    page = text_of(chief.post(listed, action, follow=True))
    assert "The second factor of author is removed." in page
    assert "Your own is replaced on its page" in page
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert not is_open(theirs)
    noted = LogEntry.objects.filter(object_id=str(author.pk)).order_by("pk")
    assert [(entry.user, entry.change_message) for entry in noted] == [
        (author, "Set up a second factor."),
        (superuser, "Removed the second factor."),
    ]


def test_the_command_removes_it(author: User, enrolled: Any) -> None:
    out = StringIO()
    call_command("remove_second_factor", "author", stdout=out)
    assert "author has no second factor" in out.getvalue()
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="no account 'autor'"):
        call_command("remove_second_factor", "autor")
