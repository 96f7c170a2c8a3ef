"""The rows of the table in a browser: addresses, one read at a time, found by name."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import OpenPage

MONOGRAPH = "/anakinra/"
OPEN = "#dose-table details[open]"
BACKGROUND = "place => getComputedStyle(place).backgroundColor"
CLEAR = "rgba(0, 0, 0, 0)"


def open_row(page: Page, key: str) -> None:
    page.locator(f"#{key} summary").first.click()


@pytest.mark.parametrize("key", ["nomid-sc", "gout-sc", "kawasaki"])
def test_a_row_is_an_address_that_opens_it(open_page: OpenPage, key: str) -> None:
    page = open_page(f"{MONOGRAPH}#{key}")
    expect(page.locator(OPEN)).to_have_count(1)
    expect(page.locator(f"#{key} .opened")).to_be_in_viewport()
    assert page.locator(f"#{key} .opened").get_by_text("Printed:").is_visible()


def test_each_row_opens_by_its_own_sign_without_javascript(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH, java_script_enabled=False)
    open_row(page, "nomid-sc")
    expect(page.locator("#nomid-sc .opened")).to_contain_text("max 8mg/day")


def test_one_row_is_read_at_a_time_and_the_others_lose_their_yellow(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{MONOGRAPH}doses/?weight=20")
    other = page.locator("#css-sc .mine").first
    assert other.evaluate(BACKGROUND) != CLEAR
    for key in ("nomid-sc", "dira-sc"):
        open_row(page, key)
        expect(page.locator(OPEN)).to_have_count(1)
        expect(page.locator(f"#{key} [open]")).to_have_count(1)
    assert other.evaluate(BACKGROUND) == CLEAR
    assert page.locator("#dira-sc .worked-out .mine").evaluate(BACKGROUND) != CLEAR
    shades = page.locator("#dose-table tbody").evaluate_all(
        "rows => rows.map(row => getComputedStyle(row).opacity)"
    )
    assert set(shades) == {"1"}


def test_the_whole_row_lights_up_the_number_too(open_page: OpenPage) -> None:
    page = open_page(f"{MONOGRAPH}doses/?weight=20")
    row = page.locator("#gout-sc")
    rest = row.evaluate(BACKGROUND)
    row.locator("th").hover()
    assert row.evaluate(BACKGROUND) != rest
    # A row's band is its own: no cell of it has another ground.
    grounds = row.locator("th, td").evaluate_all(
        "cells => cells.map(cell => getComputedStyle(cell).backgroundColor)"
    )
    assert set(grounds) == {CLEAR}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_line_that_needs_a_choice_leads_to_it(
    open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(f"{MONOGRAPH}doses/?weight=20", java_script_enabled=javascript)
    page.get_by_role("link", name="Divide into doses: NOMID").click()
    assert page.url.endswith("#nomid-sc")
    expect(page.locator("#nomid-sc")).to_be_in_viewport()
    if javascript:
        expect(page.locator("#nomid-sc [name=doses_per_day]").first).to_be_focused()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("MAS", "MAS: the guide prints Cytokine storm syndromes, no age. 2 of 16"),
        ("sJIA", "sJIA: the guide prints Still's disease, no age. 1 of 16"),
        ("sjia", "sJIA: the guide prints Still's disease, no age. 1 of 16"),
        ("Behcet", "1 of 16"),
        ("kawasaki", "1 of 16"),
        ("intravenous", "1 of 16"),
    ],
)
def test_find_says_by_which_word_it_found_and_how_many_rows_are_shown(
    open_page: OpenPage, typed: str, said: str
) -> None:
    page = open_page(MONOGRAPH)
    page.get_by_label("Find").fill(typed)
    expect(page.locator("#find-said")).to_have_text(f"{said} lines shown. Show all")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#dose-table tbody:visible")).to_have_count(16)
    expect(page.locator("#find-said")).to_be_empty()


def test_find_keeps_hiding_after_a_weight_and_never_says_a_false_nothing(
    open_page: OpenPage,
) -> None:
    page = open_page(MONOGRAPH)
    page.get_by_label("Find").fill("gout")
    page.get_by_label("Weight").fill("20")
    page.get_by_role("button", name="Show doses").click()
    expect(page.locator("#gout-sc")).to_contain_text("equals 5 mg/kg at 20 kg")
    expect(page.locator("#dose-table tbody:visible")).to_have_count(1)
    page.get_by_label("Find").fill("neutrophils")
    expect(page.locator("#find-said")).to_have_text(
        "0 of 16 lines shown. Search the whole guide"
    )
    page.get_by_role("link", name="Search the whole guide").click()
    expect(page.locator("main")).to_contain_text("Neutrophil counts should be assessed")


def test_enter_in_find_opens_the_one_row_that_is_left(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH)
    page.get_by_label("Find").fill("gout")
    page.keyboard.press("Enter")
    expect(page.locator("#gout-sc [open]")).to_have_count(1)
    assert page.url.endswith("/anakinra/#gout-sc")
