"""Typed readers of environment variables for settings.py.

A value that makes no sense stops the start with a sentence; none is guessed.
"""

import hmac
import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
# Whoever waits longer for another's change is told so, and keeps what was typed.
LONGEST_WAIT_FOR_A_LOCK = 5  # seconds

# A database that is gone without a word must not hold readers for minutes.
GIVE_UP_AFTER = {
    "connect_timeout": 3,  # seconds
    "tcp_user_timeout": 5000,  # milliseconds
}

# A server that takes a question of a reader and has no answer by then hangs.
READERS_WAIT = 2.0  # seconds

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
FRAME_ORIGIN = rf"https://(?:\*\.{_LABEL}\.)?{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?"

_FLAGS = {"1": True, "true": True, "yes": True, "on": True}
_FLAGS |= {"0": False, "false": False, "no": False, "off": False}


class SettingRefusedError(ImproperlyConfigured):
    """An environment variable holds something the site cannot start with."""


def read_flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value not in _FLAGS:
        raise SettingRefusedError(
            f"{name}={value!r} is neither yes nor no. Set it to 1 or 0, or unset it."
        )
    return _FLAGS[value]


def read_minutes(name: str, *, default: int, most: int) -> timedelta:
    """A whole number of minutes up to a limit; 0 for none."""
    value = os.environ.get(name, "").strip() or str(default)
    if not re.fullmatch("[0-9]{1,4}", value) or int(value) > most:
        raise SettingRefusedError(
            f"{name}={value!r} is not a whole number of minutes from 0 to {most}."
        )
    return timedelta(minutes=int(value))


def read_public_origin(name: str) -> str:
    """The address the public uses, such as https://reference.example, or ''."""
    value = os.environ.get(name, "").strip()
    if value and not re.fullmatch(r"https://[a-z0-9.-]+(:[0-9]{1,5})?", value):
        raise SettingRefusedError(
            f"{name}={value!r} is not an origin. Write https:// and a host name in"
            " lower case, without a path or a slash at the end, such as"
            " https://reference.example."
        )
    return value


def read_frame_origins(name: str) -> tuple[str, ...]:
    """Return the origins whose pages may show this site in a frame; none by default.

    A name may begin with `*.` for every host below a domain of two parts or more.
    """
    origins = tuple(os.environ.get(name, "").split())
    for origin in origins:
        if not re.fullmatch(FRAME_ORIGIN, origin):
            raise SettingRefusedError(
                f"{name} holds {origin!r}, which is not an origin. Write https:// and a"
                " host name in lower case, several with spaces between, such as"
                " https://ehr.example https://*.hospital.example."
            )
    return origins


def read_link(name: str) -> str:
    """An address that readers may follow (a page or an e-mail address), or ''."""
    value = os.environ.get(name, "").strip()
    if value and not re.fullmatch(r"(https://|mailto:)\S+", value):
        raise SettingRefusedError(
            f"{name}={value!r} is not a link. Write mailto:name@host or https://…"
        )
    return value


def read_secret(name: str, *, required: bool, fallback: Path) -> str:
    """The signing key: from the environment, else from a file made on first use."""
    value = os.environ.get(name, "")
    if value and len(value) < SHORTEST_SECRET:
        raise SettingRefusedError(
            f"{name} has {len(value)} characters; it needs {SHORTEST_SECRET} or more,"
            " drawn at random."
        )
    if value:
        return value
    if required:
        raise SettingRefusedError(
            f"With PUBLIC_ORIGIN set, {name} must be set too: {SHORTEST_SECRET} or"
            " more random characters, the same for every process and every start."
        )
    try:
        kept = _kept_secret(fallback)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingRefusedError(
            f"The signing key cannot be kept in {fallback}: {error}. Make the folder "
            f"writable, or set {name}."
        ) from error
    if len(kept) < SHORTEST_SECRET:
        raise SettingRefusedError(
            f"The signing key in {fallback} has {len(kept)} characters; it needs "
            f"{SHORTEST_SECRET} or more. Remove the file: another is made, and "
            "whoever is signed in has to sign in again."
        )
    return kept


def read_keys(name: str, *, secret: str) -> tuple[str, ...]:
    """Return keys, the one in use first; without any, one that the secret gives."""
    keys = tuple(os.environ.get(name, "").split())
    for key in keys:
        if len(key) < SHORTEST_SECRET:
            raise SettingRefusedError(
                f"{name} has a key of {len(key)} characters; each needs"
                f" {SHORTEST_SECRET} or more, drawn at random. The one in use is first,"
                " retired ones come after it, with spaces between."
            )
    derived = hmac.digest(secret.encode(), name.encode(), "sha256").hex()
    return keys or (derived,)


def _kept_secret(path: Path) -> str:
    if not path.exists():
        # Written beside and linked into place: a second process starting at the
        # same moment sees either no file or a whole one, and the first one wins.
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(SHORTEST_SECRET) + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def read_database(name: str, *, default: Path) -> dict[str, Any]:
    """Django's DATABASES entry for SQLite (the default file) or PostgreSQL."""
    value = os.environ.get(name, "").strip() or f"sqlite:///{default}"
    scheme = value.partition("://")[0]
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        # The address itself may hold a password: it is not repeated.
        raise SettingRefusedError(
            f"{name} must begin with sqlite:/// or postgresql://."
        )
    try:
        database: dict[str, Any] = {**dj_database_url.parse(value, conn_max_age=60)}
    except ValueError as error:
        raise SettingRefusedError(
            f"{name} could not be read. Write postgresql://user:password@host/name,"
            " with special characters in the password percent-encoded."
        ) from error
    if scheme == "sqlite":
        # The rollback journal (SQLite's default) stays: its write-ahead log can lose
        # data in versions before 3.51.3, and Debian 12 has 3.40. IMMEDIATE takes the
        # write lock at the start of a transaction, where waiting for it still helps.
        # How long to wait may be said in the address: sqlite:////file?timeout=10
        given = database.get("OPTIONS", {})
        if odd := sorted({*given} - {"timeout"}):
            raise SettingRefusedError(
                f"{name}: an SQLite file takes timeout=10 and no {', '.join(odd)}."
            )
        wait = given.get("timeout", LONGEST_WAIT_FOR_A_LOCK)
        if not isinstance(wait, int):
            raise SettingRefusedError(f"{name}: its timeout is in whole seconds.")
        database["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": wait}
    else:
        database["ENGINE"] = "anakinra_site.postgresql"
        database["CONN_HEALTH_CHECKS"] = True
        given = database.get("OPTIONS", {})
        # What an address asks for itself comes later, and so holds.
        wait = f"-c lock_timeout={LONGEST_WAIT_FOR_A_LOCK}s"
        options = f"{wait} {given.get('options', '')}".strip()
        database["OPTIONS"] = GIVE_UP_AFTER | given | {"options": options}
    return database
