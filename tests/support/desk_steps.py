"""What people do at the committee's desk, step by step, in a browser.

Shared by the story, the accessibility tests and the pictures of the manual.
"""

import re
from base64 import b32decode
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django_otp.oath import totp
from playwright.sync_api import Locator, Page, expect

PASSWORD = "a password long enough"
NOTE = "The maximum of the pJIA line is 90 mg. The NOMID maximum is ruled on."
REVIEW_DUE = (date.today() + timedelta(days=700)).isoformat()  # noqa: DTZ011
RULING = "The line is kept until the label is at hand; doses use 8 mg per kg daily."


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk: a browser window, used by mouse or by keyboard alone."""

    page: Page
    by_keyboard: bool = False

    def press(self, name: str) -> None:
        """Press the button of this name."""
        self._activate(self.page.get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow the link of this name in the main part of the page."""
        main = self.page.locator("main")
        self._activate(main.get_by_role("link", name=name, exact=True).first)

    def tick(self, label: str) -> None:
        box = self.page.get_by_label(label)
        if self.by_keyboard:
            tab_to(self.page, box)
            self.page.keyboard.press("Space")
        else:
            box.check()
        expect(box).to_be_checked()

    def _activate(self, control: Locator) -> None:
        if self.by_keyboard:
            tab_to(self.page, control)
            self.page.keyboard.press("Enter")
        else:
            control.click()


def tab_to(page: Page, place: Locator, presses: int = 200) -> None:
    """Go to a control as somebody without a mouse does."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if place.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"{place} is not reached with {presses} presses of Tab")


def told(page: Page) -> Locator:
    """The place of the desk's messages."""
    return page.locator(".messagelist")


def sign_in(person: Person, name: str, password: str = PASSWORD) -> None:
    person.page.goto("/admin/")
    person.page.get_by_label("Username").fill(name)
    person.page.get_by_label("Password").fill(password)
    person.press("Log in")
    expect(person.page.locator("#user-tools")).to_contain_text(name)


def start_next_edition(author: Person) -> str:
    """Start the next edition on the drug's page; return the address of its page."""
    author.page.goto("/admin/")
    author.follow("anakinra (Kineret)")
    author.press("Start next edition")
    expect(told(author.page)).to_contain_text("is a copy to edit")
    return author.page.url


def open_row(author: Person, edition: str, section: str, row: str) -> None:
    """Go from the edition's page to one of its rows."""
    author.page.goto(edition)
    author.follow(section)
    author.follow(row)


def rule_on_the_nomid_maximum(author: Person, edition: str) -> None:
    open_row(
        *(author, edition, "Discrepancies"),
        "NOMID and DIRA: maximum printed as 8 mg per day, "
        "8 mg per kg per day in the US label",
    )
    page = author.page
    page.locator("[name=ruling]").select_option("kept as printed")
    page.locator("[name=ruling_text]").fill(RULING)
    page.locator("[name=ruled_by]").fill("ARP Practice Committee")
    page.locator("[name=ruled_on]").fill("2026-11-20")
    author.press("Save")
    expect(told(page)).to_contain_text("was changed successfully")


def limit_pjia(author: Person, edition: str, mg: str, before: str = "100") -> None:
    """Change the maximum of the pJIA line in its fields and in its print."""
    open_row(
        *(author, edition, "Indications"),
        "Polyarticular juvenile idiopathic arthritis (pJIA)",
    )
    page = author.page
    page.locator("[name=regimens-0-max_per_dose]").fill(mg)
    field = page.locator("[name=regimens-0-printed]")
    wording = field.input_value()
    assert f"max {before}mg" in wording
    field.fill(wording.replace(f"max {before}mg", f"max {mg}mg"))
    author.press("Save")
    expect(told(page)).to_contain_text("was changed successfully")


def describe(author: Person, edition: str, note: str = NOTE) -> None:
    """Fill in what the edition says about itself."""
    page = author.page
    page.goto(edition)
    page.locator("[name=label]").fill("November 2026")
    page.locator("[name=revised_on]").fill("2026-11")
    page.locator("[name=review_due]").fill(REVIEW_DUE)
    page.locator("[name=change_note]").fill(note)
    page.locator("[name=change_grade]").select_option("dose or safety")
    page.locator("[name=revision_line]").fill("Revised November 2026")
    author.press("Save and continue editing")
    expect(told(page)).to_contain_text("was changed successfully")


def submit(author: Person, edition: str) -> None:
    author.page.goto(edition)
    author.follow("Submit for review")
    author.press("Submit for review")
    expect(author.page.locator("#state-title")).to_have_text("State: in review")


def open_review(reviewer: Person, edition: str) -> None:
    reviewer.page.goto(edition)
    reviewer.follow("Review: what changed, and which doses")
    expect(reviewer.page.locator("h1")).to_contain_text("Review of")


def publish(reviewer: Person, edition: str) -> None:
    """Read the review page, acknowledge what stays open, and publish."""
    open_review(reviewer, edition)
    reviewer.tick("I have read the open discrepancies named here; they stay open")
    reviewer.press("Approve and publish edition 2")
    expect(reviewer.page.locator("#state-title")).to_have_text("State: published")


def act(person: Person, edition: str, name: str, reason: str = "") -> None:
    """Do an act on its own page, with a reason where it asks for one."""
    person.page.goto(edition)
    person.follow(name)
    if reason:
        person.page.get_by_label("Reason").fill(reason)
    person.press(name)


def page_of(row: Any, act: str = "change") -> str:
    """The address of a row's page at the desk."""
    return reverse(f"admin:reference_{row._meta.model_name}_{act}", args=[row.pk])


# The second factor, as an application on a phone has it


def key_of(shown: str) -> str:
    return b32decode(shown.replace(" ", "")).hex()


def code_for(key: str) -> str:
    return f"{totp(bytes.fromhex(key)):06}"
