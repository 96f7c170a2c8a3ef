"""No findings of axe on any page a reader or an editor uses, in any colours."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from reference.keeping import create_triggers
from reference.models import HistoryEntry
from tests.conftest import OpenPage, drop_refusals
from tests.support.axe import findings, narrow_faults
from tests.support.guides.second_guide import load_second_guide
from tests.support.public_pages import DOSE, MONOGRAPH, NOT_FOUND, PAGES, TWINS
from tests.support.reader_steps import work_out

# Long pages, each of their parts stands on a shorter page as well.
MADE_OF_OTHERS = {PAGES[name] for name in ("edition", "print", "edition-print")}


def test_axe_would_find_a_field_without_its_label(open_page: OpenPage) -> None:
    page = open_page(f"{DOSE}?regimen=nomid-sc&weight=20&edition=1")
    page.evaluate("document.querySelector('label').remove()")
    assert any(found.split()[2] == "label" for found in findings(page))


def test_the_monograph_with_a_dose_a_question_an_error_and_every_row_open(
    open_page: OpenPage,
) -> None:
    page = open_page(MONOGRAPH)
    dose = work_out(page, "nomid-sc", weight="20", doses_per_day="2")
    expect(dose).to_contain_text("10 mg to 20 mg")
    assert findings(page) == []
    question = work_out(page, "pjia-sc", weight="120")
    expect(question).to_contain_text("That is an unusual weight for a pediatric line.")
    assert findings(page) == []
    page.locator("#every-line-weight").fill("70,5")
    page.get_by_role("button", name="Show doses").click()
    expect(page.locator("#every-line")).to_contain_text("There is a problem")
    page.locator("#dose-table summary").evaluate_all(
        "signs => signs.forEach(sign => { sign.parentNode.open = true; })"
    )
    assert findings(page) == []


def test_every_public_page_on_a_narrow_phone(open_page: OpenPage) -> None:
    page = open_page(NOT_FOUND, viewport={"width": 320, "height": 640})
    found = {NOT_FOUND: narrow_faults(page) + findings(page)}
    for name, address in PAGES.items():
        if name in TWINS - {"edition"}:
            continue
        page.goto(address)
        in_the_dark = address not in MADE_OF_OTHERS
        found[name] = narrow_faults(page) + findings(page, in_the_dark=in_the_dark)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.fixture(scope="module")
def second_drug(served_guide: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of another drug with a published edition."""
    with django_db_blocker.unblock():
        edition = load_second_guide()
        drug = edition.drug
        yield drug.generic_name
        drop_refusals()
        HistoryEntry.objects.filter(drug=drug).delete()
        edition.delete()
        drug.delete()
        create_triggers()


def test_the_list_of_monographs(open_page: OpenPage, second_drug: str) -> None:
    page = open_page("/", viewport={"width": 320, "height": 640})
    expect(page.get_by_role("link", name=second_drug)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert findings(page) == []
