"""All guides: a list of them, and one box that finds a line in any."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reference import publishing
from reference.models import Edition
from tests.support.guides.small_guide import begin_guide, publish

pytestmark = pytest.mark.django_db


def test_each_guide_is_listed_with_brand_edition_and_state(
    client: Client, second_guide: Edition, reviewer: User
) -> None:
    page = client.get("/").content.decode()
    assert '<a href="/anakinra/"><b>anakinra</b> Kineret</a>' in page
    rows = [
        re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)).strip()
        for row in re.findall(r"<li><a .*?</li>", page[page.index('class="guides"') :])
    ]
    assert rows == [
        "anakinra Kineret interleukin-1 receptor antagonist June 2024 in force",
        "examplimab Example Number 1 in force",
    ]
    publishing.withdraw(edition=second_guide, by=reviewer, reason="wrong")
    assert "withdrawn, not to be used" in client.get("/").content.decode()


def test_the_list_takes_one_query_however_many_guides_there_are(
    client: Client, author: User, reviewer: User, second_guide: Edition
) -> None:
    counts = []
    for slug in ("thirdimab", "fourthimab"):
        publish(begin_guide(author, slug), author=author, reviewer=reviewer)
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts == [1, 1]


def test_an_indication_is_found_across_guides_with_its_dose(
    client: Client, second_guide: Edition
) -> None:
    page = client.get("/search/", {"q": "condition"}).content.decode()
    assert '<a href="/examplimab/#line">' in page
    assert "100" in page
    assert "examplimab, edition Number 1" in page


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/anakinra/compare/", "/anakinra/"),
        ("/anakinra/compare/?first=nomid&second=css", "/anakinra/"),
        ("/anakinra/indications/", "/anakinra/"),
        ("/anakinra/indications/?q=aosd", "/search/?q=aosd"),
        ("/anakinra/indications/?q=+&route=subcutaneous", "/anakinra/"),
        ("/anakinra/indications/?q=%26x%3D1%0d%0aa", "/search/?q=%26x%3D1%0D%0Aa"),
    ],
)
def test_an_address_of_before_leads_to_where_its_content_is(
    address: str, leads_to: str, client: Client
) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"] == leads_to
    assert client.post(address).status_code == 405
    assert client.get(address.replace("anakinra", "nothing")).status_code == 404
