"""The guide's own words on its pages: in each row, and whole in one fold."""

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


def test_each_row_and_the_fold_hold_the_guide_in_its_printed_words(
    monograph: Element, document: Document
) -> None:
    assert "For health professionals, intended for use in: United States." in words(
        monograph.find(".//footer")
    )
    rows = {
        row.get("id"): words(row)
        for row in monograph.iterfind(".//table[@id='dose-table']/tbody")
    }
    assert len(rows) == 16
    for line in document["regimens"]:
        assert line["printed"] in rows[line["key"]]
    fold = words(monograph.find(".//*[@id='printed']"))
    for section in ("indications", "regimens", "warnings", "contraindications"):
        for line in document[section]:
            assert line["printed"] in fold


def test_the_fold_is_the_whole_guide_in_its_order(
    monograph: Element, document: Document
) -> None:
    """Heading by heading, as the committee printed it; nothing else is between."""
    fold = monograph.find(".//*[@id='printed']/div")
    assert fold is not None
    shown = [" ".join(words(part).split()) for part in fold.iter() if part.tag in "pli"]
    assert shown[0] == document["edition"]["printed_title"]
    assert shown[-2] == document["edition"]["revision_line"]
    places = [
        shown.index(line)
        for line in (
            "Resources from Manufacturer",
            "Anakinra is indicated for:",
            "Kawasaki refractory to IVIG in pediatrics*",
            "*off-label indication",
            "Subcutaneous Dosing",
            "pJIA: 1mg/kg once daily, max 100mg",
            "Intravenous Dosing",
            "Contraindications",
            "Warnings and Precautions",
            "Adverse Reactions",
            "Medication Administration and Storage",
        )
    ]
    assert places == sorted(places)
    assert len(set(shown)) == len(shown) - 1, "one line is printed under two routes"


def test_what_the_guide_leaves_out_is_said_in_words(monograph: Element) -> None:
    kawasaki = monograph.find(".//*[@id='kawasaki']")
    assert kawasaki is not None
    assert "no dosing line in the guide" in words(kawasaki)
    assert "None is taken from another line." in words(kawasaki)
    assert kawasaki.find(".//form") is None
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
