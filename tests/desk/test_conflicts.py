"""A save that comes second: each keeps what was changed there, and says who was first.

Faults of two people at the desk that were made to happen: B2, B3, B5 and B7.
"""

import html
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from reference.models import (
    Caution,
    Edition,
    HistoryEntry,
    Indication,
    Preparation,
    Regimen,
    SafetyWarning,
)
from tests.support.desk_forms import form_of, page_address

pytestmark = pytest.mark.django_db


def line(draft: Edition, key: str = "pjia") -> Indication:
    found: Indication = Indication.objects.get(edition=draft, key=key)
    return found


def test_what_nobody_touched_takes_what_is_stored(desk: Client, draft: Edition) -> None:
    """One tab changes the maximum, the other the note: "Save again" keeps both."""
    row = line(draft)
    opened = form_of(desk.get(page_address(row)))
    theirs = opened | {"regimens-0-max_per_dose": "95", "status": "off-label"}
    assert desk.post(page_address(row), theirs).status_code == 302
    refused = desk.post(page_address(row), opened | {"status_note": "Mine."})
    page = refused.content.decode()
    assert "Stored now" not in page
    again = form_of(refused)
    assert (again["status"], again["status_note"]) == ("off-label", "Mine.")
    assert again["regimens-0-max_per_dose"] == "95"
    assert desk.post(page_address(row), again).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.status_note) == ("off-label", "Mine.")
    assert Regimen.objects.get(edition=draft, key="pjia-sc").max_per_dose == 95


def test_ticked_boxes_are_kept_as_they_were_ticked(
    desk: Client, draft: Edition
) -> None:
    """Several boxes of one name, as a preparation's routes have."""
    row = Preparation.objects.get(edition=draft)
    opened = form_of(desk.get(page_address(row))) | {"routes": list(row.routes)}
    assert len(row.routes) > 1
    assert (
        desk.post(page_address(row), opened | {"unit_name": "pen"}).status_code == 302
    )
    refused = desk.post(page_address(row), opened | {"unit_name_plural": "jabs"})
    again = form_of(refused)
    assert again["routes"] == row.routes
    assert (again["unit_name"], again["unit_name_plural"]) == ("pen", "jabs")


def test_who_saved_first_and_when_is_said_and_what_is_stored_as_the_page_says_it(
    desk: Client, draft: Edition, author: User
) -> None:
    row = line(draft)
    opened = form_of(desk.get(page_address(row)))
    theirs = {
        "regimens-0-max_per_dose": "95",
        "regimens-0-route": "intravenous injection",
        "regimens-0-duration_words": "",
        "regimens-0-increase_to": "",
    }
    assert desk.post(page_address(row), opened | theirs).status_code == 302
    mine = {
        "regimens-0-max_per_dose": "90",
        "regimens-0-route": "intramuscular",
    }
    page = desk.post(page_address(row), opened | mine).content.decode()
    at = HistoryEntry.objects.latest("pk").at
    name = author.get_full_name() or author.get_username()
    assert f"{name} saved this after you opened it, on {at.day} " in page
    assert "Stored now: “95”." in page
    assert "Stored now: “Intravenous Injection”." in page
    assert "“None”" not in page


def test_a_save_of_the_same_words_is_no_conflict_of_words(
    desk: Client, draft: Edition
) -> None:
    row = line(draft)
    opened = form_of(desk.get(page_address(row))) | {"status_note": "The same."}
    assert desk.post(page_address(row), opened).status_code == 302
    page = desk.post(page_address(row), opened).content.decode()
    assert "saved this after you opened it" in page
    assert "Stored now" not in page


def test_a_version_that_no_record_knows_shows_every_difference(
    desk: Client, draft: Edition
) -> None:
    row = line(draft)
    opened = form_of(desk.get(page_address(row)))
    typed = {"version": "-7", "status_note": "Mine."}
    page = desk.post(page_address(row), opened | typed).content.decode()
    assert "Somebody else saved this after you opened it." in page
    assert f"Stored now: “{row.status_note}”." in html.unescape(page)


def test_a_line_says_what_is_deleted_with_it(desk: Client, draft: Edition) -> None:
    caution = Caution.objects.filter(edition=draft, regimen__isnull=False).first()
    assert caution is not None
    page = desk.get(page_address(caution.regimen.indication)).content.decode()
    assert f"({caution.key})" in page
    assert (
        "nothing else" in desk.get(page_address(line(draft, "gout"))).content.decode()
    )


def test_a_new_row_comes_last_and_leads_back_to_its_edition(
    desk: Client, draft: Edition
) -> None:
    last = max(SafetyWarning.objects.filter(edition=draft).values_list("position"))[0]
    add = reverse("admin:reference_safetywarning_add")
    posted = form_of(desk.get(add, {"edition": draft.pk}))
    assert posted["position"] == last + 1
    typed = {"key": "new", "printed": "New.", "text": "New.", "number": 99}
    saved: Any = desk.post(f"{add}?edition={draft.pk}", posted | typed)
    assert saved.status_code == 302, saved.context["errors"]
    assert saved.url == page_address(draft)


def test_a_new_line_of_an_indication_comes_last(desk: Client, draft: Edition) -> None:
    shown = desk.get(page_address(line(draft, "mis-c"))).context[
        "inline_admin_formsets"
    ]
    lines = shown[0].formset
    last = max(form.instance.position for form in lines.initial_forms)
    assert lines.empty_form["position"].value() == last + 1
