"""Lines given on listed days or by months, from the committee's row to the reader."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import icalendar
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from reference.dosing.rules import regimen_problems
from reference.editions import canonical_document, wording
from reference.models import Edition
from reference.publishing.problems import blocks, document_problems
from tests.exports.dose_answers import answer_validators
from tests.reading.lines import random_line
from tests.support.guides import small_guide

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
WEEKS = {"how_often": "listed", "listed": [0, 2, 6], "listed_unit": "weeks"}
THEN_EVERY_8 = {
    **WEEKS,
    "every_days": 56,
    "printed": "As printed: 100 mg at weeks 0, 2 and 6, then every 8 weeks",
}
PAIR = {
    "how_often": "listed",
    "listed": [1, 15],
    "listed_unit": "days",
    "again_after_days": 168,
    "printed": "As printed: 100 mg on days 1 and 15, repeated every 24 weeks",
}
MONTHS = {
    "how_often": "every-n-months",
    "every_months": 6,
    "printed": "As printed: 100 mg every 6 months",
}
FOUR_DOSES = {
    "how_often": "every-n-days",
    "every_days": 7,
    "duration_low": 4,
    "duration_high": 4,
    "duration_unit": "doses",
    "printed": "As printed: 100 mg weekly for 4 doses",
}


@pytest.fixture
def draft(person: Callable[..., User]) -> Callable[..., Edition]:
    author = person("ann", "author")

    def made(**fields: Any) -> Edition:
        begun = small_guide.begin_guide(author)
        return small_guide.with_line(begun, by=author, **fields)

    return made


@pytest.fixture
def published(
    draft: Callable[..., Edition], person: Callable[..., User]
) -> Callable[..., None]:
    reviewer = person("rob", "reviewer")

    def made(**fields: Any) -> None:
        edition = draft(**fields)
        author = User.objects.get(username="ann")
        small_guide.publish(edition, author=author, reviewer=reviewer)

    return made


def blocking(edition: Edition) -> str:
    """What stands between a draft and its publication."""
    found = blocks(document_problems(canonical_document(edition), None))
    return " ".join(each.text for each in found)


def answered(client: Client) -> dict[str, Any]:
    answer = client.get("/examplimab/dose/?regimen=line", headers=JSON)
    assert list(answer_validators()[200].iter_errors(answer.json())) == []
    found: dict[str, Any] = answer.json()
    return found


def words(client: Client, address: str) -> str:
    text = re.sub(r"<[^>]+>", " ", client.get(address).content.decode())
    return " ".join(html.unescape(text).replace("\xa0", " ").split())


def test_weeks_0_2_and_6_then_every_8_weeks(
    published: Callable[..., None], client: Client
) -> None:
    published(**THEN_EVERY_8)
    answer = answered(client)
    assert answer["schedule"] == {
        "kind": "listed",
        "listed": [0, 2, 6],
        "listed_unit": "weeks",
        "every_days": 56,
        "first_days": [0, 14, 42, 98, 154, 210],
    }
    assert "every_days" not in answer
    assert answer["course"] is None
    page = words(client, "/examplimab/dose/?regimen=line")
    assert "100 mg at weeks 0, 2 and 6, then every 8 weeks" in page
    assert "First doses: weeks 0, 2, 6, 14, 22 and 30" in page
    assert "100 mg at weeks 0, 2 and 6, then every 8 weeks" in words(
        client, "/examplimab/"
    )


def test_weeks_0_2_and_6_alone_are_a_course_of_three_doses(
    published: Callable[..., None], client: Client
) -> None:
    published(**WEEKS, printed="As printed: 100 mg at weeks 0, 2 and 6")
    answer = answered(client)
    assert answer["course"] == {
        "days": {"low": 43, "high": 43},
        "doses": {"low": 3, "high": 3},
        "mg": {"low": "300", "high": "300"},
        "syringes": {"low": 3, "high": 3},
    }
    assert "3 doses in 43 days: 300 mg, 3 syringes" in words(
        client, "/examplimab/dose/?regimen=line"
    )


def test_a_pair_is_repeated_every_24_weeks(
    published: Callable[..., None], client: Client
) -> None:
    published(**PAIR)
    assert answered(client)["schedule"]["first_days"] == [0, 14, 168, 182, 336, 350]
    page = words(client, "/examplimab/dose/?regimen=line")
    assert "100 mg on days 1 and 15, repeated every 24 weeks" in page
    assert "First doses: days 1, 15, 169, 183, 337 and 351" in page


def test_every_6_months_is_no_number_of_days(
    published: Callable[..., None], client: Client
) -> None:
    published(**MONTHS)
    assert answered(client)["schedule"] == {
        "kind": "every-n-months",
        "every_months": 6,
    }
    page = words(client, "/examplimab/dose/?regimen=line")
    assert "100 mg every 6 months" in page


def test_minutes_and_the_first_week_of_a_line_are_said_where_its_dose_is(
    published: Callable[..., None], client: Client
) -> None:
    published(
        how_often="every-n-days",
        every_days=56,
        begins_at=14,
        begins_unit="weeks",
        printed="As printed: 100 mg every 8 weeks, starting at week 14",
    )
    assert "100 mg every 8 weeks , from week 14" in words(client, "/examplimab/")
    page = words(client, "/examplimab/dose/?regimen=line")
    assert "From week 14" in page


def test_the_monitoring_page_and_its_file_date_the_doses(
    published: Callable[..., None], client: Client
) -> None:
    published(**THEN_EVERY_8)
    start = timezone.now().date()
    dates = [start + timedelta(days=day) for day in (0, 14, 42, 98, 154, 210)]
    asked = {"start": start.isoformat(), "regimen": "line"}
    page = client.get("/examplimab/monitoring/", asked).content.decode()
    for on in dates:
        assert wording.day_in_words(on) in html.unescape(page).replace("\xa0", " ")
    assert "Doses of Condition, subcutaneous" in page
    file = client.get("/examplimab/monitoring.ics", asked).content
    read: list[Any] = icalendar.Calendar.from_ical(file.decode()).walk("VEVENT")
    assert [event["DTSTART"].dt for event in read] == dates
    assert str(read[0]["SUMMARY"]) == "Dose 1 of examplimab"
    assert len({event["UID"] for event in read}) == len(dates)


def test_a_line_without_dates_has_none_and_the_page_names_no_other(
    published: Callable[..., None], client: Client
) -> None:
    published(**THEN_EVERY_8)
    asked = {"start": timezone.now().date().isoformat(), "regimen": "another"}
    answer = client.get("/examplimab/monitoring/", asked)
    assert answer.status_code == 422
    assert "Choose one of the lines that are listed." in answer.content.decode()
    # Every line of anakinra is given daily, or continuously: nothing is asked.
    assert 'name="regimen"' not in client.get("/anakinra/monitoring/").content.decode()


def test_doses_by_the_month_say_where_a_month_is_shorter(
    published: Callable[..., None], client: Client
) -> None:
    published(
        how_often="every-n-months",
        every_months=1,
        duration_low=4,
        duration_high=4,
        duration_unit="doses",
        printed="As printed: 100 mg once monthly for 4 doses",
    )
    year = timezone.now().year
    asked = {"start": f"{year}-08-31", "regimen": "line"}
    page = words(client, "/examplimab/monitoring/?" + urlencode(asked))
    assert f"30 September {year} 2, on the last day of a shorter month" in page
    assert f"31 October {year} 3 30 November {year} 4," in page


def test_a_line_for_some_ages_says_which_and_refuses_the_others(
    published: Callable[..., None], client: Client
) -> None:
    published(
        from_age_months=24,
        below_age_months=72,
        printed="As printed, 2 years to less than 6 years: 100 mg once daily",
    )
    found = "/examplimab/dose/?regimen=line&age=6&age_unit=years"
    answer = client.get(found, headers=JSON).json()
    assert answer["status"] == "refused"
    assert answer["reason"]["code"] == "outside-range"
    assert answer["regimen"]["below_age_months"] == 72
    assert "is not less than 6 years, where this line ends" in words(client, found)
    unasked = answered(client)
    (caution,) = (
        each for each in unasked["cautions"] if each["code"] == "age-not-given"
    )
    assert caution["text"] == (
        "This line is for patients from 2 years to less than 6 years of age. No age "
        "was given, so it was not checked."
    )


def test_four_weekly_doses_are_counted(
    published: Callable[..., None], client: Client
) -> None:
    published(**FOUR_DOSES)
    answer = answered(client)
    assert answer["every_days"] == 7
    assert answer["course"]["doses"] == {"low": 4, "high": 4}
    assert answer["course"]["days"] == {"low": 22, "high": 22}
    assert answer["course"]["mg"] == {"low": "400", "high": "400"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"printed": "As printed: 100 mg once weekly"},
            "read from the words: once every 7 days; from the fields: once every day",
        ),
        (
            {
                "how_often": "every-n-days",
                "every_days": 14,
                "printed": "As printed: 100 mg at weeks 0, 2 and 6",
            },
            "read from the words: once at weeks 0, 2, 6; from the fields: once every "
            "14 days",
        ),
        (
            {
                **WEEKS,
                "printed": "As printed: 100 mg at weeks 0, 2 and 6, then every 8 weeks",
            },
            "read from the words: once at weeks 0, 2, 6, then every 56 days; from the "
            "fields: once at weeks 0, 2, 6",
        ),
        (
            {
                "how_often": "every-n-days",
                "every_days": 28,
                "printed": "As printed: 100 mg monthly",
            },
            "once every month; from the fields: once every 28 days",
        ),
        ({"route": "intravenous injection"}, "no preparation is given by this route"),
    ],
)
def test_words_of_other_times_block(
    draft: Callable[..., Edition], fields: dict[str, Any], said: str
) -> None:
    assert said in blocking(draft(**fields))


def test_a_list_that_makes_no_schedule_is_refused_in_words() -> None:
    line = random_line(1) | {
        "how_often": "listed",
        "every_days": 1,
        "every_months": 0,
        "listed": [],
        "listed_unit": "",
        "again_after_days": None,
    }
    for fields, said in (
        ({}, "Type the days or weeks on which it is given"),
        ({"listed": [3], "listed_unit": "weeks"}, "A single day is no list"),
        (
            {"listed": [0, 2], "listed_unit": "weeks", "again_after_days": 14},
            "can begin again only after its last day",
        ),
        (
            {
                "listed": [0, 2],
                "listed_unit": "weeks",
                "every_days": 56,
                "every_months": 2,
            },
            "it goes on in days, in months, or again",
        ),
        (
            {"how_often": "times-a-day", "listed": [0], "listed_unit": "weeks"},
            "Leave the listed days empty",
        ),
        ({"how_often": "every-n-months"}, "type of how many months"),
        ({"how_often": "times-a-day", "every_months": 1}, "Leave the months at 0"),
        ({"from_age_months": 24, "below_age_months": 24}, "between the ages"),
        ({"begins_at": 14, "begins_unit": ""}, "needs a number and a unit"),
        (
            {"how_often": "once", "over_minutes_low": 9, "over_minutes_high": 8},
            "Type both ends of the minutes",
        ),
        (
            {"route": "oral", "over_minutes_low": 9, "over_minutes_high": 9},
            "given as an intravenous infusion",
        ),
    ):
        assert said in " ".join(regimen_problems(line | fields)), fields
