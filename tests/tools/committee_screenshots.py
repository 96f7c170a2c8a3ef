"""Draws the pictures of docs/committee.md, for `make screenshots`.

Walks through the committee's work in Chromium, on a server with a database of its own
that is gone afterwards.
"""

from playwright.sync_api import Browser, Locator, ViewportSize

from tests.support import desk_steps as desk
from tests.support.desk_steps import Person
from tests.support.servers.own_site import IN_DOCS, say

WINDOW: ViewportSize = {"width": 960, "height": 720}


def draw(
    person: Person, name: str, top: Locator | None = None, height: int = 0
) -> None:
    """Keep what the window shows, from `top` on, `height` pixels of it."""
    page = person.page
    box = top.bounding_box() if top is not None else None
    start = max(0, (box["y"] if box else 0) - 4)
    start += page.evaluate("scrollY") if box else 0
    page.screenshot(
        path=IN_DOCS / f"committee-{name}.png",
        full_page=True,
        animations="disabled",
        clip={
            "x": 0,
            "y": start,
            "width": WINDOW["width"],
            "height": height or WINDOW["height"],
        },
    )
    say(f"docs/images/committee-{name}.png")


def draw_everything(browser: Browser, site: str, passwords: dict[str, str]) -> None:
    def enter(name: str) -> Person:
        context = browser.new_context(
            base_url=site,
            viewport=WINDOW,
            color_scheme="light",
            reduced_motion="reduce",
        )
        person = Person(context.new_page())
        desk.sign_in(person, name, passwords[name])
        return person

    author, reviewer = enter("author"), enter("reviewer")
    draw(author, "desk", height=500)
    author.follow("anakinra (Kineret)")
    draw(author, "start", author.page.locator("#editions-title"), height=400)
    edition = desk.start_next_edition(author)
    draw(author, "edition", height=760)
    desk.rule_on_the_nomid_maximum(author, edition)
    author.page.go_back()
    draw(author, "ruling", author.page.locator(".field-ruling"), height=400)
    two_people_save(author, enter("author"), edition)
    desk.limit_pjia(author, edition, "90")
    author.page.go_back()
    draw(author, "line", author.page.locator("#regimens-group"), height=1330)
    desk.describe(author, edition)
    author.follow("Preview the page")
    draw(author, "preview", height=480)
    author.page.goto(edition)
    author.follow("Submit for review")
    draw(
        *(author, "submit", author.page.locator(".committee-problems li").nth(-4)),
        height=280,
    )
    desk.submit(author, edition)
    desk.act(reviewer, edition, "Return to draft", "The label says 85 mg: see 2.3.")
    author.page.goto(edition)
    state = author.page.locator("section[aria-labelledby=state-title]")
    draw(author, "returned", state, height=320)
    desk.limit_pjia(author, edition, "85", before="90")
    desk.submit(author, edition)
    desk.open_review(reviewer, edition)
    draw(reviewer, "review", height=1750)
    reviewer.tick("I have read the open discrepancies named here; they stay open")
    tick = reviewer.page.locator(".review-form li").nth(-6)
    draw(reviewer, "publish", tick, height=400)
    desk.publish(reviewer, edition)
    reviewer.follow("Withdraw")
    reviewer.page.get_by_label("Reason").fill("The maximum of the pJIA line is wrong.")
    draw(reviewer, "withdraw", height=430)


def two_people_save(first: Person, second: Person, edition: str) -> None:
    """Draw what the second of two people sees who saved the same row."""
    fmf = "Familial Mediterranean fever (FMF)"
    for person in (first, second):
        desk.open_row(person, edition, "Indications", fmf)
    note = second.page.locator("[name=status_note]")
    before = note.input_value()
    for person, typed in ((first, "Theirs."), (second, "Mine.")):
        person.page.locator("[name=status_note]").fill(typed)
        person.press("Save")
    draw(second, "conflict", second.page.locator(".errornote"), height=635)
    note.fill(before)
    second.press("Save")
