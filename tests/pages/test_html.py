"""HTML that a strict parser takes, with names and references that lead somewhere."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.support.guides import small_guide
from tests.support.public_pages import NOT_FOUND, PAGES, TWINS

pytestmark = pytest.mark.django_db

REFERENCES = ["for", "aria-labelledby", "aria-describedby", "aria-controls"]
HEADING = re.compile("h[1-6]")


def parsed(html: str) -> Element:
    """The page as the strict parser reads it, or its first error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def title_of(tree: Element) -> str:
    return (tree.findtext("head/title") or "").strip()


def reference_faults(tree: Element, html: str) -> Iterator[str]:
    """Names given twice, and references to what is not on the page."""
    names = Counter(re.findall(r'\sid="([^"]*)"', html))
    yield from (f"the id {name} stands {n} times" for name, n in names.items() if n > 1)
    for element in tree.iter():
        for attribute in REFERENCES:
            for name in element.get(attribute, "").split():
                if name not in names:
                    yield f"{attribute} names {name}, which is not there"
        address = element.get("href", "")
        if address.startswith("#") and address[1:] not in names:
            yield f"a link leads to {address}, which is not there"


def outline_faults(tree: Element) -> Iterator[str]:
    """A heading that skips a level, or not exactly one of the first."""
    found = [
        (int(element.tag[1]), "".join(element.itertext()).strip())
        for element in tree.iter()
        if HEADING.fullmatch(str(element.tag))
    ]
    if [level for level, _words in found].count(1) != 1:
        yield f"not one heading of the first level: {found}"
    above = 0
    for level, words in found:
        if level > above + 1:
            yield f"heading {level} after heading {above}: {words}"
        above = level


def faults(html: str) -> list[str]:
    try:
        tree = parsed(html)
    except html5lib.html5parser.ParseError as error:
        return [f"not valid: {error}"]
    found = [*reference_faults(tree, html), *outline_faults(tree)]
    if tree.get("lang", "").lower() != "en-us":
        found.append("the page does not say its language")
    if not title_of(tree):
        found.append("no title")
    return found


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("<p></div>", "not valid"),
        ('<p id="a"></p><p id="a"></p>', "stands 2 times"),
        ('<label for="b">B</label>', "for names b"),
        ('<a href="#c">C</a>', "leads to #c"),
        ("<h1>One</h1><h3>Three</h3>", "heading 3 after heading 1"),
        ("<h1>One</h1><h1>Two</h1>", "not one heading"),
    ],
)
def test_a_fault_would_be_found(html: str, says: str) -> None:
    page = "<!doctype html><html lang=en-US><head><title>T</title></head><body>"
    assert any(says in fault for fault in faults(f"{page}{html}</body></html>"))


@pytest.mark.parametrize("address", [*PAGES.values(), NOT_FOUND])
def test_a_public_page_is_valid(client: Client, address: str) -> None:
    assert faults(client.get(address).content.decode()) == []


def test_no_two_pages_have_the_same_title(client: Client) -> None:
    """A title names no weight, dose or search, and the edition in force has twins."""
    titles: dict[str, str] = {}
    for name, address in PAGES.items():
        if "?" not in address and name not in TWINS:
            title = title_of(parsed(client.get(address).content.decode()))
            assert title not in titles, (name, titles[title])
            titles[title] = name
    assert len(titles) > 8


def test_a_fragment_of_a_dose_and_of_a_search_is_valid(client: Client) -> None:
    for name in ("dose-chosen", "dose-invalid", "dose-confirm", "search-row"):
        fragment = client.get(PAGES[name], headers={"HX-Request": "true"})
        parser = html5lib.HTMLParser(strict=True)
        parser.parseFragment(fragment.content.decode())


def test_a_page_says_in_its_head_what_it_holds(client: Client) -> None:
    for name in ("monograph", "indication", "search", "discrepancies", "editions"):
        head = parsed(client.get(PAGES[name]).content.decode()).find("head")
        assert head is not None
        said = head.find("meta[@name='description']")
        assert said is not None, name
        assert 50 < len(said.get("content", "")) < 200, name


def test_the_list_of_guides_is_valid_and_says_what_it_holds(
    client: Client, author: User, reviewer: User
) -> None:
    draft = small_guide.begin_guide(author)
    small_guide.publish(draft, author=author, reviewer=reviewer)
    page = client.get("/").content.decode()
    assert faults(page) == []
    assert 'name="description"' in page


@pytest.mark.ignore_template_errors
def test_the_desks_own_pages_are_valid(client: Client, author: User) -> None:
    draft = small_guide.begin_guide(author)
    client.force_login(author)
    pages = {"review", "preview", "preview_print", "history"}
    addresses = [
        *(
            reverse(f"admin:reference_edition_{page}", args=[draft.pk])
            for page in pages
        ),
        *(
            reverse("admin:reference_edition_act", args=[draft.pk, act])
            for act in ("submit", "discard")
        ),
        reverse("admin:index"),
        reverse("manual"),
        reverse("set_up_second_factor"),
    ]
    found: dict[str, Any] = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = faults(answer.content.decode())
    assert {at: said for at, said in found.items() if said} == {}
