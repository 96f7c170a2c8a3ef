"""All pictures, drawn anew: `make screenshots`.

Those of README.md and docs/committee.md are kept in docs/images/; every page at every
width lies in screenshots/, which is not committed, to be looked at.
"""

import sys
from collections.abc import Callable

from playwright.sync_api import Browser

from tests.support.servers.own_site import IN_DOCS, running_browser, running_site, say
from tests.tools import committee_screenshots, page_screenshots, readme_screenshots

Drawing = Callable[[Browser, str, dict[str, str]], None]


def draw_pages(browser: Browser, site: str, passwords: dict[str, str]) -> None:
    page_screenshots.draw_public_pages(browser, site)
    page_screenshots.draw_printed_pages(browser, site)
    page_screenshots.draw_desk(browser, site, passwords)


def draw_readme(browser: Browser, site: str, passwords: dict[str, str]) -> None:
    readme_screenshots.draw_reading(browser, site)
    readme_screenshots.draw_review(browser, site, passwords)


# Each on a site of its own, since they publish.
DRAWINGS: dict[str, Drawing] = {
    "pages": draw_pages,
    "readme": draw_readme,
    "committee": committee_screenshots.draw_everything,
}


def main(names: list[str]) -> None:
    """Draw what is named, or everything."""
    IN_DOCS.mkdir(exist_ok=True)
    for name in names or DRAWINGS:
        with running_site() as (site, passwords), running_browser() as browser:
            DRAWINGS[name](browser, site, passwords)
    say("Look at screenshots/ before you commit docs/images/.")


if __name__ == "__main__":
    main(sys.argv[1:])
