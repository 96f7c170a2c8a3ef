"""Two indications side by side: every line of both, and what is not there is said."""

import re
from html import unescape
from itertools import pairwise

import pytest
from django.test import Client

from reference.editions import Monograph

pytestmark = pytest.mark.django_db

ADDRESS = "/anakinra/compare/"


def words(page: str) -> str:
    plain = re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ")
    return " ".join(plain.split())


def test_every_line_of_every_pair_stands_in_the_table(
    client: Client, june_2024: Monograph
) -> None:
    for first, second in pairwise(june_2024.sections["indications"]):
        asked = {"first": first["key"], "second": second["key"]}
        page = unescape(client.get(ADDRESS, asked).content.decode())
        for indication in (first, second):
            for regimen in indication["regimens"]:
                assert regimen["printed"] in page
        assert page.count("No dosing printed") == 4 * sum(
            not each["regimens"] for each in (first, second)
        )


def test_nomid_beside_pjia(client: Client) -> None:
    asked = {"first": "nomid", "second": "pjia"}
    html = client.get(ADDRESS, asked).content.decode()
    for key in asked.values():
        assert html.count(f'<option value="{key}" selected>') == 1
    page = words(html)
    assert "Status FDA-approved Off-label" in page
    assert "1 to 2 mg/kg daily in divided doses" in page
    assert "1 mg/kg once daily" in page
    assert page.count("NOMID and DIRA: maximum printed as 8 mg per day") == 1


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("nomid", "", "Choose the second indication."),
        ("", "nomid", "Choose the first indication."),
        ("nomid", "nomid", "Choose another indication than the first."),
        ("<b>", "nomid", "“&lt;b&gt;” is not in this edition."),
        ("\x00", "x" * 9_999, "Choose the first indication again"),
    ],
)
def test_rubbish_is_refused_in_words(
    first: str, second: str, said: str, client: Client
) -> None:
    answer = client.get(ADDRESS, {"first": first, "second": second})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "<table" not in answer.content.decode()
