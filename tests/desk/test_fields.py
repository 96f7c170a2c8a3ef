"""What the fields of the desk's forms offer, and what they make of what is typed."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from reference import publishing
from reference.desk import saving
from reference.editions import edition_schema
from reference.models import DiscrepancyLine, Edition, Row, Storage, Synonym
from tests.support.desk.browser import DeskBrowser
from tests.support.desk_forms import page_address, prefix_below
from tests.support.guides.small_guide import begin_guide, with_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, author: User) -> DeskBrowser:
    """The author's browser."""
    client.force_login(author)
    return DeskBrowser(client)


def content_of(model: type[Row]) -> set[str]:
    """The names of what the document holds of a row, but for its date."""
    section = saving.SECTION_OF[model]
    row = edition_schema()["properties"][section]["items"]["properties"]
    own_print = {"printed"} if model in (Synonym, DiscrepancyLine) else set()
    return {*row} - {"revised_on"} - own_print  # the desk dates rows by itself


def test_all_that_a_row_holds_can_be_typed(
    desk: DeskBrowser, author: User, published_edition: Edition
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    seen = set[type[Row]]()
    for model, page in admin.site._registry.items():
        if not issubclass(model, Row):
            continue
        add = reverse(f"admin:reference_{model._meta.model_name}_add")
        form = desk.open(f"{add}?edition={draft.pk}").form("Save")
        assert content_of(model) - form.controls.keys() == set(), model
        row = model._base_manager.filter(edition=draft)[0]
        form = desk.open(page_address(row)).form("Save")
        for kind in (inline.model for inline in page.inlines):
            names = form.add_below(prefix_below(kind))
            typed = {name.removeprefix(names) for name in form.controls}
            assert content_of(kind) - typed == set(), kind
            seen.add(kind)
        seen.add(model)
    assert seen == saving.SECTION_OF.keys()


def test_rows_to_choose_from_are_told_apart_and_of_the_same_edition(
    desk: DeskBrowser, author: User, published_edition: Edition
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    other = with_line(begin_guide(author), by=author)
    form = desk.open(page_address(draft)).follow("Add to discrepancies").form("Save")
    notes = form.controls["note"].choices
    assert len(set(notes)) == len(notes) == 1 + draft.caution_set.count()
    assert "label-renal-statement (label-renal-statement-ra)" in notes
    form = desk.open(page_address(other)).follow("Add to codes").form("Save")
    assert form.controls["indication"].choices == [
        "---------",
        "A condition (condition)",
    ]


def test_text_of_several_lines_is_stored_as_in_a_file(
    desk: DeskBrowser, author: User
) -> None:
    draft = begin_guide(author)
    form = desk.open(page_address(draft)).follow("Add to storage").form("Save")
    for name, value in {"key": "upright", "text": "Keep it\n\nupright."}.items():
        form.fill(name, value)
    desk.press("Save", form)
    assert Storage.objects.get(key="upright").text == "Keep it\n\nupright."


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_text_of_several_lines_is_not_changed_by_saving_it_untouched(
    line_end: str, desk: DeskBrowser, author: User
) -> None:
    draft = begin_guide(author)
    text = f"Keep it{line_end}dark."
    Storage.objects.filter(edition=draft, key="dark").update(text=text)
    Edition.objects.filter(pk=draft.pk).update(overview=text)
    recorded = draft.drug.history.count()
    row = Storage.objects.get(edition=draft, key="dark")
    for page in (page_address(row), page_address(draft)):
        desk.open(page).press("Save")
    assert Storage.objects.get(pk=row.pk).text == text
    assert Edition.objects.get(pk=draft.pk).overview == text
    assert draft.drug.history.count() == recorded
