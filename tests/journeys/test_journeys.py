"""Whole journeys from the home page to an answer, and how they end when things fail.

Single steps are in tests/journeys/test_browser.py; here is what only holds if all of
them do.
"""

import signal
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeoutError
from pypdf import PdfReader

from tests.conftest import OpenPage
from tests.support.installed_browser import installed_browser, whole_browser
from tests.support.printed_sheets import assert_heads, sheets
from tests.support.public_pages import DOSE, MONOGRAPH
from tests.support.reader_steps import COPY, TODAY, ZOOMED, words, work_out
from tests.support.servers.server_process import Server, running_server

NINE_SECONDS = 9_000  # milliseconds


# Keyboard alone

# The focus is seen: the element has an outline of its own, and a part of it that
# nothing lies upon is in the window.
FOCUS_IS_SEEN = """() => {
    const it = document.activeElement, style = getComputedStyle(it);
    const box = it.getClientRects()[0];
    const top = document.elementFromPoint(
        Math.max(1, box.left + Math.min(box.width, innerWidth) / 2),
        Math.max(1, box.top + Math.min(box.height, innerHeight) / 2));
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
        && top !== null && (it.contains(top) || top.contains(it));
}"""


def tab_with_seen_focus(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; every stop on the way shows it."""
    for _ in range(30):
        page.keyboard.press("Tab")
        stop = page.evaluate("document.activeElement.outerHTML")
        assert page.evaluate(FOCUS_IS_SEEN), stop
        if page.evaluate("it => document.activeElement.matches(it)", selector):
            return
    raise AssertionError(f"{selector} is not reached with 30 presses of Tab")


@pytest.mark.parametrize("width", [1280, 320])
def test_from_the_home_page_to_a_dose_by_keyboard_with_the_focus_in_sight(
    open_page: OpenPage, width: int
) -> None:
    page = open_page("/", viewport={"width": width, "height": 640})
    tab_with_seen_focus(page, ".site-nav a[href='/search/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/")
    expect(page.locator("[type=search]")).to_be_focused()
    page.keyboard.type("cinca")
    expect(page.locator(".match")).to_have_count(1)
    tab_with_seen_focus(page, ".match a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/anakinra/#nomid-sc")
    expect(page.locator("#nomid-sc .opened")).to_be_in_viewport()
    page.keyboard.press("Control+Home")
    page.locator(".skip-link").focus()
    tab_with_seen_focus(page, "#every-line-weight")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    # The row that the reader came for is open again, with this patient's answer.
    answer = page.locator("#answer-nomid-sc")
    expect(answer).to_contain_text("20 mg to 40 mg per day in total")
    tab_with_seen_focus(page, "#nomid-sc [data-opens]")
    page.keyboard.press("Enter")
    expect(answer.locator("button[value='1']")).to_be_focused()
    tab_with_seen_focus(page, "#answer-nomid-sc button[value='2']")
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("10 mg to 20 mg twice a day")
    expect(page.locator("#nomid-sc-divide-2")).to_be_focused()
    tab_with_seen_focus(page, "#answer-nomid-sc [data-copy]")


# Without JavaScript


def test_every_task_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("link", name="Search").click()
    page.get_by_label("Drug, brand, indication").fill("hlh")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("Drug, brand, indication")).to_have_value("hlh")
    page.locator(".match a[href$='#css-sc']").click()
    work_out(page, "css-sc", weight="20")
    answer = work_out(page, "css-sc", rate="2")
    expect(answer).to_contain_text("40 mg per DAY in total")
    expect(page.get_by_role("button", name=COPY)).to_have_count(0)  # it could not
    dose = sheets(PdfReader(BytesIO(page.pdf(format="A4"))))
    assert_heads(dose)
    assert "40 mg per DAY in total" in " ".join(sheet.text for sheet in dose)

    page.get_by_role("link", name="Print sheet", exact=True).click()
    page.wait_for_load_state()  # a click waits for the page's first bytes alone
    expect(page.locator(".sheet-doses tbody tr")).to_have_count(16)
    assert_heads(sheets(PdfReader(BytesIO(page.pdf(format="A4")))))

    page.go_back()
    page.get_by_role("link", name="Guide", exact=True).click()
    page.get_by_label("First day of treatment").fill(TODAY.isoformat())
    page.get_by_role("button", name="Show dates").click()
    expect(page.get_by_role("row")).to_have_count(9)

    page.get_by_role("link", name="Search").click()
    page.get_by_label("Drug, brand, indication").fill("E. coli")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".match")).to_have_count(1)
    page.goto(MONOGRAPH)
    page.get_by_role("link", name="Editions", exact=True).click()
    page.get_by_role("link", name="Changes in edition 1").click()
    expect(page.locator("#change-note")).to_contain_text("is the first on this site")


# In a window of which zoom has left little


def test_a_dose_at_400_percent(open_page: OpenPage) -> None:
    page = open_page(f"{DOSE}?regimen=pjia-sc", **ZOOMED)
    answer = work_out(page, "pjia-sc", weight="12")
    expect(answer.locator(".answer-dose")).to_contain_text("12 mg")
    expect(answer.locator(".answer-dose")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.route("**/dose/?**", lambda route: route.abort())
    work_out(page, "pjia-sc", weight="13")
    expect(answer.get_by_text("No answer came from the server.")).to_be_in_viewport()


# The server goes away


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running_server(tmp_path) as running:
        yield running


def test_a_server_that_hangs_and_then_dies_is_said_within_nine_seconds(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page(f"{server.address}{DOSE}?regimen=nomid-sc")
    find = page.context.new_page()
    find.goto(f"{server.address}/search/")
    answer = work_out(page, "nomid-sc", weight="20")
    expect(answer).to_contain_text("20 mg to 40 mg")

    server.signal(signal.SIGSTOP)
    find.get_by_label("Drug, brand, indication").fill("caps")
    work_out(page, "nomid-sc", weight="25")
    assert "mg" not in words(answer)
    too_long = "The server took longer than 8 seconds."
    expect(answer).to_contain_text(too_long, timeout=NINE_SECONDS)
    assert "mg" not in words(answer)
    expect(find.locator("#match-count")).to_contain_text(too_long, timeout=NINE_SECONDS)
    expect(find.locator(".match")).to_have_count(0)

    server.signal(signal.SIGCONT)
    work_out(page, "nomid-sc", weight="20")
    expect(answer).to_contain_text("20 mg to 40 mg")

    server.signal(signal.SIGSTOP)  # so that the request is under way
    with page.expect_request("**/dose/?**weight=25**"):
        work_out(page, "nomid-sc", weight="25")
    server.signal(signal.SIGKILL)
    expect(answer).to_contain_text(
        "No answer came from the server. Nothing was worked out.", timeout=NINE_SECONDS
    )
    assert "mg" not in words(answer)
    expect(page.locator("#nomid-sc-weight")).to_have_value("25")


# A tab that is opened again


def opened_again(
    browser_type: BrowserType, launch: dict[str, Any], tries: int = 3
) -> BrowserContext:
    """Start Chromium with the tabs it had; it sometimes hangs on a busy machine."""
    for _try in range(tries - 1):
        with suppress(BrowserTimeoutError):
            return browser_type.launch_persistent_context(timeout=30_000, **launch)
    return browser_type.launch_persistent_context(**launch)


def test_a_browser_that_opens_its_tabs_again_shows_no_weight_and_no_dose(
    served_guide: str,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
) -> None:
    whole = whole_browser()
    if installed_browser() and not whole:
        pytest.skip("a Chromium without a window has no tabs to open again")
    launch = {**browser_type_launch_args, "executable_path": whole}
    launch["user_data_dir"] = tmp_path
    with browser_type.launch_persistent_context(**launch) as first:
        page = first.pages[0]
        page.goto(f"{served_guide}{MONOGRAPH}")
        answer = work_out(page, "nomid-sc", weight="20")
        expect(answer).to_contain_text("20 mg to 40 mg")
    launch["args"] = [*launch["args"], "--restore-last-session"]
    with opened_again(browser_type, launch) as second:
        # What opens again is the tab, and not a new one.
        again = next(it for it in second.pages if it.url.startswith(f"{served_guide}/"))
        assert again.evaluate("performance.getEntriesByType('navigation')[0].type") == (
            "back_forward"
        )
        expect(again.locator("#every-line-weight")).to_have_value("")
        assert "mg to" not in again.locator("#answer-nomid-sc").inner_text()
