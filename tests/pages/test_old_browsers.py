"""Text, forms and print in a browser of 2017, as far as today's Chromium shows it."""

import re
from pathlib import Path

import pytest
from calmjs.parse import es5
from calmjs.parse.asttypes import (
    DotAccessor,
    FuncBase,
    Identifier,
    VarDecl,
)
from calmjs.parse.walkers import Walker
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, expect

from tests.conftest import OpenPage
from tests.pages.old_browser import newer, sheet_as_read, without_newer_interfaces
from tests.support.printed_sheets import plain, printed, sheets, without_spaces
from tests.support.public_pages import DOSE
from tests.support.reader_steps import (
    COPY,
    OUT_OF_REACH,
    TODAY,
    tab_to,
    words,
    work_out,
)

STATIC = Path(settings.BASE_DIR) / "static"
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
# Used only where it is there; test_an_older_or_refusing_clipboard_is_said holds that.
TESTED_FIRST = {"clipboard", "writeText"}


# Scripts


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_ecmascript_5_and_asks_for_nothing_newer(script: Path) -> None:
    tree = es5(script.read_text(encoding="utf-8"))
    nodes = list(Walker().walk(tree))
    members = {it.identifier.value for it in nodes if isinstance(it, DotAccessor)}
    own = {it.identifier.value for it in nodes if isinstance(it, VarDecl)}
    for function in (it for it in nodes if isinstance(it, FuncBase)):
        own |= {it.value for it in function.parameters}
        own |= {function.identifier.value} if function.identifier else set()
    free = {it.value for it in nodes if isinstance(it, Identifier)} - own
    assert members
    assert (members | free) & newer("scripts") <= TESTED_FIRST


@pytest.mark.parametrize("name", ["replaceChildren", "structuredClone", "at", "flat"])
def test_the_list_knows_what_is_newer(name: str) -> None:
    assert name in newer("scripts")
    assert not {"closest", "IntersectionObserver", "dataset"} & newer("scripts")


def test_htmx_is_not_read_and_every_form_is_a_plain_one(open_page: OpenPage) -> None:
    """Chrome 61 does not know its `?.`, says so once, and goes on without it."""
    page = open_page("/nowhere/at/all/")
    page.context.add_init_script(without_newer_interfaces())
    page.route("**/htmx*.js", lambda route: route.fulfill(body=""))
    page.goto("/search/")
    assert page.evaluate("'replaceChildren' in Element.prototype") is False
    assert page.evaluate("'structuredClone' in window") is False
    assert page.evaluate("'clipboard' in navigator") is False
    expect(page.locator("main input[name=q]")).to_be_focused()
    page.keyboard.type("nomid daily")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=nomid**")
    page.locator(".match a").first.click()
    page.goto("/anakinra/")
    work_out(page, "nomid-sc", weight="20")
    expect(page).to_have_url(re.compile(r"/doses/\?.*weight=20"))
    answer = work_out(page, "nomid-sc", doses_per_day="2")
    expect(page).to_have_url(re.compile(r"/dose/\?.*weight=20"))
    expect(answer).to_contain_text("10 mg to 20 mg")
    answer.get_by_role("button", name=COPY).click()
    expect(answer.get_by_text("Copied.")).to_be_visible()

    page.locator("#nomid-sc-weight").press("End")
    page.locator("#nomid-sc-weight").press("5")
    assert words(answer) == ""  # it was for another weight
    page.locator("#nomid-sc-weight").press("Enter")
    expect(answer).to_contain_text("205 kg is 451.9 lb")


def test_htmx_is_still_what_an_old_browser_cannot_read() -> None:
    """If this fails, the test above has to let it run."""
    found = finders.find("django_htmx/htmx-2.min.js")
    assert "?." in Path(str(found)).read_text(encoding="utf-8")


# The style sheet

OLD_SHEET, DROPPED = sheet_as_read(
    (STATIC / "css" / "site.css").read_text(encoding="utf-8")
)
PAGES = [
    "/anakinra/",
    "/anakinra/indications/css/",
    "/search/?q=ra",
    "/anakinra/discrepancies/",
    f"/anakinra/monitoring/?start={TODAY}",
    "/anakinra/editions/",
    "/anakinra/editions/1/changes/",
    f"{DOSE}?regimen=css-sc&weight=20&edition=1",
    f"{DOSE}?regimen=nomid-sc&weight=70%2C5&edition=1",
    "/anakinra/print/",
]
# The text that can be seen, piece by piece in the order of the page.
SEEN = """() => {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        const it = texts.currentNode.parentElement;
        if (!text || !it.checkVisibility({visibilityProperty: true})) continue;
        const range = document.createRange();
        range.selectNode(texts.currentNode);
        if ([...range.getClientRects()].some(box => box.width > 1 && box.height > 1)
                && !it.closest(".visually-hidden, .skip-link, .doses thead"))
            found.push(text);
    }
    return found;
}"""


# Neighbours on one line with less than half a letter between them.
RUN_TOGETHER = """() => [...document.querySelectorAll(
        ".site-nav li, .on-this-page li, .status + *")]
    .filter(it => it.nextElementSibling).filter(it => {
        const box = it.getBoundingClientRect();
        const next = it.nextElementSibling.getBoundingClientRect();
        return next.top < box.bottom && next.left > box.left
            && next.left - box.right < 8;
    }).map(it => it.outerHTML)"""


def with_the_old_sheet(page: Page) -> None:
    page.route(
        "**/css/site.css",
        lambda route: route.fulfill(content_type="text/css", body=OLD_SHEET),
    )


def test_rules_are_dropped_as_an_old_browser_drops_them() -> None:
    read, dropped = sheet_as_read(
        """a, b:is(c) { color: red } a { inset: 0; top: 0; height: 100dvh }
        @layer base { p { color: red } } @container (width > 1px) { p { top: 0 } }
        @media (max-width: 40rem) { p { gap: 1px; width: min(1px, 2px) } q {} }
        @media (prefers-color-scheme: dark) { p { color: red } }
        @supports (text-box: trim-both) { p { display: none } }
        p { color: #1234; b { color: red } }"""
    )
    assert re.sub(r"\s", "", read) == ("a{top:0}@media(max-width:40rem){p{}q{}}p{}"), (
        read
    )
    assert len(dropped) == 11


def test_the_sheet_uses_what_is_newer_and_the_old_one_does_not() -> None:
    assert any("forced-colors" in it for it in DROPPED)
    assert any("selector(" in it for it in DROPPED)
    for name in (":is(", ":focus-visible", "dvh", "@layer"):
        assert name not in OLD_SHEET
    # The focus, then, is drawn by the browser: nothing takes that away.
    assert "outline: none" not in OLD_SHEET
    assert "outline: 0" not in OLD_SHEET


def test_no_text_and_no_control_is_lost_with_the_old_sheet(
    open_page: OpenPage,
) -> None:
    new, old = open_page(PAGES[0]), open_page("/nowhere/at/all/")
    with_the_old_sheet(old)
    for address in PAGES:
        for page in (new, old):
            page.goto(address)
            page.evaluate(
                "document.querySelectorAll('details').forEach(it => it.open = true)"
            )
        for width in (320, 1280):
            for page in (new, old):
                page.set_viewport_size({"width": width, "height": 720})
            place = (address, width)
            seen = new.evaluate(SEEN)
            assert len(seen) > 10
            assert old.evaluate(SEEN) == seen, place
            overall = old.evaluate("document.documentElement.scrollWidth")
            assert overall <= width, place
            assert old.evaluate(RUN_TOGETHER) == [], place
            assert old.evaluate(OUT_OF_REACH) == [], place


def test_a_dose_by_keyboard_with_the_old_sheet(open_page: OpenPage) -> None:
    page = open_page("/nowhere/at/all/")
    with_the_old_sheet(page)
    page.goto(f"{DOSE}?regimen=pjia-sc")
    tab_to(page, "#pjia-sc-weight")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) != "none"
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-pjia-sc")).to_contain_text("12 mg")


def test_the_old_sheet_prints_the_guide_with_its_edition_on_every_page(
    open_page: OpenPage,
) -> None:
    page = open_page("/nowhere/at/all/")
    with_the_old_sheet(page)
    page.goto("/anakinra/print/")
    guide = page.request.get("/anakinra/editions/1/edition.json").json()
    found = sheets(printed(page, format="A4"))
    assert len(found) == 2
    for number, sheet in enumerate(found, start=1):
        body = plain(" ".join(run for run, _ in sheet.body))
        assert "anakinra (Kineret). Edition 1, June 2024: in force." in body
        assert f"Page {number} of 2" in body
    text = without_spaces("".join(run for sheet in found for run, _ in sheet.body))
    wanted = [row["text"] for row in guide["warnings"] + guide["administration"]]
    assert [line for line in wanted if without_spaces(line) not in text] == []
    assert "Workoutadose" not in text
