"""A second biologic is data alone: an invented guide, unlike that of anakinra."""

import html
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from reference.desk import saving
from reference.doses import dose_table
from reference.dosing import Dose, Patient, compute_dose
from reference.editions import Monograph, canonical_document
from reference.models import DrawnPage, Edition
from reference.publishing import blocks, publication_problems
from reference.reading import dose_words
from tests.support.guides import small_guide
from tests.support.guides.second_guide import FIXTURE, SLUG, load_second_guide
from tests.support.oracle import EXAMPLIMAB

pytestmark = pytest.mark.django_db

LINES = list(EXAMPLIMAB.regimens)
PRODUCTS = list(EXAMPLIMAB.products)
INDICATIONS = ["arthritis", "fever", "syndrome", "itch"]
HOME = f"/{SLUG}/"
PAGES = [
    HOME,
    f"{HOME}print/",
    f"{HOME}discrepancies/",
    f"{HOME}editions/",
    f"{HOME}editions/1/",
    f"{HOME}editions/1/print/",
    f"{HOME}editions/1/changes/",
    f"{HOME}editions/1/edition.json",
    f"{HOME}dose/",
    f"{HOME}monitoring/?start=2026-01-31",
    f"{HOME}monitoring.ics?start=2026-01-31",
    *(f"{HOME}indications/{key}/" for key in INDICATIONS),
    "/search/?q=micrograms",
]
DOSES = [
    "regimen=arthritis-loading-sc",
    "regimen=arthritis-loading-sc&preparation=pen-25",
    "regimen=arthritis-sc&weight=80&preparation=syringe-10&crcl=20",
    "regimen=fever-10-to-25-sc&weight=24.99",
    "regimen=fever-10-to-25-sc&weight=25&preparation=pen-25",
    "regimen=fever-from-50-sc&weight=160",
    "regimen=syndrome-sc&weight=80",
    "regimen=syndrome-sc&weight=20&doses_per_day=2&preparation=syringe-10",
    "regimen=syndrome-adult-sc&dose=increased&preparation=pen-25&weight=70",
    "regimen=syndrome-child-sc&weight=8&age=1&age_unit=years&preparation=pen-25",
    "regimen=syndrome-iv&weight=70",
    "regimen=syndrome-iv&weight=70&hours=24&preparation=syringe-10",
    "regimen=syndrome-sc",
    "indication=itch",
]
GREEK_MU = ("\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}")


@pytest.fixture
def edition() -> Edition:
    """The invented edition, published beside anakinra's."""
    return load_second_guide()


@pytest.fixture
def reader(edition: Edition, client: Client) -> Client:
    """Somebody who reads a site with both guides."""
    return client


def asked(reader: Client, query: str) -> dict[str, Any]:
    answer = reader.get(f"{HOME}dose/?{query}", headers={"accept": "application/json"})
    answer_json: dict[str, Any] = answer.json()
    return answer_json


def page_of(reader: Client, address: str) -> str:
    """A page of the second guide, with its no-break spaces as spaces."""
    page = reader.get(f"{HOME}{address}").content.decode()
    return page.replace("\N{NO-BREAK SPACE}", " ")


def computed(monograph: Monograph, key: str, product: str, **choices: Any) -> Dose:
    rule = monograph.rules[key].drawn_from(product)
    dose = compute_dose(rule, Patient(confirmed=True, **choices))
    assert isinstance(dose, Dose), dose
    return dose


# Two guides on one site


def test_the_home_page_lists_both_drugs(reader: Client) -> None:
    page = reader.get("/").content.decode()
    assert f'href="/{SLUG}/"' in page
    assert 'href="/anakinra/"' in page


def test_the_edition_of_anakinra_is_what_it_was(
    edition: Edition, canonical: bytes
) -> None:
    anakinra = Edition.objects.get(drug__slug="anakinra")
    assert anakinra.fingerprint.startswith("f2690c4d")
    for name in (b'"phase"', b'"from_age_months"', b"microgram"):
        assert name not in canonical


def test_no_code_template_or_style_names_anything_of_the_second_guide(
    january_2026: Monograph,
) -> None:
    root = Path(__file__).parents[2]
    document = january_2026.document
    names = [document["drug"]["brand_name"], *LINES, *PRODUCTS]
    names += [row["name"] for row in document["indications"]]
    for folder in ("reference", "anakinra_site", "templates", "static"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".py", ".html", ".css", ".js"):
                text = path.read_text(encoding="utf-8")
                assert not [name for name in names if name in text], path


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_second_drug_is_there(address: str, reader: Client) -> None:
    assert reader.get(address).status_code == 200


def test_the_guide_says_on_every_page_that_it_is_invented(reader: Client) -> None:
    for address in ("", "print/"):
        assert "INVENTED FOR TESTS" in page_of(reader, address)


def test_every_line_is_on_the_page_the_sheet_and_in_the_search(
    reader: Client, january_2026: Monograph
) -> None:
    page = reader.get(HOME).content.decode()
    paper = page_of(reader, "print/")
    for row in dose_table(january_2026.sections, january_2026.document).rows:
        for words in (row.name, row.qualifier, row.route, row.dose, row.limits):
            assert html.escape(words) in paper, row.key
    for row in january_2026.document["regimens"]:
        assert f'<q lang="en-US">{row["printed"]}</q>' in page
        assert dose_words(row) in paper.replace("\N{NO-BREAK SPACE}", " ")
    found = reader.get("/search/?q=4,500+micrograms").content.decode()
    assert f'<a href="{HOME}#syndrome-' in found


def test_no_page_and_no_answer_writes_micrograms_in_another_way(
    reader: Client,
) -> None:
    addresses = [*PAGES, *(f"{HOME}dose/?{query}" for query in DOSES)]
    texts = [reader.get(address).content.decode() for address in addresses]
    texts += [json.dumps(asked(reader, query), ensure_ascii=False) for query in DOSES]
    texts.append(FIXTURE.read_text(encoding="utf-8"))
    for text in texts:
        assert "mcg" not in text.lower()
        assert not any(letter in text for letter in GREEK_MU)


def test_every_page_of_the_second_drug_can_be_drawn(settings: Any) -> None:
    settings.DRAW_PAGES = True
    edition = load_second_guide()
    drawn = DrawnPage.objects.filter(drug=edition.drug)
    addresses = set(drawn.values_list("address", flat=True))
    assert {HOME, f"{HOME}print/", f"{HOME}editions/1/edition.json"} <= addresses
    assert {f"{HOME}indications/{key}/" for key in INDICATIONS} <= addresses


def test_nothing_but_dates_and_a_grade_keeps_the_guide_from_publication(
    edition: Edition,
) -> None:
    problems = publication_problems(edition, canonical_document(edition))
    texts = [problem.text for problem in blocks(problems)]
    assert texts == ["Choose the grade of the change.", "Set the next review's date."]


# Doses


@given(
    weight_kg=st.decimals("0.5", "300", places=4),
    count=st.integers(1, 2),
    product=st.sampled_from(PRODUCTS),
)
def test_no_rounding_passes_the_maximum_in_micrograms(
    weight_kg: Decimal, count: int, product: str, january_2026: Monograph
) -> None:
    dose = computed(
        january_2026, "syndrome-sc", product, weight_kg=weight_kg, doses_per_day=count
    )
    assert dose.daily_mg is not None
    assert dose.daily_mg.high <= Decimal("4.5")
    assert dose.doses[0].mg.high * count <= Decimal("4.5")
    assert dose.limit is not None
    assert dose.limit.applied == (weight_kg > 75)


@given(weight_kg=st.decimals("0.5", "300", places=2))
def test_every_weight_from_10_kg_has_one_line_of_the_bands(
    weight_kg: Decimal, january_2026: Monograph
) -> None:
    fitting = [
        key
        for key in LINES
        if key.startswith("fever-")
        and january_2026.rules[key].who.takes_weight(weight_kg)
    ]
    assert len(fitting) == (1 if weight_kg >= 10 else 0)


# Weight bands


def test_a_weight_outside_the_band_is_refused_and_the_other_line_is_named(
    reader: Client,
) -> None:
    answer = asked(reader, "regimen=fever-10-to-25-sc&weight=25&preparation=pen-25")
    assert answer["status"] == "refused"
    assert answer["reason"] == {
        "code": "outside-range",
        "text": "25 kg is outside the weights of this line, which is for patients of "
        "10 kg to less than 25 kg. For it the indication has the other line "
        "“subcutaneous, 25 kg to less than 50 kg, from 2 years of age”. No dose was "
        "worked out.",
    }
    assert answer["regimen"]["from_weight_kg"] == "10"
    assert answer["regimen"]["below_weight_kg"] == "25"


# Lowest age


def test_without_an_age_the_answer_says_that_it_was_not_checked(
    reader: Client,
) -> None:
    answer = asked(reader, "regimen=fever-10-to-25-sc&weight=12")
    assert answer["cautions"][0] == {
        "code": "age-not-given",
        "text": "This line is for patients from 2 years of age. No age was given, so "
        "it was not checked.",
    }


def test_an_age_that_can_mean_too_young_is_refused_and_says_what_to_type(
    reader: Client,
) -> None:
    query = "regimen=syndrome-child-sc&weight=8&age=0&age_unit=years"
    text = asked(reader, query)["reason"]["text"]
    assert "An age of 0 years can be below 6 months" in text
    assert "Type the age in months" in text
    answer = asked(
        reader, query.replace("age=0&age_unit=years", "age=6&age_unit=months")
    )
    assert answer["status"] == "computed"
    assert (
        "An age of 6 months is not below 6 months, the lowest age of this line"
        in answer["working"]
    )


# Several preparations


def test_without_a_preparation_the_amount_is_known_and_no_volume(
    reader: Client,
) -> None:
    answer = asked(reader, "regimen=arthritis-sc&weight=80")
    assert answer["status"] == "computed"
    assert answer["daily_mg"] == {"low": "30", "high": "30"}
    assert answer["doses"] == []
    assert answer["needs"] == ["preparation"]
    assert answer["preparation"] is None
    page = page_of(reader, "dose/?regimen=arthritis-sc&weight=80")
    assert "Choose the preparation for the volume and the number of units." in page
    assert "data-copy=" not in page


def test_the_chosen_preparation_is_named(reader: Client) -> None:
    answer = asked(reader, "regimen=arthritis-sc&weight=80&preparation=pen-25")
    assert answer["preparation"] == {
        "key": "pen-25",
        "name": "prefilled pen",
        "strength_mg": "25",
        "strength_ml": "1",
    }
    page = page_of(reader, "dose/?regimen=arthritis-sc&weight=80&preparation=pen-25")
    assert "1.2 mL of 2 pens" in page
    assert "From 25 mg in 1 mL, prefilled pen" in page
    assert '<option value="pen-25" selected>' in page


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (
            f"{HOME}dose/?regimen=arthritis-sc&weight=80&preparation=vial",
            "Choose one of this edition's preparations for this line: syringe-10, "
            "pen-25.",
        ),
        (
            "/anakinra/dose/?regimen=ra-sc&preparation=prefilled-syringe",
            "Leave the preparation out: this edition has one, and uses it.",
        ),
        (
            f"{HOME}dose/?indication=itch&preparation=pen-25",
            "Leave this out: the indication has no dosing line.",
        ),
    ],
)
def test_a_preparation_that_does_not_apply_is_invalid(
    address: str, says: str, reader: Client
) -> None:
    answer = reader.get(address, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"preparation": [says]}


# How it is said


@pytest.mark.parametrize(
    ("query", "head", "dose", "further"),
    [
        (
            "regimen=arthritis-loading-sc&preparation=pen-25",
            "loading dose</b> · subcutaneous",
            "40 mg once, on one day only",
            "1.6 mL of 2 pens; discard the rest. The same at every weight.",
        ),
        (
            "regimen=arthritis-sc&weight=80&preparation=pen-25",
            "80 kg (176.4 lb)",
            "30 mg every 4 weeks",
            "0.4 mg/kg × 80 kg. 1.2 mL of 2 pens; discard the rest",
        ),
        (
            "regimen=arthritis-sc&weight=80",
            "80 kg (176.4 lb)",
            "30 mg every 4 weeks",
            "Choose the preparation for the volume and the number of units.",
        ),
        (
            "regimen=syndrome-sc&weight=80",
            "80 kg (176.4 lb)",
            "2,400 micrograms to 4,500 micrograms per day in total",
            "30 to 60 micrograms/kg × 80 kg, in 1 to 2 divided doses",
        ),
        (
            "regimen=syndrome-adult-sc&preparation=syringe-10",
            "adult</b> · subcutaneous",
            "750 micrograms once daily",
            "May increase to 1,500 micrograms once daily",
        ),
        (
            "regimen=syndrome-iv&weight=70",
            "IV infusion · 70 kg (154.3 lb)",
            "175 micrograms per hour, continuous, for up to 24 hours",
            "2.5 micrograms/kg per hour × 70 kg. 4,200 micrograms per 24 hours",
        ),
    ],
)
def test_an_answer_says_how_much_how_often_and_what_is_missing(
    query: str, head: str, dose: str, further: str, reader: Client
) -> None:
    page = page_of(reader, f"dose/?{query}")
    assert head in page.partition('class="answer-head"')[2].partition("</p>")[0]
    assert f"{dose}</b>" in page
    assert further in page


def test_a_dose_every_4_weeks_is_never_called_daily(reader: Client) -> None:
    query = "regimen=arthritis-sc&weight=80&preparation=pen-25"
    page = reader.get(
        f"{HOME}dose/?{query}", headers={"hx-request": "true"}
    ).content.decode()
    assert "every 4 weeks" in page.replace("\N{NO-BREAK SPACE}", " ")
    for wrong in ("daily", "a day", "per day"):
        assert wrong not in page
    assert asked(reader, query)["every_days"] == 28


def test_amounts_of_a_line_in_micrograms_are_written_in_micrograms(
    reader: Client,
) -> None:
    query = "regimen=syndrome-sc&weight=20&doses_per_day=2&preparation=syringe-10"
    answer = asked(reader, query)
    assert answer["rate"] == {"low": "30", "high": "60", "unit": "microgram/kg/day"}
    assert answer["doses"][0]["mg"] == {"low": "0.3", "high": "0.6"}
    assert answer["limit"]["unit"] == "microgram"
    assert (
        "300 micrograms to 600 micrograms ÷ 1,000 = 0.3 mg to 0.6 mg"
        in answer["working"]
    )
    page = page_of(reader, f"dose/?{query}")
    assert "300 micrograms to 600 micrograms twice a day</b>" in page
    assert "micrograms to 0.01" in page


def test_lines_of_one_route_are_told_apart(reader: Client) -> None:
    page = page_of(reader, "")
    for name in (
        "loading dose",
        "maintenance dose",
        "10 kg to less than 25 kg, from 2 years of age",
        "50 kg or more, from 2 years of age",
        "less than 20 kg, from 6 months of age",
    ):
        assert f"</b>, {name}</a>" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "0.4 mg/kg every 4 weeks" in page


def test_doses_by_weight_are_for_the_weights_of_their_line_alone(
    reader: Client,
) -> None:
    page = page_of(reader, "indications/syndrome/")
    _, _, line = page.partition('id="syndrome-child-sc"')
    table = line.partition("</section>")[0]
    assert "pediatric, less than 20 kg, from 6 months of age" in table
    _, _, last = table.partition('<th scope="row">19.99 kg</th>')
    assert "<b>1,999 micrograms</b>" in last.partition("</tr>")[0]
    assert '<th scope="row">20 kg</th>' not in table


# The next edition


def test_the_next_edition_moves_a_band_and_the_comparison_shows_its_doses(
    edition: Edition, client: Client, author: User, reviewer: User
) -> None:
    draft = small_guide.next_draft(edition, by=author)
    Edition.objects.filter(pk=draft.pk).update(revised_on="2026-11")
    for key, values in (
        ("fever-10-to-25-sc", {"below_weight_kg": Decimal(30)}),
        ("fever-25-to-50-sc", {"from_weight_kg": Decimal(30)}),
    ):
        line = draft.regimen_set.get(key=key)
        for name, value in values.items():
            setattr(line, name, value)
        line.printed = line.text = line.text.replace("25 kg", "30 kg")
        saving.save_row(line, by=author)
    draft.refresh_from_db()
    small_guide.publish(draft, author=author, reviewer=reviewer)
    page = page_of(client, "editions/2/changes/")
    assert (
        "Example fever, subcutaneous, adult and pediatric, 10 kg to less than" in page
    )
    assert "a dose where there was none" in page
    assert "no dose any more" in page
    answer = asked(client, "regimen=fever-10-to-25-sc&weight=25&edition=2")
    assert answer["status"] == "computed"


def test_both_guides_load_into_an_empty_database_in_either_order(
    empty_database: None,
) -> None:
    load_second_guide()
    call_command("load_guide", stdout=StringIO())
    slugs = Edition.objects.values_list("drug__slug", flat=True)
    assert set(slugs) == {"anakinra", SLUG}
