"""What the fixture's file and `manage.py load_guide` promise."""

import json
from collections.abc import Iterator
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from reference.editions import (
    SECTIONS,
    canonical_bytes,
    canonical_document,
    fingerprint,
    read_document,
)
from reference.management.commands import load_guide
from reference.models import Drug, Edition

# Each session on either database begins by loading the guide.
pytestmark = pytest.mark.any_database

FIXTURE = Path(site_settings.BASE_DIR, "fixtures", "anakinra_2024_06.json")
# The bytes of edition 1 before its content was issued anew.
FIRST_ISSUE = Path(__file__).parent / "source" / "anakinra-1-as-first-issued.json"


def fixture_objects() -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = json.loads(FIXTURE.read_text(encoding="utf-8"))
    return objects


def lines_of_object(item: dict[str, Any]) -> Iterator[str]:
    fields = [
        f"      {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in item["fields"].items()
    ]
    yield f'  {{\n    "model": "{item["model"]}",\n    "fields": {{\n'
    yield ",\n".join(fields)
    yield "\n    }\n  }"


def test_the_fixture_has_one_field_a_line() -> None:
    objects = ["".join(lines_of_object(item)) for item in fixture_objects()]
    written = "[\n" + ",\n".join(objects) + "\n]\n"
    assert FIXTURE.read_text(encoding="utf-8") == written


def test_the_fixture_has_no_primary_key_and_no_state() -> None:
    for item in fixture_objects():
        assert set(item) == {"model", "fields"}
        assert not {"id", "pk", "state", "fingerprint"} & set(item["fields"])


def test_the_fixture_stands_in_the_order_of_the_sections() -> None:
    order = [Drug, Edition, *SECTIONS.values()]
    models = [apps.get_model(item["model"]) for item in fixture_objects()]
    assert [model for model, _ in groupby(models)] == order


def test_the_fixture_leaves_out_defaults() -> None:
    for item in fixture_objects():
        meta = apps.get_model(item["model"])._meta
        for name, value in item["fields"].items():
            field: Any = meta.get_field(name)
            assert value != field.get_default(), (item["fields"]["key"], name)


def test_every_row_obeys_its_model(published_edition: Edition) -> None:
    published_edition.drug.full_clean()
    for model in SECTIONS.values():
        for row in model._base_manager.filter(edition=published_edition):
            row.full_clean()


# Loading


def output_of_load(*args: str) -> str:
    out = StringIO()
    call_command("load_guide", *args, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("empty_database")
def test_the_guide_is_loaded_and_published_in_its_issuers_name() -> None:
    said = output_of_load()
    edition = Edition.objects.get()
    assert edition.state == Edition.State.PUBLISHED
    assert edition.imported_by == "ARP Practice Committee, imported"
    assert edition.published_by is None
    assert not edition.contribution_set.exists()
    assert edition.fingerprint in said
    assert "edition 1 (June 2024): 342 rows" in said
    assert "/anakinra/" in said


def test_loading_again_changes_nothing(published_edition: Edition) -> None:
    before = Edition.objects.values().get()
    assert "Nothing loaded" in output_of_load()
    assert Edition.objects.values().get() == before


@pytest.mark.usefixtures("empty_database")
def test_an_edition_begun_by_hand_is_never_touched() -> None:
    drug = Drug.objects.create(slug="anakinra", generic_name="written by hand")
    Edition.objects.create(drug=drug, number=7, label="begun")
    assert "Nothing loaded" in output_of_load()
    drug.refresh_from_db()
    assert drug.generic_name == "written by hand"
    assert Edition.objects.get().number == 7


@pytest.mark.usefixtures("empty_database")
def test_another_drug_in_the_database_does_not_stop_the_guide() -> None:
    Edition.objects.create(drug=Drug.objects.create(slug="other"), number=1)
    output_of_load()
    assert Edition.objects.filter(drug__slug="anakinra").count() == 1


@pytest.mark.usefixtures("empty_database")
def test_a_broken_fixture_leaves_the_database_empty(tmp_path: Path) -> None:
    objects = fixture_objects()
    objects[-1]["fields"]["indication"] = ["anakinra", 1, "no-such-indication"]
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(objects), encoding="utf-8")
    with pytest.raises(CommandError, match=r"There is no such row in indications"):
        output_of_load(str(broken))
    assert not Drug.objects.exists()


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_file_that_is_no_guide_is_refused_in_words(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "no_guide.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=r"could not be read|holds 0 editions"):
        output_of_load(str(file))


@pytest.mark.parametrize("undrawn", [False, True])
def test_a_guide_loaded_into_a_running_site_has_its_file_drawn_at_once(
    empty_database: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    undrawn: bool,
) -> None:
    """`prepare` draws by itself, and asks for none here."""
    settings.DRAW_PDF = True
    called: list[str] = []

    def call(name: str, *given: Any, **options: Any) -> Any:
        called.append(name)
        return None if name == "draw" else call_command(name, *given, **options)

    monkeypatch.setattr(load_guide, "call_command", call)
    call_command("load_guide", undrawn=undrawn, stdout=StringIO())
    assert called == ([] if undrawn else ["draw"])


@pytest.mark.usefixtures("tampering")
def test_a_database_with_the_guide_as_first_issued_gets_the_new_one_as_a_draft(
    published_edition: Edition,
) -> None:
    old = canonical_bytes(read_document(FIRST_ISSUE.read_bytes()))
    Edition.objects.filter(pk=published_edition.pk).update(
        canonical=old, fingerprint=fingerprint(old)
    )
    said = output_of_load()
    draft = Edition.objects.get(number=2)
    assert f"{draft} is a draft" in said
    assert draft.is_draft
    again = canonical_document(draft)
    fresh = load_guide.read_fixture(FIXTURE)
    assert [again[section] for section in SECTIONS] == [
        fresh[section] for section in SECTIONS
    ]
    published_edition.refresh_from_db()
    assert published_edition.fingerprint == fingerprint(old)
    assert published_edition.state == Edition.State.PUBLISHED


@pytest.mark.usefixtures("tampering")
def test_what_was_issued_anew_is_offered_once(published_edition: Edition) -> None:
    old = canonical_bytes(read_document(FIRST_ISSUE.read_bytes()))
    Edition.objects.filter(pk=published_edition.pk).update(
        canonical=old, fingerprint=fingerprint(old)
    )
    output_of_load()
    Edition.objects.get(number=2).delete()
    assert "draft" not in output_of_load()
    assert Edition.objects.count() == 1
