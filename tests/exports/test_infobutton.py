"""From a code in a record to the page about it, as HL7's infobutton asks; no guess."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reference import publishing
from reference.exports.code_systems import printed_forms
from reference.models import Code, Edition
from tests.conftest import PUBLIC_ORIGIN
from tests.support.guides.small_guide import begin_guide, publish
from tests.support.tables import each_row

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

RXNORM = "2.16.840.1.113883.6.88"
NDC = "2.16.840.1.113883.6.69"
ATC = "2.16.840.1.113883.6.73"
CAS = "2.16.840.1.113883.6.61"
DRUG_PAGE = "/anakinra/"


def address(system: str, value: str, **more: str) -> str:
    asked = {"mainSearchCriteria.v.c": value, "mainSearchCriteria.v.cs": system}
    return f"/infobutton/?{urlencode(asked | more)}"


@each_row("system", "value", "page")
def test_a_certain_code_leads_to_its_page_on_the_configured_origin(
    client: Client, system: str, value: str, page: str
) -> None:
    response = client.get(address(system, value), headers={"host": "localhost"})
    assert response.status_code == 303
    assert response.headers["Location"] == f"{PUBLIC_ORIGIN}{page}"
    assert client.get(page).status_code == 200


@each_row("system", "value", more=[(ATC, "x" * 4000)])
def test_an_unknown_or_uncertain_code_is_404_in_words(
    client: Client, system: str, value: str
) -> None:
    response = client.get(address(system, value))
    assert response.status_code == 404
    assert response.content.decode() == "No guide in force here has this code.\n"


@pytest.mark.parametrize("system", [CAS, "1.2.3", "L04AC03"])
def test_an_unknown_system_is_404_and_says_which_are_known(
    client: Client, system: str
) -> None:
    response = client.get(address(system, "143090-92-0"))
    assert response.status_code == 404
    assert f"{RXNORM} (RxNorm)" in response.content.decode()


@each_row("query", more=[("",)])
def test_without_one_code_and_one_system_it_says_what_to_send(
    client: Client, query: str
) -> None:
    response = client.get(f"/infobutton/?{query}")
    assert response.status_code == 400
    said = response.content.decode()
    assert said.startswith("Send mainSearchCriteria.v.c with a code")
    assert ATC in said


def test_what_else_the_standard_sends_changes_nothing(client: Client) -> None:
    more = {
        "mainSearchCriteria.v.dn": "anakinra",
        "informationRecipient.languageCode.c": "en",
        "taskContext.c.c": "MLREV",
        "patientPerson.administrativeGenderCode.c": "F",
        "age.v.v": "12",
        "knowledgeResponseType": "text/html",
    }
    response = client.get(address(ATC, "L04AC03", **more))
    assert response.headers["Location"] == f"{PUBLIC_ORIGIN}{DRUG_PAGE}"


def test_the_address_without_its_last_slash_is_put_right(client: Client) -> None:
    asked = address(ATC, "L04AC03").replace("/infobutton/", "/infobutton")
    response = client.get(asked)
    assert response.status_code == 301
    assert response.headers["Location"].endswith(address(ATC, "L04AC03"))


def test_only_get_and_head_are_answered(client: Client) -> None:
    assert client.head(address(ATC, "L04AC03")).status_code == 303
    assert client.post(address(ATC, "L04AC03")).status_code == 405


def test_a_withdrawn_guide_is_not_led_to(
    client: Client, reviewer: User, published_edition: Edition
) -> None:
    publishing.withdraw(edition=published_edition, by=reviewer, reason="An error.")
    assert client.get(address(ATC, "L04AC03")).status_code == 404


def test_a_code_that_two_guides_have_offers_both(
    client: Client, author: User, reviewer: User
) -> None:
    draft = begin_guide(author)
    Code.objects.create(
        edition=draft, key="atc", system="ATC", value="L04AC03", certainty="high"
    )
    publish(draft, author=author, reviewer=reviewer)
    response = client.get(address(ATC, "L04AC03"))
    assert response.status_code == 300
    assert response.content.decode().split() == [
        f"{PUBLIC_ORIGIN}/anakinra/",
        f"{PUBLIC_ORIGIN}/examplimab/",
    ]


@each_row("billed", "printed")
def test_an_ndc_as_billed_is_found_as_printed(billed: str, printed: str) -> None:
    assert printed in printed_forms("NDC", billed)
    assert billed in printed_forms("NDC", billed)


def test_other_codes_are_found_as_they_are_written() -> None:
    assert printed_forms("ATC", "66658023407") == {"66658023407"}
    assert printed_forms("NDC", "6665823407") == {"6665823407"}
    assert printed_forms("NDC", "٦6658023407") == {"٦6658023407"}
