"""The reader's place on the monograph and the links to it, in a real Chromium."""

import re

from playwright.sync_api import Page, expect

from tests.conftest import OpenPage
from tests.support.public_pages import MONOGRAPH
from tests.support.reader_steps import CLIPBOARD

WIDE = {"width": 1280, "height": 800}


def marked(page: Page) -> list[str | None]:
    links = page.locator("#on-this-page a[aria-current]").all()
    return [link.get_attribute("href") for link in links]


def scroll_to(page: Page, anchor: str) -> None:
    page.evaluate("id => document.getElementById(id).scrollIntoView()", anchor)


def test_the_contents_mark_where_the_reader_is(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH, viewport=WIDE)
    for anchor in ("indications", "kawasaki", "warnings"):
        scroll_to(page, anchor)
        link = page.locator(f'#on-this-page a[href="#{anchor}"]')
        expect(link).to_have_attribute("aria-current", "location")
        expect(link).to_be_in_viewport()
        assert marked(page) == [f"#{anchor}"]
    page.keyboard.press("Home")
    expect(page.locator("#on-this-page a[aria-current]")).to_have_count(0)


def test_a_link_of_the_contents_marks_itself(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH, viewport=WIDE)
    for anchor in ("kawasaki", "storage", "citation", "disclaimer"):
        link = page.locator(f'#on-this-page a[href="#{anchor}"]')
        link.click()
        expect(link).to_have_attribute("aria-current", "location")


def test_the_end_of_the_page_is_the_last_of_the_contents(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH, viewport=WIDE)
    page.keyboard.press("End")
    last = page.locator("#on-this-page a").last
    expect(last).to_have_attribute("aria-current", "location")


def test_a_link_to_a_place_is_copied_and_said(open_page: OpenPage) -> None:
    page = open_page("/nowhere/at/all/", **CLIPBOARD)
    for address in (MONOGRAPH, "/anakinra/editions/1/", "/anakinra/discrepancies/"):
        page.goto(address)
        anchor = page.locator(".anchor").nth(1)
        anchor.click()
        said = page.get_by_role("status").filter(has_text="Link copied")
        expect(said).to_be_visible()
        expect(anchor).to_be_focused()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.url
        assert re.search(rf"{address}#[a-z-]+$", copied)
        assert page.locator(f"#{copied.partition('#')[2]}").count() == 1


def test_a_refused_clipboard_points_to_the_address_bar(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH)
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard',"
        " {value: {writeText: () => Promise.reject()}})"
    )
    page.locator("#resources .anchor").first.click()
    expect(page.locator("#link-copied")).to_contain_text("address bar")
    assert page.url.endswith("#resources")
