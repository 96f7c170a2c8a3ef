"""The code by which a drawn page is known as the site's own: an HMAC.

It is over address, build, state and fingerprint of the edition, last good day, tag,
headers and body: a row that was put or changed by SQL alone has no good one. The first
key of the settings makes codes; those after it are retired, and still read.
"""

import hmac
import json
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings

NAME_LENGTH = 8  # of the key that made a code, which stands before it


class Bound(NamedTuple):
    """What a code binds a packed body to."""

    address: str
    build: str
    drawn_of: str
    good_until: str
    etag: str
    headers: str


def page_code(bound: Bound, body: bytes) -> str:
    """Return the code of a page with its body as it is packed."""
    return _code(settings.DRAWN_PAGES_KEYS[0], bound, body)


def is_good_code(code: str, bound: Bound, body: bytes) -> bool:
    """Return whether one of the site's keys made this code for these parts."""
    return any(
        hmac.compare_digest(code.encode(), _code(key, bound, body).encode())
        for key in settings.DRAWN_PAGES_KEYS
        if code.startswith(key_name(key))
    )


def current_key_name() -> str:
    """Return how every code begins that is made now."""
    return key_name(settings.DRAWN_PAGES_KEYS[0])


@lru_cache(maxsize=16)
def key_name(key: str) -> str:
    """Return a name of a key that tells nothing of it."""
    return hmac.digest(key.encode(), b"name", "sha256").hex()[:NAME_LENGTH]


def _code(key: str, bound: Bound, body: bytes) -> str:
    # JSON has no bare line end, so that no part can pass for the beginning of another.
    message = json.dumps(bound).encode() + b"\n" + body
    return key_name(key) + hmac.digest(key.encode(), message, "sha256").hex()
