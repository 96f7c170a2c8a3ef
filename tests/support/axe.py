"""What axe finds on a page, in any colours, and what a narrow window does to it."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.desk_steps import Person

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is not about colours is the same in the dark. Forced colours are the reader's,
# while axe sees those that they replace; they can take away a mark or a size.
CONTRAST = "color-contrast"
LIGHT = {"color_scheme": "light"}
COLOURS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (LIGHT, {"runOnly": RULES}),
    ({"color_scheme": "dark"}, {"runOnly": {"type": "rule", "values": [CONTRAST]}}),
    (
        {"forced_colors": "active"},
        {"runOnly": {"type": "rule", "values": ["link-in-text-block", "target-size"]}},
    ),
]

# On a phone, a cell stands behind its column's name, and all of its words do.
WORDS_UNDER_A_LABEL = """() => [...document.querySelectorAll("td[data-label]")]
    .filter(cell => {
        const words = document.createRange();
        words.selectNodeContents(cell);
        const left = cell.getBoundingClientRect().left
            + parseFloat(getComputedStyle(cell).paddingLeft);
        return parseFloat(getComputedStyle(cell).paddingLeft) < 90
            || [...words.getClientRects()].some(word => word.left < left - 1);
    }).map(cell => cell.textContent)"""


def narrow_faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands at 320 px, besides what axe finds."""
    found = [f"under a label: {words}" for words in page.evaluate(WORDS_UNDER_A_LABEL)]
    if page.evaluate("document.documentElement.scrollWidth") > 320:
        found.append("wider than 320 px")
    return found


def findings(
    page: Page, *, in_the_dark: bool = True, apart_from: Sequence[str] = ()
) -> list[str]:
    """What axe finds on the page as it stands, in each of the colour schemes.

    apart_from are places that another test judges, by their selectors.
    """
    page.evaluate(AXE)
    found = []
    where = {"exclude": [[place] for place in apart_from]} if apart_from else None
    for colours, rules in COLOURS:
        if colours != LIGHT and not in_the_dark:
            continue
        options = {
            **rules,
            "resultTypes": ["violations"],
            "preload": False,  # it would fetch the style sheets again and inline them
        }
        page.emulate_media(**colours)
        result = page.evaluate(
            "([where, options]) => axe.run(where ?? document, options)",
            [where, options],
        )
        assert len(result["passes"]) > (10 if rules["runOnly"] == RULES else 0)
        found += [
            f"{colours}: {violation['id']} at {node['html']}: {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        page.emulate_media(color_scheme="null", forced_colors="null")
    return found


WIDTH = 320
TOO_WIDE = """() => [...document.querySelectorAll("main *")].filter(it =>
    it.getBoundingClientRect().right > innerWidth + 1 && it.offsetParent
    && ![...it.children].some(in_it =>
        in_it.getBoundingClientRect().right > innerWidth + 1)
    ).map(it => it.outerHTML.slice(0, 200))"""


class Walk:
    """Goes from page to page of the desk and keeps what is wrong on each.

    What axe finds, and what makes a narrow window scroll sideways. The desk's colours
    in the dark, and forced ones, are judged where there is something of every kind.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def look(
        self,
        person: Person,
        name: str,
        where: str = "",
        *,
        ours: bool = True,
        in_the_dark: bool = False,
        apart_from: Sequence[str] = (),
    ) -> None:
        """Judge the page that somebody is on, or goes to; the admin's own for axe."""
        page = person.page
        if where:
            page.goto(where)
        # A page of the admin has one heading that says what it is.
        expect(page.locator("h1")).to_have_count(1)
        found = findings(page, in_the_dark=in_the_dark, apart_from=apart_from)
        if ours:
            window = page.viewport_size
            assert window is not None
            page.set_viewport_size({"width": WIDTH, "height": 640})
            if page.evaluate("document.documentElement.scrollWidth") > WIDTH:
                found.append(f"wider than {WIDTH} px: {page.evaluate(TOO_WIDE)}")
            found += page.evaluate(WORDS_UNDER_A_LABEL)
            page.set_viewport_size(window)
        self._found[name] = found

    def faults(self) -> str:
        """Return a line for each fault of each page that was looked at."""
        assert self._found
        return "\n".join(
            f"{name}: {fault}" for name, found in self._found.items() for fault in found
        )
