"""/openapi.json says what the site answers, and the site answers what it says.

`make api` (tests/tools/api_conformance.py) asks 20,000 times, for JSON and for pages;
here it is some hundreds, for JSON.
"""

import copy
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reference import publishing
from reference.doses.form import DoseForm
from reference.doses.schema import REFUSALS
from reference.dosing.typed import (
    NotUnderstoodError,
    parse_crcl_ml_per_min,
    parse_number,
    parse_weight_kg,
    parse_whole_number,
)
from reference.models import Edition
from reference.openapi import openapi
from tests.exports.dose_answers import JSON, answer_validators
from tests.support.tables import each_row
from tests.tools.api_conformance import PASSES, ask

pytestmark = pytest.mark.django_db

DOSE = "/anakinra/dose/"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return openapi("")


@pytest.fixture(scope="module")
def answers() -> dict[int, Draft202012Validator]:
    return answer_validators()


def parameters(described: dict[str, Any]) -> dict[str, Any]:
    listed = described["paths"]["/{drug}/dose/"]["get"]["parameters"]
    return {each["name"]: each["schema"] for each in listed}


# The document


def test_it_is_served_as_json_with_the_sites_own_address(
    client: Client, settings: Any
) -> None:
    settings.PUBLIC_ORIGIN = "https://reference.example"
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.json()["openapi"].startswith("3.1.")
    assert answer.json()["servers"] == [{"url": "https://reference.example"}]
    kept = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/openapi.json", headers=kept).status_code == 304


def test_every_parameter_of_a_dose_is_described(described: dict[str, Any]) -> None:
    assert set(parameters(described)) == set(DoseForm.base_fields)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    known = {
        f"#/components/schemas/{name}" for name in described["components"]["schemas"]
    }
    found = set(re.findall(r'"(#/[^"]+)"', json.dumps(described)))
    assert found == known


def test_every_schema_in_it_is_a_schema(described: dict[str, Any]) -> None:
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for schema in parameters(described).values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("weight", parse_weight_kg),
        ("rate", lambda typed: parse_number(typed, "the rate", "1")),
        ("crcl", parse_crcl_ml_per_min),
        ("hours", lambda typed: parse_whole_number(typed, "the hours", "1")),
    ],
)
@given(
    typed=st.text(max_size=8)
    | st.from_regex(r"\A\s?[0-9]{1,2}([.,][0-9]{0,2})?(\s?[kK]?[gG])?\s?\Z")
)
def test_the_grammar_in_it_is_the_one_that_is_read(
    described: dict[str, Any], name: str, read: Any, typed: str
) -> None:
    if not typed.strip():
        return
    pattern = parameters(described)[name]["pattern"]
    fits = re.fullmatch(pattern.removesuffix("$"), typed) is not None
    try:
        read(typed)
    except NotUnderstoodError as error:
        assert not fits or "from 0.5 to 300" in str(error)
    else:
        assert fits


# What is sent


@each_row("query", more=[("",)])
def test_an_answer_has_the_keys_of_its_schema_and_no_other(
    client: Client, answers: dict[int, Draft202012Validator], query: str
) -> None:
    answer = client.get(f"{DOSE}?{query}", headers=JSON)
    assert list(answers[answer.status_code].iter_errors(answer.json())) == []


@given(
    asked=st.fixed_dictionaries(
        {
            "regimen": st.sampled_from(
                ["ra-sc", "css-sc", "css-iv", "mis-c-iv", "nomid-sc"]
            )
        },
        optional={
            "weight": st.decimals(0, 301, places=2).map(str),
            "rate": st.integers(0, 11).map(str),
            "doses_per_day": st.integers(0, 9).map(str),
            "hours": st.integers(0, 80).map(str),
            "age": st.integers(0, 130).map(str),
            "age_unit": st.sampled_from(["months", "years"]),
            "crcl": st.integers(0, 300).map(str),
            "confirm": st.just("yes"),
        },
    )
)
def test_so_has_any_other(
    answers: dict[int, Draft202012Validator], asked: dict[str, str]
) -> None:
    answer = Client().get(f"{DOSE}?{urlencode(asked)}", headers=JSON)
    assert list(answers[answer.status_code].iter_errors(answer.json())) == []


def test_a_withdrawn_edition_is_described(
    client: Client,
    answers: dict[int, Draft202012Validator],
    published_edition: Edition,
    reviewer: User,
) -> None:
    publishing.withdraw(edition=published_edition, by=reviewer, reason="A test.")
    answer = client.get(f"{DOSE}?regimen=ra-sc", headers=JSON)
    assert answer.json()["reason"]["code"] == "edition-withdrawn"
    assert list(answers[200].iter_errors(answer.json())) == []


@pytest.mark.usefixtures("tampering")
def test_an_edition_that_is_not_verified_is_described(
    client: Client,
    answers: dict[int, Draft202012Validator],
    published_edition: Edition,
) -> None:
    spoiled = bytes(published_edition.canonical or b"") + b" "
    Edition.objects.filter(pk=published_edition.pk).update(
        canonical=spoiled, fingerprint="0" * 64
    )
    answer = client.get(f"{DOSE}?regimen=ra-sc", headers=JSON)
    assert answer.json()["reason"]["code"] == "edition-not-verified"
    assert list(answers[200].iter_errors(answer.json())) == []


def test_the_reasons_are_those_of_the_contract() -> None:
    assert set(REFUSALS) == {
        *("no-dosing-printed", "above-maximum", "outside-range"),
        *("edition-not-in-force", "edition-withdrawn", "edition-not-verified"),
    }


def test_a_dose_without_a_unit_or_with_a_number_as_number_would_be_noticed(
    client: Client, answers: dict[int, Draft202012Validator]
) -> None:
    answer = client.get(f"{DOSE}?regimen=css-sc&weight=20", headers=JSON).json()
    assert answers[200].is_valid(answer)
    for path, value in (
        (("rate", "unit"), "mg"),
        (("daily_mg", "low"), 40),
        (("daily_mg", "low"), "40.0"),
        (("doses", 0, "ml"), None),
        (("doses", 0, "unheard"), "x"),
        (("status",), "confirm"),
    ):
        changed = copy.deepcopy(answer)
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert not answers[200].is_valid(changed), path


# What is asked


def test_schemathesis_finds_no_fault_in_some_hundred_requests(
    served_guide: str,
) -> None:
    as_json = PASSES["as JSON"]
    outcome = ask(served_guide, doses=40, seed=1, options=as_json, shown=False)
    assert outcome.exit_code == 0, outcome.said
    assert outcome.requests > 200
