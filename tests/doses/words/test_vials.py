"""What an answer from vials says: which ones, what is left over, no word of a syringe.

Which vials a dose is taken from is asked in tests/dosing/test_vials.py.
"""

import random
import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reference.desk import saving
from reference.doses import doses_by_weight
from reference.doses.words import patient_cell
from reference.editions import Document, Monograph, arranged
from reference.models import Edition, Preparation
from tests.doses.answer_lines import answered, lines_of
from tests.doses.test_oracle import answered as answered_as_json
from tests.exports.dose_answers import answer_validators
from tests.support.guides import small_guide
from tests.support.guides.vial_guide import (
    SIZES,
    in_vials,
    vial,
    with_line,
    without_notes,
)
from tests.support.oracle import IN_VIALS, expected_answer
from tests.support.random_requests import random_request

pytestmark = pytest.mark.django_db

RANDOM_REQUESTS = 5_000
OF_A_SYRINGE = re.compile(r"whole syringe|discard|barrel|\bmarks?\b|syringe", re.I)
FROM = (
    "From vials of 400 mg in 20 mL, 200 mg in 10 mL and 80 mg in 4 mL: the fewest, "
    "then the least left over"
)


@pytest.fixture
def guide(document: Document) -> Monograph:
    """RA 560 mg, pJIA 8 mg/kg, pediatric FMF 4 to 8 mg/kg, from three sizes."""
    without_notes(in_vials(document))
    no_maximum = {"max_per_dose": None, "max_per_dose_unit": ""}
    with_line(document, "ra-sc", low="560", high="560")
    with_line(document, "pjia-sc", low="8", high="8", **no_maximum)
    with_line(document, "fmf-pediatric-sc", low="4", high="8")
    return arranged(document)


def asked(query: str, guide: Monograph, edition: Edition) -> dict[str, Any]:
    answer, _ = answered(query, guide, edition)
    return answer.as_json()


# JSON


def test_any_random_request_is_answered_as_the_oracle_does(document: Document) -> None:
    sizes = (("100", "5"), ("50", "2.5"), ("20", "1"))
    vials = [vial(mg, ml, smallest_dose_mg="20") for mg, ml in sizes]
    guide, source = arranged(in_vials(document, *vials)), random.Random(20261130)
    combined = 0
    for _ in range(RANDOM_REQUESTS):
        key, request = random_request(source, IN_VIALS)
        answer = answered_as_json(guide, key, **request)
        assert answer == expected_answer(key, guide=IN_VIALS, **request), request
        combined += any(
            len(item["containers"]["high"]) > 1 for item in answer.get("doses", ())
        )
        combined += len((answer.get("infusion") or {}).get("containers", ())) > 1
    assert combined > RANDOM_REQUESTS / 100


def test_a_dose_names_its_vials_and_what_is_left_over(
    guide: Monograph, published_edition: Edition
) -> None:
    answer = asked("regimen=ra-sc", guide, published_edition)
    assert answer["needs"] == []
    assert answer["preparation"] is None
    (item,) = answer["doses"]
    assert item["syringes"] == {"low": 2, "high": 2}
    of_each_size = [
        {
            "key": "vial-400",
            "name": "vial of 400 mg",
            "strength_mg": "400",
            "count": 1,
        },
        {
            "key": "vial-200",
            "name": "vial of 200 mg",
            "strength_mg": "200",
            "count": 1,
        },
    ]
    assert item["containers"] == {"low": of_each_size, "high": of_each_size}
    assert item["left_over_mg"] == {"low": "40", "high": "40"}


@pytest.mark.parametrize(
    "query",
    [
        "regimen=ra-sc",
        "regimen=ra-sc&preparation=vial-80",
        "regimen=css-sc&weight=70",
        "regimen=css-iv&weight=70",
        "regimen=css-iv&weight=70&hours=4",
        "regimen=css-iv&weight=70&hours=4&preparation=vial-200",
        "regimen=gout-sc",
    ],
)
def test_an_answer_from_vials_has_the_keys_of_its_schema_and_no_other(
    query: str, guide: Monograph, published_edition: Edition
) -> None:
    answer = asked(query, guide, published_edition)
    assert answer["status"] == "computed"
    assert list(answer_validators()[200].iter_errors(answer)) == []


def test_a_chosen_vial_is_named_and_is_the_only_one(
    guide: Monograph, published_edition: Edition
) -> None:
    query = "regimen=ra-sc&preparation=vial-200"
    answer = asked(query, guide, published_edition)
    assert answer["preparation"]["key"] == "vial-200"
    (item,) = answer["doses"]
    assert [it["count"] for it in item["containers"]["high"]] == [3]
    assert "From 200 mg in 10 mL, vial of 200 mg" in lines_of(
        query, guide, published_edition
    )


def test_without_vials_an_answer_has_none_of_their_keys(
    june_2024: Monograph, published_edition: Edition
) -> None:
    for query in ("regimen=ra-sc", "regimen=css-iv&weight=70&hours=4"):
        answer = asked(query, june_2024, published_edition)
        for part in (*answer["doses"], answer["infusion"] or {}):
            assert not {"containers", "left_over_mg"} & set(part)


# Words


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (
            "regimen=ra-sc",
            [
                "= 560 mg once daily",
                "28 mL from 1 vial of 400 mg and 1 vial of 200 mg; 40 mg (2 mL) left "
                "over. Or 1 vial of 400 mg and 2 vials of 80 mg: nothing left over. "
                "The same at every weight.",
                FROM,
            ],
        ),
        (
            "regimen=pjia-sc&weight=50",
            [
                "=Y 400 mg once daily",
                "8 mg/kg × 50 kg. 20 mL, 1 whole vial of 400 mg",
                FROM,
            ],
        ),
        (
            "regimen=pjia-sc&weight=100&confirm=yes",
            ["8 mg/kg × 100 kg. 40 mL, 2 whole vials of 400 mg"],
        ),
        (
            "regimen=pjia-sc&weight=60",
            [
                "8 mg/kg × 60 kg. 24 mL from 1 vial of 400 mg and 1 vial of 80 mg; "
                "nothing left over"
            ],
        ),
        (
            "regimen=fmf-pediatric-sc&weight=40",
            [
                "4 to 8 mg/kg × 40 kg. 8 mL to 16 mL; 160 mg from 1 vial of 200 mg, "
                "40 mg (2 mL) left over; 320 mg from 1 vial of 400 mg, 80 mg (4 mL) "
                "left over"
            ],
        ),
        (
            "regimen=nomid-sc&weight=70&doses_per_day=3",
            [
                "=Y 23.33 mg to 46.67 mg 3 times a day",
                "1.17 mL to 2.33 mL a dose from 1 vial of 80 mg; 33.33 mg to 56.67 mg "
                "left over; 3 vials per day",
            ],
        ),
        (
            "regimen=mis-c-iv&weight=40&doses_per_day=2",
            [
                "5 mL to 10 mL a dose from 1 vial of 200 mg; 0 mg to 100 mg left over; "
                "2 vials per day"
            ],
        ),
        (
            "regimen=css-sc&weight=70",
            ["2 doses: 70 mg to 350 mg each, 3.5 mL to 17.5 mL, 2 vials per day"],
        ),
        (
            "regimen=css-iv&weight=70&hours=4",
            [
                "In 4 hours: 560 mg in total, at least 1 vial of 400 mg and 1 vial of "
                "200 mg",
                FROM,
            ],
        ),
    ],
)
def test_an_answer_says_which_vials_and_what_is_left_over(
    query: str, says: list[str], guide: Monograph, published_edition: Edition
) -> None:
    lines = lines_of(query, guide, published_edition)
    assert [line for line in says if line not in lines] == []


@pytest.mark.parametrize("weight", ["3", "17.3", "40", "60", "81"])
def test_no_answer_from_vials_speaks_of_a_syringe(
    weight: str, guide: Monograph, published_edition: Edition
) -> None:
    for key, rule in guide.rules.items():
        query = f"regimen={key}&weight={weight}&confirm=yes"
        for chosen in ("", "&hours=5" if rule.is_infusion else "&doses_per_day=2"):
            _, shown = answered(f"{query}{chosen}", guide, published_edition)
            words = " ".join((shown.copied, shown.said, shown.rounded, *shown.steps))
            assert OF_A_SYRINGE.search(words) is None, words


def test_a_range_from_vials_is_not_rounded_and_the_details_say_so(
    guide: Monograph, june_2024: Monograph, published_edition: Edition
) -> None:
    query = "regimen=nomid-sc&weight=70&doses_per_day=3"
    _, of_vials = answered(query, guide, published_edition)
    assert of_vials.dose.startswith("23.33 mg to 46.67 mg")
    assert "unless it is taken from vials" in of_vials.rounded
    _, of_syringes = answered(query, june_2024, published_edition)
    assert of_syringes.dose.startswith("24 mg to 46 mg")
    assert "vials" not in of_syringes.rounded


def test_a_row_of_the_table_waits_for_no_choice_among_vials(
    guide: Monograph, published_edition: Edition
) -> None:
    answer, _ = answered("regimen=pjia-sc&weight=50", guide, published_edition)
    cell = patient_cell(answer)
    assert cell.number == "400\N{NO-BREAK SPACE}mg"
    assert cell.small == "20\N{NO-BREAK SPACE}mL"


def test_a_course_counts_the_vials_of_each_dose(
    guide: Monograph, published_edition: Edition
) -> None:
    _, shown = answered("regimen=gout-sc", guide, published_edition)
    assert shown.steps[-1] == "3 to 5 days: 300 mg to 500 mg, 3 to 5 vials"


def test_the_doses_by_weight_have_the_vials_of_each_dose(guide: Monograph) -> None:
    def small(key: str, weight: str) -> str:
        table = doses_by_weight(guide.regimens[key])
        assert table is not None
        (row,) = (it for it in table.rows if plain(it.weight) == weight)
        return plain(row.cells[0].small)

    def plain(text: str) -> str:
        return text.replace("\N{NO-BREAK SPACE}", " ")

    assert small("pjia-sc", "70 kg") == "28 mL, 1 vial of 400 mg and 1 vial of 200 mg"
    assert small("fmf-pediatric-sc", "8 kg") == "1.6 mL to 3.2 mL, 1 vial of 80 mg"
    assert small("fmf-pediatric-sc", "30 kg") == "6 mL to 12 mL, 1 vial"
    assert small("fmf-pediatric-sc", "60 kg") == "12 mL to 24 mL, up to 2 vials"


# On the pages of a guide that the committee made


@pytest.fixture
def reader(client: Client, author: User, reviewer: User) -> Client:
    """Somebody who reads a guide with one line of 560 mg and three sizes of vials."""
    draft = small_guide.with_line(small_guide.begin_guide(author), by=author)
    line, syringe = draft.regimen_set.get(), draft.preparation_set.get()
    line.low = line.high = Decimal(560)
    line.printed = "As printed: 560 mg once daily"
    saving.save_row(line, by=author)
    for mg, ml in SIZES.items():
        made = Preparation(
            edition=draft,
            routes=syringe.routes,
            printed=f"Vial of {mg} mg in {ml} mL",
            text=f"Vial of {mg} mg in {ml} mL",
            **vial(mg, ml),
        )
        saving.save_row(made, by=author)
    saving.delete_row(syringe, by=author)
    draft = small_guide.make_ready(Edition.objects.get(pk=draft.pk), by=author)
    small_guide.publish(draft, author=author, reviewer=reviewer)
    return client


def page_of(reader: Client, address: str) -> str:
    page = reader.get(f"/examplimab/{address}").content.decode()
    return page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_page_says_which_vials_asks_for_none_and_offers_each(reader: Client) -> None:
    page = page_of(reader, "dose/?regimen=line")
    assert "560 mg once daily</b>" in page
    assert (
        "28 mL from 1 vial of 400 mg and 1 vial of 200 mg; 40 mg (2 mL) left over"
        in page
    )
    assert "Choose the preparation" not in page
    assert '<option value="" selected>the fewest vials</option>' in page
    assert '<option value="vial-80">80 mg in 4 mL, vial of 80 mg</option>' in page
    chosen = page_of(reader, "dose/?regimen=line&preparation=vial-80")
    assert "28 mL, 7 whole vials of 80 mg" in chosen


def test_the_page_the_sheet_and_the_copy_speak_of_vials_and_never_of_a_syringe(
    reader: Client,
) -> None:
    names_vials = dict.fromkeys(("", "print/", "dose/?regimen=line"), "vial")
    for address, named in {**names_vials, "indications/condition/": "560 mg"}.items():
        page = page_of(reader, address)
        assert named in page, address
        words = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert OF_A_SYRINGE.search(words) is None, address
    copied = page_of(reader, "dose/?regimen=line").partition('data-copy="')[2]
    assert "1 vial of 400 mg and 1 vial of 200 mg" in copied.partition('"')[0]


def test_the_edition_of_vials_says_so_and_one_of_a_syringe_is_what_it_was(
    reader: Client,
) -> None:
    vials = reader.get("/examplimab/editions/1/edition.json").json()["preparations"]
    assert [row["container"] for row in vials] == ["vial"] * 3
    (syringe,) = reader.get("/anakinra/editions/1/edition.json").json()["preparations"]
    assert "container" not in syringe
