"""Finding an indication: by any name it goes by, as one types, and without scripts."""

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, Route, expect

from reference.editions import Monograph
from reference.models import Edition
from reference.search.indications import facet_values, matching
from tests.conftest import OpenPage

pytestmark = pytest.mark.any_database

ADDRESS = "/anakinra/indications/"


def found(guide: Monograph, text: str = "", **chosen: str) -> list[str]:
    listed = guide.sections["indications"]
    return [row["key"] for row in matching(listed, text=text, **chosen)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("AOSD", ["stills"]),
        ("aosd ", ["stills"]),
        ("sJIA", ["stills"]),
        ("stills", ["stills"]),
        ("Still's", ["stills"]),
        ("Still’s", ["stills"]),
        ("MAS", ["css"]),
        ("HLH", ["css"]),
        ("CAPS", ["nomid"]),
        ("CINCA", ["nomid"]),
        ("behcet", ["behcet"]),
        ("Behçet's", ["behcet"]),
        ("BEHÇET", ["behcet"]),
        ("covid19", ["covid-19", "mis-c"]),
        ("covid 19", ["covid-19", "mis-c"]),
        ("misc", ["mis-c"]),
        ("juv poly", ["pjia"]),
        ("arthritis juvenile", ["stills", "pjia"]),
        ("peri", ["nomid", "pericarditis"]),
        ("RA", ["rheumatoid-arthritis"]),
        ("kidney", []),
        ("AOSD RA", []),
    ],
)
def test_an_indication_is_found_by_any_name_it_goes_by(
    typed: str, expected: list[str], june_2024: Monograph
) -> None:
    assert sorted(found(june_2024, typed)) == sorted(expected)


def test_nothing_typed_or_chosen_is_the_whole_list_in_printed_order(
    june_2024: Monograph,
) -> None:
    keys = [row["key"] for row in june_2024.sections["indications"]]
    assert len(keys) == 13
    for nothing in ("", "   ", "-", "’", "\u200b"):
        assert found(june_2024, nothing) == keys


def test_route_and_population_are_those_of_one_line(june_2024: Monograph) -> None:
    assert found(june_2024, route="intravenous infusion") == ["css"]
    assert found(june_2024, route="intravenous injection") == ["mis-c"]
    for_adults = {"route": "intravenous injection", "population": "adult"}
    assert found(june_2024, **for_adults) == []
    for indication in june_2024.sections["indications"]:
        for regimen in indication["regimens"]:
            chosen = {
                "route": regimen["route"],
                "population": regimen["population"],
                "status": indication["status"],
            }
            assert indication["key"] in found(june_2024, **chosen)


def test_every_value_offered_finds_something(june_2024: Monograph) -> None:
    offered = facet_values(june_2024.sections["indications"])
    assert offered["status"] == ["FDA-approved", "off-label", "emergency use"]
    for name, values in offered.items():
        assert values
        for value in values:
            assert found(june_2024, **{name: value})


def test_an_indication_without_dosing_is_found_by_name_and_status(
    june_2024: Monograph,
) -> None:
    assert found(june_2024, "kawasaki", status="off-label") == ["kawasaki"]


@given(st.text(max_size=30), st.text(max_size=30))
def test_more_words_never_find_more(
    june_2024: Monograph, first: str, second: str
) -> None:
    both = found(june_2024, f"{first} {second}")
    assert set(both) <= set(found(june_2024, first))


# The address


def test_the_form_works_without_scripts(
    client: Client, published_edition: Edition
) -> None:
    answer = client.get(ADDRESS, {"q": "caps", "route": "subcutaneous"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 of 13 indications." in page
    assert 'href="/anakinra/indications/nomid/#nomid-sc"' in page
    assert 'value="caps"' in page
    assert "#gout-sc" not in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_fragment_brings_the_list_and_the_count(
    client: Client, published_edition: Edition
) -> None:
    answer = client.get(ADDRESS, {"q": "caps"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert "1 of 13 indications." in page
    assert "HX-Request" in answer.headers["Vary"]


def test_nothing_found_says_what_to_try(
    client: Client, published_edition: Edition
) -> None:
    page = client.get(ADDRESS, {"q": "kidney"}).content.decode()
    assert "None of the 13 indications of the June 2024 edition." in page
    assert "Try an abbreviation" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"route": "by mouth"}, "Choose the route again: “by mouth” is not one"),
        ({"status": "<b>"}, "Choose the status again: “&lt;b&gt;” is not one"),
        ({"q": "a" * 10_000}, "Type at most 200 characters"),
        ({"q": "\x00"}, "Null characters are not allowed"),
    ],
)
def test_rubbish_is_said_and_hides_nothing(
    query: dict[str, str],
    said: str,
    client: Client,
    published_edition: Edition,
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(ADDRESS, query, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Nothing was looked for" in page
        assert said in page
        assert page.count('class="match"') == 13


def test_nothing_else_is_answered(client: Client, published_edition: Edition) -> None:
    assert client.post(ADDRESS).status_code == 405
    assert client.get("/nothing/indications/").status_code == 404


# In the browser


def names(page: Page) -> list[str]:
    return page.locator(".match h2").all_inner_texts()


def test_the_list_follows_what_is_typed(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    count = page.get_by_role("status").filter(has_text="indications")
    expect(count).to_have_text("All 13 indications of the June 2024 edition.")
    page.get_by_label("Name, synonym").press_sequentially("aosd")
    expect(count).to_have_text("1 of 13 indications.")
    assert names(page) == ["Still's disease"]
    expect(page.get_by_label("Name, synonym")).to_be_focused()
    page.get_by_role("link", name=re.compile("Still's disease")).first.click()
    expect(page).to_have_url(re.compile("/anakinra/indications/stills/$"))


def test_leaving_the_field_asks_nothing_that_would_take_the_focus_away(
    open_page: OpenPage,
) -> None:
    page = open_page(ADDRESS)
    page.get_by_label("Name, synonym").press_sequentially("aosd")
    expect(page.locator(".match")).to_have_count(1)
    page.locator(".find-form select").first.focus()
    assert page.locator(".find-form.htmx-request").count() == 0
    link = page.locator(".match a").first
    link.focus()
    expect(link).to_be_focused()


def test_what_is_typed_before_the_scripts_come_is_looked_for(
    open_page: OpenPage,
) -> None:
    page = open_page("/anakinra/editions/")
    held: list[Route] = []
    page.route("**/htmx-2.min.js", lambda route: held.append(route))
    page.goto(ADDRESS, wait_until="commit")
    page.get_by_label("Name, synonym").fill("aosd")
    expect(page.locator(".match")).to_have_count(13)
    for route in held:
        route.continue_()
    expect(page.locator("#match-count")).to_have_text("1 of 13 indications.")
    expect(page.locator(".match")).to_have_count(1)


def test_a_choice_narrows_the_list_and_show_all_opens_it(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.get_by_label("Route").select_option("intravenous infusion")
    expect(page.locator(".match")).not_to_have_count(13)
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".match")).to_have_count(13)
    expect(page.get_by_label("Route")).to_have_value("")


def test_a_slash_goes_to_the_field_until_it_is_switched_off(
    open_page: OpenPage,
) -> None:
    page = open_page(ADDRESS)
    field = page.get_by_label("Name, synonym")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")
    page.get_by_label("The key “/” goes").uncheck()
    page.reload()
    expect(page.get_by_label("The key “/” goes")).not_to_be_checked()
    page.keyboard.press("/")
    expect(field).not_to_be_focused()


@pytest.mark.parametrize("fault", ["abort", "500"])
@pytest.mark.parametrize(
    ("address", "label"),
    [
        (ADDRESS, "Name, synonym"),
        ("/search/?q=neut", "Words, or how they begin"),
    ],
    ids=["indications", "search"],
)
def test_a_failure_is_said_in_place_of_the_list(
    address: str, label: str, fault: str, open_page: OpenPage
) -> None:
    page = open_page(address)

    def fail(route: Any) -> None:
        route.abort() if fault == "abort" else route.fulfill(status=500)

    page.route(f"**{address.partition('?')[0]}?*", fail)
    page.get_by_label(label).fill("ra")
    said = page.locator("#match-count")
    expect(said).to_contain_text("The list is not what you asked for.")
    expect(page.locator(".match")).to_have_count(0)
