"""Readers who ask for everything at once, and judge each answer; nothing is asserted.

An answer is right if it is whole, of one edition that was in force while it was asked
for, and its doses are those of tests/support/oracle.py for that edition.
"""

import hashlib
import http.client
import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from html import unescape
from threading import Event
from typing import Any, NamedTuple

from reference.dosing import quantities
from tests.support.oracle import ANAKINRA, REGIMENS, Guide, Most, expected_answer
from tests.support.shown_edition import FINGERPRINT, STRIP, Connect, ask, unpacked

MONOGRAPH = "/anakinra/"
PAGES = (MONOGRAPH, f"{MONOGRAPH}print/", f"{MONOGRAPH}indications/pjia/")
LISTS = (f"{MONOGRAPH}editions/", f"{MONOGRAPH}changes.atom", "/sitemap.xml")
ENCODINGS = ("br", "gzip", "identity")
DOSE_LINE = re.compile(r'class="answer-dose"[^>]*><b[^>]*>([^<]+)</b>')
RANGE = re.compile(r"([\d.]+) mg to ([\d.]+) mg ")
MOST = Decimal("1.05")
OF_DOSE = re.compile(r"fingerprint ([0-9a-f]{12})\b")


class InForce(NamedTuple):
    """An edition, and when it was put in force: between these two moments."""

    number: int
    fingerprint: str
    maximum_mg: int
    pk: int
    asked_at: float
    done_at: float


class Claim(NamedTuple):
    """What an answer says: the edition that it is of, and what it holds if so.

    Some name it by its number, some by its fingerprint or the beginning of it.
    """

    fingerprint: str = ""
    number: int | None = None
    is_right: Callable[[int], bool] = lambda maximum_mg: True

    def is_of(self, edition: InForce) -> bool:
        return edition.fingerprint.startswith(self.fingerprint) and (
            self.number in (None, edition.number)
        )


class Wrong(Exception):
    """An answer that is not whole in itself; the text says how."""


class ServerError(Exception):
    """An answer of 500 and above."""


class Failure(NamedTuple):
    """A request that got no good answer, from when to when, and why."""

    begun: float
    ended: float
    why: str


@dataclass
class Findings:
    """What the readers met."""

    answered: int = 0
    unanswered: list[Failure] = field(default_factory=list)
    refused: list[Failure] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    waiting: list[tuple[float, float, str, Claim]] = field(default_factory=list)


@dataclass
class Site:
    """The server that is asked, and which editions were put in force when."""

    connect: Connect
    cookie: str
    editions: list[InForce]
    is_over: Event = field(default_factory=Event)

    def judge(self, findings: Findings) -> None:
        """Judge the answers whose edition has become known, and keep the others."""
        kept, findings.waiting = findings.waiting, []
        for begun, ended, name, claim in kept:
            place = next(
                (
                    place
                    for place, edition in enumerate(self.editions)
                    if claim.is_of(edition)
                ),
                None,
            )
            if place is None:
                findings.waiting.append((begun, ended, name, claim))
                continue
            edition, later = self.editions[place], self.editions[place + 1 :]
            if edition.asked_at > ended or (later and later[0].done_at < begun):
                findings.wrong.append(f"{name}: edition {edition.number} out of time")
            elif not claim.is_right(edition.maximum_mg):
                findings.wrong.append(f"{name}: not what edition {edition.number} says")


def read_on(site: Site, seed: int, pause_seconds: float = 0) -> Findings:
    """Ask for one thing after another until it is over."""
    source, findings = random.Random(seed), Findings()
    reader = Reader(site, source)
    names, weights = zip(*SHARES.items(), strict=True)
    while not site.is_over.wait(pause_seconds):
        name = source.choices(names, weights)[0]
        begun = time.monotonic()
        try:
            claim = getattr(reader, name)()
        except ServerError as error:
            findings.refused.append(Failure(begun, time.monotonic(), str(error)))
        except (OSError, http.client.HTTPException) as error:
            findings.unanswered.append(Failure(begun, time.monotonic(), repr(error)))
        except (Wrong, ValueError, KeyError) as error:
            findings.wrong.append(f"{name}: {error!r}")
        else:
            findings.answered += 1
            if claim is not None:
                findings.waiting.append((begun, time.monotonic(), name, claim))
                site.judge(findings)
    return findings


# Of a hundred requests.
SHARES = {
    "page": 25,
    "page_again": 15,
    "dose_as_json": 20,
    "dose_as_fragment": 15,
    "dose_as_page": 8,
    "search": 5,
    "export": 6,
    "list": 4,
    "preview": 2,
}


@dataclass
class Reader:
    """Somebody who asks; each method is one request and what its answer claims."""

    site: Site
    source: random.Random
    kept: dict[str, tuple[str, Claim]] = field(default_factory=dict)

    def page(self) -> Claim:
        """A page as it was drawn: its tag is that of its words."""
        path, encoding = self.source.choice(PAGES), self.source.choice(ENCODINGS)
        response, page = self._get(path, **{"Accept-Encoding": encoding})
        tag = response.headers["ETag"]
        if tag.strip('"').partition("-")[0] != hashlib.md5(page).hexdigest():
            raise Wrong(f"{path}: the tag is not that of the page")
        claim = _only_edition(page)
        if encoding == "br":
            self.kept[path] = tag, claim
        return claim

    def page_again(self) -> Claim:
        """A page that the browser has kept."""
        path = self.source.choice(PAGES)
        tag, claim = self.kept.get(path, ('"none"', Claim()))
        response, page = self._get(
            path, **{"Accept-Encoding": "br", "If-None-Match": tag}
        )
        return claim if response.status == 304 else _only_edition(page)

    def dose_as_json(self) -> Claim:
        key, weight, path = self._dose()
        _, body = self._get(path, Accept="application/json")
        answer = json.loads(body)

        def is_right(maximum_mg: int) -> bool:
            wanted = _expected(key, weight, maximum_mg)
            found = {name: answer.get(name) for name in wanted}
            codes = {caution["code"] for caution in answer["cautions"]}
            found["cautions"] = sorted(codes - {"discrepancy-open"})
            return found == wanted

        edition = answer["edition"]
        return Claim(edition["fingerprint"], edition["number"], is_right)

    def dose_as_fragment(self) -> Claim:
        return self._dose_in_words(**{"HX-Request": "true"})

    def dose_as_page(self) -> Claim:
        return self._dose_in_words()

    def search(self) -> None:
        _, page = self._get("/search/?q=neut")
        if b"eutropenia" not in page:
            raise Wrong("nothing was found")

    def export(self) -> None:
        """The bytes of an edition are its fingerprint, for ever."""
        edition = self.source.choice(self.site.editions)
        path = f"{MONOGRAPH}editions/{edition.number}/edition.json"
        _, body = self._get(path)
        if hashlib.sha256(body).hexdigest() != edition.fingerprint:
            raise Wrong(f"{path}: not its fingerprint")

    def list(self) -> None:
        path = self.source.choice(LISTS)
        _, body = self._get(path)
        if not body.rstrip().endswith(b">"):
            raise Wrong(f"{path}: not whole")

    def preview(self) -> None:
        """An edition as the desk shows it to somebody who is signed in."""
        edition = self.site.editions[-1]
        path = f"/admin/reference/edition/{edition.pk}/preview/"
        _, page = self._get(path, Cookie=self.site.cookie)
        if not _only_edition(page).is_of(edition):
            raise Wrong(f"{path}: another edition")

    def _dose(self) -> tuple[str, str, str]:
        key = self.source.choice(list(REGIMENS))
        weight = f"{self.source.uniform(0.5, 150):.2f}"
        path = f"{MONOGRAPH}dose/?regimen={key}&weight={weight}&confirm=yes"
        return key, weight, path

    def _dose_in_words(self, **headers: str) -> Claim:
        key, weight, path = self._dose()
        _, body = self._get(path, **headers)
        text = body.decode()
        found = OF_DOSE.search(text)
        if found is None:
            raise Wrong(f"{path}: no edition is named")
        (line,) = DOSE_LINE.findall(text)
        shown = unescape(line).replace("\u00a0", " ")

        def is_right(maximum_mg: int) -> bool:
            return _says(shown, _expected(key, weight, maximum_mg))

        return Claim(found[1], None, is_right)

    def _get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        response, body = ask(self.site.connect, path, **headers)
        if response.status >= 500:
            raise ServerError(f"{path}: {response.status}")
        if response.status not in (200, 304):
            raise Wrong(f"{path}: {response.status}")
        return response, unpacked(response, body)


def _only_edition(page: bytes) -> Claim:
    """Return the one edition that a page is of: by its number, and by its fingerprint.

    A page may leave out the one or the other, and names no second one.
    """
    text = page.decode()
    numbers: set[str] = {number for number, _ in STRIP.findall(text)}
    found: set[str] = set(FINGERPRINT.findall(text))
    if len(found) > 1 or len(numbers) > 1 or not (found or numbers):
        raise Wrong(f"{len(found)} fingerprints and {len(numbers)} numbers on one page")
    number = int(numbers.pop()) if numbers else None
    return Claim(found.pop() if found else "", number)


def _says(shown: str, answer: Mapping[str, Any]) -> bool:
    """Return whether the largest line of an answer begins with its amount.

    One amount is exact; the ends of a range are within it, by less than 5 %.
    """
    doses = answer["doses"]
    mg = doses[0]["mg"] if len(doses) == 1 else answer["daily_mg"]
    if answer["infusion"]:
        mg = dict.fromkeys(("low", "high"), answer["infusion"]["mg_per_hour"])
    low, high = Decimal(mg["low"]), Decimal(mg["high"])
    if low == high:
        return shown.startswith(f"{quantities.dose_amount(low, 'mg')} ")
    ends = RANGE.match(shown.replace(",", ""))
    if ends is None:
        return False
    first, last = map(Decimal, ends.groups())
    return low <= first < low * MOST and high / MOST < last <= high


@cache
def _guide(maximum_mg: int) -> Guide:
    """Return the guide with this maximum of the line that each publication changes."""
    line = replace(REGIMENS["pjia-sc"], most=Most(maximum_mg, False, "dose", "guide"))
    return replace(ANAKINRA, regimens=REGIMENS | {"pjia-sc": line})


def _expected(key: str, weight: str, maximum_mg: int) -> dict[str, Any]:
    return expected_answer(key, weight=weight, confirmed=True, guide=_guide(maximum_mg))
