"""What a reader does on the public pages, step by step, in a browser."""

import re
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page

TODAY = timezone.now().date()


PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
# What 400 % zoom leaves of a window of 1280 by 1024.
ZOOMED: dict[str, Any] = {
    "viewport": {"width": 320, "height": 256},
    "device_scale_factor": 4,
}
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
COPY = re.compile("^Copy$")

# Where a weight is typed for one line alone.
BEHIND_MORE = {"age", "age_unit", "crcl"}

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
    """Ask for a dose beside its line with the mouse; return the answer's place."""
    line = page.locator(f"#{regimen}")
    if line.locator(".dose-desk:not([open])").count():
        line.locator(".dose-desk > summary").click()
    if typed.keys() & BEHIND_MORE and line.locator(".more-fields:not([open])").count():
        line.locator(".more-fields > summary").click()
    chosen = typed.pop("doses_per_day", None)
    printed = line.locator(f"[type=radio][name=doses_per_day][value='{chosen}']")
    if printed.count():
        printed.check()
    for name, value in typed.items():
        field = line.locator(f".dose-form [name={name}]")
        if field.evaluate("field => field.matches('select')"):
            field.select_option(value)
        else:
            field.fill(value)
    line.get_by_role("button", name="Show dose").click()
    answer = page.locator(f"#answer-{regimen}")
    if chosen is not None and not printed.count():
        answer.locator(f"button[value='{chosen}']").click()
    return answer


def tab_to(page: Page, selector: str, presses: int = 60) -> None:
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("it => document.activeElement.matches(it)", selector):
            return
    raise AssertionError(f"{selector} is not reached with {presses} presses of Tab")


def words(place: Locator) -> str:
    return " ".join(place.inner_text().split())
