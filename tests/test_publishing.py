"""How an edition begins: as an import that is published once, then as a copy."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from reference import publishing
from reference.document import SECTIONS, canonical_document, links_to_rows
from reference.models import Drug, Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("author", is_staff=True)


def test_the_import_is_signed_by_its_actor_in_words(published_edition: Edition) -> None:
    assert published_edition.state == Edition.State.PUBLISHED
    assert published_edition.imported_by == "ARP Practice Committee, imported"
    assert published_edition.published_by is None
    assert published_edition.published_at is not None


def test_the_next_edition_is_a_copy_with_the_same_keys(
    published_edition: Edition, author: Any
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    assert draft.state == Edition.State.DRAFT
    assert draft.number == 2
    assert draft.fingerprint == ""
    assert draft.canonical is None
    assert list(draft.contributors.all()) == [author]
    before, after = canonical_document(published_edition), canonical_document(draft)
    for section in SECTIONS:
        assert before[section] == after[section]


def test_no_row_of_the_copy_points_into_another_edition(
    published_edition: Edition, author: Any
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    for model in SECTIONS.values():
        for row in model._base_manager.filter(edition=draft):
            for name in links_to_rows(model):
                linked = getattr(row, name)
                assert linked is None or linked.edition_id == draft.pk


def test_only_one_edition_of_a_drug_is_open(
    published_edition: Edition, author: Any
) -> None:
    publishing.start_draft(drug=published_edition.drug, by=author)
    with pytest.raises(publishing.OpenDraftExistsError, match="already has an open"):
        publishing.start_draft(drug=published_edition.drug, by=author)
    assert Edition.objects.count() == 2


def test_a_new_drug_starts_with_an_empty_first_edition(author: Any) -> None:
    drug = Drug.objects.create(slug="x", generic_name="x", brand_name="X")
    draft = publishing.start_draft(drug=drug, by=author)
    assert draft.number == 1
    assert not draft.indication_set.exists()


def test_an_import_cannot_go_round_the_two_people(
    published_edition: Edition, author: Any
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    for edition in (draft, published_edition):
        with pytest.raises(publishing.NotAnImportError):
            publishing.publish_imported(edition=edition, actor="someone")
    assert Edition.objects.get(pk=draft.pk).is_draft


def refused(**values: Any) -> bool:
    """Whether the database refuses these values on the edition, whoever writes them."""
    try:
        with transaction.atomic():
            Edition.objects.filter(number=1).update(**values)
    except IntegrityError:
        return True
    return False


def test_the_database_holds_the_rules_of_an_edition(
    published_edition: Edition, author: Any
) -> None:
    assert refused(state="approved")
    assert refused(fingerprint="")
    assert refused(canonical=None)
    assert refused(published_at=None)
    assert refused(state="withdrawn")
    assert refused(submitted_by=author)
    assert refused(
        published_by=author, submitted_by=author, submitted_at="2026-11-22T12:00Z"
    )
    copy = publishing.start_draft(drug=published_edition.drug, by=author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=copy.pk).update(number=1)
