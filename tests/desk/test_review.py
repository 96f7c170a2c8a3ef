"""What a reviewer signs is on the page, and a draft works out doses for its writers."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from reference.models import Edition, Regimen
from tests.support.guides.next_edition import ready_draft
from tests.support.guides.small_guide import (
    begin_guide,
    next_draft,
    publish,
    with_line,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(author: User) -> Edition:
    """The draft of a new drug's first edition, with one dosing line."""
    return with_line(begin_guide(author), by=author)


@pytest.fixture
def desk(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


def page(desk: Client, edition: Edition, name: str, query: str = "") -> str:
    where = reverse(f"admin:reference_edition_{name}", args=[edition.pk])
    answer = desk.get(f"{where}{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_first_edition_is_reviewed_whole_with_its_doses(
    desk: Client, first: Edition
) -> None:
    shown = page(desk, first, "review")
    assert "every statement and every dose of it is new" in shown
    for words in ("Added: A condition", "Keep it cold.", "This edition changes 1 of 1"):
        assert words in shown
    assert "a dose where there was none" in shown
    assert "<strong>100 mg a day</strong>" in shown.replace("\N{NO-BREAK SPACE}", " ")


def test_dates_names_and_resources_that_become_public_are_on_the_page(
    desk: Client, first: Edition
) -> None:
    Edition.objects.filter(pk=first.pk).update(
        reviewed_on="2026-11", review_due="2027-05-04"
    )
    shown = page(desk, first, "review").replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        *(
            "November 2026",
            "4 May 2027",
            "https://label.example/",
            "examplimab (Example)",
        ),
        *("A committee", "contraindications"),
    ):
        assert words in shown, words


def test_whom_each_line_is_for_is_drawn_as_one_picture(
    desk: Client, first: Edition
) -> None:
    Regimen.objects.filter(edition=first).update(
        from_weight_kg=30, from_age_months=24, population="pediatric"
    )
    shown = page(desk, first, "review").replace("\N{NO-BREAK SPACE}", " ")
    assert "30 kg or more" in shown
    assert "From 2 years" in shown
    assert '<rect class="band-line" x="25" width="75" height="8"/>' in shown


def test_the_days_of_a_line_are_drawn_below_those_it_had(
    desk: Client, author: User, person: Callable[..., User]
) -> None:
    begun = with_line(
        begin_guide(author),
        by=author,
        how_often="every-n-days",
        every_days=14,
        printed="As printed: 100 mg every 2 weeks",
    )
    shown = page(desk, begun, "review").replace("\N{NO-BREAK SPACE}", " ")
    of_the_first = shown.partition('id="schedules"')[2].partition("</section>")[0]
    assert "Every 2 weeks" in of_the_first
    assert "twofold" not in of_the_first
    publish(begun, author=author, reviewer=person("rob", "reviewer"))
    draft = next_draft(begun, by=author)
    Regimen.objects.filter(edition=draft).update(every_days=28)
    shown = page(desk, draft, "review").replace("\N{NO-BREAK SPACE}", " ")
    picture, _, panel = shown.partition('id="schedules"')[2].partition("</section>")
    before, _, now = picture.partition("<strong>Now:</strong> Every 4 weeks")
    assert "<strong>Before:</strong> Every 2 weeks" in before
    assert [each.count('class="days-mark"') for each in (before, now)] == [5, 3]
    assert 'class="days-mark" x="50.00%"' in now
    mark = (
        '<strong class="twofold"><span aria-hidden="true">▼</span> two-fold or more, '
    )
    assert f"{mark}lower</strong>" in before
    assert f"{mark}lower</strong>" in panel
    assert 'class="is-twofold"' in before


def test_a_guide_that_is_given_each_day_has_no_picture_of_days(
    desk: Client, first: Edition
) -> None:
    assert 'id="schedules"' not in page(desk, first, "review")


def test_words_that_are_not_as_printed_stand_in_every_review(
    desk: Client, published_edition: Edition, author: User
) -> None:
    draft = ready_draft("ann")
    draft.safetywarning_set.filter(number=5).update(text="No live vaccine is given.")
    shown = page(desk, draft, "review")
    assert "No live vaccine is given." in shown.partition("Words that are not as")[2]


def test_a_draft_works_out_doses_marked_as_a_drafts(
    desk: Client, first: Edition
) -> None:
    asked = "?regimen=line&weight=20&edition=1"
    shown = page(desk, first, "dose", asked)
    assert "100" in shown
    assert "Draft, not for use" in shown
    assert "DRAFT, not for use" in shown.partition("answer-foot")[2]
    assert "data-print" not in shown
    form = page(desk, first, "preview")
    where = reverse("admin:reference_edition_dose", args=[first.pk])
    assert f'action="{where}"' in form
    fragment = desk.get(f"{where}{asked}", headers={"HX-Request": "true"})
    assert "Draft, not for use" in fragment.content.decode()
    assert "no-store" in fragment.headers["Cache-Control"]


def test_doses_of_a_draft_are_for_those_who_read_drafts_alone(
    first: Edition, person: Callable[..., User], client: Client
) -> None:
    where = reverse("admin:reference_edition_dose", args=[first.pk])
    asked = f"{where}?regimen=line"
    assert client.get(asked).status_code == 302
    client.force_login(person("sam"))
    assert client.get(asked).status_code == 404
    assert client.get("/examplimab/dose/?regimen=line").status_code == 404


def test_a_published_edition_has_no_doses_for_trial(
    desk: Client, published_edition: Edition
) -> None:
    where = reverse("admin:reference_edition_dose", args=[published_edition.pk])
    assert desk.get(where).status_code == 404


def test_a_line_says_what_it_says_while_it_is_typed(
    desk: Client, first: Edition
) -> None:
    line = first.regimen_set.get()
    where = reverse("admin:reference_line_in_words", args=[line.indication_id])
    typed = {
        "line": "regimens-0",
        "regimens-0-id": str(line.pk),
        "regimens-0-printed": "A condition: 100 mg once weekly",
        "regimens-0-position": "1",
        "regimens-0-route": "subcutaneous",
        "regimens-0-population": "not stated",
        "regimens-0-basis": "mg/dose",
        "regimens-0-low": "100",
        "regimens-0-high": "100",
        "regimens-0-how_often": "times-a-day",
        "regimens-0-doses_per_day_low": "1",
        "regimens-0-doses_per_day_high": "1",
        "regimens-0-every_days": "1",
        "regimens-0-every_months": "0",
    }
    said = desk.post(where, typed).json()
    assert said["sentence"] == "100 mg once daily, subcutaneously", said
    (problem,) = said["problems"]
    assert "weekly" in problem
    assert "from the fields: once every day" in problem
    line.refresh_from_db()
    assert line.printed == "As printed: 100 mg once daily"
    del typed["regimens-0-how_often"]
    assert desk.post(where, typed).json()["problems"] == ["This field is required."]
    stored = desk.get(
        reverse("admin:reference_indication_change", args=[line.indication_id])
    )
    assert "100 mg once daily, subcutaneously" in stored.content.decode()


def test_a_sign_that_nobody_sees_is_refused_while_it_is_typed(
    desk: Client, first: Edition
) -> None:
    row = first.storage_set.get(key="cold")
    where = reverse("admin:reference_storage_change", args=[row.pk])
    typed = {"position": "1", "version": row.version, "printed": "As printed."}
    answer = desk.post(
        where,
        typed
        | {"text": "Keep at \u202e8\u202c °C.", "low_celsius": "", "high_celsius": ""},
    )
    assert answer.status_code == 200
    assert "RIGHT-TO-LEFT OVERRIDE (U+202E)" in answer.content.decode()
    row.refresh_from_db()
    assert row.text == "Keep it cold."
