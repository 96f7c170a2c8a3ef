"""No findings of axe on any page a reader or an editor uses, in any colours."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from reference.models import Drug, Edition, HistoryEntry
from reference.publishing import publish_imported
from reference.triggers import create_triggers

from .conftest import OpenPage, drop_refusals
from .test_browser import DOSE, MONOGRAPH, work_out

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Forced colours are the reader's, while axe sees those that they replace; and what is
# not about colours is the same in the dark.
CONTRAST = "color-contrast"
COLOURS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"color_scheme": "light"}, {"runOnly": RULES}),
    ({"color_scheme": "dark"}, {"runOnly": {"type": "rule", "values": [CONTRAST]}}),
    (
        {"forced_colors": "active"},
        {"runOnly": RULES, "rules": {CONTRAST: {"enabled": False}}},
    ),
]


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in each of the colour schemes."""
    page.evaluate(AXE)
    found = []
    for colours, rules in COLOURS:
        options = {
            **rules,
            "resultTypes": ["violations"],
            "preload": False,  # it would fetch the style sheets again and inline them
        }
        page.emulate_media(**colours)
        result = page.evaluate("options => axe.run(document, options)", options)
        assert len(result["passes"]) > (10 if rules["runOnly"] == RULES else 0)
        found += [
            f"{colours}: {violation['id']} at {node['html']}: {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        page.emulate_media(color_scheme="null", forced_colors="null")
    return found


def test_axe_would_find_a_field_without_its_label(open_page: OpenPage) -> None:
    page = open_page(f"{DOSE}?regimen=nomid-sc&weight=20&edition=1")
    page.evaluate("document.querySelector('label').remove()")
    assert any(found.split()[2] == "label" for found in findings(page))


def test_the_monograph_with_a_dose_an_error_and_a_question(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH)
    dose = work_out(page, "nomid-sc", weight="20", doses_per_day="2")
    expect(dose).to_contain_text("10 mg to 20 mg")
    error = work_out(page, "css-sc", weight="70,5")
    expect(error).to_contain_text("There is a problem")
    question = work_out(page, "pjia-sc", weight="120")
    expect(question).to_contain_text("Check the weight")
    assert findings(page) == []


@pytest.mark.parametrize(
    "address",
    [
        DOSE,
        f"{DOSE}?regimen=css-sc&weight=20&edition=1",
        f"{DOSE}?regimen=css-iv&weight=70&hours=72&edition=1",
        f"{DOSE}?regimen=nomid-sc&weight=70%2C5&edition=1",
        f"{DOSE}?regimen=pjia-sc&weight=120&edition=1",
        f"{DOSE}?regimen=nomid-sc&weight=20&age=4&crcl=low&edition=1",
        f"{DOSE}?regimen=nomid-sc&weight=20&edition=7",
        f"{DOSE}?indication=kawasaki",
        f"{DOSE}?unknown=1",
        "/anakinra/print/",
        "/anakinra/editions/",
        "/anakinra/indications/",
        "/anakinra/monitoring/",
        "/anakinra/compare/?first=nomid&second=css",
        "/anakinra/editions/1/",
        "/nowhere/at/all/",
    ],
)
def test_a_public_page(open_page: OpenPage, address: str) -> None:
    assert findings(open_page(address)) == []


@pytest.fixture(scope="module")
def second_drug(served_guide: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of another drug with a published edition."""
    with django_db_blocker.unblock():
        drug = Drug.objects.create(
            slug="examplimab", generic_name="examplimab", brand_name="Example"
        )
        edition = Edition.objects.create(drug=drug, number=1, label="June 2024")
        publish_imported(edition=edition, actor="somebody, imported")
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
