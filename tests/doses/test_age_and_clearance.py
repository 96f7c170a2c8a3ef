"""Age and creatinine clearance at the dose address: checked, answered, never used.

What may be typed for them is in tests/dosing/test_typed.py and
tests/doses/test_views.py.
"""

from decimal import Decimal

import pytest
from django.test import Client

from reference.dosing import Age
from reference.dosing.questions import weight_misfit
from tests.doses.asking import DOSE, HTMX, ask, codes, computed

pytestmark = pytest.mark.django_db


def test_an_age_is_echoed_with_what_it_was_compared_with(client: Client) -> None:
    answer = computed(client, "regimen=css-sc&weight=15&age=4&age_unit=years")
    assert answer["age"] == {
        "value": "4",
        "unit": "years",
        "reference": "CDC 2000 growth charts",
        "low_kg": "11.4",
        "high_kg": "33",
    }
    assert answer["working"][-1] == (
        "The age of 4 years was not used in the dose; 15 kg lies within the CDC 2000 "
        "growth charts for that age (11.4 kg to 33 kg: 3 SD each side of the median, "
        "both sexes)"
    )


@pytest.mark.parametrize(
    ("weight", "misfit"),
    [("11.39", "below"), ("11.4", ""), ("33", ""), ("33.01", "above")],
)
def test_both_ends_of_the_growth_reference_belong_to_it(
    weight: str, misfit: str
) -> None:
    """At 4 years it is 11.4 kg to 33 kg; without an age nothing is compared."""
    weight_kg = Decimal(weight)
    assert weight_misfit(Age(Decimal(4), "years"), weight_kg) == misfit
    assert weight_misfit(None, weight_kg) == ""
    assert weight_misfit(Age(Decimal(90), "years"), weight_kg) == ""


@pytest.mark.parametrize("line", ["css-sc&weight=15", "ra-sc&weight=15", "ra-sc"])
@pytest.mark.parametrize("age", ["4&age_unit=years", "50&age_unit=months"])
def test_an_age_changes_nothing_but_the_working(
    line: str, age: str, client: Client
) -> None:
    plain = computed(client, f"regimen={line}")
    aged = computed(client, f"regimen={line}&age={age}&confirm=yes")
    assert plain.pop("age") is None
    assert aged.pop("age") is not None
    plain_steps, steps = plain.pop("working"), aged.pop("working")
    assert steps[:-1] == plain_steps
    assert aged == plain


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("css-sc&weight=40&age=4&age_unit=years", "above what the CDC 2000"),
        ("css-sc&weight=11.3&age=4&age_unit=years", "below what the CDC 2000"),
        ("css-sc&weight=15&age=4&age_unit=months", "above what the CDC 2000"),
        ("pjia-sc&weight=50&age=17&age_unit=years", "for pediatric patients"),
        ("pjia-sc&weight=50&age=40&age_unit=years", "not under 17 years"),
        ("mis-c-iv&weight=70&age=204&age_unit=months", "an unusual weight"),
    ],
)
def test_an_age_that_does_not_fit_is_confirmed_before_there_is_a_dose(
    query: str, says: str, client: Client
) -> None:
    answer = ask(client, f"regimen={query}").json()
    assert answer["status"] == "confirm"
    assert says in answer["text"]
    assert f"{answer['weight_lb']} lb" in answer["text"]
    assert answer["text"].endswith("confirm both.") or "the age." in answer["text"]
    assert answer["age"] is not None
    assert "doses" not in answer
    assert computed(client, f"regimen={query}&confirm=yes")


def test_every_reason_to_ask_stands_in_one_text(client: Client) -> None:
    query = "regimen=pjia-sc&weight=190&age=18&age_unit=years"
    assert ask(client, query).json()["text"] == (
        "190 kg is 418.9 lb, an unusual weight for a pediatric dosing line. That is "
        "above what the CDC 2000 growth charts give for an age of 18 years: 39.8 kg to "
        "186.5 kg (3 SD each side of the median, both sexes). The line is for "
        "pediatric patients, and an age of 18 years is not under 17 years, the limit "
        "in US drug regulation. Check the weight, the age and their units, then "
        "confirm both."
    )


@pytest.mark.parametrize(
    "query",
    [
        "css-sc&weight=11.4&age=4&age_unit=years",
        "css-sc&weight=33&age=4&age_unit=years",
        "css-sc&weight=3.5&age=0&age_unit=months",
        "css-sc&weight=70&age=40&age_unit=years",
        "pjia-sc&weight=50&age=16.9&age_unit=years",
        "nomid-sc&weight=70&age=40&age_unit=years",
        "fmf-adult-sc&age=18&age_unit=years",
        "fmf-adult-sc&age=216&age_unit=months",
        "ra-sc&age=8&age_unit=years",
    ],
)
def test_an_age_that_fits_asks_nothing(query: str, client: Client) -> None:
    computed(client, f"regimen={query}")


def test_a_child_on_an_adult_line_is_confirmed_although_the_dose_is_fixed(
    client: Client,
) -> None:
    query = "regimen=fmf-adult-sc&age=8&age_unit=years"
    answer = ask(client, query).json()
    assert answer["status"] == "confirm"
    assert (answer["weight_kg"], answer["weight_lb"]) == (None, None)
    assert "The line is for adults, and an age of 8 years is under 18" in answer["text"]
    page = client.get(f"{DOSE}?{query}").content.decode()
    assert "Age 8\N{NO-BREAK SPACE}years</b>" in page
    assert "Yes, 8\N{NO-BREAK SPACE}years</button>" in page
    assert computed(client, f"{query}&confirm=yes")["working"][-1].startswith(
        "The line is for adults"
    )


def test_the_weight_of_a_fixed_dose_is_never_in_need_of_confirmation(
    client: Client,
) -> None:
    answer = computed(client, "regimen=ra-sc&weight=70&age=4&age_unit=years")
    assert "70 kg lies above the CDC 2000 growth charts" in answer["working"][-1]


def test_an_age_past_the_reference_is_said_to_be_compared_with_nothing(
    client: Client,
) -> None:
    answer = computed(client, "regimen=css-sc&weight=70&age=40&age_unit=years")
    for name in ("reference", "low_kg", "high_kg"):
        assert answer["age"][name] is None
    assert answer["working"][-1].endswith("the CDC 2000 growth charts end at 20 years")


def test_the_question_about_an_age_keeps_all_that_was_typed(client: Client) -> None:
    query = "regimen=css-sc&weight=40&age=4&age_unit=years&rate=3"
    page = client.get(f"{DOSE}?{query}", headers=HTMX).content.decode()
    for name, value in (("weight", 40), ("age", 4), ("age_unit", "years"), ("rate", 3)):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


@pytest.mark.parametrize(
    ("line", "crcl", "says"),
    [
        ("ra-sc", "29.99", "consider every other day (label)"),
        ("ra-sc", "0", "consider every other day (label)"),
        ("ra-sc", "30", ""),
        ("nomid-sc&weight=20", "12", "consider every other day (label)"),
        ("nomid-sc&weight=20", "90", ""),
        ("covid-19-sc", "12", "consider 100 mg every other day (FDA)"),
        ("dira-sc&weight=20", "12", "gives no kidney rule for this line"),
        ("css-iv&weight=20", "12", "gives no kidney rule for this line"),
        ("css-iv&weight=20", "90", ""),
    ],
)
def test_a_low_creatinine_clearance_adds_what_is_known_and_no_dose_changes(
    line: str, crcl: str, says: str, client: Client
) -> None:
    plain = computed(client, f"regimen={line}")
    answer = computed(client, f"regimen={line}&crcl={crcl}")
    assert answer.pop("crcl_ml_per_min") == crcl
    assert plain.pop("crcl_ml_per_min") is None
    assert codes(answer) - codes(plain) == (
        {"label-renal-statement"} if says else set()
    )
    for caution in answer.pop("cautions"):
        if caution["code"] == "label-renal-statement":
            assert caution["text"].endswith(f"{says}.")
    plain.pop("cautions")
    steps = answer.pop("working")
    assert "was not used in the dose" in steps[-1]
    assert "30 mL per minute" in steps[-1]
    assert steps[:-1] == plain.pop("working")
    assert answer == plain
