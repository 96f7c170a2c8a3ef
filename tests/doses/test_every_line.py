"""Every line's dose at one weight: the contract, the page, and one dose's agreement."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from playwright.sync_api import Route, expect

from reference import publishing
from reference.doses import views
from reference.doses.answer import DoseAnswer
from reference.doses.every_line import every_line
from reference.doses.request import answer_to
from reference.doses.words import patient_cell
from reference.doses.words.sentence import shown_dose, shown_range
from reference.dosing import (
    Age,
    CountRange,
    Dose,
    DoseRule,
    Maximum,
    Patient,
    Range,
    compute_dose,
)
from reference.dosing.answers import DividedDose
from reference.editions import EditionNotVerifiedError, Monograph
from reference.models import Edition
from tests.conftest import OpenPage
from tests.doses.asking import HTMX, JSON
from tests.doses.shown_table import DOSES, rows_at, shown_rows
from tests.exports.dose_answers import answer_validators
from tests.support.axe import findings, narrow_faults
from tests.tools.reliability.figures import none_lost, times

pytestmark = pytest.mark.django_db

PEDIATRIC = {"fmf-pediatric-sc", "pjia-sc", "mis-c-sc", "mis-c-iv"}
FIXED = {
    *("ra-sc", "behcet-sc", "covid-19-sc", "pericarditis-sc", "fmf-adult-sc"),
    *("gout-sc", "stills-sc"),
}
SAID_ONCE = ("drug", "edition")


def ask(client: Client, query: str) -> Any:
    return client.get(f"{DOSES}?{query}", headers=JSON)


def answered(client: Client, query: str) -> dict[str, Any]:
    response = ask(client, query)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def by_status(answer: dict[str, Any]) -> dict[str, set[str]]:
    """The lines of each status, by key."""
    found: dict[str, set[str]] = {}
    for line in answer["lines"]:
        key = (line["regimen"] or line["indication"])["key"]
        found.setdefault(line["status"], set()).add(key)
    return found


# JSON


def test_every_line_is_answered_in_the_order_of_the_table(
    client: Client, published_edition: Edition
) -> None:
    answer = answered(client, "weight=20")
    lines = answer.pop("lines")
    assert answer == {
        "status": "computed",
        "drug": "anakinra",
        "edition": {
            "number": 1,
            "label": "June 2024",
            "fingerprint": published_edition.fingerprint,
        },
        "weight_kg": "20",
        "weight_lb": "44.1",
    }
    keys = [(line["regimen"] or line["indication"])["key"] for line in lines]
    assert keys == list(rows_at(client))
    assert [line["status"] for line in lines] == ["computed"] * 15 + ["refused"]
    assert lines[-1]["reason"]["code"] == "no-dosing-printed"
    assert lines[-1]["regimen"] is None


@pytest.mark.parametrize("query", ["weight=20", "weight=72.5&age=40&age_unit=years"])
def test_each_line_is_what_one_dose_answers_for_it(client: Client, query: str) -> None:
    for line in answered(client, f"{query}&crcl=25")["lines"]:
        one = {"indication": "kawasaki"}
        if line["regimen"]:
            one = {"regimen": line["regimen"]["key"], "crcl": "25"}
        asked = f"/anakinra/dose/?{query}&{urlencode(one)}"
        alone = client.get(asked, headers=JSON).json()
        assert line == {k: v for k, v in alone.items() if k not in SAID_ONCE}


def test_the_answer_is_the_one_that_is_described(
    client: Client, published_edition: Edition, reviewer: User
) -> None:
    valid = answer_validators("/{drug}/doses/")
    queries = ("weight=20", "weight=1.9", "weight=70&age=40&age_unit=years&crcl=9")
    for query in (*queries, "weight=20&edition=2"):
        valid[200].validate(answered(client, query))
    valid[422].validate(ask(client, "").json())
    publishing.withdraw(edition=published_edition, by=reviewer, reason="why")
    valid[200].validate(answered(client, "weight=20"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "weight"),
        ("weight=", "weight"),
        ("edition=1", "weight"),
        ("weight=20,5", "weight"),
        ("weight=44lb", "weight"),
        ("weight=0.4", "weight"),
        ("weight=301", "weight"),
        ("weight=20&weight=20", "weight"),
        ("weight=20&age=4", "age_unit"),
        ("weight=20&age=four&age_unit=years", "age"),
        ("weight=20&crcl=low", "crcl"),
        ("weight=20&confirm=no", "confirm"),
        ("weight=20&edition=first", "edition"),
        ("weight=20&rate=2", "rate"),
        ("weight=20&doses_per_day=2", "doses_per_day"),
        ("weight=20&hours=2", "hours"),
        ("weight=20&dose=increased", "dose"),
        ("weight=20&regimen=ra-sc", "regimen"),
        ("weight=20&unknown=", "unknown"),
    ],
)
def test_what_cannot_be_understood_is_422_and_has_no_lines(
    client: Client, query: str, field: str
) -> None:
    response = ask(client, query)
    assert response.status_code == 422
    assert response.json()["status"] == "invalid"
    assert list(response.json()["errors"]) == [field]
    assert set(response.json()) == {"status", "errors"}


def test_a_422_comes_before_the_refusal_of_an_edition(client: Client) -> None:
    assert ask(client, "weight=20,5&edition=2").status_code == 422


@pytest.mark.parametrize("weight", ["1.9", "0.5", "150.1", "160", "300"])
def test_a_rare_weight_is_asked_about_on_each_line_that_uses_it(
    client: Client, weight: str
) -> None:
    answer = answered(client, f"weight={weight}")
    assert answer["status"] == "computed"
    statuses = by_status(answer)
    assert statuses["computed"] == FIXED
    assert len(statuses["confirm"]) == 8
    for line in answer["lines"]:
        if line["status"] == "confirm":
            assert {"doses", "daily_mg", "rate"}.isdisjoint(line)
    confirmed = by_status(answered(client, f"weight={weight}&confirm=yes"))
    assert len(confirmed["computed"]) == 15


@pytest.mark.parametrize("weight", ["60.01", "61", "150"])
def test_above_60_kg_the_pediatric_lines_alone_ask(client: Client, weight: str) -> None:
    assert by_status(answered(client, f"weight={weight}"))["confirm"] == PEDIATRIC
    assert "confirm" not in by_status(answered(client, f"weight={weight}&confirm=yes"))


@pytest.mark.parametrize("weight", ["2", "20", "60"])
def test_a_usual_weight_asks_nothing(client: Client, weight: str) -> None:
    assert "confirm" not in by_status(answered(client, f"weight={weight}"))


def test_an_edition_that_is_not_in_force_gives_no_line_a_dose(client: Client) -> None:
    answer = answered(client, "weight=20&edition=2")
    assert answer["status"] == "refused"
    assert answer["reason"]["code"] == "edition-not-in-force"
    links = answer["reason"]["links"]
    assert list(links.values()) == ["/anakinra/", "/anakinra/editions/"]
    assert len(answer["lines"]) == 16
    for line in answer["lines"]:
        assert line["reason"] == answer["reason"]
    page = client.get(f"{DOSES}?weight=20&edition=2").content.decode()
    assert "The edition in force is 1 (June 2024)" in page
    assert not any(row.patient for row in shown_rows(page).values())


def test_a_withdrawn_edition_gives_no_dose_and_no_form(
    client: Client, published_edition: Edition, reviewer: User
) -> None:
    publishing.withdraw(edition=published_edition, by=reviewer, reason="why")
    answer = answered(client, "weight=20")
    assert answer["reason"]["code"] == "edition-withdrawn"
    assert by_status(answer).keys() == {"refused"}
    page = client.get(f"{DOSES}?weight=20").content.decode()
    assert "data-weight-form" not in page
    assert "withdrawn, not to be used" in page
    assert not any(row.patient for row in shown_rows(page).values())


def test_an_edition_that_is_not_what_was_published_shows_no_number(
    client: Client, published_edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(found: Edition) -> Monograph:
        raise EditionNotVerifiedError(str(found.pk))

    monkeypatch.setattr(views, "published_monograph", refuse)
    answer = answered(client, "weight=20")
    assert answer["status"] == "refused"
    assert answer["reason"]["code"] == "edition-not-verified"
    assert answer["lines"] == []
    for headers in ({}, HTMX):
        page = client.get(f"{DOSES}?weight=20", headers=headers).content.decode()
        assert " mg" not in page


def test_an_edition_that_cannot_be_rechecked_says_so_with_every_number(
    client: Client, published_edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last_checked(drug: str) -> Edition:
        published_edition.not_rechecked_since = datetime(2026, 11, 30, 12, tzinfo=UTC)
        return published_edition

    monkeypatch.setattr(views, "current_edition", last_checked)
    response = ask(client, "weight=20")
    assert response.headers["Warning"].startswith("111 ")
    for line in response.json()["lines"][:-1]:
        assert line["cautions"][0]["code"] == "edition-not-rechecked"
    fragment = client.get(f"{DOSES}?weight=20", headers=HTMX)
    assert "Last checked 30 November 2026, 12:00 UTC" in fragment.content.decode()
    assert fragment.headers["Warning"].startswith("111 ")


def test_an_unknown_drug_is_404_before_anything_else(client: Client) -> None:
    for headers in (JSON, HTMX, {}):
        response = client.get("/nobody/doses/?weight=20,5", headers=headers)
        assert response.status_code == 404


@pytest.mark.parametrize("query", ["", "weight=20", "weight=20,5"])
@pytest.mark.parametrize("headers", [JSON, HTMX, {}])
def test_no_answer_is_stored_and_each_form_has_its_own(
    client: Client, headers: dict[str, str], query: str
) -> None:
    response = client.get(f"{DOSES}?{query}", headers=headers)
    assert "no-store" in response.headers["Cache-Control"]
    assert {"HX-Request", "Accept"} <= set(response.headers["Vary"].split(", "))
    assert not response.cookies
    assert client.post(DOSES).status_code == 405


def test_one_request_asks_the_database_no_more_than_one_dose_does(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        ask(client, "weight=20")


# Agreement with one dose


def test_every_line_agrees_with_one_dose_for_any_patient(
    published_edition: Edition, june_2024: Monograph, january_2026: Monograph
) -> None:
    source, wrong, requests = random.Random(20241130), [], times(40, 5_000)
    for _ in range(requests):
        asked = random_patient(source)
        query = QueryDict(urlencode(asked))
        for monograph in (june_2024, january_2026):
            lines = every_line(query, published_edition, monograph).answers
            assert len(lines) in (10, 16)
            for line in lines:
                alone = asked_alone(asked, line.rule, line.indication)
                answer = answer_to(QueryDict(alone), published_edition, monograph)
                assert line.status != "invalid"
                if line.as_json() != answer.as_json():
                    wrong.append((alone, line.as_json(), answer.as_json()))
    none_lost(
        wrong,
        "fuzz",
        "Random patients asked of every line at once, against one dose of each",
        tried=requests,
        unit="patients",
        on_database=False,
    )


def random_patient(source: random.Random) -> dict[str, str]:
    heaviest = source.choice([3, 30, 70, 160, 300])
    weight = source.uniform(0.5, heaviest)
    asked = {"weight": f"{weight:.{source.randint(0, 3)}f}"}
    if Decimal(asked["weight"]) < Decimal("0.5"):
        asked["weight"] = "0.5"
    if source.random() < 0.5:
        unit = source.choice(["months", "years"])
        asked |= {"age": str(source.randint(0, 90)), "age_unit": unit}
    if source.random() < 0.3:
        asked["crcl"] = str(source.randint(5, 140))
    if source.random() < 0.3:
        asked["confirm"] = "yes"
    return asked


def asked_alone(asked: dict[str, str], rule: Any, indication: Any) -> str:
    """The same asked of one line."""
    one = dict(asked)
    if rule is None:
        one["indication"] = indication["key"]
    else:
        one["regimen"] = rule.key
    return urlencode(one)


# The page


def test_without_parameters_the_page_is_the_table_without_a_patient(
    client: Client,
) -> None:
    for headers in ({}, HTMX):
        response = client.get(DOSES, headers=headers)
        assert response.status_code == 200
        rows = shown_rows(response.content.decode())
        assert len(rows) == 16
        assert not any(row.patient for row in rows.values())


def test_the_page_and_each_fragment_say_the_weight_as_understood(
    client: Client,
) -> None:
    for typed in ("20", " 20.0 kg "):
        query = f"{DOSES}?{urlencode({'weight': typed})}"
        for headers in ({}, HTMX):
            page = client.get(query, headers=headers).content.decode()
            assert "Doses for 20\N{NO-BREAK SPACE}kg (44.1\N{NO-BREAK SPACE}lb)" in page
            assert "<b>At 20\N{NO-BREAK SPACE}kg</b>, worked out" in page
    page = client.get(f"{DOSES}?weight=20").content.decode()
    (title,) = page.split("<title>")[1].split("</title>")[:1]
    assert "20" not in title.replace("2024", "")


def test_an_age_and_a_clearance_are_read_back_and_a_low_one_is_answered(
    client: Client,
) -> None:
    asked = f"{DOSES}?weight=70&age=1&age_unit=years"
    for clearance, rows in (("29.9", {"ra-sc", "nomid-sc", "covid-19-sc"}), ("30", ())):
        page = client.get(f"{asked}&crcl={clearance}", headers=HTMX).content.decode()
        said = page.replace("\N{NO-BREAK SPACE}", " ")
        assert f", age 1 year, creatinine clearance {clearance} mL/min" in said
        page = client.get(f"{DOSES}?weight=70&crcl={clearance}").content.decode()
        shown = shown_rows(page)
        told = {key for key, row in shown.items() if "every other day" in row.patient}
        assert told == set(rows)
    assert "every other day" not in rows_at(client, "weight=70")["ra-sc"].patient


@pytest.mark.parametrize(
    ("weight", "question"),
    [("1.9", "1.9 kg is 4.2 lb"), ("160", "160 kg is 352.7 lb")],
)
def test_a_rare_weight_shows_no_number_until_it_is_confirmed(
    client: Client, weight: str, question: str
) -> None:
    page = client.get(f"{DOSES}?weight={weight}").content.decode()
    assert question in page.replace("\N{NO-BREAK SPACE}", " ")
    assert ("in pounds?" in page) == (weight == "160")
    assert not any(row.patient for row in shown_rows(page).values())
    rows = rows_at(client, f"weight={weight}&confirm=yes")
    asking = {key for key, row in rows.items() if "Check" in row.patient}
    assert asking == (PEDIATRIC if weight == "160" else set())
    assert all(row.patient for row in rows.values())


def test_confirming_a_weight_does_not_confirm_a_pediatric_line_or_an_age(
    client: Client,
) -> None:
    heavy = rows_at(client, "weight=70&confirm=yes")
    assert {key for key, row in heavy.items() if "Check" in row.patient} == PEDIATRIC
    old = rows_at(client, "weight=160&age=40&age_unit=years&confirm=yes")
    young = rows_at(client, "weight=20&age=6&age_unit=years&confirm=yes")
    assert {key for key, row in old.items() if "Check" in row.patient} == PEDIATRIC
    asked = {key: row.patient for key, row in young.items() if "Check" in row.patient}
    assert asked == {"fmf-adult-sc": "Check the age | the age does not fit this line"}


def test_what_a_row_asks_is_asked_where_it_opens(client: Client) -> None:
    page = client.get(f"{DOSES}?weight=70&confirm=yes").content.decode()
    assert '<a href="#pjia-sc" data-opens aria-label="Check the weight: ' in page
    _, _, opened = page.partition('<div class="dose-region" id="answer-pjia-sc">')
    question, _, _ = opened.partition('<div class="opened-words">')
    assert "That is an unusual weight for a pediatric line." in question
    assert '<input type="hidden" name="confirm" value="yes">' in question
    assert ">Yes, 70\N{NO-BREAK SPACE}kg</button>" in question


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_an_error_shows_no_number_and_keeps_what_was_typed(
    client: Client, headers: dict[str, str]
) -> None:
    response = client.get(f"{DOSES}?weight=154%20lb", headers=headers)
    assert response.status_code == 422
    page = response.content.decode()
    assert "There is a problem" in page
    assert not any(row.patient for row in shown_rows(page).values())
    assert ('value="154 lb"' in page) == (headers == {})


@pytest.mark.parametrize(
    ("weight", "key", "cell"),
    [
        ("15", "pjia-sc", "15 mg once daily | 0.1 mL; under 20 mg"),
        ("120", "pjia-sc", "Check the weight | unusual weight for a pediatric line"),
        ("70", "css-iv", "140 mg per HOUR | 3,360 mg per 24 hours"),
        ("12", "stills-sc", "100 mg once daily | equals 8.3 mg/kg at 12 kg"),
        ("40", "stills-sc", "100 mg once daily"),
        ("60", "fmf-pediatric-sc", "60 mg to 120 mg once daily | 0.4 mL to 0.8 mL"),
    ],
)
def test_a_cell_says_the_number_first(
    client: Client, weight: str, key: str, cell: str
) -> None:
    assert rows_at(client, f"weight={weight}")[key].patient == cell


@pytest.mark.parametrize("weight", ["0.5", "2", "3.33", "7", "18", "47.5", "149.99"])
def test_the_two_cytokine_storm_cells_never_lack_their_time(
    client: Client, weight: str
) -> None:
    rows = rows_at(client, f"weight={weight}&confirm=yes")
    assert " mg per DAY in total" in rows["css-sc"].patient
    assert " mg per HOUR | " in rows["css-iv"].patient
    assert rows["css-iv"].patient.endswith(" per 24 hours")
    said = [row.patient for row in rows.values() if " mg " in row.patient]
    assert len(said) == (11 if Decimal(weight) > 60 else 15)
    assert all("daily" in cell or " per " in cell for cell in said)


def cell_of(monograph: Monograph, key: str, patient: Patient, **other: Any) -> Any:
    """The cell of a line for a patient, its rule as it is or otherwise."""
    rule = replace(monograph.rules[key], **other)
    regimen = monograph.regimens[key]
    indication = monograph.indications[regimen["indication"]]
    result = compute_dose(rule, patient)
    document = monograph.document
    return patient_cell(
        DoseAnswer(document, "", regimen, indication, rule, patient, result)
    )


def test_a_dose_that_a_maximum_lowered_says_so(january_2026: Monograph) -> None:
    cell = cell_of(january_2026, "arthritis-sc", Patient(weight_kg=Decimal(100)))
    assert (cell.number, cell.time) == (
        "30\N{NO-BREAK SPACE}mg",
        "every 4 weeks",
    )
    assert "lowered to the maximum" in cell.small


def test_a_maximum_that_lowers_some_counts_alone_never_shows_the_larger_dose(
    june_2024: Monograph,
) -> None:
    """With 2 to 4 doses a day, what 2 may be is too much for 4."""
    cell = cell_of(
        june_2024,
        "fmf-pediatric-sc",
        Patient(weight_kg=Decimal(20)),
        doses_per_day=CountRange(2, 4),
        maxima=(Maximum(Decimal(100), "mg", "day", "guide"),),
    )
    assert cell.time == "per day in total"
    assert cell.small.startswith("in 2, 3 or 4\N{NO-BREAK SPACE}doses")


@pytest.mark.parametrize(
    ("weight_kg", "age", "key", "small"),
    [
        (
            30,
            None,
            "fever-10-to-25-sc",
            "not for this weight: for 10 kg to less than",
        ),
        (12, Age(Decimal(1), "years"), "fever-10-to-25-sc", "not for this age: from"),
    ],
)
def test_a_line_that_is_not_for_the_patient_says_for_whom_it_is(
    january_2026: Monograph, weight_kg: int, age: Age | None, key: str, small: str
) -> None:
    cell = cell_of(january_2026, key, Patient(weight_kg=Decimal(weight_kg), age=age))
    assert cell.number == ""
    assert cell.small.replace("\N{NO-BREAK SPACE}", " ").startswith(small)


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        ("13.33", "66.67", "13.4 mg to 66.6 mg"),
        ("22.5", "45", "23 mg to 45 mg"),
        ("20", "40", "20 mg to 40 mg"),
        ("13.33", "13.33", "13.33 mg"),
        # At 5 % exactly an end is not moved to whole mg.
        ("20", "20.9", "20 mg to 20.9 mg"),
        ("1.91", "3.81", "2 mg to 3.8 mg"),
        ("0.25", "0.5", "0.25 mg to 0.5 mg"),
        ("20.2", "20.8", "20.2 mg to 20.8 mg"),
        ("10.01", "10.09", "10.01 mg to 10.09 mg"),
    ],
)
def test_a_range_is_rounded_into_itself_or_not_at_all(
    low: str, high: str, shown: str
) -> None:
    assert shown_range(Range(Decimal(low), Decimal(high)), "mg") == shown


def test_a_rounded_range_never_leaves_the_range_nor_moves_by_5_percent() -> None:
    source = random.Random(5)
    for _ in range(times(2_000, 50_000)):
        low = Decimal(source.randint(1, 200_000)) / 100
        high = low + Decimal(source.randint(1, 100_000)) / 100
        words = shown_range(Range(low, high), "mg").replace(",", "")
        first, last = (Decimal(end.split()[0]) for end in words.split(" to "))
        assert low <= first < last <= high
        assert first - low < low / 20
        assert high - last < high / 20


@pytest.mark.parametrize(
    ("key", "kg", "shown"),
    [
        # 13 mg would stand beside 0.08 mL, which is 11.9 mg.
        ("fmf-pediatric-sc", "12.5", "12.5 mg to 25 mg"),
        # 20 mg would stand beside "under 20 mg".
        ("fmf-pediatric-sc", "19.9", "19.9 mg to 39.8 mg"),
        # 100 mg would stand beside 2 syringes.
        ("fmf-pediatric-sc", "50.4", "50.4 mg to 100.8 mg"),
        ("fmf-pediatric-sc", "22.5", "23 mg to 45 mg"),
    ],
)
def test_a_dose_is_rounded_only_where_all_that_stands_beside_it_is_true(
    june_2024: Monograph, key: str, kg: str, shown: str
) -> None:
    rule = june_2024.rules[key]
    (item,) = dosed(rule, kg)
    assert shown_dose(rule, item) == shown


def test_mg_mL_and_units_of_a_shown_dose_agree_at_every_weight(
    june_2024: Monograph,
) -> None:
    """An independent check: 100 mg in 0.67 mL, marks from 20 mg."""
    for key in ("fmf-pediatric-sc", "dira-sc", "css-sc"):
        rule = june_2024.rules[key]
        for tenths in range(30, 1_200, times(7, 1)):
            for item in dosed(rule, str(Decimal(tenths) / 10)):
                words = shown_dose(rule, item).replace(",", "")
                ends = [Decimal(end.split()[0]) for end in words.split(" to ")]
                for mg, exact, ml in zip(
                    ends,
                    (item.mg.low, item.mg.high),
                    (item.drawn.shown_ml.low, item.drawn.shown_ml.high),
                    strict=True,
                ):
                    assert abs(ml * 100 / Decimal("0.67") - mg) <= mg / 20
                    assert (mg < 20) == (exact < 20)
                    assert -(-mg // 100) == -(-exact // 100)


def dosed(rule: DoseRule, kg: str) -> tuple[DividedDose, ...]:
    found = compute_dose(rule, Patient(weight_kg=Decimal(kg), confirmed=True))
    assert isinstance(found, Dose)
    return found.doses


def test_a_range_in_micrograms_stays_exact() -> None:
    span = Range(Decimal("0.01333"), Decimal("0.06667"))
    assert shown_range(span, "microgram") == "13.33 micrograms to 66.67 micrograms"


# In a browser


def test_typing_another_weight_empties_the_numbers_before_the_new_ones_come(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{DOSES}?weight=20&edition=1")
    nomid = page.locator("#nomid-sc")
    expect(nomid).to_contain_text("20 mg to 40 mg per day in total")
    expect(nomid).to_contain_text("maximum 160 mg per day")
    without = open_page(DOSES).locator(".guide-limits").all_text_contents()

    held: list[Route] = []
    page.route("**/doses/?**", lambda route: held.append(route))
    page.locator("#every-line-weight").fill("9")
    assert not any(page.locator("[data-of-patient]").all_text_contents())
    assert page.locator(".worked-out").first.is_hidden()
    assert page.locator(".guide-limits").all_text_contents() == without
    assert "20" not in page.locator("h1").inner_text()
    assert page.locator("#doses-said").text_content() == ""

    with page.expect_request("**/doses/?**weight=9**"):
        page.keyboard.press("Enter")
    assert not any(page.locator("[data-of-patient]").all_text_contents())
    held.pop().continue_()
    expect(nomid).to_contain_text("9 mg to 18 mg per day in total")
    expect(nomid).to_contain_text("maximum 72 mg per day")
    expect(page.locator("#doses-said")).to_have_text("Doses for 9 kg (19.8 lb) Clear")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_an_answer_that_comes_late_does_not_outlive_what_was_typed(
    open_page: OpenPage,
) -> None:
    page = open_page(DOSES)
    held: list[Route] = []
    page.route("**/doses/?**", lambda route: held.append(route), times=1)
    page.locator("#every-line-weight").fill("20")
    with page.expect_request("**/doses/?**weight=20**"):
        page.keyboard.press("Enter")
    page.locator("#every-line-weight").fill("30")
    page.keyboard.press("Enter")
    expect(page.locator("#nomid-sc")).to_contain_text("30 mg to 60 mg")
    expect(page.locator("#doses-said")).to_have_text("Doses for 30 kg (66.1 lb) Clear")


def test_an_error_a_question_and_a_failure_leave_no_number(open_page: OpenPage) -> None:
    page = open_page(f"{DOSES}?weight=20&edition=1")
    weight, said = page.locator("#every-line-weight"), page.locator("#doses-said")
    weight.fill("154 lb")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(weight).to_have_attribute("aria-invalid", "true")
    assert page.locator(".worked-out").count() == 0

    weight.fill("160")
    expect(page.locator("[data-error-summary]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Check the weight")
    assert page.locator(".worked-out").count() == 0
    page.get_by_role("button", name="Yes, 160 kg").click()
    expect(page.locator("#css-iv")).to_contain_text("320 mg per HOUR")
    expect(said).to_contain_text("Doses for 160 kg")

    page.route("**/doses/?**", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Show doses").click()
    expect(said).to_contain_text("No answer came from the server. Nothing was worked")
    assert not any(page.locator("[data-of-patient]").all_text_contents())


def test_without_javascript_the_form_leads_to_the_same_numbers(
    open_page: OpenPage,
) -> None:
    plain = open_page(DOSES, java_script_enabled=False)
    plain.locator("#every-line-weight").fill("20")
    plain.get_by_role("button", name="Show doses").click()
    expect(plain.locator("h1")).to_contain_text("at 20 kg")
    expect(plain.locator("#css-iv")).to_contain_text("40 mg per HOUR")
    assert "edition=1" in plain.url
    assert plain.locator("#every-line-weight").input_value() == "20"


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    open_page: OpenPage, width: int
) -> None:
    page = open_page(
        f"{DOSES}?weight=145&age=40&age_unit=years",
        viewport={"width": width, "height": 800},
    )
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width == 320:
        assert narrow_faults(page) == []


def test_the_number_stands_beside_its_name_and_the_route_alone_between(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{DOSES}?weight=20", viewport={"width": 1280, "height": 800})
    for row in page.locator("#dose-table tbody").all()[:-1]:
        name, number = row.locator("th a"), row.locator(".worked-out b")
        left, right = (place.bounding_box() for place in (name, number))
        assert left is not None
        assert right is not None
        assert right["x"] - left["x"] <= 480
