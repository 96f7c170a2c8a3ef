"""FHIR as it is asked for: who finds which edition, and what is said of anything else.

What the resources hold is in tests/exports/test_fhir.py.
"""

import json
import re
import shlex
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from fhir.resources import get_fhir_model_class
from pytest_django import Settings

from reference import publishing
from reference.exports.fhir.parameters import Parameters
from reference.exports.fhir.server import search_set
from reference.models import RESERVED_SLUGS, Edition
from tests.conftest import PUBLIC_ORIGIN
from tests.exports.fhir_bundle import parts, validator
from tests.support.guides.small_guide import guide_in_force, next_draft, publish
from tests.support.tables import each_row

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FHIR_JSON = "application/fhir+json"
EDITION = "/anakinra/editions/1/fhir.json"
KNOWLEDGE = "/fhir/MedicationKnowledge/anakinra"
SEARCH = "/fhir/MedicationKnowledge"
ATC, NDC = "http://www.whocc.no/atc", "http://hl7.org/fhir/sid/ndc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def read(client: Client, address: str, status: int = 200, **headers: str) -> Any:
    """What is sent, which is JSON of FHIR that HL7's schema takes."""
    response = client.get(address, headers=headers)
    assert response.status_code == status
    assert response.headers["Content-Type"] == FHIR_JSON
    resource = json.loads(response.content)
    assert [error.message for error in validator().iter_errors(resource)] == []
    get_fhir_model_class(resource["resourceType"]).model_validate_json(response.content)
    return resource


def refused(client: Client, address: str, status: int, **headers: str) -> Any:
    """The one issue of an error."""
    outcome = read(client, address, status, **headers)
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    assert issue["severity"] == "error"
    assert issue["diagnostics"].endswith(".")
    return issue


def search(client: Client, codes: str) -> list[str]:
    """The ids of the drugs that a search by code finds."""
    found = read(client, f"{SEARCH}?code={quote(codes)}")
    assert found["type"] == "searchset"
    entries = found.get("entry", [])
    assert found["total"] == len(entries)
    assert all(entry["search"] == {"mode": "match"} for entry in entries)
    return [entry["resource"]["id"] for entry in entries]


def second_edition(author: User, reviewer: User) -> Edition:
    draft = next_draft(Edition.objects.get(drug__slug="anakinra"), by=author)
    return publish(draft, author=author, reviewer=reviewer)


# What is there


def test_an_edition_is_a_document_at_its_permanent_address(client: Client) -> None:
    whole = read(client, EDITION)
    assert whole["type"] == "document"
    permanent = f"{PUBLIC_ORIGIN}/anakinra/editions/1/"
    assert whole["identifier"]["value"] == permanent
    published_at = Edition.objects.get().published_at
    assert published_at is not None
    assert whole["timestamp"] == published_at.isoformat(timespec="seconds")


def test_every_resource_is_read_at_its_full_url_and_by_its_version(
    client: Client,
) -> None:
    for entry in read(client, EDITION)["entry"]:
        address = entry["fullUrl"].removeprefix(PUBLIC_ORIGIN)
        version = f"{address}/_history/{entry['resource']['meta']['versionId']}"
        for each in (address, version):
            assert json.loads(client.get(each).content) == entry["resource"]


def test_every_extension_is_explained_at_its_own_address(client: Client) -> None:
    urls = {part["url"] for part in parts(read(client, EDITION)) if "url" in part}
    own = [url for url in urls if url.startswith(PUBLIC_ORIGIN)]
    assert len(own) == 4
    for url in own:
        assert read(client, url.removeprefix(PUBLIC_ORIGIN))["url"] == url


def test_every_absolute_address_has_the_configured_origin(
    client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    texts = [
        client.get(address, headers={"host": "evil.example"}).content.decode()
        for address in (EDITION, f"{SEARCH}?code=L04AC03", "/fhir/metadata")
    ]
    assert all(PUBLIC_ORIGIN in text for text in texts)
    assert "evil" not in str(texts)


def test_without_a_public_name_addresses_are_absolute_all_the_same(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_ORIGIN = ""
    urls = [entry["fullUrl"] for entry in read(client, EDITION)["entry"]]
    assert all(url.startswith("http://localhost/fhir/") for url in urls)


@pytest.mark.parametrize("address", [EDITION, KNOWLEDGE, f"{SEARCH}?code=L04AC03"])
def test_a_copy_that_is_still_true_is_not_sent_again(
    client: Client, address: str
) -> None:
    response = client.get(address)
    assert response.headers["Cache-Control"] == "no-cache"
    etag = response.headers["ETag"]
    assert not etag.startswith("W/")
    again = client.get(address, headers={"if-none-match": etag})
    assert again.status_code == 304


def test_head_is_answered_as_get_without_a_body(client: Client) -> None:
    for address in (EDITION, KNOWLEDGE, f"{SEARCH}?code=L04AC03", "/fhir/metadata"):
        got, head = client.get(address), client.head(address)
        assert head.status_code == 200
        assert head.headers["ETag"] == got.headers["ETag"]
        assert head.content == b""


# Which edition


def test_a_superseded_edition_stays_and_says_so(
    client: Client, author: User, reviewer: User
) -> None:
    before = client.get(EDITION).headers["ETag"]
    second_edition(author, reviewer)
    old = read(client, EDITION)
    assert old["entry"][0]["resource"]["status"] == "deprecated"
    assert old["entry"][1]["resource"]["status"] == "inactive"
    assert client.get(EDITION).headers["ETag"] != before
    assert read(client, f"{KNOWLEDGE}/_history/1")["status"] == "inactive"
    now = read(client, KNOWLEDGE)
    assert (now["status"], now["meta"]["versionId"]) == ("active", "2")
    (found,) = read(client, f"{SEARCH}?code=L04AC03")["entry"]
    assert found["resource"] == now


def test_a_withdrawn_edition_is_read_with_its_status_and_found_by_no_search(
    client: Client, reviewer: User, published_edition: Edition
) -> None:
    publishing.withdraw(edition=published_edition, by=reviewer, reason="An error.")
    whole = read(client, EDITION)
    for resource in (whole["entry"][0]["resource"], read(client, KNOWLEDGE)):
        assert resource["status"] == "entered-in-error"
        assert "withdrawn, not to be used" in resource["text"]["div"]
    assert search(client, "L04AC03") == []


def test_two_drugs_are_told_apart(client: Client, author: User, reviewer: User) -> None:
    guide_in_force(author, reviewer)
    other = read(client, "/fhir/MedicationKnowledge/examplimab")
    assert other["name"] == ["examplimab", "Example"]
    (guideline,) = other["indicationGuideline"]
    reference = guideline["indication"][0]["reference"]["reference"]
    assert reference == "ClinicalUseDefinition/examplimab.indication.condition"
    assert read(client, f"/fhir/{reference}")["type"] == "indication"
    assert search(client, "L04AC03") == ["anakinra"]


# Search


@each_row("codes")
def test_a_certain_code_finds_the_drug_once(client: Client, codes: str) -> None:
    assert search(client, codes) == ["anakinra"]


@each_row("codes")
def test_any_other_code_finds_nothing(client: Client, codes: str) -> None:
    assert search(client, codes) == []


def test_a_search_says_what_it_was_asked(client: Client) -> None:
    found = read(client, f"{SEARCH}?code={quote(f'{ATC}|L04AC03')}&_format=json")
    (link,) = found["link"]
    assert link["relation"] == "self"
    assert link["url"].startswith(f"{PUBLIC_ORIGIN}{SEARCH}?code=")
    assert json.loads(client.get(link["url"].removeprefix(PUBLIC_ORIGIN)).content) == (
        found
    )


# What a search may be asked beside a code, as R5 has it


FOUND = f"{SEARCH}?code=L04AC03"
WHOLE = ("_summary=false", "_summary=true", "_summary=text", "_elements=id,status")


@pytest.mark.parametrize("asked", WHOLE)
@pytest.mark.parametrize("address", [f"{KNOWLEDGE}?", f"{FOUND}&"])
def test_a_resource_is_never_sent_in_part(
    client: Client, address: str, asked: str
) -> None:
    plain, found = read(client, address[:-1]), read(client, f"{address}{asked}")
    if plain["resourceType"] == "Bundle":
        plain, found = (each["entry"][0] for each in (plain, found))
    assert found == plain


def test_what_a_search_ignores_is_named_and_not_in_its_link(client: Client) -> None:
    found = read(client, f"{FOUND}&name=x&_elements=id&_sort=name&_count=5")
    assert found["total"] == 1
    _match, outcome = found["entry"]
    assert outcome["search"] == {"mode": "outcome"}
    (issue,) = outcome["resource"]["issue"]
    assert issue["severity"] == "warning"
    assert issue["diagnostics"].endswith("ignored: _elements, _sort, name.")
    assert found["link"] == [
        {"relation": "self", "url": f"{PUBLIC_ORIGIN}{FOUND}&_count=5"}
    ]


@pytest.mark.parametrize("preferred", ["", "handling=lenient", "return=minimal"])
def test_a_search_ignores_what_it_does_not_know_unless_told_otherwise(
    client: Client, preferred: str
) -> None:
    assert read(client, f"{FOUND}&name=x", prefer=preferred)["total"] == 1


@pytest.mark.parametrize(
    "preferred", ["handling=strict", 'return=minimal, Handling="strict"']
)
@pytest.mark.parametrize("asked", ["name=x", "_elements=id", "_summary=text"])
def test_strict_handling_refuses_what_would_be_ignored(
    client: Client, preferred: str, asked: str
) -> None:
    issue = refused(client, f"{FOUND}&{asked}", 400, prefer=preferred)
    assert asked.partition("=")[0] in issue["diagnostics"]
    assert "Prefer" in client.get(FOUND).headers["Vary"]


def test_strict_handling_takes_what_is_honored(client: Client) -> None:
    asked = f"{FOUND}&_count=5&_pretty=true&_format=JSON&_summary=count"
    assert read(client, asked, prefer="handling=strict")["total"] == 1


@pytest.mark.parametrize("asked", ["_summary=count", "_count=0"])
def test_a_search_may_ask_how_many_there_are(client: Client, asked: str) -> None:
    found = read(client, f"{FOUND}&{asked}")
    assert found["total"] == 1
    assert "entry" not in found


def test_a_page_of_a_search_holds_no_more_than_was_asked_and_leads_to_the_next() -> (
    None
):
    ids = [f"drug-{number}" for number in range(5)]
    drugs = [{"resourceType": "MedicationKnowledge", "id": key} for key in ids]
    query, seen = "code=x&_count=2", list[list[str]]()
    while query:
        asked = Parameters(tuple(parse_qsl(query)), frozenset({"code"}), is_search=True)
        page = search_set(drugs, origin=PUBLIC_ORIGIN, asked=asked)
        assert page["total"] == 5
        seen.append([entry["resource"]["id"] for entry in page["entry"]])
        links = {link["relation"]: link["url"] for link in page["link"]}
        query = links.get("next", "").partition("?")[2]
    assert seen == [ids[:2], ids[2:4], ids[4:]]


def test_pretty_is_for_people_and_says_the_same(client: Client) -> None:
    plain, pretty = client.get(KNOWLEDGE), client.get(f"{KNOWLEDGE}?_pretty=true")
    assert json.loads(plain.content) == json.loads(pretty.content)
    assert b"\n" in pretty.content
    assert b"\n" not in plain.content


def test_a_read_takes_another_parameter_only_where_it_is_to_be_lenient(
    client: Client,
) -> None:
    asked = f"{KNOWLEDGE}?edition=1"
    assert refused(client, asked, 400)["code"] == "invalid"
    assert read(client, asked, prefer="handling=lenient")["id"] == "anakinra"
    assert read(client, "/fhir/metadata?mode=full")["kind"] == "instance"


# What cannot be answered


@each_row("address", "status", "code")
def test_an_error_is_an_operation_outcome(
    client: Client, address: str, status: str, code: str
) -> None:
    assert refused(client, address, int(status))["code"] == code


@pytest.mark.parametrize("address", [EDITION, KNOWLEDGE, SEARCH, "/fhir/metadata"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: Client, address: str, method: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(method, address)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert json.loads(response.content)["issue"][0]["code"] == "not-supported"


@each_row("accept")
def test_another_format_or_version_is_not_acceptable(
    client: Client, accept: str
) -> None:
    issue = refused(client, KNOWLEDGE, 406, accept=accept)
    assert "R5" in issue["diagnostics"]


@each_row("accept")
def test_json_is_sent_to_who_takes_it(client: Client, accept: str) -> None:
    assert read(client, KNOWLEDGE, accept=accept)["id"] == "anakinra"
    assert "Accept" in client.get(KNOWLEDGE).headers["Vary"]


@pytest.mark.parametrize("format_asked", ["json", "application/fhir%2Bjson", FHIR_JSON])
def test_a_format_in_the_address_counts_before_the_header(
    client: Client, format_asked: str
) -> None:
    address = f"{KNOWLEDGE}?_format={format_asked}"
    assert read(client, address, accept="text/html")["id"] == "anakinra"


@pytest.mark.parametrize(
    "address", [EDITION, KNOWLEDGE, f"{SEARCH}?code=L04AC03", f"{KNOWLEDGE}/_history/1"]
)
def test_what_is_not_what_was_published_is_not_sent(
    client: Client, tampering: None, address: str
) -> None:
    Edition.objects.update(fingerprint="0" * 64)
    issue = refused(client, address, 503)
    assert issue["code"] == "transient"
    assert client.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("kept_nothing")
def test_a_database_that_is_away_is_an_operation_outcome_too(client: Client) -> None:
    def away(*args: Any) -> None:
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        assert refused(client, KNOWLEDGE, 503)["code"] == "transient"


def test_the_capability_statement_offers_what_is_answered(client: Client) -> None:
    statement = read(client, "/fhir/metadata")
    assert statement["kind"] == "instance"
    assert statement["fhirVersion"] == "5.0.0"
    (rest,) = statement["rest"]
    offered = {
        each["type"]: {one["code"] for one in each["interaction"]}
        for each in rest["resource"]
    }
    assert offered == {
        "ClinicalUseDefinition": {"read", "vread"},
        "Composition": {"read", "vread"},
        "MedicationKnowledge": {"read", "vread", "search-type"},
        "StructureDefinition": {"read"},
    }
    assert client.get("/fhir/metadata").content == client.get("/fhir/metadata").content


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 400), (1000, 400)])
def test_so_many_codes_at_once_and_no_more(
    client: Client, count: int, status: int
) -> None:
    codes = ",".join(["L04AC03", *(f"c{number}" for number in range(1, count))])
    answer = client.get(f"/fhir/MedicationKnowledge?code={codes}")
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["total"] == 1
    else:
        assert "at most 100 codes" in answer.content.decode()


def examples() -> list[list[str]]:
    """The commands of docs/interoperability.md that ask for FHIR or by infobutton."""
    text = (settings.BASE_DIR / "docs" / "interoperability.md").read_text()
    of_fhir = text[text.index("## FHIR R5") :]
    commands = [shlex.split(line) for line in re.findall(r"^curl .+", of_fhir, re.M)]
    found = [words for words in commands if re.search("fhir|infobutton", words[-1])]
    assert len(found) > 6
    return found


@pytest.mark.parametrize("words", examples(), ids=lambda words: words[-1])
def test_the_examples_of_the_documentation_are_answered(
    client: Client, words: list[str]
) -> None:
    assert words[-1].startswith(f"{PUBLIC_ORIGIN}/")
    given = [words[at + 1] for at, word in enumerate(words) if word == "-H"]
    headers = dict(each.split(": ", 1) for each in given)
    response = client.get(words[-1].removeprefix(PUBLIC_ORIGIN), headers=headers)
    assert response.status_code == (303 if "infobutton" in words[-1] else 200)


@pytest.mark.parametrize("slug", ["fhir", "infobutton"])
def test_no_drug_takes_the_address_of_an_interface(slug: str) -> None:
    assert slug in RESERVED_SLUGS
