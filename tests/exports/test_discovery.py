"""What crawlers and link followers find: relations, sitemap, structured data."""

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from requests.utils import parse_header_links

from reference import publishing
from reference.editions import Document
from reference.exports import medical_web_page
from reference.models import Edition
from tests.support.guides.next_edition import start_next
from tests.support.guides.second_guide import load_second_guide
from tests.support.guides.small_guide import publish

pytestmark = pytest.mark.django_db

ORIGIN = "https://reference.example"
GUIDE = f"{ORIGIN}/anakinra/"
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def second(author: User, reviewer: User) -> Edition:
    draft = start_next(author, "July 2026", "A word.")
    draft.change_grade = Edition.ChangeGrade.EDITORIAL
    draft.save()
    return publish(draft, author=author, reviewer=reviewer)


def links(client: Client, address: str) -> dict[str, set[str]]:
    """The targets of each relation in the Link header."""
    found: dict[str, set[str]] = {}
    for link in parse_header_links(client.get(address).headers["Link"]):
        found.setdefault(link["rel"], set()).add(link["url"])
    return found


def test_an_edition_says_where_it_stands_among_the_others(
    client: Client, second: Edition
) -> None:
    first_edition, second_edition = (f"{GUIDE}editions/{n}/" for n in (1, 2))
    older, newer = links(client, "/anakinra/editions/1/"), links(client, "/anakinra/")
    for found in (older, newer):
        assert found["latest-version"] == {GUIDE}
        assert found["version-history"] == {f"{GUIDE}editions/"}
    assert older["successor-version"] == {second_edition}
    assert "predecessor-version" not in older
    assert older["canonical"] == {first_edition}
    assert newer["predecessor-version"] == {first_edition}
    assert "successor-version" not in newer
    assert newer["canonical"] == {GUIDE}
    assert newer["alternate"] == {
        *(
            f"{second_edition}{file}"
            for file in ("edition.json", "fhir.json", "citation.ris")
        ),
        *(f"{second_edition}citation.{end}" for end in ("bib", "csl.json")),
        f"{GUIDE}changes.atom",
    }


def test_the_file_of_an_edition_says_the_same_as_its_page(
    client: Client, second: Edition
) -> None:
    page = links(client, "/anakinra/editions/1/")
    for file in ("edition.json", "citation.ris"):
        found = links(client, f"/anakinra/editions/1/{file}")
        assert {name: found[name] for name in page} == page


def test_every_link_leads_somewhere(client: Client, second: Edition) -> None:
    for targets in links(client, "/anakinra/editions/1/").values():
        for target in targets:
            assert client.get(target.removeprefix(ORIGIN)).status_code == 200, target


def test_a_draft_is_nobodys_successor(client: Client, author: User) -> None:
    start_next(author, "Secret", "Not yet.")
    assert "successor-version" not in links(client, "/anakinra/")


def sitemap(client: Client) -> dict[str, str]:
    answer = client.get("/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    pages = ElementTree.fromstring(answer.content)
    return {
        str(page.findtext(f"{LOCATION}loc")): str(page.findtext(f"{LOCATION}lastmod"))
        for page in pages
    }


def test_the_sitemap_lists_what_is_in_force_and_when_it_was_revised(
    client: Client,
) -> None:
    listed = sitemap(client)
    assert set(listed.values()) == {"2024-06"}
    assert listed.keys() >= {GUIDE, f"{GUIDE}editions/", f"{GUIDE}indications/nomid/"}
    assert not any("/editions/1" in address for address in listed)
    for address in listed:
        page = client.get(address.removeprefix(ORIGIN))
        assert page.status_code == 200
        assert b"noindex" not in page.content, address


def test_the_sitemap_leaves_out_what_was_withdrawn(
    client: Client, reviewer: User
) -> None:
    edition = Edition.objects.get()
    publishing.withdraw(edition=edition, by=reviewer, reason="A wrong maximum.")
    assert sitemap(client) == {}


def test_the_sitemap_of_many_drugs_asks_as_often_as_that_of_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/sitemap.xml")
    for _ in range(2):
        with django_assert_num_queries(2):
            client.get("/sitemap.xml")
        load_second_guide()


def test_robots_leave_doses_what_was_searched_and_the_desk_alone(
    client: Client,
) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert "Disallow: /admin/" in lines
    assert "Disallow: /*/dose/" in lines
    # Not the page with the empty box: with many guides it is the home page.
    assert "Disallow: /search/?" in lines
    assert "Disallow: /search/" not in lines
    assert lines[-1] == f"Sitemap: {ORIGIN}/sitemap.xml"


SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def structured_data(client: Client) -> dict[str, Any]:
    [text] = SCRIPT.findall(client.get("/anakinra/").content.decode())
    data: dict[str, Any] = json.loads(text)
    return data


def test_a_finder_of_a_weakness_is_told_whom_to_write_to(
    client: Client, settings: Settings
) -> None:
    address = "/.well-known/security.txt"
    assert client.get(address).status_code == 404
    settings.REPORT_ERRORS_TO = "mailto:security@reference.example"
    with time_machine.travel("2026-12-01 23:59Z", tick=False):
        answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "Contact: mailto:security@reference.example",
        "Expires: 2027-03-01T00:00:00Z",
        f"Canonical: {ORIGIN}{address}",
        "Preferred-Languages: en",
    ]
    assert client.post(address).status_code == 405


def test_a_search_engine_learns_what_the_page_is_about(client: Client) -> None:
    data = structured_data(client)
    assert data["@type"] == "MedicalWebPage"
    assert data["url"] == f"{GUIDE}editions/1/"
    assert data["dateModified"] == "2024-06"
    assert "lastReviewed" not in data  # nobody has reviewed the whole text yet
    drug = data["about"]
    assert (drug["@type"], drug["name"]) == ("Drug", "anakinra")
    assert drug["proprietaryName"] == "Kineret"
    codes = {(code["codingSystem"], code["codeValue"]) for code in drug["code"]}
    assert ("ATC", "L04AC03") in codes
    assert "727711" not in str(codes)  # the guide marks it as unverified


def test_a_search_engine_learns_no_dose(client: Client) -> None:
    text = json.dumps(structured_data(client))
    assert not re.search(r"\d\s*(mg|mL|ml|kg|%)", text)
    assert "doseSchedule" not in text


def test_a_draft_tells_search_engines_nothing(client: Client, author: User) -> None:
    draft = start_next(author, "Secret", "Not yet.")
    client.force_login(author)
    page = client.get(f"/admin/reference/edition/{draft.pk}/preview/")
    assert page.status_code == 200
    assert not SCRIPT.search(page.content.decode())


def test_no_text_ends_the_script_it_stands_in(document: Document) -> None:
    hostile = "</script><script>alert(1)</script><!-- & \u2028"
    drug = document["drug"] | {"mechanism": hostile}
    text = medical_web_page(
        document | {"drug": drug}, address=GUIDE, reviewed_on="2026-11"
    )
    assert not re.search("[<>&\u2028]", text)
    data = json.loads(text)
    assert data["about"]["mechanismOfAction"] == hostile
    assert data["lastReviewed"] == "2026-11"
