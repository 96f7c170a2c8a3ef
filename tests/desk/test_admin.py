"""The committee's desk: a draft is edited, all else is read, rubbish is refused."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from reference.models import (
    AdverseReactionGroup,
    Caution,
    Discrepancy,
    Drug,
    Edition,
    Indication,
    Regimen,
    SafetyWarning,
)
from tests.support.desk_forms import form_of, page_address
from tests.support.tables import each_row, table

pytestmark = pytest.mark.django_db


def saved(desk: Client, row: Any, **changes: Any) -> Any:
    """The answer to the form of a row, sent with these changes in it."""
    return desk.post(page_address(row), form_of(desk.get(page_address(row))) | changes)


def test_the_way_leads_from_the_drug_to_the_rows(desk: Client, draft: Edition) -> None:
    index = desk.get("/admin/").content.decode()
    assert reverse("admin:reference_drug_changelist") in index
    assert reverse("admin:reference_indication_changelist") not in index
    assert page_address(draft) in desk.get(page_address(draft.drug)).content.decode()
    page = desk.get(page_address(draft)).content.decode()
    rows = f"{reverse('admin:reference_indication_changelist')}?edition__id__exact="
    assert f"{rows}{draft.pk}" in page
    assert "Indications</a> (13)" in page


def test_start_next_edition_makes_a_draft_and_a_second_one_is_refused(
    desk: Client, published_edition: Edition
) -> None:
    start = reverse(
        "admin:reference_drug_start_edition", args=[published_edition.drug.pk]
    )
    assert start in desk.get(page_address(published_edition.drug)).content.decode()
    assert desk.get(start).status_code == 405
    made = desk.post(start, follow=True)
    assert "is a copy to edit" in made.content.decode()
    refused = desk.post(start, follow=True)
    assert "already has an open edition" in refused.content.decode()
    assert Edition.objects.count() == 2


def test_a_reviewer_cannot_start_or_edit(
    client: Client, draft: Edition, reviewer: User
) -> None:
    client.force_login(reviewer)
    start = reverse("admin:reference_drug_start_edition", args=[draft.drug.pk])
    assert client.post(start).status_code == 403
    row = draft.indication_set.first()
    assert row is not None
    assert client.get(page_address(row)).status_code == 200
    assert client.post(page_address(row), {"name": "x"}).status_code == 403


def test_a_line_of_the_draft_is_edited_and_recorded(
    desk: Client, draft: Edition, author: User
) -> None:
    row = Indication.objects.get(edition=draft, key="pjia")
    response = saved(desk, row, **{"regimens-0-max_per_dose": "90"})
    assert response.status_code == 302, response.context["errors"]
    regimen = Regimen.objects.get(edition=draft, key="pjia-sc")
    assert regimen.max_per_dose == 90
    entry = draft.drug.history.latest("pk")
    assert (entry.act, entry.row_key) == ("changed", "pjia-sc")
    before, after = entry.before or {}, entry.after or {}
    assert (before["max_per_dose"], after["max_per_dose"]) == ("100", "90")
    assert entry.actor == author
    assert draft.contribution_set.get().user == author


def test_rows_of_a_published_edition_are_read_only(
    desk: Client, draft: Edition, published_edition: Edition
) -> None:
    rows = [
        Indication.objects.get(edition=published_edition, key="nomid"),
        SafetyWarning.objects.filter(edition=published_edition).first(),
        published_edition,
    ]
    for row in rows:
        page = desk.get(page_address(row))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        late = desk.post(page_address(row), {"name": "what I typed"})
        assert late.status_code == 409
        assert "what I typed" in late.content.decode()
        assert (
            desk.post(page_address(row, "delete"), {"post": "yes"}).status_code == 403
        )
    assert Indication.objects.filter(edition=published_edition).count() == 13


def test_superusers_cannot_edit_what_is_published_either(
    admin_client: Client, published_edition: Edition
) -> None:
    row = Indication.objects.get(key="nomid")
    assert admin_client.post(page_address(row), {"name": "changed"}).status_code == 409
    assert admin_client.post(page_address(published_edition), {}).status_code == 409
    delete = page_address(published_edition, "delete")
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def test_the_form_of_a_published_row_cannot_be_used_to_add_below_it(
    desk: Client, published_edition: Edition
) -> None:
    row = Indication.objects.get(edition=published_edition, key="kawasaki")
    posted = {
        "regimens-TOTAL_FORMS": "1",
        "regimens-INITIAL_FORMS": "0",
        "regimens-0-key": "kawasaki-sc",
    }
    assert desk.post(page_address(row), posted).status_code == 409
    assert not Regimen.objects.filter(key="kawasaki-sc").exists()


def test_a_line_that_cannot_be_meant_is_refused_with_a_sentence(
    desk: Client, draft: Edition
) -> None:
    page = page_address(Indication.objects.get(edition=draft, key="nomid"))
    form = form_of(desk.get(page))
    for changes, says in table(
        __file__, "A line that cannot be meant is refused with a sentence"
    ):
        typed = {f"regimens-0-{name}": it for name, it in json.loads(changes).items()}
        response = desk.post(page, form | typed)
        assert response.status_code == 200, changes
        assert says in response.content.decode(), changes


def test_a_maximum_that_cuts_the_lowest_dose_is_questioned_then_taken(
    desk: Client, draft: Edition
) -> None:
    row = Indication.objects.get(edition=draft, key="nomid")
    cut = {"regimens-0-max_per_day_unit": "mg"}
    questioned = saved(desk, row, **cut).content.decode()
    assert "below the lowest dose at 10 kg, 30 kg, 70 kg" in questioned
    checked = {"regimens-0-maximum_checked": "on"}
    assert saved(desk, row, **cut, **checked).status_code == 302
    assert Regimen.objects.get(edition=draft, key="nomid-sc").max_per_day_unit == "mg"


def test_a_maximum_is_questioned_at_the_weights_of_its_line_alone(
    desk: Client, draft: Edition
) -> None:
    row = Indication.objects.get(edition=draft, key="nomid")
    line = {
        "regimens-0-max_per_day_unit": "mg",
        "regimens-0-from_weight_kg": "7.5",
        "regimens-0-below_weight_kg": "10",
    }
    assert saved(desk, row, **line).status_code == 302
    questioned = saved(desk, row, **{"regimens-0-from_weight_kg": "8.5"})
    assert "below the lowest dose at 8.5 kg." in questioned.content.decode()


def test_the_desk_explains_whom_a_line_is_for(desk: Client, draft: Edition) -> None:
    row = Indication.objects.get(edition=draft, key="nomid")
    page = desk.get(page_address(row)).content.decode()
    assert "Whom it is for" in page
    assert "each band is a line of its own" in page
    assert "micrograms per kg per day" in page


IN_ORDER = "regimen_weights_low_to_high"
CLEARANCE = "caution_renal_function_has_clearance"
RENAL = "label-renal-statement-ra"


@pytest.mark.parametrize(
    ("model", "key", "values", "constraint"),
    [
        (Regimen, "ra-sc", {"from_weight_kg": 30, "below_weight_kg": 30}, IN_ORDER),
        (Regimen, "ra-sc", {"below_weight_kg": 0}, "regimen_weights_above_0"),
        (Regimen, "ra-sc", {"from_weight_kg": -1}, "regimen_weights_above_0"),
        (Caution, RENAL, {"below_crcl_ml_per_min": None}, CLEARANCE),
        (Caution, RENAL, {"below_crcl_ml_per_min": 0}, CLEARANCE),
        (Caution, "small-dose", {"below_crcl_ml_per_min": 30}, CLEARANCE),
    ],
)
def test_the_database_holds_weights_in_order_and_a_clearance_to_its_trigger(
    model: Any, key: str, values: dict[str, Any], constraint: str, draft: Edition
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        model.objects.filter(edition=draft, key=key).update(**values)


def test_a_regimen_is_added_below_its_indication_in_its_edition(
    desk: Client, draft: Edition
) -> None:
    row = Indication.objects.get(edition=draft, key="kawasaki")
    posted = form_of(desk.get(page_address(row))) | {
        "regimens-TOTAL_FORMS": "2",
        **{
            f"regimens-{index}-{name}": value
            for index, key in enumerate(["kawasaki-sc", "kawasaki-sc"])
            for name, value in {
                "key": key,
                "position": "20",
                "revised_on": "2026-11",
                "route": "subcutaneous",
                "population": "pediatric",
                "basis": "mg/kg/dose",
                "low": "2",
                "high": "2",
                "how_often": "times-a-day",
                "doses_per_day_low": "1",
                "doses_per_day_high": "1",
                "every_days": "1",
                "every_months": "0",
            }.items()
        },
    }
    twice = desk.post(page_address(row), posted)
    assert "Used twice: kawasaki-sc" in twice.content.decode()
    posted["regimens-TOTAL_FORMS"] = "1"
    saved = desk.post(page_address(row), posted)
    assert saved.status_code == 302, saved.context["errors"]
    assert Regimen.objects.get(key="kawasaki-sc").edition == draft


def added_below_kawasaki(desk: Client, draft: Edition, **values: str) -> Any:
    """The answer to a new regimen below an indication, with these values in it."""
    row = Indication.objects.get(edition=draft, key="kawasaki")
    added = {f"regimens-0-{name}": value for name, value in values.items()}
    return saved(desk, row, **{"regimens-TOTAL_FORMS": "1"}, **added)


@each_row("key", "says")
def test_a_key_is_a_name_of_its_own(
    key: str, says: str, desk: Client, draft: Edition
) -> None:
    response = added_below_kawasaki(desk, draft, key=key, text="x")
    assert response.status_code == 200
    assert says in response.content.decode()


def test_a_save_over_another_save_is_refused_once_and_loses_nothing(
    desk: Client, draft: Edition
) -> None:
    row = Indication.objects.get(edition=draft, key="pjia")
    mine = theirs = form_of(desk.get(page_address(row)))
    theirs = mine | {"status_note": "Theirs.", "regimens-0-max_per_dose": "95"}
    mine = mine | {"status_note": "Mine.", "regimens-0-max_per_dose": "90"}
    assert desk.post(page_address(row), theirs).status_code == 302
    refused = desk.post(page_address(row), mine)
    page = refused.content.decode()
    assert refused.status_code == 200
    assert "saved this after you opened it" in page
    assert "Stored now: “Theirs.”" in page
    assert "Stored now: “95”" in page
    assert 'value="Mine."' in page
    row.refresh_from_db()
    assert row.status_note == "Theirs."
    assert desk.post(page_address(row), form_of(refused)).status_code == 302
    row.refresh_from_db()
    assert row.status_note == "Mine."
    assert Regimen.objects.get(edition=draft, key="pjia-sc").max_per_dose == 90


def test_two_people_on_two_lines_do_not_disturb_each_other(
    desk: Client, draft: Edition
) -> None:
    row = Indication.objects.get(edition=draft, key="fmf")
    opened = form_of(desk.get(page_address(row)))
    for prefix, note in (("regimens-0", "until review"), ("regimens-1", "for life")):
        posted = opened | {f"{prefix}-duration_words": note}
        other = {"regimens-0": "regimens-1", "regimens-1": "regimens-0"}[prefix]
        stored = form_of(desk.get(page_address(row)))
        posted[f"{other}-duration_words"] = stored.get(f"{other}-duration_words", "")
        posted[f"{other}-version"] = stored[f"{other}-version"]
        assert desk.post(page_address(row), posted).status_code == 302
    words = draft.regimen_set.filter(indication=row).order_by("position")
    assert list(words.values_list("duration_words", flat=True)) == [
        "until review",
        "for life",
    ]


def test_the_key_of_a_row_stays(desk: Client, draft: Edition) -> None:
    row = Indication.objects.get(edition=draft, key="nomid")
    assert saved(desk, row, **{"regimens-0-key": "nomid-renamed"}).status_code == 302
    assert Regimen.objects.filter(edition=draft, key="nomid-sc").exists()


def test_a_row_without_an_edition_is_asked_for_one(
    desk: Client, draft: Edition
) -> None:
    for model in (Indication, Discrepancy, SafetyWarning):
        name = model._meta.model_name
        for edition in ("", "abc", "0"):
            response = desk.post(
                reverse(f"admin:reference_{name}_add"), {"edition": edition, "key": "x"}
            )
            assert response.status_code == 200


@each_row("changes", "says")
def test_a_discrepancy_names_lines_that_exist(
    changes: str, says: str, desk: Client, draft: Edition
) -> None:
    row = Discrepancy.objects.get(edition=draft, key="nomid-maximum")
    of_the_line = {
        f"lines-0-{name}": value for name, value in json.loads(changes).items()
    }
    assert says in saved(desk, row, **of_the_line).content.decode()


@pytest.mark.parametrize("text", ["Dose {bogus}", "Dose {dose", "100 mg}"])
def test_a_caution_has_only_braces_that_are_filled(
    text: str, desk: Client, draft: Edition
) -> None:
    row = draft.caution_set.get(key="small-dose")
    assert "Use these braces only" in saved(desk, row, text=text).content.decode()


@each_row("key", "changes", "says")
def test_a_creatinine_clearance_goes_with_its_trigger_and_no_other(
    key: str, changes: str, says: str, desk: Client, draft: Edition
) -> None:
    row = draft.caution_set.get(key=key)
    assert says in saved(desk, row, **json.loads(changes)).content.decode()


def test_an_empty_second_reading_is_an_empty_list(desk: Client, draft: Edition) -> None:
    row = draft.monitoringtest_set.get()
    assert saved(desk, row, months_other_reading="").status_code == 302
    row.refresh_from_db()
    assert row.months_other_reading == []


def test_a_preparation_like_another_is_refused_and_another_strength_is_taken(
    desk: Client, draft: Edition
) -> None:
    row = draft.preparation_set.get()
    posted = form_of(desk.get(page_address(row))) | {"edition": draft.pk, "key": "vial"}
    response = desk.post(reverse("admin:reference_preparation_add"), posted)
    assert "this name and this strength" in response.content.decode()
    posted |= {"strength_mg": "150"}
    response = desk.post(reverse("admin:reference_preparation_add"), posted)
    assert response.status_code == 302
    assert draft.preparation_set.count() == 2


def test_a_preparation_says_what_its_container_is_or_does_not(
    desk: Client, draft: Edition
) -> None:
    row = draft.preparation_set.get()
    for container in ("vial", ""):
        assert saved(desk, row, container=container).status_code == 302
        row.refresh_from_db()
        assert row.container == container
    assert "barrel is not one of the" in (
        saved(desk, row, container="barrel").content.decode()
    )


def test_a_form_without_its_token_is_refused_on_a_page_of_the_site() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/admin/login/", {"username": "author", "password": "x"})
    assert response.status_code == 403
    assert "nothing was saved" in response.content.decode()


def test_a_link_into_another_edition_is_refused(
    desk: Client, draft: Edition, published_edition: Edition
) -> None:
    foreign = Regimen.objects.get(edition=published_edition, key="ra-sc")
    caution = draft.caution_set.filter(regimen=None).first()
    response = saved(desk, caution, regimen=foreign.pk)
    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()


def test_the_names_of_a_published_drug_are_fixed(
    desk: Client, published_edition: Edition
) -> None:
    desk.post(page_address(published_edition.drug), {"generic_name": "other"})
    assert Drug.objects.get().generic_name == "anakinra"


@pytest.mark.parametrize("model", [Indication, Discrepancy, AdverseReactionGroup])
def test_a_row_without_its_inline_rows_is_refused_not_lost(
    model: Any, desk: Client, draft: Edition
) -> None:
    row = model.objects.filter(edition=draft).first()
    posted = {
        name: value
        for name, value in form_of(desk.get(page_address(row))).items()
        if "-" not in name
    }
    response = desk.post(page_address(row), posted)
    assert response.status_code == 200
    assert "ManagementForm" in response.content.decode()


@pytest.mark.parametrize("pk", ["0", "abc", "9" * 30, "../1"])
def test_a_made_up_row_leads_back_to_the_index(pk: str, desk: Client) -> None:
    for name in ("drug", "edition", "indication"):
        response = desk.get(reverse(f"admin:reference_{name}_change", args=[pk]))
        assert response.status_code in (302, 404)
