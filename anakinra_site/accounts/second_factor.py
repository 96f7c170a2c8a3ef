"""The second factor of an account: an authenticator app, and codes for its loss.

django-otp keeps the devices, refuses a code used before, and slows guessing down.
"""

import hashlib
import math
import re
import secrets
from base64 import b32encode, urlsafe_b64encode
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp import user_has_device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10


def is_verified(request: HttpRequest) -> bool:
    """Return whether this session has shown the user's second factor."""
    # Set by django-otp's middleware; without it nobody has.
    shown = getattr(request.user, "is_verified", None)
    return shown is not None and bool(shown())


def has_second_factor(user: User) -> bool:
    """Return whether the user has set one up."""
    return bool(user_has_device(user))


def seconds_to_wait(user: User, code: str) -> int:
    """Return how long this kind of code is not looked at, after wrong ones."""
    longest = 0.0
    for device in _devices(user, code):
        allowed, why = device.verify_is_allowed()
        if not allowed:
            left = (why["locked_until"] - timezone.now()).total_seconds()
            longest = max(longest, left)
    return math.ceil(longest)


@transaction.atomic
def device_that_accepts(user: User, code: str) -> Any:
    """Return the device that a code is right for, and use the code up; else None."""
    for device in _devices(user, code).select_for_update():
        if device.verify_token(_as_stored(code)):
            return device
    return None


def is_code_for(key: str, code: str) -> bool:
    """Return whether an app with this key shows this code now, or about now."""
    if not _is_of_the_app(code):
        return False
    return bool(TOTP(bytes.fromhex(key)).verify(int(plain(code)), tolerance=1))


@transaction.atomic
def set_up(
    user: User, key: str, code: str, *, again: bool
) -> tuple[Any, list[str]] | None:
    """Make the app that shows the code for the key the user's second factor.

    Returns its device and new recovery codes. Returns None if the code is wrong, or
    if there is a second factor already and this is not to set it up again.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if has_second_factor(user) and not again:
        return None
    app = TOTPDevice.objects.create(user=user, name="authenticator app", key=key)
    if not app.verify_token(plain(code)):
        app.delete()
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=app.pk).delete()
    StaticDevice.objects.filter(user=user).delete()
    recovery = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=recovery, token=_as_stored(each)) for each in codes
    )
    return app, codes


@transaction.atomic
def remove(user: User) -> None:
    """Forget the user's second factor and recovery codes."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def recovery_codes_left(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def plain(code: str) -> str:
    """Return a code as typed, without the spaces and dashes that group it."""
    return re.sub(r"[\s-]", "", code).lower()


def _is_of_the_app(code: str) -> bool:
    return re.fullmatch(r"\d{1,8}", plain(code)) is not None


def _devices(user: User, code: str) -> Any:
    model = TOTPDevice if _is_of_the_app(code) else StaticDevice
    return model.objects.filter(user=user, confirmed=True)


def _as_stored(code: str) -> str:
    """Return what the database holds of a code: of a recovery code, a digest only."""
    if _is_of_the_app(code):
        return plain(code)
    digest = hashlib.sha256(plain(code).encode()).digest()
    return urlsafe_b64encode(digest)[:16].decode()


def _new_recovery_code() -> str:
    """Return 128 random bits as letters and digits, in groups of four."""
    text = b32encode(secrets.token_bytes(16)).decode().lower().rstrip("=")
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def key_as_text(key: str) -> str:
    """Return a key as an app takes it when it is typed."""
    return b32encode(bytes.fromhex(key)).decode()
