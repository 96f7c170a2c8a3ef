"""A thousand guesses from behind forged addresses, at the password and at the code."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from tests.support.accounts import LOGIN, NOON, RIGHT, TOKEN, account
from tests.support.desk_steps import code_for
from tests.tools.reliability.figures import count, times

pytestmark = pytest.mark.django_db

ATTACKER, OWNER = "192.0.2.1", "198.51.100.9"
FORGED = (
    *("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "Client-IP"),
    *("True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Remote-IP"),
    *("X-Remote-Addr", "X-Originating-IP", "X-Cluster-Client-IP", "Via"),
    *("X-Forwarded", "Forwarded-For", "X-ProxyUser-Ip", "X-Host", "Remote-Addr"),
)


class Hashing:
    """How often a password was hashed, which is what a guess costs the site."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number, verify = 0, hashers.MD5PasswordHasher.verify

        def counted(hasher: Any, password: str, encoded: str) -> bool:
            self.number += 1
            return bool(verify(hasher, password, encoded))

        monkeypatch.setattr(hashers.MD5PasswordHasher, "verify", counted)


@pytest.fixture
def owner(db: None) -> User:
    return account("author")


def _forged(number: int) -> dict[str, str]:
    """Every header by which an address might be said, each time another one."""
    address = f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"
    said = dict.fromkeys(FORGED, address)
    return said | {"Forwarded": f"for={address};proto=https", "User-Agent": address}


def _guess(client: Client, number: int, address: str = ATTACKER) -> int:
    sent = {"username": "author", "password": f"guess {number}"}
    answer = client.post(LOGIN, sent, REMOTE_ADDR=address, headers=_forged(number))
    return int(answer.status_code)


@pytest.mark.parametrize("behind_proxy", [False, True], ids=["alone", "behind a proxy"])
def test_guesses_with_forged_addresses_are_counted_as_one_and_cost_nothing(
    behind_proxy: bool,
    owner: User,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.BEHIND_TLS_PROXY = behind_proxy
    number, hashing, statuses = times(20, 1000), Hashing(monkeypatch), []
    for guess in range(number):
        client = Client()
        if behind_proxy:  # which adds whom it sees, after what a client has written
            headers = _forged(guess)
            headers["X-Forwarded-For"] += f", {ATTACKER}"
            sent = {"username": "author", "password": f"guess {guess}"}
            answer = client.post(LOGIN, sent, REMOTE_ADDR="127.0.0.1", headers=headers)
            statuses.append(answer.status_code)
        else:
            statuses.append(_guess(client, guess))
    hashed = hashing.number
    seen = {"x-forwarded-for": f"{ATTACKER}, {OWNER}"} if behind_proxy else {}
    own = Client().post(LOGIN, RIGHT, REMOTE_ADDR=OWNER, headers=seen)
    count(
        "attacks",
        f"Passwords guessed from forged addresses, {'' if behind_proxy else 'not '}"
        "behind a proxy",
        tried=number,
        unit="guesses",
        lost=sum(status not in (200, 429) for status in statuses)
        + max(hashed - 5, 0)
        + (own.status_code != 302),
        note=f"{hashed} hashed; the owner signs in from elsewhere",
    )
    assert statuses == [200] * 4 + [429] * (number - 4)
    assert hashed == 5
    assert own.status_code == 302


def test_from_many_addresses_each_has_five_guesses_and_the_owner_gets_in(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses, hashing = times(3, 50), Hashing(monkeypatch)
    number = addresses * times(7, 20)
    for guess in range(number):
        _guess(Client(), guess, f"203.0.113.{guess % addresses}")
    hashed = hashing.number
    answer = Client().post(LOGIN, RIGHT, REMOTE_ADDR=OWNER)
    count(
        "attacks",
        f"Passwords guessed from {addresses} addresses",
        tried=number,
        unit="guesses",
        lost=max(hashed - 5 * addresses, 0) + (answer.status_code != 302),
        note=f"{hashed} hashed",
    )
    assert hashed == 5 * addresses
    assert answer.status_code == 302


def test_a_code_is_guessed_so_rarely_that_years_would_not_do(owner: User) -> None:
    """An app's code has a million values; after each wrong one the wait is doubled."""
    device = TOTPDevice.objects.create(
        user=owner, name="app", key=secrets.token_hex(20)
    )
    number, looked_at, through = times(30, 1000), 0, 0
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        client.post(LOGIN, RIGHT)
        for guess in range(number):
            right = int(code_for(device.key))
            wrong = f"{(right + 500_000 + guess) % 1_000_000:06}"
            before = TOTPDevice.objects.get().throttling_failure_count
            answer = client.post(TOKEN, {"code": wrong}, headers=_forged(guess))
            through += answer.status_code != 200
            looked_at += TOTPDevice.objects.get().throttling_failure_count - before
            clock.shift(timedelta(seconds=1))
        # In so many seconds: 1 + 2 + 4 + … of waiting.
        allowed = number.bit_length() + 1
        # The right one, once the wait is over, opens the desk.
        clock.shift(timedelta(seconds=2**allowed))
        answer = client.post(TOKEN, {"code": code_for(device.key)})
    count(
        "attacks",
        "Codes of the second factor guessed, one a second, forged addresses",
        tried=number,
        unit="guesses",
        lost=through + max(looked_at - allowed, 0),
        note=f"{looked_at} looked at",
    )
    assert through == 0
    assert looked_at <= allowed
    assert answer.status_code == 302
