"""The ten seconds: what stands in the first screen, and how long the page is."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import OpenPage

MONOGRAPH = "/anakinra/"
ROWS_END = """() => Math.max(...[...document.querySelectorAll("#dose-table tbody")].map(
    row => row.getBoundingClientRect().bottom))"""
LENGTH = "document.documentElement.scrollHeight"
# Where each card's dose ends, whole.
DOSES_END = """() => [...document.querySelectorAll("#dose-table .guide-dose")].map(
    dose => dose.getBoundingClientRect().bottom)"""


def at(open_page: OpenPage, width: int, height: int, weight: str = "") -> Page:
    page = open_page(MONOGRAPH, viewport={"width": width, "height": height})
    assert page.evaluate("document.fonts.check('16px Liberation Sans')")
    if weight:
        page.get_by_label("Weight").fill(weight)
        page.get_by_role("button", name="Show doses").click()
        expect(page.locator("#doses-said")).to_contain_text(f"Doses for {weight}")
    return page


@pytest.mark.parametrize(("height", "weight"), [(720, ""), (960, "20")])
def test_all_16_rows_stand_in_the_first_screen(
    open_page: OpenPage, height: int, weight: str
) -> None:
    page = at(open_page, 1280, height, weight)
    assert page.locator("#dose-table tbody").count() == 16
    assert page.evaluate(ROWS_END) <= height
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("width", "weight", "longest"),
    [(1280, "", 2_300), (1280, "20", 2_500), (375, "", 5_200), (375, "20", 5_700)],
)
def test_the_page_is_no_longer_than_was_promised(
    open_page: OpenPage, width: int, weight: str, longest: int
) -> None:
    assert at(open_page, width, 812, weight).evaluate(LENGTH) <= longest


@pytest.mark.parametrize("weight", ["", "20"])
def test_the_first_phone_screen_has_drug_find_weight_and_four_doses(
    open_page: OpenPage, weight: str
) -> None:
    page = at(open_page, 375, 812, weight)
    for place in (
        page.get_by_role("heading", name="anakinra Kineret"),
        page.get_by_label("Find"),
        page.get_by_label("Weight"),
    ):
        expect(place).to_be_in_viewport(ratio=1)
    assert sum(end <= 812 for end in page.evaluate(DOSES_END)) >= 4


def test_weight_and_find_stay_in_sight_down_to_the_foot(open_page: OpenPage) -> None:
    page = at(open_page, 375, 812, "20")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for label in ("Find", "Weight"):
        expect(page.get_by_label(label)).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Doses for 20 kg")).to_be_in_viewport(ratio=1)


def test_a_low_window_is_not_filled_by_the_bar(open_page: OpenPage) -> None:
    page = at(open_page, 640, 360)
    page.evaluate("scrollTo(0, 1000)")
    expect(page.get_by_label("Weight")).not_to_be_in_viewport()
