"""Draws every page and every printed page, for `make screenshots`.

Public pages at three widths in light, dark and forced colours; printed pages from the
browser's own PDF; the committee's desk with an edition on its way to publication.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from playwright.sync_api import Browser, Page

from tests.support import desk_steps as desk
from tests.support.desk_steps import Person, code_for, key_of
from tests.support.public_pages import NOT_FOUND, PAGES
from tests.support.reader_steps import work_out
from tests.support.servers.own_site import say
from tests.support.servers.server_process import ROOT

FOLDER = ROOT / "screenshots"
WIDTHS = (320, 768, 1280)  # px
HEIGHT = 800  # px, of the window; the picture is of the whole page
COLOURS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
}
FORCED: dict[str, Any] = {"color_scheme": "light", "forced_colors": "active"}
PRINTED = [
    *("print", "indication", "indication-infusion", "indication-fixed"),
    *("indication-no-dosing", "discrepancies", "monitoring-dates"),
    *("dose-chosen", "dose-computed", "dose-infusion", "monograph"),
]
PRINTED_DPI = 96
POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Album:
    """A folder of pictures that counts what it keeps."""

    folder: Path
    kept: list[str]

    @classmethod
    def begin(cls, name: str) -> "Album":
        folder = FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        return cls(folder, [])

    def draw(self, page: Page, name: str) -> None:
        """Keep the whole page at each width, in light and dark; forced at the last."""
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            for scheme, options in COLOURS.items():
                page.emulate_media(**options)
                self._keep(page, f"{name}-{width}-{scheme}")
        page.emulate_media(**FORCED)
        self._keep(page, f"{name}-{WIDTHS[-1]}-forced")
        page.emulate_media(**COLOURS["light"])

    def draw_printed(self, page: Page, name: str) -> None:
        """Keep every sheet of the page as the print dialog would print it."""
        drawn = pypdfium2.PdfDocument(page.pdf(format="A4"))
        for number, sheet in enumerate(drawn, start=1):
            picture = sheet.render(scale=PRINTED_DPI / POINTS_PER_INCH).to_pil()
            picture.save(self.folder / f"{name}-sheet-{number:02}.png")
            self.kept.append(f"{name}-sheet-{number:02}")

    def _keep(self, page: Page, name: str) -> None:
        path = self.folder / f"{name}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
        self.kept.append(name)

    def report(self) -> None:
        where = self.folder.relative_to(ROOT)
        say(f"{where}/: {len(self.kept)} pictures")


def draw_public_pages(browser: Browser, site: str) -> None:
    """Every public page, and the monograph with a dose opened on it."""
    album = Album.begin("public")
    page = browser.new_page(base_url=site, reduced_motion="reduce")
    for name, address in {**PAGES, "not-found": NOT_FOUND}.items():
        page.goto(address)
        album.draw(page, name)
    page.goto(PAGES["monograph"])
    work_out_nomid(page)
    album.draw(page, "monograph-dose")
    album.report()
    page.context.close()


def work_out_nomid(page: Page) -> None:
    """Ask for every dose at 20 kg, and for that of NOMID in two."""
    work_out(page, "nomid-sc", weight="20", doses_per_day="2")
    page.locator("#nomid-sc").get_by_text("twice a day").first.wait_for()


def draw_printed_pages(browser: Browser, site: str) -> None:
    album = Album.begin("printed")
    page = browser.new_page(base_url=site, reduced_motion="reduce")
    for name in PRINTED:
        page.goto(PAGES[name])
        album.draw_printed(page, name)
    album.report()
    page.context.close()


def draw_desk(browser: Browser, site: str, passwords: dict[str, str]) -> None:
    """The committee's desk, from signing in to publication, and what readers see then.

    Leaves edition 2 published on the site.
    """
    album = Album.begin("desk")
    author = Person(browser.new_page(base_url=site, reduced_motion="reduce"))
    reviewer = Person(browser.new_page(base_url=site, reduced_motion="reduce"))
    author.page.goto("/admin/")
    album.draw(author.page, "sign-in")
    desk.sign_in(author, "author", passwords["author"])
    desk.sign_in(reviewer, "reviewer", passwords["reviewer"])
    author.page.goto("/admin/manual/")
    album.draw(author.page, "manual")
    edition = draw_draft(album, author)
    desk.submit(author, edition)
    album.draw(author.page, "edition-in-review")
    reviewer.page.goto("/admin/")
    album.draw(reviewer.page, "index-in-review")
    desk.open_review(reviewer, edition)
    album.draw(reviewer.page, "review")
    album.draw_printed(reviewer.page, "review")
    desk.publish(reviewer, edition)
    album.draw(reviewer.page, "edition-published")
    for act in ("withdraw", "propose-review"):
        reviewer.page.goto(f"{edition.removesuffix('change/')}act/{act}/")
        album.draw(reviewer.page, f"act-{act}")
    draw_second_factor(album, author.page)
    draw_second_edition(album, reviewer.page)
    album.report()
    author.page.context.close()
    reviewer.page.context.close()


def draw_draft(album: Album, author: Person) -> str:
    """Make a draft that changes a dose; return the address of its page."""
    page = author.page
    edition = desk.start_next_edition(author)
    album.draw(page, "edition-started")
    desk.rule_on_the_nomid_maximum(author, edition)
    page.go_back()
    album.draw(page, "discrepancy")
    desk.limit_pjia(author, edition, "90")
    album.draw(page, "indications")
    page.go_back()
    album.draw(page, "indication")
    page.locator("[name=status_note]").fill("x" * 2000)
    page.locator("[name=name]").fill("")
    author.press("Save")
    album.draw(page, "indication-with-an-error")
    desk.describe(author, edition)
    album.draw(page, "edition-ready")
    within = edition.removesuffix("change/")
    for name in ("preview", "preview/print", "act/submit", "act/discard", "history"):
        page.goto(f"{within}{name}/")
        album.draw(page, name.replace("/", "-"))
    page.goto("/admin/")
    album.draw(page, "index-with-a-draft")
    page.get_by_role("link", name="anakinra (Kineret)").first.click()
    album.draw(page, "drug")
    return edition


def draw_second_factor(album: Album, page: Page) -> None:
    """Setting up the second factor, its recovery codes, and being asked for it."""
    page.goto("/admin/second-factor/set-up/")
    album.draw(page, "second-factor-set-up")
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page.content())
    assert shown is not None
    page.locator("#id_code").fill(code_for(key_of(shown[1])))
    page.get_by_role("button", name="Set up").click()
    album.draw(page, "second-factor-recovery-codes")
    page.goto("/admin/second-factor/")
    album.draw(page, "second-factor")


def draw_second_edition(album: Album, page: Page) -> None:
    """What readers see of two editions: what changed, and what is superseded."""
    for name, address in {
        "public-changes": "/anakinra/editions/2/changes/",
        "public-editions": "/anakinra/editions/",
        "public-superseded": "/anakinra/editions/1/",
        "public-superseded-indication": "/anakinra/editions/1/indications/nomid/",
    }.items():
        page.goto(address)
        album.draw(page, name)
    page.goto("/anakinra/editions/2/changes/")
    album.draw_printed(page, "public-changes")
