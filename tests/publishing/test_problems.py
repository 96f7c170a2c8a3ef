"""What blocks a publication, what is only warned of, and what is neither."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from reference.editions import canonical_document
from reference.models import Edition, Regimen
from reference.publishing import blocks, publication_problems
from reference.publishing.problems import ERROR_PRONE
from tests.support.guides.next_edition import start_next
from tests.support.tables import column, table

# They are found in the document, whatever the rows stand in.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def draft(author: User) -> Edition:
    """A draft with nothing left to do."""
    return start_next(author, "November 2026", "Nothing but the date.")


def texts(edition: Edition, level: str) -> list[str]:
    edition.refresh_from_db()
    problems = publication_problems(edition, canonical_document(edition))
    return [problem.text for problem in problems if problem.level == level]


def change(edition: Edition, key: str, **values: Any) -> None:
    Regimen.objects.filter(edition=edition, key=key).update(**values)


@contextmanager
def undone() -> Iterator[None]:
    """What is changed in this block stands in it alone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def reword(edition: Edition, text: str) -> None:
    """Have a warning say this, and the guide print it."""
    edition.safetywarning_set.filter(number=5).update(text=text, printed=text)


def test_a_draft_with_everything_filled_in_has_no_blocker(draft: Edition) -> None:
    assert texts(draft, "block") == []


def test_the_print_of_the_guide_is_warned_of_and_not_blocked(draft: Edition) -> None:
    warnings = texts(draft, "warning")
    assert sum("the link has no address" in text for text in warnings) == 4
    assert "Regimens, ra-sc: the printed wording holds no space" in " ".join(warnings)


def test_what_the_edition_itself_lacks_blocks_it(draft: Edition) -> None:
    for values, says in table(__file__, "What the edition itself lacks blocks it"):
        with undone():
            Edition.objects.filter(pk=draft.pk).update(**json.loads(values))
            (text,) = texts(draft, "block")
            assert says in text


def test_a_line_that_contradicts_itself_or_its_print_blocks(draft: Edition) -> None:
    for key, values, says in table(
        __file__, "A line that contradicts itself or its print blocks"
    ):
        with undone():
            change(draft, key, **json.loads(values))
            found = texts(draft, "block")
            assert [text for text in found if says in text and key in text], found


def test_a_number_that_a_discrepancy_explains_does_not_block(draft: Edition) -> None:
    assert not any("nomid-sc" in text for text in texts(draft, "block"))
    draft.discrepancy_set.filter(key="nomid-maximum").delete()
    read = "read from the words: maximum 8 mg per day; from the fields: maximum 8 mg/kg"
    assert any(read in text for text in texts(draft, "block"))


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


def test_each_error_prone_form_of_the_ismp_list_blocks_displayed_text(
    draft: Edition,
) -> None:
    for text, form in table(
        __file__, "Each error prone form of the ISMP list blocks displayed text"
    ):
        assert form in ERROR_PRONE
        reword(draft, text)
        (block,) = texts(draft, "block")
        assert form in block


def test_well_written_doses_and_quotations_do_not_block(draft: Edition) -> None:
    for text in column(__file__, "Well written doses and quotations do not block"):
        reword(draft, text)
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
    values = {"basis": "microgram/dose", "low": 1500, "high": 1500}
    values |= {"how_often": "every-n-days", "every_days": 28}
    change(draft, "ra-sc", printed=printed, **values)
    found = texts(draft, "block")
    assert any("15 kg" in text for text in found)
    assert any("2 years" in text for text in found)
    change(draft, "ra-sc", from_weight_kg=15, from_age_months=24)
    assert texts(draft, "block") == []


def test_every_problem_is_listed_at_once(draft: Edition) -> None:
    Edition.objects.filter(pk=draft.pk).update(change_note="", review_due=None)
    change(draft, "ra-sc", how_often="")
    draft.refresh_from_db()
    assert len(blocks(publication_problems(draft, canonical_document(draft)))) == 3


def test_an_empty_section_needs_the_committees_none_stated(draft: Edition) -> None:
    draft.contraindication_set.all().delete()
    draft.discrepancyline_set.filter(section="contraindications").delete()
    (text,) = texts(draft, "block")
    assert "The section “contraindications” is empty" in text
    Edition.objects.filter(pk=draft.pk).update(none_stated=["contraindications"])
    assert texts(draft, "block") == []
    Edition.objects.filter(pk=draft.pk).update(
        none_stated=["contraindications", "storage"]
    )
    (text,) = texts(draft, "block")
    assert "“None stated” is said of the storage" in text


def test_a_preparation_says_its_routes_and_a_line_draws_from_those_of_its_own(
    draft: Edition,
) -> None:
    draft.preparation_set.update(routes=["subcutaneous"])
    blocked = texts(draft, "block")
    assert [text.partition(":")[0] for text in blocked] == [
        "Regimens, mis-c-iv",
        "Regimens, css-iv",
    ]
    assert all("no preparation is given by this route" in text for text in blocked)
    draft.preparation_set.update(routes=[])
    (text,) = texts(draft, "block")
    assert "say by which routes it is given" in text


def test_a_correction_names_what_it_changed_and_that_has_changed(
    draft: Edition,
) -> None:
    ruled = draft.discrepancy_set.filter(key="nomid-maximum")
    ruled.update(ruling="corrected", ruled_by="A", ruled_on="2026-11")
    for changed, says in table(
        __file__, "A correction names what it changed and that has changed"
    ):
        ruled.update(ruling_changed=changed)
        assert any(says in text for text in texts(draft, "block")), changed


def test_a_note_has_at_most_14_words(draft: Edition) -> None:
    draft.caution_set.filter(key="small-dose").update(text="word " * 15)
    (text,) = texts(draft, "block")
    assert "15 words; 14 are the most" in text


def test_a_discrepancy_said_at_its_line_has_a_note_and_no_other_has(
    draft: Edition,
) -> None:
    draft.discrepancy_set.filter(key="nomid-maximum").update(tier="register")
    (text,) = texts(draft, "block")
    assert "the tier line, and no other, has a note" in text


def test_a_sign_that_nobody_sees_blocks_by_name_and_place(draft: Edition) -> None:
    reword(draft, "Give \u202e001\u202c mg.")
    found = " ".join(texts(draft, "block"))
    assert "RIGHT-TO-LEFT OVERRIDE" in found
    assert "Warnings" in found


def test_a_note_of_what_is_ruled_on_is_asked_about_and_never_says_otherwise(
    draft: Edition,
) -> None:
    nomid = draft.discrepancy_set.filter(key="nomid-maximum")
    nomid.update(ruling="kept as printed", ruled_by="A", ruled_on="2026-11")
    asked = "does the note printed-maximum-disputed still hold?"
    assert any(asked in text for text in texts(draft, "warning"))
    assert texts(draft, "block") == []
    draft.caution_set.filter(key="printed-maximum-disputed").update(
        text="The committee has not ruled on it."
    )
    (text,) = texts(draft, "block")
    assert "it says “has not ruled”, and that is ruled on" in text
