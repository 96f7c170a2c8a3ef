"""The fields of a line: all on its own page, its own choices alone in a row."""

from decimal import Decimal

import pytest
from django.template import engines
from django.template.backends.jinja2 import Jinja2

from reference.doses import dose_fields
from reference.dosing import Age, Patient
from reference.editions import Monograph
from tests.doses.asking import DOSE

FORM = """{% from "reference/doses/_dose_form.html" import dose_form %}
{{ dose_form(address, document, regimen, {}, {}, patient, patient is not none) }}"""
PATIENT = Patient(
    weight_kg=Decimal("20.50"),
    age=Age(Decimal(4), "years"),
    crcl_ml_per_min=Decimal(25),
)


def form_of(guide: Monograph, key: str, patient: Patient | None) -> str:
    templates = engines["jinja2"]
    assert isinstance(templates, Jinja2)
    return templates.env.from_string(FORM).render(
        address=DOSE,
        document=guide.document,
        regimen=guide.regimens[key],
        patient=patient,
    )


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("ra-sc", []),
        ("dira-sc", ["rate"]),
        ("nomid-sc", ["rate"]),  # the number of doses is asked in the answer
        ("css-sc", ["rate", "doses_per_day"]),
        ("css-iv", ["hours"]),
        ("behcet-sc", ["dose"]),
    ],
)
def test_a_row_asks_for_what_its_line_leaves_open(
    key: str, names: list[str], june_2024: Monograph
) -> None:
    fields = dose_fields(june_2024.rules[key], {}, {}, PATIENT, in_row=True)
    assert [field.name for field in fields.choices] == names
    assert (fields.first, fields.more) == ((), ())
    assert dict(fields.hidden) == {
        "weight": "20.5",
        "age": "4",
        "age_unit": "years",
        "crcl": "25",
    }


def test_a_row_without_a_choice_has_no_form(june_2024: Monograph) -> None:
    assert "<form" not in form_of(june_2024, "ra-sc", PATIENT)
    assert "<form" in form_of(june_2024, "ra-sc", None)


def test_the_patient_of_a_row_is_typed_once_for_all(june_2024: Monograph) -> None:
    form = form_of(june_2024, "css-iv", PATIENT)
    for name, value in (("weight", "20.5"), ("age", "4"), ("crcl", "25")):
        assert f'<input type="hidden" name="{name}" value="{value}" data-' in form
    assert form.count('type="text"') == 1
    assert "Hours, 1 to 72" in form
    assert "Show dose</button>" in form


def test_the_page_of_a_line_asks_for_the_patient_and_age_behind_more(
    june_2024: Monograph,
) -> None:
    form = form_of(june_2024, "nomid-sc", None)
    first, _, more = form.partition("<details")
    assert 'name="weight"' in first
    assert "Rate, mg/kg per day" in first
    assert "1 to 2; up to 8 (US label)" in first
    for name in ("age", "age_unit", "crcl"):
        assert f'name="{name}"' in more
        assert f'name="{name}"' not in first


@pytest.mark.parametrize(
    ("key", "per"), [("fmf-pediatric-sc", "dose"), ("css-sc", "day")]
)
def test_a_rate_is_asked_with_its_time(
    key: str, per: str, june_2024: Monograph
) -> None:
    assert f"Rate, mg/kg per {per}" in form_of(june_2024, key, PATIENT)
