"""No findings of axe on the pages of the desk, and none wider than 320 px.

Here are those that no story comes by: tests/desk/test_story.py judges the others, and
tests/site/accounts/test_second_factor.py those of the second factor.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from reference import publishing
from reference.desk import saving
from reference.models import Edition, Indication, Regimen
from tests.desk.conftest import Enter
from tests.support.axe import Walk
from tests.support.desk_steps import page_of
from tests.support.guides import small_guide
from tests.support.guides.next_edition import address, ready_draft

# The stock admin's own templates ask for what is not there.
pytestmark = pytest.mark.ignore_template_errors

# How far each number of an axis is from its line in each row below it, in pixels.
FROM_NUMBER_TO_LINE = """() => {
    const middle = it => {
        const box = it.getBoundingClientRect();
        return box.left + box.width / 2;
    };
    const numbers = [...document.querySelectorAll(".days-axis text")].map(middle);
    return [...document.querySelectorAll(".days-lines .days")].flatMap(row =>
        [...row.querySelectorAll(".days-tick")].map(
            (line, place) => Math.abs(middle(line) - numbers[place])));
}"""


def list_of(name: str, edition: Edition) -> str:
    listed = reverse(f"admin:reference_{name}_changelist")
    return f"{listed}?edition__id__exact={edition.pk}"


def test_the_pages_of_a_draft(
    enter: Enter, walk: Walk, published_edition: Edition
) -> None:
    author = enter("ann", "author")
    walk.look(author, "drug", page_of(published_edition.drug))
    draft = ready_draft("ann")
    pjia = Indication.objects.get(edition=draft, key="pjia")
    walk.look(author, "index with a draft", "/admin/")
    walk.look(author, "editions", "/admin/reference/edition/", ours=False)
    new = f"{reverse('admin:reference_indication_add')}?edition={draft.pk}"
    walk.look(author, "new indication", new)
    walk.look(author, "indications", list_of("indication", draft), ours=False)
    walk.look(author, "indication with its lines", page_of(pjia))
    walk.look(author, "delete an indication", page_of(pjia, "delete"))
    walk.look(author, "discrepancies", list_of("discrepancy", draft), ours=False)
    walk.look(author, "submit", address(draft, "act/submit"))
    walk.look(author, "discard", address(draft, "act/discard"))
    author.press("Discard the draft")
    expect(author.page.locator(".errorlist")).to_be_visible()
    walk.look(author, "discard without a reason")
    walk.look(author, "history", page_of(draft, "history"))


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
        (saved_elsewhere, "saved this after you opened it"),
        (submitted_elsewhere, "can no longer be edited"),
    ],
)
def test_a_save_that_came_too_late(
    enter: Enter, walk: Walk, meanwhile: Callable[[Indication], None], says: str
) -> None:
    author = enter("ann", "author")
    pjia = Indication.objects.get(edition=ready_draft("ann"), key="pjia")
    author.page.goto(page_of(pjia))
    author.page.locator("[name=status_note]").fill("What I typed, and it is long: " * 5)
    meanwhile(pjia)
    author.press("Save")
    expect(author.page.locator("main")).to_contain_text(says)
    assert "What I typed" in author.page.content()
    walk.look(author, says)


def test_the_picture_of_dosing_days(
    enter: Enter, walk: Walk, person: Callable[..., User]
) -> None:
    """Its rows stand below the numbers of its axis, however wide the window is."""
    author = enter("ann", "author")
    ann = User.objects.get(username="ann")
    begun = small_guide.with_line(
        small_guide.begin_guide(ann),
        by=ann,
        how_often="every-n-days",
        every_days=14,
        printed="As printed: 100 mg every 2 weeks",
    )
    small_guide.publish(begun, author=ann, reviewer=person("rob", "reviewer"))
    draft = small_guide.next_draft(begun, by=ann)
    weeks = {"listed": [0, 2, 6], "listed_unit": "weeks"}
    line = Regimen.objects.filter(edition=draft)
    line.update(how_often="listed", every_days=1, **weeks)
    author.page.goto(address(draft, "review"))
    for width in (320, 1280):
        author.page.set_viewport_size({"width": width, "height": 720})
        apart = author.page.evaluate(FROM_NUMBER_TO_LINE)
        assert len(apart) == 2 * len(range(7))
        assert max(apart) < 1.5, width
    walk.look(author, "review with a picture of days", in_the_dark=True)
