"""What blocks a publication, what is only warned of, and what is neither."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from reference import publishing
from reference.editions import canonical_document
from reference.models import Edition, Regimen
from reference.publishing import blocks, publication_problems
from reference.publishing.problems import ERROR_PRONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(published_edition: Edition, author: User) -> Edition:
    """A draft with nothing left to do."""
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    Edition.objects.filter(pk=draft.pk).update(
        label="November 2026",
        revised_on="2026-11",
        revision_line="Updated November 2026",
        change_note="Nothing but the date.",
        change_grade="editorial",
        review_due=timezone.now().date() + timedelta(days=365),
    )
    return Edition.objects.get(pk=draft.pk)


def texts(edition: Edition, level: str) -> list[str]:
    edition.refresh_from_db()
    problems = publication_problems(edition, canonical_document(edition))
    return [problem.text for problem in problems if problem.level == level]


def change(edition: Edition, key: str, **values: Any) -> None:
    Regimen.objects.filter(edition=edition, key=key).update(**values)


def test_a_draft_with_everything_filled_in_has_no_blocker(draft: Edition) -> None:
    assert texts(draft, "block") == []


def test_the_print_of_the_guide_is_warned_of_and_not_blocked(draft: Edition) -> None:
    warnings = texts(draft, "warning")
    assert sum("the link has no address" in text for text in warnings) == 4
    assert "Regimens, ra-sc: the printed wording holds no space" in " ".join(warnings)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"change_note": " "}, "Write the change note"),
        ({"change_grade": ""}, "Choose the grade"),
        ({"label": "in preparation"}, "Name the edition"),
        ({"review_due": None}, "Set the next review"),
        ({"review_due": "2020-01-01"}, "within 3 years"),
        ({"review_due": "2040-01-01"}, "within 3 years"),
        ({"revised_on": "2024-06"}, "not after that of the edition before"),
        ({"disclaimer": ""}, "Type the disclaimer"),
        ({"change_note": "Now 1.0 mg."}, "a trailing zero"),
    ],
)
def test_what_the_edition_itself_lacks_blocks_it(
    values: dict[str, Any], says: str, draft: Edition
) -> None:
    Edition.objects.filter(pk=draft.pk).update(**values)
    (text,) = texts(draft, "block")
    assert says in text


@pytest.mark.parametrize(
    ("key", "values", "says"),
    [
        ("ra-sc", {"printed": ""}, "no printed wording"),
        ("ra-sc", {"text": "100 mg TBC"}, "unfinished (“TBC”)"),
        ("ra-sc", {"text": "100mg daily"}, "no space between number and unit"),
        ("ra-sc", {"low": 90, "high": 90}, "“100mg” is printed"),
        ("gout-sc", {"duration_high": 7}, "“3 to 5 days” is printed"),
        ("pjia-sc", {"max_per_dose": 90}, "“100mg” is printed"),
        ("css-sc", {"basis": "mg/kg/dose"}, "“2 to 10 mg/kg/day” is printed"),
        ("nomid-sc", {"max_per_day_unit": "mg"}, "below the lowest dose at 10 kg"),
        ("css-iv", {"high": 3}, "An infusion needs one rate"),
    ],
)
def test_a_line_that_contradicts_itself_or_its_print_blocks(
    key: str, values: dict[str, Any], says: str, draft: Edition
) -> None:
    change(draft, key, **values)
    assert any(says in text and key in text for text in texts(draft, "block"))


def test_a_number_that_a_discrepancy_explains_does_not_block(draft: Edition) -> None:
    assert not any("nomid-sc" in text for text in texts(draft, "block"))
    draft.discrepancy_set.filter(key="nomid-maximum").delete()
    assert any("“8mg/day” is printed" in text for text in texts(draft, "block"))


def test_a_placeholder_that_nothing_fills_blocks(draft: Edition) -> None:
    draft.caution_set.filter(key="small-dose").update(text="Only {doze} here.")
    (text,) = texts(draft, "block")
    assert "{doze} is not filled" in text


def test_a_discrepancy_about_a_line_that_is_gone_blocks(draft: Edition) -> None:
    draft.regimen_set.filter(key="css-iv").delete()
    assert any("there is no line regimens css-iv" in t for t in texts(draft, "block"))


def test_no_preparation_blocks_and_a_second_does_not(draft: Edition) -> None:
    first = draft.preparation_set.get()
    first.pk, first.key = None, "vial"
    first.save()
    assert texts(draft, "block") == []
    draft.preparation_set.all().delete()
    assert any("has to have one" in text for text in texts(draft, "block"))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("give 100mg daily", "no space between number and unit"),
        ("give .5 mg daily", "no leading zero"),
        ("give 1.0 mg daily", "a trailing zero"),
        ("give 5 mg. daily", "a full stop after a unit"),
        ("give 5 mg qd", "an abbreviated frequency"),
        ("give 5 mg Q.O.D.", "an abbreviated frequency"),
        ("give 5 mg bid", "an abbreviated frequency"),
        ("give 5 mg SC", "an abbreviated route"),
        ("give 5 µg daily", "the Greek letter for micrograms"),
        ("give 5 mcg daily", "mcg, which has to be written micrograms"),
        ("give 5micrograms daily", "no space between number and unit"),
        ("give 5 U daily", "U for units"),
        ("give 5 cc daily", "cc for mL"),
        ("give 10080 mL", "a number from 1,000 without a comma"),
        ("when < 30 mL/min", "a symbol for less or greater than"),
    ],
)
def test_each_error_prone_form_of_the_ismp_list_blocks_displayed_text(
    text: str, form: str, draft: Edition
) -> None:
    assert form in ERROR_PRONE
    draft.safetywarning_set.filter(number=5).update(text=text)
    (block,) = texts(draft, "block")
    assert form in block


@pytest.mark.parametrize(
    "text",
    [
        "give 100 mg daily, 0.5 mL, 0.0838 mL, 10,080 mg, 2 °C",
        "less than 30 mL/min; doi 10.1002/art.42664; in 2024",
        "The guide prints “100mg” and “max 8mg/day”.",
        "149.25 mg per mL. Then 100 mg. Warm for 30 minutes.",
    ],
)
def test_well_written_doses_and_quotations_do_not_block(
    text: str, draft: Edition
) -> None:
    draft.safetywarning_set.filter(number=5).update(text=text)
    assert texts(draft, "block") == []


def test_lines_for_the_same_weights_are_warned_of(draft: Edition) -> None:
    """Adult and pediatric FMF are two populations; two lines of RA are not."""
    change(draft, "fmf-adult-sc", from_weight_kg=30)
    assert not any("same weights" in text for text in texts(draft, "warning"))
    ra = draft.regimen_set.get(key="ra-sc")
    ra.pk, ra.key, ra.below_weight_kg = None, "ra-light-sc", 30
    ra.save()
    assert any("some of the same weights" in text for text in texts(draft, "warning"))
    change(draft, "ra-sc", from_weight_kg=30)
    assert not any("same weights" in text for text in texts(draft, "warning"))


def test_printed_weights_ages_and_micrograms_are_looked_for_in_the_structure(
    draft: Edition,
) -> None:
    printed = "RA: 1,500 micrograms every 4 weeks for 15 kg or more, from 2 years"
    values = {"basis": "microgram/dose", "low": 1500, "high": 1500, "every_days": 28}
    change(draft, "ra-sc", printed=printed, **values)
    missing = [text for text in texts(draft, "block") if "is printed" in text]
    assert [text.partition("“")[2].partition("”")[0] for text in missing] == [
        "15 kg",
        "2 years",
    ]
    change(draft, "ra-sc", from_weight_kg=15, from_age_months=24)
    assert texts(draft, "block") == []


def test_every_problem_is_listed_at_once(draft: Edition) -> None:
    Edition.objects.filter(pk=draft.pk).update(change_note="", review_due=None)
    change(draft, "ra-sc", printed="")
    draft.refresh_from_db()
    assert len(blocks(publication_problems(draft, canonical_document(draft)))) == 3
