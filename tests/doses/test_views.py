"""The dose address: the request and JSON contract, the fragment, the page, refusals."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reference import publishing
from reference.models import Edition
from tests.doses.asking import DOSE, HTMX, JSON, ask, computed

pytestmark = pytest.mark.django_db


def test_every_answer_names_drug_edition_and_line(
    client: Client, published_edition: Edition
) -> None:
    answer = computed(client, "regimen=css-sc&weight=20")
    assert answer["drug"] == "anakinra"
    assert answer["edition"] == {
        "number": 1,
        "label": "June 2024",
        "fingerprint": published_edition.fingerprint,
    }
    assert answer["regimen"] == {
        "key": "css-sc",
        "indication": "Cytokine storm syndromes",
        "route": "subcutaneous",
        "population": "not stated",
        "printed": "Cytokine storm syndromes: 2 to 10 mg/kg/day in 2-4 divided doses",
    }


def test_the_contract_example_css_at_20_kg(client: Client) -> None:
    answer = computed(client, "regimen=css-sc&weight=20")
    assert answer["weight_kg"] == "20"
    assert answer["rate"] == {"low": "2", "high": "10", "unit": "mg/kg/day"}
    assert answer["daily_mg"] == {"low": "40", "high": "200"}
    assert [item["per_day"] for item in answer["doses"]] == [2, 3, 4]
    assert answer["doses"][0] == {
        "per_day": 2,
        "mg": {"low": "20", "high": "100"},
        "ml": {"low": "0.134", "high": "0.67"},
        "syringes": {"low": 1, "high": 1},
        "syringes_per_day": {"low": 2, "high": 2},
    }
    for name in ("limit", "infusion", "course"):
        assert answer[name] is None
    assert answer["needs"] == []
    assert (
        answer["working"][0]
        == "2 to 10 mg per kg per day × 20 kg = 40 mg to 200 mg per day"
    )


def test_a_fixed_dose_needs_no_weight_and_never_asks_to_confirm_one(
    client: Client,
) -> None:
    without = computed(client, "regimen=gout-sc")
    assert without["weight_kg"] is None
    assert without["course"] == {
        "days": {"low": 3, "high": 5},
        "mg": {"low": "300", "high": "500"},
        "syringes": {"low": 3, "high": 5},
    }
    light = computed(client, "regimen=gout-sc&weight=1.5")
    assert light["doses"] == without["doses"]
    assert light["weight_kg"] == "1.5"
    text = next(
        caution["text"]
        for caution in light["cautions"]
        if caution["code"] == "fixed-dose-not-by-weight"
    )
    assert "66.7 mg per kg" in text


def test_open_dose_relevant_discrepancies_of_the_line_are_named(client: Client) -> None:
    answer = computed(client, "regimen=nomid-sc&weight=20")
    texts = [c["text"] for c in answer["cautions"] if c["code"] == "discrepancy-open"]
    assert any("8 mg per day" in text for text in texts)
    assert all(text.startswith("Open: ") for text in texts)


def test_kawasaki_is_refused_because_no_dosing_is_printed(client: Client) -> None:
    answer = ask(client, "indication=kawasaki&weight=12").json()
    assert answer["status"] == "refused"
    assert answer["reason"]["code"] == "no-dosing-printed"
    assert answer["regimen"] is None
    assert answer["indication"]["key"] == "kawasaki"
    assert "Kawasaki" in answer["indication"]["name"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("regimen=nomid-sc&weight=20&rate=8.01", "above-maximum"),
        ("regimen=dira-sc&weight=20&rate=9", "above-maximum"),
        ("regimen=nomid-sc&weight=20&rate=0.9", "outside-range"),
        ("regimen=pjia-sc&weight=20&rate=2", "outside-range"),
        ("regimen=css-sc&weight=20&rate=10.5", "outside-range"),
        ("regimen=css-iv&weight=20&rate=3", "outside-range"),
        ("regimen=css-sc&weight=20&doses_per_day=1", "outside-range"),
        ("regimen=css-sc&weight=20&doses_per_day=9", "outside-range"),
        ("regimen=nomid-sc&weight=20&doses_per_day=5", "outside-range"),
        ("regimen=nomid-sc&weight=20&doses_per_day=0", "outside-range"),
        ("regimen=dira-sc&weight=20&doses_per_day=2", "outside-range"),
        ("regimen=ra-sc&doses_per_day=2", "outside-range"),
        ("regimen=css-iv&weight=20&hours=0", "outside-range"),
        ("regimen=css-iv&weight=20&hours=73", "outside-range"),
        ("regimen=css-sc&weight=1&doses_per_day=9", "outside-range"),
        ("regimen=css-sc&weight=20&edition=2", "edition-not-in-force"),
        (
            "regimen=css-sc&weight=1&edition=999999999999999999999",
            "edition-not-in-force",
        ),
        ("indication=kawasaki&edition=7", "edition-not-in-force"),
    ],
)
def test_what_the_guide_does_not_allow_is_refused_with_a_reason(
    query: str, code: str, client: Client
) -> None:
    response = ask(client, query)
    assert response.status_code == 200
    answer = response.json()
    assert answer["status"] == "refused"
    assert answer["reason"]["code"] == code
    assert "No dose was worked out" in answer["reason"]["text"]
    assert answer["drug"] == "anakinra"
    assert answer["edition"]["number"] == 1
    assert "doses" not in answer


def test_an_edition_that_is_not_in_force_is_refused_with_links(client: Client) -> None:
    reason = ask(client, "regimen=ra-sc&edition=2").json()["reason"]
    assert list(reason["links"].values()) == ["/anakinra/", "/anakinra/editions/"]


def test_a_withdrawn_edition_stays_readable_and_gives_no_dose(
    client: Client, published_edition: Edition, reviewer: User
) -> None:
    publishing.withdraw(edition=published_edition, by=reviewer, reason="why")
    answer = ask(client, "regimen=ra-sc").json()
    assert answer["reason"]["code"] == "edition-withdrawn"
    page = client.get("/anakinra/").content.decode()
    assert "withdrawn, not to be used" in page
    assert "data-dose-form" not in page


@pytest.mark.parametrize(
    ("query", "weight_lb"),
    [
        ("regimen=css-sc&weight=1.99", "4.4"),
        ("regimen=css-sc&weight=150.01", "330.7"),
        ("regimen=pjia-sc&weight=60.01", "132.3"),
        ("regimen=mis-c-iv&weight=61", "134.5"),
        ("regimen=nomid-sc&weight=0.5", "1.1"),
    ],
)
def test_an_unusual_weight_is_confirmed_before_there_is_a_dose(
    query: str, weight_lb: str, client: Client
) -> None:
    answer = ask(client, query).json()
    assert answer["status"] == "confirm"
    assert answer["weight_lb"] == weight_lb
    assert f"{weight_lb} lb" in answer["text"]
    assert "doses" not in answer
    assert computed(client, f"{query}&confirm=yes")


@pytest.mark.parametrize(
    "typed",
    [
        "70,5",
        "1e3",
        "154 lb",
        "٧٠",
        "NaN",
        "",
        "0",
        "-5",
        "−5",
        "1e309",
        "+70",
        ".5",
        "Infinity",
        "1_000",
        "70 kgs",
        "<b>70</b>",
        "{{7*7}}",
        "9" * 5000,
        "70\x00",
        "300.01",
        "0.49",
        "70\r\nX-Evil: 1",
        "' OR 1=1 --",
    ],
    ids=lambda typed: ascii(typed)[:20],
)
def test_a_wrong_weight_is_422_everywhere_and_keeps_what_was_typed(
    typed: str, client: Client
) -> None:
    asked = {"regimen": "css-sc", "weight": typed}
    as_json = client.get(DOSE, asked, headers=JSON)
    assert as_json.status_code == 422
    (sentence,) = as_json.json()["errors"]["weight"]
    assert sentence.startswith("Type ")
    for headers in ({}, HTMX):
        page = client.get(DOSE, asked, headers=headers)
        assert page.status_code == 422
        assert "There is a problem" in page.content.decode()
        assert "answer-dose" not in page.content.decode()
    assert page.content.startswith(b'<div id="dose-css-sc" class="answer')


def test_the_typed_text_is_kept_and_escaped_on_the_page(client: Client) -> None:
    answer = client.get(DOSE, {"regimen": "css-sc", "weight": '"><script>'})
    page = answer.content.decode()
    assert 'value="&#34;&gt;&lt;script&gt;"' in page
    assert "<title>Error: " in page
    assert 'aria-invalid="true"' in page
    (error,) = re.findall(r'id="css-sc-weight-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert "Type the weight in kilograms" in error


def test_nothing_is_copied_while_the_number_of_doses_is_open(client: Client) -> None:
    for chosen, offers in (("", 0), ("&doses_per_day=2", 1)):
        page = client.get(f"{DOSE}?regimen=nomid-sc&weight=20{chosen}").content
        assert page.count(b"data-copy=") == offers


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("regimen=css-sc", "weight"),
        ("regimen=css-sc&weight=20&weight=20", "weight"),
        ("regimen=css-sc&regimen=css-sc&weight=20", "regimen"),
        ("regimen=css-sc&weight=20&weight=", "weight"),
        ("regimen=css-sc&weight=20&colour=red", "colour"),
        ("regimen=css-sc&weight=20&colour=", "colour"),
        ("regimen=css-sc&weight=20&rate=1.5kg", "rate"),
        ("regimen=css-sc&weight=20&rate=1e0", "rate"),
        ("regimen=css-sc&weight=20&doses_per_day=2.5", "doses_per_day"),
        ("regimen=css-sc&weight=20&doses_per_day=two", "doses_per_day"),
        ("regimen=css-sc&weight=20&hours=24", "hours"),
        ("regimen=css-sc&weight=20&dose=increased", "dose"),
        ("regimen=css-iv&weight=20&hours=1.5", "hours"),
        ("regimen=css-iv&weight=20&doses_per_day=2", "doses_per_day"),
        ("regimen=ra-sc&rate=1", "rate"),
        ("regimen=ra-sc&weight=abc", "weight"),
        ("regimen=behcet-sc&dose=200", "dose"),
        ("regimen=css-sc&weight=20&confirm=true", "confirm"),
        ("regimen=css-sc&weight=20&edition=one", "edition"),
        ("regimen=css-sc&weight=20&edition=-1", "edition"),
        ("regimen=css-sc&indication=kawasaki&weight=20", "indication"),
        ("indication=css&weight=20", "indication"),
        ("indication=kawasaki&rate=2", "rate"),
        ("indication=kawasaki&weight=70,5", "weight"),
        ("indication=kawasaki&age=4", "age_unit"),
        ("regimen=css-sc&weight=20&age=4", "age_unit"),
        ("regimen=css-sc&weight=20&age=4&age_unit=", "age_unit"),
        ("regimen=css-sc&weight=20&age=4&age_unit=weeks", "age_unit"),
        ("regimen=css-sc&weight=20&age=&age_unit=weeks", "age_unit"),
        ("regimen=css-sc&weight=20&age=4,5&age_unit=years", "age"),
        ("regimen=css-sc&weight=20&age=-1&age_unit=years", "age"),
        ("regimen=css-sc&weight=20&age=4 years&age_unit=years", "age"),
        ("regimen=css-sc&weight=20&age=120.5&age_unit=years", "age"),
        ("regimen=css-sc&weight=20&age=241&age_unit=months", "age"),
        ("regimen=css-sc&weight=20&age=4&age=5&age_unit=years", "age"),
        ("regimen=ra-sc&crcl=low", "crcl"),
        ("regimen=ra-sc&crcl=20 mL", "crcl"),
        ("regimen=ra-sc&crcl=-1", "crcl"),
        ("regimen=ra-sc&crcl=250.1", "crcl"),
        ("weight=20", "regimen"),
        ("", "regimen"),
    ],
)
def test_what_does_not_apply_or_is_not_understood_is_422(
    query: str, field: str, client: Client
) -> None:
    response = ask(client, query)
    assert response.status_code == 422
    answer = response.json()
    assert answer["status"] == "invalid"
    assert list(answer["errors"]) == [field]
    assert all(answer["errors"][field])


def test_empty_optional_parameters_count_as_absent(client: Client) -> None:
    plain_form = "regimen=css-sc&weight=20&rate=&doses_per_day=&hours=&dose=&confirm="
    plain_form += "&age=&age_unit=years&crcl="
    assert computed(client, f"{plain_form}&indication=&edition=1") == computed(
        client, "regimen=css-sc&weight=20"
    )


@pytest.mark.parametrize(
    "query",
    [
        "regimen=unknown&weight=20",
        "regimen=unknown&weight=rubbish&weight=2",
        "indication=unknown",
        "regimen=css-sc&indication=unknown",
        "regimen=%00",
    ],
)
def test_an_unknown_line_is_404_before_anything_else(
    query: str, client: Client
) -> None:
    assert ask(client, query).status_code == 404
    assert client.get(f"{DOSE}?{query}").status_code == 404


def test_an_unknown_drug_is_404(client: Client) -> None:
    assert client.get("/aspirin/dose/?regimen=css-sc", headers=JSON).status_code == 404


def test_the_address_without_a_query_is_the_empty_form_in_html_only(
    client: Client,
) -> None:
    page = client.get(DOSE)
    assert page.status_code == 200
    assert "Choose a dosing line" in page.content.decode()


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
        ("application/json;q=0.5, text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        *(
            (odd, "text/html; charset=utf-8")
            for odd in ("image/png", "", "rubbish", "*/*;q=0", "a/b/c;;,")
        ),
        ("application/xml", "text/html; charset=utf-8"),
        ("Application/JSON", "application/json"),
        ("application/*", "application/json"),
    ],
)
def test_json_only_for_those_who_ask_for_it(
    accept: str, content_type: str, client: Client
) -> None:
    response = client.get(f"{DOSE}?regimen=ra-sc", headers={"Accept": accept})
    assert response["Content-Type"] == content_type


def test_the_fragment_is_the_answer_alone_and_the_page_holds_the_same(
    client: Client,
) -> None:
    query = "?regimen=css-sc&weight=20"
    fragment = client.get(DOSE + query, headers=HTMX).content.decode()
    page = client.get(DOSE + query).content.decode()
    assert fragment.lstrip().startswith('<div id="dose-css-sc"')
    assert "<html" not in fragment
    answer = fragment.partition('class="answer-dose"')[2].partition("Worked out")[0]
    assert "40\N{NO-BREAK SPACE}mg to 200\N{NO-BREAK SPACE}mg per DAY" in answer
    assert answer in page


def test_a_dose_is_never_stored_and_varies_by_who_asks(client: Client) -> None:
    response = client.get(f"{DOSE}?regimen=css-sc&weight=20")
    assert "no-store" in response["Cache-Control"]
    vary = {name.strip() for name in response["Vary"].split(",")}
    assert {"HX-Request", "Accept"} <= vary
    assert "Cookie" not in vary
    assert not response.cookies


def test_a_dose_takes_at_most_4_queries_and_as_many_for_any_line(
    client: Client,
) -> None:
    from reference.editions.monograph import _monograph_of_fingerprint

    counts = set()
    for query in ("regimen=css-sc&weight=20", "regimen=nomid-sc&weight=20"):
        _monograph_of_fingerprint.cache_clear()
        with CaptureQueriesContext(connection) as queries:
            computed(client, query)
        counts.add(len(queries))
    assert len(counts) == 1
    assert counts.pop() <= 4


def test_the_answer_carries_plain_numbers_only(client: Client) -> None:
    text = json.dumps(
        computed(client, "regimen=css-iv&weight=300&hours=72&confirm=yes")
    )
    assert '"total_mg": "43200"' in text
    assert "E+" not in text


@pytest.mark.usefixtures("tampering")
def test_an_edition_whose_bytes_were_changed_gives_no_dose(
    client: Client, published_edition: Edition
) -> None:
    damaged = bytes(published_edition.canonical or b"").replace(b'"8"', b'"80"')
    Edition.objects.filter(pk=published_edition.pk).update(
        canonical=damaged, fingerprint="0" * 64
    )
    for headers in (JSON, HTMX, {}):
        response = client.get(f"{DOSE}?regimen=nomid-sc&weight=20", headers=headers)
        assert response.status_code == 200
        assert "does not match its fingerprint" in response.content.decode()
        assert 'class="mine"' not in response.content.decode()
    reason = ask(client, "regimen=nomid-sc&weight=20").json()["reason"]
    assert reason["code"] == "edition-not-verified"
    assert client.get("/anakinra/").status_code == 503
