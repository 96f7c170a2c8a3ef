"""The public pages: what they show, what they cost, what they refuse."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reference.editions import Document, fingerprint
from reference.editions.monograph import _monograph_of_fingerprint
from reference.models import Edition
from tests.support.guides.second_guide import load_second_guide

pytestmark = pytest.mark.django_db

PAGES = [
    "/anakinra/",
    "/anakinra/dose/",
    "/anakinra/print/",
    "/anakinra/editions/",
    "/anakinra/monitoring/",
    "/anakinra/editions/1/",
    "/anakinra/editions/1/print/",
    "/anakinra/editions/1/edition.json",
    "/anakinra/editions/1/changes/",
    "/search/",
]
NOT_KEPT = [
    "/anakinra/dose/",
    "/anakinra/monitoring/",
    "/search/",
]


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_only_monograph_is_the_home_page(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"] == "/anakinra/"


def test_every_printed_line_stands_on_the_page(
    client: Client, document: Document
) -> None:
    page = text_of(client, "/anakinra/")
    for section, rows in document.items():
        if section in ("drug", "edition"):
            continue
        for row in rows:
            assert plain(row["printed"]) in plain(page), row["key"]
    for name in ("printed_title", "overview", "revision_line", "disclaimer"):
        assert plain(document["edition"][name]) in plain(page)
    for heading in document["headings"]:
        for name in ("printed", "lead", "footnote"):
            assert plain(heading[name]) in plain(page)


def plain(text: str) -> str:
    """Text without tags, entities or white space, so that only words count."""
    import html

    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text)))


def test_the_sheet_holds_the_pages_sections_and_no_form(client: Client) -> None:
    page = text_of(client, "/anakinra/print/")
    assert "<form" not in page
    assert "<script" not in page
    sections = re.findall(r'<section id="([^"]+)" class="section"', page)
    assert len(sections) == 7
    on_page = re.findall(
        r'<section id="([^"]+)" class="section"', text_of(client, "/anakinra/")
    )
    assert [it for it in on_page if it in sections] == sections


def test_running_heads_name_edition_state_and_page_numbers(client: Client) -> None:
    response = client.get("/anakinra/")
    (style,) = re.findall(r"<style>(.*?)</style>", response.content.decode())
    assert "Edition 1, June 2024: in force" in style
    assert "counter(page)" in style
    assert "counter(pages)" in style
    assert "'sha256-" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", [page for page in PAGES if page not in NOT_KEPT])
def test_a_page_is_revalidated_and_a_304_keeps_its_policy(
    address: str, client: Client
) -> None:
    first = client.get(address)
    assert first["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_edition_json_is_the_document_that_was_fingerprinted(
    client: Client, published_edition: Edition
) -> None:
    response = client.get("/anakinra/editions/1/edition.json")
    assert fingerprint(response.content) == published_edition.fingerprint
    assert response["ETag"] == f'"{published_edition.fingerprint}"'
    assert json.loads(response.content)["drug"]["slug"] == "anakinra"


def test_the_monograph_takes_at_most_12_queries_and_no_more_with_content(
    client: Client,
) -> None:
    load_second_guide()
    counts = []
    for slug in ("anakinra", "examplimab"):
        _monograph_of_fingerprint.cache_clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/{slug}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_public_page_answers_get_and_head_only(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in PAGES:
        refusal = getattr(client, method)(address)
        assert refusal.status_code == 405
        assert refusal.headers["Allow"] == "GET, HEAD"
        assert client.head(address).status_code == 200


@pytest.mark.parametrize("cookie", ["csrftoken=def", "sessionid=abc", "messages=x"])
def test_a_cookie_that_a_browser_sends_is_neither_read_nor_answered(
    cookie: str, client: Client
) -> None:
    for address in PAGES:
        response = client.get(address, headers={"Cookie": cookie})
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/anakinra/dose?regimen=ra-sc&weight=70", 301),
        ("/anakinra/dose/?regimen=nothing", 404),
        ("/nothing/dose/?regimen=ra-sc", 404),
    ],
)
def test_no_answer_below_the_dose_address_is_stored(
    address: str, status: int, client: Client
) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]


def test_an_edition_that_is_not_found_now_may_be_found_later(client: Client) -> None:
    response = client.get("/anakinra/editions/2/")
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-cache"


def test_an_edition_has_one_address(client: Client) -> None:
    assert client.get("/anakinra/editions/01/").status_code == 404


@pytest.mark.usefixtures("tampering")
def test_bytes_that_were_changed_are_not_served(
    client: Client, published_edition: Edition
) -> None:
    assert client.get("/anakinra/editions/1/edition.json").status_code == 200
    damaged = bytes(published_edition.canonical or b"") + b" "
    Edition.objects.filter(pk=published_edition.pk).update(canonical=damaged)
    assert client.get("/anakinra/editions/1/edition.json").status_code == 503


@pytest.mark.parametrize(
    "address",
    ["/nothing/", "/anakinra/editions/0/", "/anakinra/editions/99999999999999999999/"],
)
def test_an_unknown_address_is_a_page_of_its_own(address: str, client: Client) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()


def test_committee_text_cannot_end_the_inline_style() -> None:
    from reference.pages.running_heads import css_string

    assert css_string('a"</style>\\') == '"a\\22 \\3c /style\\3e \\5c "'


def test_a_fault_in_the_code_is_a_plain_page_without_details(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(edition: Edition) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("reference.pages.views.published_monograph", fail)
    response = Client(raise_request_exception=False).get("/anakinra/")
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
    assert "secret detail" not in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]


def test_a_database_that_does_not_answer_is_503_in_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(edition: Edition) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("reference.doses.views.published_monograph", fail)
    for headers in ({}, {"Accept": "application/json"}):
        response = client.get("/anakinra/dose/?regimen=ra-sc", headers=headers)
        assert response.status_code == 503
        assert "Nothing was worked out" in response.content.decode()
        assert response["Retry-After"] == "30"
        assert "no-store" in response["Cache-Control"]


def test_a_refused_form_shows_what_was_typed_and_never_a_password(
    client: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("the connection is lost")

    client.force_login(author)
    start = reverse("admin:reference_drug_start_edition", args=[1])
    monkeypatch.setattr("reference.desk.editions.get_object_or_404", fail)
    page = client.post(start, {"reason": "What <b>I</b> typed.", "_save": "Save"})
    assert page.status_code == 503
    assert "What &lt;b&gt;I&lt;/b&gt; typed." in page.content.decode()
    assert "Look whether your change is there" in page.content.decode()
    monkeypatch.setattr("django.contrib.auth.forms.authenticate", fail)
    typed = {"username": "ann", "password": "four words and more"}
    page = Client().post("/admin/login/", typed)
    assert page.status_code == 503
    assert "four words" not in page.content.decode()


def test_a_session_that_cannot_be_read_is_503_in_words(
    client: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked")

    client.force_login(author)
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    client.raise_request_exception = False
    page = client.get("/admin/")
    assert page.status_code == 503
    assert "Nothing was worked out" in page.content.decode()
