"""An address with a brand or in capitals leads to the guide, and no other does."""

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client

from reference.editions.kept import KeptEditions
from reference.models import Drug
from tests.support.guides.small_guide import begin_guide, publish

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/Anakinra/", "/anakinra/"),
        ("/ANAKINRA/", "/anakinra/"),
        ("/kineret/", "/anakinra/"),
        ("/Kineret/", "/anakinra/"),
        ("/Kineret/print/", "/anakinra/print/"),
        ("/kineret/indications/gout/", "/anakinra/indications/gout/"),
        ("/kineret/editions/1/", "/anakinra/editions/1/"),
        (
            "/kineret/dose/?regimen=nomid-sc&weight=20",
            "/anakinra/dose/?regimen=nomid-sc&weight=20",
        ),
    ],
)
def test_another_name_leads_to_the_same_page_of_the_guide(
    address: str, leads_to: str, client: Client
) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"] == leads_to
    assert client.get(leads_to).status_code == 200
    assert client.head(address).status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        *("/nowhere/", "/kinere/", "/kineret2/", "/kineret/nowhere/", "/-/"),
        *("/anakinra/nowhere/", "/kineret/editions/x/", "/evil.example/kineret/"),
        *("/static/kineret/", "/%00/"),
    ],
)
def test_what_is_no_page_of_a_guide_stays_404(address: str, client: Client) -> None:
    assert client.get(address).status_code == 404


def test_only_reading_is_led_on(client: Client) -> None:
    assert client.post("/kineret/").status_code == 405


def test_a_name_of_two_guides_leads_to_neither_and_of_a_draft_to_none(
    client: Client, author: User, reviewer: User
) -> None:
    publish(begin_guide(author, "examplimab"), author=author, reviewer=reviewer)
    assert client.get("/example/")["Location"] == "/examplimab/"
    draft = begin_guide(author, "otherimab")  # of the same brand
    assert client.get("/example/")["Location"] == "/examplimab/"
    assert client.get("/Otherimab/").status_code == 404
    publish(draft, author=author, reviewer=reviewer)
    assert client.get("/example/").status_code == 404


def test_a_brand_of_several_words_is_led_on_as_it_may_be_typed(
    client: Client, author: User, reviewer: User
) -> None:
    draft = begin_guide(author)
    Drug.objects.filter(slug="examplimab").update(brand_name="Exámple Pen")
    publish(draft, author=author, reviewer=reviewer)
    for name in ("example-pen", "ExamplePen", "Example_Pen"):
        assert client.get(f"/{name}/")["Location"] == "/examplimab/"


def test_while_the_database_is_down_no_page_is_still_404(
    client: Client, kept_nothing: KeptEditions, published_edition: object
) -> None:
    def refuse(*_asked: object) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        assert client.get("/Nowhere.at/all/").status_code == 404
        assert client.get("/Some.where/print/").status_code == 404
        assert client.get("/kineret/").status_code == 503
