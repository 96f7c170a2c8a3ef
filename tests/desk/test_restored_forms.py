"""What a browser puts back into a form is never saved over what came meanwhile.

After "Back" a browser asks for the page anew and then fills in what was typed before:
old words, beside the newer version that the page now has.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client
from playwright.sync_api import expect

from reference import publishing
from reference.editions import SECTIONS
from reference.models import Drug, Edition, Indication, Row
from tests.desk.conftest import Enter
from tests.support import desk_steps as desk
from tests.support.desk_steps import page_of
from tests.support.guides.next_edition import address, in_review, ready_draft
from tests.support.servers.firefox import FIREFOX, firefox
from tests.tools.reliability.figures import IN_FULL

pytestmark = [pytest.mark.ignore_template_errors, pytest.mark.any_database]

# How many names, from the first, a browser compares before it fills a form in again.
COMPARED = 2


def known_by(page: str) -> set[str]:
    """By what a browser finds what was typed: by its form, or the id of its field."""
    found = set()
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        names = [name for control in form.iter() if (name := control.get("name"))]
        fields = [
            control
            for kind in ("input", "textarea", "select")
            for control in form.iter(kind)
            if control.get("type") not in ("hidden", "submit")
            and "__prefix__" not in control.get("name", "")
        ]
        found |= {" ".join(names[:COMPARED])} if fields else set()
        found |= {control.get("id") or "no id" for control in fields}
    return found


def rows_of(draft: Edition) -> Iterator[Any]:
    """One of each kind that has a page of its own at the desk; a drug to be written."""
    for model in admin.site._registry:
        if issubclass(model, Row):
            yield model._base_manager.filter(edition=draft)[0]
    yield from (draft, Drug.objects.create(slug="examplimab", generic_name="x"))


def save_everything_once_more() -> None:
    """As if somebody else had saved each row, each draft and each drug."""
    models: list[Any] = [*SECTIONS.values(), Edition, Drug]
    for model in models:
        model._base_manager.update(version=F("version") + 1)


@pytest.mark.usefixtures("tampering")
def test_a_form_of_another_version_has_nothing_that_a_browser_fills_in_again(
    client: Client, admin_user: User, author: User, published_edition: Edition
) -> None:
    client.force_login(admin_user)
    draft = ready_draft(author.username)
    pages = [
        address(draft, "act/discard"),
        address(published_edition, "act/withdraw"),
        address(published_edition, "act/propose-review"),
        *map(page_of, rows_of(draft)),
    ]
    assert len(pages) > 17

    def known() -> list[set[str]]:
        return [known_by(client.get(page).content.decode()) for page in pages]

    before = known()
    save_everything_once_more()
    for page, first, second in zip(pages, before, known(), strict=True):
        assert not first & second, page
        assert len(first) == len(second) > 1, page


def test_words_that_back_brings_again_do_not_replace_a_colleague_s(
    enter: Enter, published_edition: Edition
) -> None:
    ann = enter("ann", "author", java_script_enabled=False)
    draft = ready_draft("ann")
    row = Indication.objects.get(edition=draft, key="pjia")
    note, limit = "[name=status_note]", "[name=regimens-0-max_per_dose]"
    page = ann.page
    page.goto(page_of(row))
    page.locator(note).fill("Ann's words, not yet saved.")
    ann.follow(str(draft))
    page.go_back()
    expect(page.locator(note)).to_have_value("Ann's words, not yet saved.")
    page.locator(limit).fill("80")
    ann.press("Save")
    expect(desk.told(page)).to_contain_text("was changed successfully")

    bob = enter("bob", "author")
    bob.page.goto(page_of(row))
    bob.page.locator(note).fill("Bob's words.")
    bob.page.locator(limit).fill("85")
    bob.press("Save")
    expect(desk.told(bob.page)).to_contain_text("was changed successfully")

    page.go_back()
    expect(page.locator(note)).to_have_value("Bob's words.")
    expect(page.locator(limit)).to_have_value("85")
    ann.press("Save")
    row.refresh_from_db()
    assert row.status_note == "Bob's words."
    assert draft.regimen_set.get(key="pjia-sc").max_per_dose == 85


def test_a_tick_that_back_brings_again_approves_nothing_else(
    enter: Enter, person: Callable[..., User], published_edition: Edition
) -> None:
    rae, ann = enter("rae", "reviewer"), person("ann", "author")
    draft = in_review("ann")
    desk.open_review(rae, address(draft))
    label = "I have read the open discrepancies named here; they stay open"
    rae.tick(label)
    rae.page.goto(address(draft, "preview"))
    rae.page.go_back()
    expect(rae.page.get_by_label(label)).to_be_checked()
    rae.page.goto(address(draft, "preview"))
    publishing.return_to_draft(edition=draft, by=ann, reason="Again.")
    publishing.submit(edition=Edition.objects.get(pk=draft.pk), by=ann)
    rae.page.go_back()
    expect(rae.page.get_by_label(label)).not_to_be_checked()


@pytest.mark.skipif(not IN_FULL, reason="a start of Firefox takes seconds")
@pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed")
def test_a_closed_tab_that_firefox_opens_again_does_not_replace_a_colleague_s_words(
    served_guide: str, person: Callable[..., User], tmp_path: Path
) -> None:
    """What it keeps of a tab it fills in by the ids of fields."""
    ann = person("ann", "author")
    ann.set_password(desk.PASSWORD)
    ann.save()
    row = Indication.objects.get(edition=ready_draft("ann"), key="pjia")
    note = "[name=status_note]"
    with firefox(tmp_path) as browser:
        browser.open(f"{served_guide}/admin/")
        browser.fill("#id_username", "ann")
        browser.fill("#id_password", desk.PASSWORD)
        browser.click("[type=submit]")
        browser.wait_for("#user-tools")
        for typed, version, expected in (
            ("Ann's words.", row.version, "Ann's words."),
            ("Ann's words.", row.version + 1, "Bob's words."),
        ):
            browser.open(f"{served_guide}{page_of(row)}")
            browser.fill(note, typed)
            browser.close_tab()
            stored = Indication.objects.filter(pk=row.pk)
            stored.update(status_note="Bob's words.", version=version)
            browser.open_closed_tab()
            browser.wait_for(note)
            assert browser.value(note) == expected
