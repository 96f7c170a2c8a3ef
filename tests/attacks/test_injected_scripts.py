"""Markup and scripts in every text of an edition stay text, wherever it is shown."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import html5lib
import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from playwright.sync_api import Dialog, Page
from pytest_django.live_server_helper import LiveServer

from reference import publishing
from reference.desk import saving
from reference.editions import SECTIONS
from reference.models import Drug, Edition
from tests.conftest import OpenPage
from tests.support.every_address import text_fields, write_everywhere, write_into
from tests.support.guides import small_guide
from tests.support.public_pages import PAGES
from tests.tools.reliability.figures import IN_FULL, count, none_lost, times

# The stock admin's own templates ask for what is not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

MARK = "xss7"
LONG = (
    f"{MARK}</title></script></style></textarea>--><script>window.ran=1</script>"
    "\"'><img src=x onerror=window.ran=1><svg onload=window.ran=1>"
    "<a href=javascript:window.ran=1>a</a><base href=//evil.example/>"
    "</h2><iframe srcdoc='<script>parent.ran=1</script>'></iframe>"
    "{{7*7}}{%x%}${7*7}<!--]]>&lt;b&gt;"
)
SHORT = f"{MARK}\"'><img src=x onerror=window.ran=1>"
SHORTEST = f"{MARK}<b onclick=ran()>"
ADDRESS = f"https://{MARK}.example/%22%3E%3Cimg?a=%22onerror=1&b=</script><b>'"
QUERIES = [
    LONG,
    SHORT,
    "javascript:window.ran=1",
    "<script>window.ran=1</script>",
    "\x00<b>",
]
KEYS = ("key", "row_key", "section", "field", "slug")
EVENT = re.compile(r"on\w+", re.IGNORECASE)
SCRIPTED = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)
FOREIGN = {"base", "iframe", "object", "embed", "applet", "frame", "math"}


def _payload(field: Any, stands: str) -> str:
    """The most dangerous text that a field takes; a key stays what it is."""
    if field.name in KEYS:
        return stands
    if isinstance(field, models.URLField):
        return ADDRESS[: field.max_length]
    longest = field.max_length or len(LONG)
    fitting = (text for text in (LONG, SHORT, SHORTEST) if len(text) <= longest)
    return next(fitting, stands)


class Poisoned:
    """Two public guides full of payloads, and a draft; nothing refused them."""

    def __init__(self, edition: Edition, author: User, reviewer: User) -> None:
        draft = small_guide.next_draft(edition, by=author)
        self.texts = write_everywhere(draft, _payload)
        self.public = self._published(draft, author, reviewer)
        drug = small_guide.begin_guide(author, "examplimab").drug
        self.texts += write_into(drug, text_fields(Drug), _payload)
        drug.save()
        first = small_guide.with_line(drug.editions.get(), by=author)
        self.texts += write_everywhere(first, _payload)
        self.other = self._published(first, author, reviewer)
        self.draft = small_guide.next_draft(self.public, by=author)
        row = self.draft.indication_set.first()
        assert row is not None
        saving.save_row(row, by=author)
        self.row = row

    def _published(self, draft: Edition, author: User, reviewer: User) -> Edition:
        draft = publishing.submit(edition=Edition.objects.get(pk=draft.pk), by=author)
        publishing.return_to_draft(edition=draft, by=reviewer, reason=LONG)
        draft = Edition.objects.get(pk=draft.pk)
        return small_guide.publish(draft, author=author, reviewer=reviewer)


@pytest.fixture
def poisoned(published_edition: Edition, author: User, reviewer: User) -> Poisoned:
    return Poisoned(published_edition, author, reviewer)


def _public_addresses(site: Poisoned) -> list[str]:
    there = Client().get("/sitemap.xml").content.decode()
    known = re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", there)
    queries = [f"/search/?q={_quoted(text)}" for text in QUERIES]
    queries += [f"/anakinra/indications/?q={_quoted(text)}" for text in QUERIES]
    queries += [f"/anakinra/dose/?weight={_quoted(text)}" for text in QUERIES]
    queries += [f"/anakinra/dose/?regimen={_quoted(text)}" for text in QUERIES]
    queries += [f"/anakinra/dose/?{_quoted(text)}=1" for text in QUERIES]
    queries += [f"/anakinra/monitoring/?start={_quoted(text)}" for text in QUERIES]
    queries += [f"/{_quoted(text)}/" for text in QUERIES]
    pages = [address.replace("edition=1", "edition=2") for address in PAGES.values()]
    of_other = ["/examplimab/", "/examplimab/dose/?regimen=line", "/examplimab/print/"]
    return sorted({*known, *queries, *pages, *of_other, "/", f"/search/?q={MARK}"})


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _desk_addresses(site: Poisoned) -> Iterator[str]:
    edition = "/admin/reference/edition/"
    for found in (site.draft, site.public):
        own = f"{edition}{found.pk}/"
        yield from (
            f"{own}{page}/" for page in ("change", "history", "review", "preview")
        )
        yield from (f"{own}act/{name}/" for name in ("submit", "withdraw", "discard"))
    yield f"{edition}{site.draft.pk}/preview/print/"
    yield from (
        "/admin/",
        edition,
        f"/admin/reference/drug/{site.other.drug_id}/change/",
    )
    yield f"/admin/reference/drug/{site.other.drug_id}/history/"
    for model in SECTIONS.values():
        row = model._base_manager.filter(edition=site.draft).first()
        own = f"/admin/reference/{model._meta.model_name}/"
        if row is None or Client().get(own).status_code == 404:
            continue
        yield from (
            f"{own}?q={_quoted(SHORT)}",
            own,
            f"{own}add/?edition={_quoted(LONG)}",
        )
        yield from (
            f"{own}{row.pk}/{page}/" for page in ("change", "delete", "history")
        )


def _injected(html: str) -> list[str]:
    """What a browser would make of a payload: scripts, events, foreign elements."""
    tree, found = html5lib.parse(html, namespaceHTMLElements=False), []
    for element in tree.iter():
        tag = str(element.tag)
        is_data = element.get("type") == "application/ld+json"
        if tag in FOREIGN or (
            tag == "script" and "ran" in (element.text or "") and not is_data
        ):
            found.append(tag)
        for name, value in element.attrib.items():
            is_address = name in ("href", "src", "action", "formaction", "data")
            if EVENT.fullmatch(str(name)) or (is_address and SCRIPTED.match(value)):
                found.append(f"{tag} {name}={value}")
            if name == "src" and value == "x":
                found.append(f"{tag} {name}={value}")
    return found


def _require_exports_read_back_as_text() -> None:
    """JSON-LD, feed, FHIR, calendar: each parser finds the text itself, and no more."""
    client = Client()
    page = client.get("/anakinra/").content.decode()
    linked = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(linked[0])
    assert MARK in told["name"]
    feed = client.get("/anakinra/changes.atom").content
    texts = "".join(ElementTree.fromstring(feed).itertext())
    assert LONG[:60] in texts
    fhir = client.get("/anakinra/editions/2/fhir.json").json()
    divs = list(_narratives(fhir))
    assert divs
    for div in divs:
        ElementTree.fromstring(div)
        assert _injected(div) == []
    calendar = client.get("/anakinra/monitoring.ics?start=2026-01-31").content.decode()
    assert calendar.count("BEGIN:VCALENDAR") == 1
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    exported = client.get("/anakinra/editions/2/edition.json").json()
    assert LONG in json.dumps(exported, ensure_ascii=False).replace('\\"', '"')
    count(
        "attacks",
        "Exports with scripts in their texts, parsed",
        tried=5,
        unit="exports",
        lost=sum(bool(_injected(div)) for div in divs),
        note=f"{len(divs)} narratives of FHIR",
    )


def test_no_page_makes_an_element_of_a_text(poisoned: Poisoned, author: User) -> None:
    """Every public page and every page of the desk, as a browser parses it."""
    desk = Client()
    desk.force_login(author)
    asked = [(Client(), address) for address in _public_addresses(poisoned)]
    asked += [(desk, address) for address in _desk_addresses(poisoned)]
    asked = asked[:: times(4, 1)]
    wrong, shown, tried = [], 0, 0
    for client, address in asked:
        answer: Any = client.get(address)
        assert answer.status_code < 500, address
        if "html" not in answer.headers.get("Content-Type", ""):
            continue
        tried += 1
        page = answer.content.decode()
        shown += MARK in page
        if found := _injected(page):
            wrong.append((address, found))
    none_lost(
        wrong,
        "attacks",
        f"Scripts in {poisoned.texts:,} texts of an edition, each page parsed",
        tried=tried,
        unit="pages",
        note=f"{shown} show a payload",
    )
    assert shown > tried / 2
    _require_exports_read_back_as_text()


def _visit(
    page: Page, addresses: list[str], site: str, dialogs: list[str]
) -> tuple[int, list[str]]:
    """Open each address; how many show a payload, and those where a script ran."""
    shown, ran = 0, []
    for address in addresses:
        page.goto(f"{site}{address}", wait_until="load")
        shown += MARK in page.content()
        if page.evaluate("() => window.ran") is not None or dialogs:
            ran.append(address)
    return shown, ran


@pytest.mark.parametrize("bypass_csp", [False, True] if IN_FULL else [False])
def test_in_a_browser_no_script_runs_and_the_policy_is_never_needed(
    bypass_csp: bool,
    live_server: LiveServer,
    poisoned: Poisoned,
    author: User,
    open_page: OpenPage,
    page_faults: list[str],
) -> None:
    """Without the policy a script would run; with it, each try would be a violation."""
    desk = Client()
    desk.force_login(author)
    public, private = _public_addresses(poisoned), [*_desk_addresses(poisoned)]
    public, private = public[:: times(25, 3)], private[:: times(20, 3)]
    page = open_page("/", bypass_csp=bypass_csp)
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    site = str(live_server.url)
    shown, ran = _visit(page, public, site, dialogs)
    session = desk.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    shown_at_desk, ran_at_desk = _visit(page, private, site, dialogs)
    lost = len(ran) + len(ran_at_desk) + len(dialogs) + len(page_faults)
    count(
        "attacks",
        f"Scripts in {poisoned.texts:,} texts, crawled in Chromium "
        f"{'without' if bypass_csp else 'with'} the policy",
        tried=len(public) + len(private),
        unit="pages",
        lost=lost,
        note=f"{shown + shown_at_desk} show a payload",
    )
    assert ran == ran_at_desk == dialogs == []
    assert shown
    assert shown_at_desk


def _narratives(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if isinstance(found.get("div"), str):
            yield found["div"]
        for value in found.values():
            yield from _narratives(value)
    elif isinstance(found, list):
        for value in found:
            yield from _narratives(value)


@pytest.fixture
def served_guide(live_server: LiveServer, poisoned: Poisoned) -> str:
    """The address of a running site that is full of payloads."""
    return str(live_server.url)
