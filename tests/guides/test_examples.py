"""Guides of other biologics: each line's sentence, doses by hand, dates and FHIR."""

import csv
import html
import re
from datetime import date, timedelta
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from reference.dosing.schedule import first_days
from reference.editions import canonical_document, published_monograph
from reference.models import Edition
from reference.publishing.problems import blocks, document_problems
from reference.reading import line_sentence
from tests.exports import fhir_reader
from tests.exports.dose_answers import answer_validators
from tests.exports.fhir_bundle import dosage_of, lines_of, sent

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).with_name("examples")
GUIDES = sorted(path.stem for path in EXAMPLES.glob("*.json"))
TABLE = Path(__file__).parents[1] / "worked_examples_guides.csv"
WORKED = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
SENTENCES = {
    "infliximab": [
        "3 mg/kg at weeks 0, 2 and 6, then every 8 weeks, by intravenous infusion",
        "5 mg/kg at weeks 0, 2 and 6, over 120 minutes, by intravenous infusion, as "
        "the loading dose",
        "5 mg/kg every 6 weeks, over 120 minutes, from week 12, by intravenous "
        "infusion, as the maintenance dose",
    ],
    "methotrexate": [
        "15 mg once weekly, by mouth, for adults",
        "10 mg/m² once weekly, by mouth, for pediatric patients",
    ],
    "rilonacept": [
        "320 mg once, subcutaneously, as the loading dose, for adults",
        "160 mg once weekly, subcutaneously, as the maintenance dose, for adults",
    ],
    "rituximab": [
        "1,000 mg on days 1 and 15, repeated every 24 weeks, by intravenous infusion, "
        "for adults",
        "375 mg/m² once weekly, for 4 doses, by intravenous infusion, for adults",
    ],
    "tocilizumab": [
        "4 mg/kg every 4 weeks, may increase to 8 mg/kg every 4 weeks, maximum 800 mg, "
        "by intravenous infusion, for adults",
        "162 mg every 2 weeks, subcutaneously, for adults of less than 100 kg",
        "162 mg once weekly, subcutaneously, for adults of 100 kg or more",
        "10 mg/kg every 4 weeks, by intravenous infusion, for pediatric patients of "
        "less than 30 kg",
        "8 mg/kg every 4 weeks, by intravenous infusion, for pediatric patients of 30 "
        "kg or more",
    ],
}


@pytest.fixture
def edition(guide: str) -> Edition:
    """The example of this name, loaded and published as any guide is."""
    call_command("load_guide", str(EXAMPLES / f"{guide}.json"), stdout=StringIO())
    return Edition.objects.select_related("drug").get(drug__slug=guide)


@pytest.mark.parametrize("guide", GUIDES)
def test_words_and_fields_agree_and_nothing_blocks(edition: Edition) -> None:
    document = canonical_document(edition)
    assert [line_sentence(row) for row in document["regimens"]] == SENTENCES[
        edition.drug.slug
    ]
    assert "EXAMPLE FOR TESTS, NOT GUIDANCE" in document["edition"]["overview"]
    assert blocks(document_problems(document, None)) == []


def test_each_line_has_three_doses_worked_by_hand() -> None:
    counted = {(row["guide"], row["regimen"]): 0 for row in WORKED}
    for row in WORKED:
        counted[row["guide"], row["regimen"]] += 1
    assert set(counted.values()) == {3}
    assert len(counted) == sum(map(len, SENTENCES.values()))


def asked(client: Client, row: dict[str, str]) -> dict[str, Any]:
    query = {
        name: row[name] for name in ("regimen", "weight", "bsa", "dose") if row[name]
    }
    path = f"/{row['guide']}/dose/"
    answer = client.get(path, query, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert list(answer_validators()[200].iter_errors(answer.json())) == []
    found: dict[str, Any] = answer.json()
    assert found["status"] == "computed"
    return found


@pytest.mark.parametrize("guide", GUIDES)
def test_a_dose_and_what_it_is_taken_from_are_those_worked_by_hand(
    edition: Edition, client: Client
) -> None:
    for row in WORKED:
        if row["guide"] != edition.drug.slug:
            continue
        answer = asked(client, row)
        (dose,) = answer["doses"]
        assert dose["mg"] == {"low": row["dose_mg"], "high": row["dose_mg"]}, row
        assert (dose["ml"] or {"low": ""})["low"] == row["volume_ml"], row
        assert answer["needs"] == []
        taken = dose.get("containers", {"low": []})["low"] or []
        said = ", ".join(f"{each['count']} {each['key']}" for each in taken)
        assert said == row["containers"], row
        if row["left_over_mg"]:
            assert dose["left_over_mg"]["high"] == row["left_over_mg"], row


@pytest.mark.parametrize("guide", GUIDES)
def test_the_first_six_doses_are_on_the_days_counted_by_hand(
    edition: Edition,
) -> None:
    rules = published_monograph(edition).rules
    for row in WORKED:
        if row["guide"] == edition.drug.slug:
            rule = rules[row["regimen"]]
            days = first_days(rule.schedule, 6)
            if rule.duration and rule.duration.unit == "doses":
                days = days[: rule.duration.high]
            assert " ".join(map(str, days)) == row["first_days"], row


@pytest.mark.parametrize("guide", GUIDES)
def test_an_independent_reader_finds_dose_and_dates_in_fhir(edition: Edition) -> None:
    lines = lines_of(sent(canonical_document(edition), path=edition.permanent_address))
    start = date(2026, 11, 30)
    for row in WORKED:
        if row["guide"] != edition.drug.slug:
            continue
        kinds = [each["type"]["text"] for each in lines[row["regimen"]]["dosage"]]
        kind = row["dose"] or kinds[0]
        dosage = dosage_of(lines[row["regimen"]], kind)
        kg = Fraction(row["weight"] or 1)
        m2 = Fraction(row["bsa"] or 0)
        low, high = fhir_reader.written_dose_mg(dosage, kg, 1, m2)
        assert low == high == Fraction(row["dose_mg"]), row
        read = fhir_reader.first_dates(dosage["timing"], start, 6)
        days = map(int, row["first_days"].split())
        assert read == [start + timedelta(days=day) for day in days], row


def test_six_guides_are_still_a_glance(client: Client) -> None:
    for guide in GUIDES:
        call_command("load_guide", str(EXAMPLES / f"{guide}.json"), stdout=StringIO())
    home = client.get("/").content.decode()
    for guide in GUIDES:
        assert f'href="/{guide}/"' in home
    found = client.get("/search/", {"q": "rheumatoid arthritis"}).content.decode()
    for guide in ("anakinra", "infliximab", "rituximab", "tocilizumab"):
        assert f'"/{guide}/' in found
    page = client.get("/tocilizumab/doses/?weight=70").content.decode()
    text = html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")
    assert "280 mg" in " ".join(text.split())
    assert "not for this weight" in text
