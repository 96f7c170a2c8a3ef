"""No findings of axe on any page a reader or an editor uses, in any colours."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from reference.models import Discrepancy, Drug, Edition, HistoryEntry, Indication
from reference.publishing import publish_imported, start_draft
from reference.triggers import create_triggers

from .conftest import OpenPage, drop_refusals
from .test_browser import DOSE, MONOGRAPH, work_out

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS: list[dict[str, Any]] = [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"forced_colors": "active"},
]


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in each of the colour schemes."""
    page.evaluate(AXE)
    found = []
    for colours in COLOURS:
        options = {
            "runOnly": RULES,
            "resultTypes": ["violations"],
            "preload": False,  # it would fetch the style sheets again and inline them
            # Forced colours are the reader's; axe sees those that they replace.
            "rules": {"color-contrast": {"enabled": "forced_colors" not in colours}},
        }
        page.emulate_media(**colours)
        result = page.evaluate("options => axe.run(document, options)", options)
        assert len(result["passes"]) > 10
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
        f"{DOSE}?regimen=nomid-sc&weight=20&edition=7",
        f"{DOSE}?indication=kawasaki",
        f"{DOSE}?unknown=1",
        "/anakinra/print/",
        "/anakinra/editions/",
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


# The committee's desk


@dataclass(frozen=True)
class Desk:
    """What an editor has: a session, and the addresses of the pages of a draft."""

    session: Any
    addresses: dict[str, str]


@pytest.fixture(scope="module")
def desk(served_guide: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    with django_db_blocker.unblock():
        published = Edition.objects.get(drug__slug="anakinra", number=1)
        user = User.objects.create_superuser("editor", password="editor")
        draft = start_draft(drug=published.drug, by=user)
        client = Client()
        client.force_login(user)
        yield Desk(
            session={
                "cookies": [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                        "url": served_guide,
                    }
                ]
            },
            addresses=desk_addresses(draft, published),
        )
        drop_refusals()
        HistoryEntry.objects.filter(edition_number=draft.number).delete()
        draft.delete()
        user.delete()
        Session.objects.all().delete()
        create_triggers()


def desk_addresses(draft: Edition, published: Edition) -> dict[str, str]:
    def page_of(row: Model, action: str = "change") -> str:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}"
        return reverse(name, args=[row.pk])

    def list_of(model: type[Model]) -> str:
        listed = reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        )
        return f"{listed}?edition__id__exact={draft.pk}"

    added = reverse("admin:reference_indication_add")
    nomid = Indication.objects.get(edition=draft, key="nomid")
    discrepancy = Discrepancy.objects.filter(edition=draft)[0]
    return {
        "index": reverse("admin:index"),
        "drug": page_of(draft.drug),
        "editions": reverse("admin:reference_edition_changelist"),
        "draft": page_of(draft),
        "published edition": page_of(published),
        "indications": list_of(Indication),
        "indication": page_of(nomid),
        "new indication": f"{added}?edition={draft.pk}",
        "published indication": page_of(
            Indication.objects.get(edition=published, key="nomid")
        ),
        "discrepancies": list_of(Discrepancy),
        "discrepancy": page_of(discrepancy),
        "discrepancy to delete": page_of(discrepancy, "delete"),
    }


@pytest.mark.ignore_template_errors  # in the stock admin's own templates
@pytest.mark.parametrize(
    "name",
    [
        "index",
        "drug",
        "editions",
        "draft",
        "published edition",
        "indications",
        "indication",
        "new indication",
        "published indication",
        "discrepancies",
        "discrepancy",
        "discrepancy to delete",
    ],
)
def test_a_page_of_the_desk(open_page: OpenPage, desk: Desk, name: str) -> None:
    page = open_page(desk.addresses[name], storage_state=desk.session)
    expect(page.locator("#user-tools")).to_contain_text("editor")
    assert findings(page) == []


@pytest.mark.ignore_template_errors
def test_a_field_that_is_refused_at_the_desk(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(desk.addresses["indication"], storage_state=desk.session)
    page.locator("#id_name").fill("")
    page.locator("[name$=-low]").first.fill("9")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".errornote")).to_be_visible()
    assert findings(page) == []
