"""Accounts of the desk: made in their groups, signed in, with a second factor."""

import re
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client

from tests.support.desk_steps import code_for, key_of

PASSWORD = "a long and proper password"
LOGIN = "/admin/login/"
TOKEN = "/admin/second-factor/"
SET_UP = "/admin/second-factor/set-up/"
WRONG = {"username": "author", "password": "not the password"}
RIGHT = {"username": "author", "password": PASSWORD}
NOON = "2026-03-01 12:00Z"


def member(name: str, *groups: str, **fields: Any) -> User:
    """Somebody new of the staff, in these groups."""
    user = User.objects.create_user(name, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    return user


def account(group: str) -> User:
    """A member of a group by the name of it, who has a password."""
    return member(group, group, password=PASSWORD)


def chief_account() -> User:
    return member("superuser", password=PASSWORD, is_superuser=True)


def signed_in(user: User) -> Client:
    """The user's browser, after the password and nothing more."""
    client = Client()
    answer = client.post(LOGIN, {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_open(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


# The second factor


def text_of(page: Any) -> str:
    assert page.status_code == 200
    return str(page.content.decode())


def key_on(page: Any) -> str:
    """The key, in hexadecimal, as somebody would type it from the page."""
    return key_of(re.findall(r"<code>([A-Z2-7 ]+)</code>", page.content.decode())[0])


def codes_on(page: Any) -> list[str]:
    return re.findall(r"<code>((?:[a-z2-7]{4}-){6}[a-z2-7]{2})</code>", text_of(page))


def set_up_with(page: Any, code: str, **more: str) -> dict[str, str]:
    """What the form of the set-up sends from this page."""
    found = re.findall(r'name="setup" value="([^"]*)"', page.content.decode())
    return {"setup": str(found[0]), "code": code, **more}


def enrol(client: Client, **more: str) -> tuple[str, list[str]]:
    """The key and the recovery codes of a second factor set up just now."""
    page = client.get(SET_UP)
    key = key_on(page)
    return key, codes_on(client.post(SET_UP, set_up_with(page, code_for(key), **more)))
