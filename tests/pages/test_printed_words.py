"""The guide's own words on its pages: each in its place, which can be linked to."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.test import Client

from reference.editions import Document
from tests.support.public_pages import ADDRESSES, MONOGRAPH

pytestmark = pytest.mark.django_db


@pytest.fixture
def monograph(client: Client) -> Element:
    page: Element = html5lib.parse(
        client.get(MONOGRAPH).content.decode(), namespaceHTMLElements=False
    )
    return page


def words(place: Element | None) -> str:
    assert place is not None
    return "".join(place.itertext()).replace("\xa0", " ")


def lines(page: Element) -> Iterator[Element]:
    """The places of indications, dosing lines and warnings."""
    yield from page.findall(".//article[@class='indication']")
    yield from page.findall(".//section[@class='regimen']")
    yield from page.findall(".//ol[@class='warnings']/li")


def test_the_monograph_shows_the_whole_guide_in_its_printed_words(
    monograph: Element, document: Document
) -> None:
    assert "For health professionals, intended for use in: United States." in words(
        monograph.find(".//header")
    )
    shown = {line.get("id"): words(line) for line in lines(monograph)}
    assert len(shown) == 13 + 15 + 6
    for line in document["indications"] + document["regimens"]:
        assert line["printed"] in shown[line["key"]]
    for warning in document["warnings"]:
        assert warning["printed"] in shown[f"warning-{warning['key']}"]


def test_every_line_has_its_permanent_anchor_with_a_name_of_its_own(
    monograph: Element,
) -> None:
    above = {below: it for it in monograph.iter() for below in it}
    anchors = monograph.findall(".//a[@class='anchor']")
    for anchor in anchors:
        place = above[anchor]
        while place.tag == "h4" or not place.get("id"):
            place = above[place]
        assert anchor.get("href") == f"#{place.get('id')}"
    linked = {anchor.get("href") for anchor in anchors}
    kept = {f"#{it.get('id')}" for it in lines(monograph) if it.tag != "li"}
    assert len(kept) == 13 + 15
    assert kept <= linked
    for line in monograph.findall(".//section[@class='regimen']"):
        assert line.find(f".//*[@id='dose-form-{line.get('id')}']") is not None
    names = [anchor.get("aria-label") for anchor in anchors]
    assert None not in names
    assert len(set(names)) == len(names) > 20


def test_what_the_guide_leaves_out_is_said_in_words(monograph: Element) -> None:
    kawasaki = monograph.find(".//*[@id='kawasaki']")
    assert kawasaki is not None
    assert "prints no dosing for it" in words(kawasaki)
    assert kawasaki.find(".//form") is None
    assert kawasaki.find(".//section[@class='regimen']") is None
    resources = monograph.findall(".//*[@id='resources']//li")
    assert len(resources) == 4
    assert monograph.find(".//a[@href='']") is None
    for resource in resources:
        assert "the guide supplies no address" in words(resource)


@pytest.mark.parametrize("address", ADDRESSES)
def test_public_pages_set_no_cookie_and_keep_the_strict_policy(
    client: Client, address: str
) -> None:
    response = client.get(address)
    assert not response.cookies
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src ")
    assert "unsafe" not in policy
