"""Draws the few pictures of README.md, for `make screenshots`.

Each is kept with a palette, so that the repository stays small.
"""

from io import BytesIO

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support import desk_steps as desk
from tests.support.desk_steps import Person
from tests.support.public_pages import PAGES
from tests.support.servers.own_site import IN_DOCS, say
from tests.tools.page_screenshots import work_out_nomid

COLOURS = 64  # in the palette of a picture
DOTS_PER_POINT = 1.2


def keep(picture: Image.Image, name: str) -> None:
    """Store the picture under docs/images/ with as few bytes as it takes."""
    small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(IN_DOCS / f"{name}.png", optimize=True)
    size = (IN_DOCS / f"{name}.png").stat().st_size
    say(f"docs/images/{name}.png: {round(size / 1000)} kB")


def seen(page: Page) -> Image.Image:
    """What the window shows."""
    return Image.open(BytesIO(page.screenshot(animations="disabled")))


def draw_reading(browser: Browser, site: str) -> None:
    """What a clinician sees: on a phone, at a desk, in the dark, on paper."""
    phone = browser.new_page(
        base_url=site,
        viewport={"width": 390, "height": 1160},
        device_scale_factor=1.5,
        reduced_motion="reduce",
    )
    phone.goto(f"{PAGES['monograph']}doses/?weight=20")
    keep(seen(phone), "phone-doses")
    phone.emulate_media(color_scheme="dark")
    phone.goto(PAGES["monograph"])
    work_out_nomid(phone)
    phone.locator("#nomid-sc").evaluate("it => it.scrollIntoView()")
    keep(seen(phone), "phone-dark")
    wide = browser.new_page(base_url=site, viewport={"width": 1280, "height": 860})
    wide.goto(PAGES["monograph"])
    keep(seen(wide), "monograph")
    wide.goto(PAGES["print"])
    sheet = pypdfium2.PdfDocument(wide.pdf(format="A4"))[0]
    keep(sheet.render(scale=DOTS_PER_POINT).to_pil(), "sheet")
    phone.context.close()
    wide.context.close()


def draw_review(browser: Browser, site: str, passwords: dict[str, str]) -> None:
    """What a reviewer sees before publishing: each dose that would change."""
    author, reviewer = (
        Person(browser.new_page(base_url=site, viewport={"width": 1100, "height": 900}))
        for _name in range(2)
    )
    for person, name in ((author, "author"), (reviewer, "reviewer")):
        desk.sign_in(person, name, passwords[name])
    edition = desk.start_next_edition(author)
    desk.rule_on_the_nomid_maximum(author, edition)
    desk.limit_pjia(author, edition, "90")
    desk.describe(author, edition)
    desk.submit(author, edition)
    desk.open_review(reviewer, edition)
    keep(seen(reviewer.page), "review")
    author.page.context.close()
    reviewer.page.context.close()
