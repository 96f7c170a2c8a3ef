"""No findings of axe on any page of the committee's work, and none wider than 320 px.

The pages of the second factor are judged in tests/site/accounts/test_second_factor.py,
on the way through.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reference import publishing
from reference.desk import saving
from reference.models import Edition, Indication
from tests.conftest import OpenPage
from tests.desk.test_story import Enter, address, in_review, ready_draft, way_in
from tests.pages.test_accessibility import WORDS_UNDER_A_LABEL, findings
from tests.support import desk_steps as desk
from tests.support.desk_steps import Person

# The stock admin's own templates ask for what is not there.
pytestmark = [pytest.mark.ignore_template_errors, pytest.mark.any_database]


@pytest.fixture
def served_guide(live_server: LiveServer, published_edition: Edition) -> str:
    """The address of a running site whose database a test may change."""
    return str(live_server.url)


@pytest.fixture
def enter(open_page: OpenPage, person: Callable[..., User]) -> Enter:
    return way_in(open_page, person)


WIDTH = 320
TOO_WIDE = """() => [...document.querySelectorAll("main *")].filter(it =>
    it.getBoundingClientRect().right > innerWidth + 1 && it.offsetParent
    && ![...it.children].some(in_it =>
        in_it.getBoundingClientRect().right > innerWidth + 1)
    ).map(it => it.outerHTML.slice(0, 200))"""


def faults(page: Page, *, ours: bool = True, in_the_dark: bool = False) -> list[str]:
    """What axe finds, and what makes a narrow window scroll sideways.

    The desk's colours in the dark are judged where there is something of every kind.
    """
    found = findings(page, in_the_dark=in_the_dark)
    window = page.viewport_size
    assert window is not None
    page.set_viewport_size({"width": WIDTH, "height": 640})
    if ours and page.evaluate("document.documentElement.scrollWidth") > WIDTH:
        found.append(f"wider than {WIDTH} px: {page.evaluate(TOO_WIDE)}")
    if ours:
        found += page.evaluate(WORDS_UNDER_A_LABEL)
    page.set_viewport_size(window)
    return found


class Walk:
    """Goes from page to page and keeps what is wrong on each; says so at the end."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def look(self, person: Person, name: str, where: str = "", **options: Any) -> None:
        if where:
            person.page.goto(where)
        # A page of the admin has one heading that says what it is.
        expect(person.page.locator("h1")).to_have_count(1)
        self.found[name] = faults(person.page, **options)

    def faults(self) -> str:
        assert self.found
        return "\n".join(
            f"{name}: {fault}" for name, found in self.found.items() for fault in found
        )


def page_of(row: Any, act: str = "change") -> str:
    return reverse(f"admin:reference_{row._meta.model_name}_{act}", args=[row.pk])


def list_of(name: str, edition: Edition) -> str:
    listed = reverse(f"admin:reference_{name}_changelist")
    return f"{listed}?edition__id__exact={edition.pk}"


def test_the_pages_of_a_draft(
    enter: Enter,
    published_edition: Edition,
) -> None:
    walk, author = Walk(), enter("ann", "author")
    walk.look(author, "index without a draft")
    walk.look(author, "drug", page_of(published_edition.drug))
    walk.look(author, "manual", "/admin/manual/")
    draft = ready_draft("ann")
    edition = address(draft)
    pjia = Indication.objects.get(edition=draft, key="pjia")
    ruled = draft.discrepancy_set.get(key="nomid-maximum")
    walk.look(author, "index with a draft", "/admin/")
    walk.look(author, "draft", edition, in_the_dark=True)
    walk.look(author, "editions", "/admin/reference/edition/", ours=False)
    walk.look(author, "published edition", address(published_edition))
    published_line = published_edition.indication_set.get(key="nomid")
    walk.look(author, "published indication", page_of(published_line))
    new = f"{reverse('admin:reference_indication_add')}?edition={draft.pk}"
    walk.look(author, "new indication", new)
    walk.look(author, "indications", list_of("indication", draft), ours=False)
    walk.look(author, "indication with its lines", page_of(pjia))
    walk.look(author, "delete an indication", page_of(pjia, "delete"))
    walk.look(author, "discrepancies", list_of("discrepancy", draft), ours=False)
    walk.look(author, "discrepancy", page_of(ruled))
    author.page.locator("#id_ruling").select_option("corrected")
    author.press("Save")
    expect(author.page.locator(".errornote")).to_be_visible()
    walk.look(author, "discrepancy with an error", in_the_dark=True)
    walk.look(author, "submit", address(draft, "act/submit"))
    walk.look(author, "discard", address(draft, "act/discard"))
    author.press("Discard the draft")
    expect(author.page.locator(".errorlist")).to_be_visible()
    walk.look(author, "discard without a reason")
    walk.look(author, "preview", address(draft, "preview"), in_the_dark=True)
    walk.look(author, "preview of the print", address(draft, "preview/print"))
    walk.look(author, "history", page_of(draft, "history"))
    assert walk.faults() == ""


def saved_elsewhere(pjia: Indication) -> None:
    row = Indication.objects.get(pk=pjia.pk)
    row.status_note = "Saved by somebody else."
    by = row.edition.contribution_set.get().user
    saving.save_row(row, by=by)


def submitted_elsewhere(pjia: Indication) -> None:
    draft = pjia.edition
    by = draft.contribution_set.get().user
    publishing.submit(edition=draft, by=by)


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        (saved_elsewhere, "Somebody else saved this after you opened it"),
        (submitted_elsewhere, "can no longer be edited"),
    ],
)
def test_a_save_that_came_too_late(
    enter: Enter,
    published_edition: Edition,
    meanwhile: Callable[[Indication], None],
    says: str,
) -> None:
    walk, author = Walk(), enter("ann", "author")
    pjia = Indication.objects.get(edition=ready_draft("ann"), key="pjia")
    author.page.goto(page_of(pjia))
    author.page.locator("#id_status_note").fill("What I typed, and it is long: " * 5)
    meanwhile(pjia)
    author.press("Save")
    expect(author.page.locator("main")).to_contain_text(says)
    assert "What I typed" in author.page.content()
    walk.look(author, says)
    assert walk.faults() == ""


def test_the_pages_of_an_edition_in_review_and_published(
    enter: Enter,
    published_edition: Edition,
) -> None:
    walk, author, reviewer = Walk(), enter("ann", "author"), enter("rae", "reviewer")
    draft = in_review("ann")
    edition = address(draft)
    walk.look(reviewer, "index with an edition in review", "/admin/")
    walk.look(reviewer, "edition in review", edition)
    walk.look(author, "review, for its author", address(draft, "review"))
    reviewer.page.goto(address(draft, "review"))
    reviewer.page.get_by_text("19 warnings").click()
    walk.look(reviewer, "review")
    reviewer.press("Approve and publish edition 2")
    expect(reviewer.page.locator("[role=alert]")).to_be_visible()
    walk.look(reviewer, "publication refused", in_the_dark=True)
    walk.look(reviewer, "return", address(draft, "act/return"))
    reviewer.press("Return to draft")
    expect(reviewer.page.locator(".errorlist")).to_be_visible()
    walk.look(reviewer, "return without a reason")
    desk.publish(reviewer, edition)
    walk.look(reviewer, "published edition")
    indication = Indication.objects.get(edition=draft, key="pjia")
    walk.look(reviewer, "published indication", page_of(indication))
    walk.look(reviewer, "changes", "/anakinra/editions/2/changes/")
    walk.look(author, "full review", address(draft, "act/propose-review"))
    author.press("Propose a full review")
    expect(author.page.locator(".errorlist")).to_have_count(2)
    walk.look(author, "full review without dates")
    assert walk.faults() == ""


def test_the_pages_of_a_withdrawal(
    enter: Enter,
    published_edition: Edition,
) -> None:
    walk, reviewer = Walk(), enter("rae", "reviewer")
    edition = address(published_edition)
    walk.look(reviewer, "withdraw", address(published_edition, "act/withdraw"))
    desk.act(reviewer, edition, "Withdraw", "The pJIA line is wrong.")
    expect(desk.told(reviewer.page)).to_contain_text("is withdrawn")
    walk.look(reviewer, "withdrawn edition")
    desk.act(reviewer, edition, "Ask to undo the withdrawal", "It was right.")
    expect(desk.told(reviewer.page)).to_contain_text("until a second person agrees")
    walk.look(reviewer, "withdrawn edition, to be restored")
    walk.look(reviewer, "index with somebody waiting", "/admin/")
    desk.act(reviewer, edition, "Undo the withdrawal")
    expect(reviewer.page.locator("[role=alert]")).to_be_visible()
    walk.look(reviewer, "restoration refused")
    walk.look(reviewer, "withdrawn, for readers", "/anakinra/")
    assert walk.faults() == ""
