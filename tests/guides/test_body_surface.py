"""A line per m² as it is asked for: by a program, on its page, in a row."""

import html
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tests.exports.dose_answers import answer_validators

pytestmark = pytest.mark.django_db

GUIDE = Path(settings.BASE_DIR) / "tests" / "guides" / "examples" / "rituximab.json"
DOSE = "/rituximab/dose/"
WHAT_TO_TYPE = (
    "Type the body surface area in square meters (m²) as a number, such as 1.8."
)
KEY = "gpa-iv"
LINE = {"regimen": KEY}


@pytest.fixture(autouse=True)
def _rituximab(db: None) -> None:
    call_command("load_guide", str(GUIDE), stdout=StringIO())


def asked(client: Client, *, status: int = 200, **query: str) -> dict[str, Any]:
    found = client.get(DOSE, query, headers={"Accept": "application/json"})
    assert found.status_code == status, found.content
    answer: dict[str, Any] = found.json()
    assert list(answer_validators()[status].iter_errors(answer)) == []
    return answer


def words_of(client: Client, address: str, query: dict[str, str]) -> str:
    page = client.get(address, query).content.decode()
    text = html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")
    return " ".join(text.split())


def test_a_program_is_told_to_send_an_area_and_gets_the_dose_with_it(
    client: Client,
) -> None:
    without = asked(client, regimen=KEY, weight="70")
    assert (without["status"], without["needs"]) == ("computed", ["bsa"])
    assert (without["doses"], without["daily_mg"]) == ([], None)
    assert without["bsa_m2"] is None
    answer = asked(client, regimen=KEY, bsa="1.8 m²")
    assert (answer["needs"], answer["bsa_m2"]) == ([], "1.8")
    assert answer["daily_mg"] == {"low": "675", "high": "675"}
    assert answer["rate"] == {"low": "375", "high": "375", "unit": "mg/m2/dose"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.19", "Type a body surface area from 0.2 to 3 square meters (m²)."),
        ("18", "Type a body surface area from 0.2 to 3 square meters (m²)."),
        ("1,8", f"{WHAT_TO_TYPE} Write a point and no comma."),
        (
            "170 cm",
            f"{WHAT_TO_TYPE} It is not worked out from a height and a weight.",
        ),
    ],
)
def test_an_area_that_is_none_is_refused_in_words(
    client: Client, typed: str, said: str
) -> None:
    assert asked(client, status=422, regimen=KEY, bsa=typed)["errors"] == {
        "bsa": [said]
    }


def test_a_line_that_is_not_per_m2_takes_no_area(client: Client) -> None:
    errors = asked(client, status=422, regimen="ra-iv", bsa="1.8")["errors"]
    assert errors == {
        "bsa": ["Leave the body surface area out: this line is not per m²."]
    }
    assert asked(client, regimen="ra-iv", bsa="")["status"] == "computed"


def test_its_page_asks_for_the_area_shows_no_amount_without_and_says_how_it_was_used(
    client: Client,
) -> None:
    without = words_of(client, DOSE, LINE)
    assert "Body surface area in square meters (m²)" in without
    assert "No dose without a body surface area" in without
    assert "The line is 375 mg per m² per dose." in without
    assert "0 mg" not in without.split("No dose without")[1].split("fingerprint")[0]
    shown = words_of(client, DOSE, LINE | {"bsa": "1.8"})
    assert "675 mg once weekly" in shown
    assert "375 mg/m² × 1.8 m²" in shown


def test_its_row_asks_for_the_area_at_every_weight(client: Client) -> None:
    page = client.get("/rituximab/doses/", {"weight": "70"}).content.decode()
    row = page.partition('<tbody id="gpa-iv"')[2].partition("</tbody>")[0]
    assert "Type the body surface area" in row
    assert 'name="bsa"' in row
    assert "mg once" not in row.partition('class="guide-dose"')[0]


def test_a_copied_answer_asks_for_the_same_again(client: Client) -> None:
    page = client.get(DOSE, LINE | {"bsa": "1.8"}).content.decode()
    assert 'value="1.8"' in page
