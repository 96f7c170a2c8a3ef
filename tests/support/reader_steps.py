"""What a reader does on the public pages, step by step, in a browser."""

import re
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Locator, Page, expect

TODAY = datetime.now(UTC).date()


PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
# What 400 % zoom leaves of a window of 1280 by 1024.
ZOOMED: dict[str, Any] = {
    "viewport": {"width": 320, "height": 256},
    "device_scale_factor": 4,
}
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
COPY = re.compile("^Copy$")

# Known of the patient: in the table it is typed once, over every line.
OF_THE_PATIENT = ("weight", "age", "age_unit", "crcl")

# What can be pressed or filled in, scrolled to, is in the window with nothing upon it.
OUT_OF_REACH = """() => [...document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, summary")]
    .filter(it => it.checkVisibility() && !it.matches(".skip-link")).filter(it => {
        it.scrollIntoView({block: "center", behavior: "instant"});
        return ![...it.getClientRects()].some(box => {
            const x = box.left + box.width / 2, y = box.top + box.height / 2;
            const top = document.elementFromPoint(x, y);
            return top !== null && it.contains(top);
        });
    }).map(it => it.outerHTML)"""


def work_out(page: Page, regimen: str, **typed: str) -> Locator:
    """Ask for a dose with the mouse, in its row or its form; return where it is."""
    chosen = typed.pop("doses_per_day", None)
    if page.locator(f"tbody#{regimen}").count():
        _in_its_row(page, regimen, typed)
    else:
        _in_its_form(page, regimen, typed)
    answer = page.locator(f"#answer-{regimen}")
    if chosen is not None:
        radio = page.locator(f"#{regimen}-doses_per_day-{chosen}")
        if radio.count():
            radio.check()
            _show_dose(page, regimen)
        else:
            answer.locator(f"button[value='{chosen}']").click()
    return answer


def open_row(page: Page, regimen: str) -> Locator:
    """Open a line of the table, if it is not open; return what it opened with."""
    row = page.locator(f"tbody#{regimen}")
    if not row.locator(".opened").is_visible():
        row.locator("summary").first.click()
    return row.locator(".opened")


def _in_its_row(page: Page, regimen: str, typed: dict[str, str]) -> None:
    patient = {name: typed[name] for name in OF_THE_PATIENT if name in typed}
    if patient.keys() - {"weight"}:
        page.locator(".weight-more:not([open]) > summary").click()
    for name, value in patient.items():
        _fill(page.locator(f"#every-line-{name}"), value)
    if patient:
        page.get_by_role("button", name="Show doses").click()
        expect(page.locator("#doses-said")).not_to_be_empty()
    open_row(page, regimen)
    choices = [name for name in typed if name not in patient]
    for name in choices:
        _fill(page.locator(f"#{regimen}-{name}"), typed[name])
    if choices:
        _show_dose(page, regimen)


def _in_its_form(page: Page, regimen: str, typed: dict[str, str]) -> None:
    form = page.locator(f"#dose-form-{regimen}")
    more = form.locator(".more-fields:not([open]) > summary")
    if typed.keys() & {"age", "age_unit", "crcl"} and more.count():
        more.click()
    for name, value in typed.items():
        _fill(page.locator(f"#{regimen}-{name}"), value)
    _show_dose(page, regimen)


def _show_dose(page: Page, regimen: str) -> None:
    form = page.locator(f"#dose-form-{regimen}")
    form.get_by_role("button", name="Show dose").click()


def _fill(field: Locator, value: str) -> None:
    kind = field.evaluate("field => field.type")
    if kind == "select-one":
        field.select_option(value)
    elif kind == "checkbox":
        field.check()
    else:
        field.fill(value)


def tab_to(page: Page, selector: str, presses: int = 60) -> None:
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("it => document.activeElement.matches(it)", selector):
            return
    raise AssertionError(f"{selector} is not reached with {presses} presses of Tab")


def words(place: Locator) -> str:
    return " ".join(place.inner_text().split())
