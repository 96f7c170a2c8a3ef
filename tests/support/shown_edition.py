"""Which edition a reader is shown, in which state, by a page and by a dose.

Each answer is asked for on a connection of its own and has to be whole in itself.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from typing import NamedTuple

import brotli

from reference.models import STATE_IN_WORDS, Edition

STRIP = re.compile(r"Edition (\d+), [^<:]*: (?:<b>)?([^<]+)</b>")
STYLE_SHEET = re.compile(r'href="(/static/[^"]+\.css)"')
FINGERPRINT = re.compile(r"\b[0-9a-f]{64}\b")
IN_FORCE = str(STATE_IN_WORDS[Edition.State.PUBLISHED])
WITHDRAWN = str(STATE_IN_WORDS[Edition.State.WITHDRAWN])

Connect = Callable[[], HTTPConnection]


class Shown(NamedTuple):
    """One edition of a drug, as somebody outside can tell it."""

    number: int
    state: str
    fingerprint: str

    @classmethod
    def of(cls, edition: Edition) -> "Shown":
        state = str(STATE_IN_WORDS[edition.state])
        return cls(edition.number, state, edition.fingerprint)


def ask(
    connect: Connect, path: str, method: str = "GET", body: str = "", **headers: str
) -> tuple[HTTPResponse, bytes]:
    """The answer to one request, and its body as it was sent."""
    connection = connect()
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def unpacked(response: HTTPResponse, body: bytes) -> bytes:
    encoding = response.headers["Content-Encoding"]
    if encoding is None:
        return body
    plain: bytes = (
        brotli.decompress(body) if encoding == "br" else gzip.decompress(body)
    )
    return plain


def style_sheet_of(page: bytes) -> str:
    """The address of the style sheet that an unpacked page names."""
    found = STYLE_SHEET.search(page.decode())
    assert found, page
    return found[1]


def shown_by_page(connect: Connect, path: str, encoding: str = "br") -> Shown:
    """What the page says, once its tag has proved to be that of its words."""
    response, body = ask(connect, path, **{"Accept-Encoding": encoding})
    assert response.status == 200, body
    page = unpacked(response, body)
    digest = hashlib.md5(page).hexdigest()
    tag = f'"{digest}-{encoding}"' if response.headers["Content-Encoding"] else digest
    assert response.headers["ETag"].strip('"') == tag.strip('"')
    ((number, state),) = STRIP.findall(page.decode())
    (fingerprint,) = set(FINGERPRINT.findall(page.decode()))
    return Shown(int(number), state, fingerprint)


def shown_by_dose(connect: Connect, path: str) -> Shown:
    """What the same dose as JSON rests on."""
    response, body = ask(connect, path, Accept="application/json")
    assert response.status == 200, body
    answer = json.loads(body)
    edition = answer["edition"]
    states = {"computed": IN_FORCE, "refused": WITHDRAWN}
    if answer["status"] == "refused":
        assert answer["reason"]["code"] == "edition-withdrawn"
    return Shown(edition["number"], states[answer["status"]], edition["fingerprint"])
