"""What the database refuses by itself, whoever asks, on SQLite and PostgreSQL."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.sql import (
    emit_post_migrate_signal,
    emit_pre_migrate_signal,
)
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations import AddConstraint, AddField, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.utils import timezone

from reference import publishing
from reference.editions import EDITION_FIELDS, SECTIONS
from reference.keeping import dialects, faults, triggers
from reference.models import (
    Contribution,
    Drug,
    Edition,
    HistoryEntry,
    Row,
    SearchPassage,
    Storage,
)
from tests.conftest import drop_refusals
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides.small_guide import (
    begin_guide,
    make_ready,
    next_draft,
    publish,
)

pytestmark = pytest.mark.django_db

State = Edition.State
CONTENT: list[type[models.Model]] = [*SECTIONS.values(), Contribution]
FROZEN_STATES = ["in review", "published", "superseded", "withdrawn"]
REFUSALS = (
    triggers.FROZEN,
    triggers.BEGINS,
    triggers.GROWS,
    "the names of a published drug stay as they are",
)


@pytest.fixture
def draft(published_edition: Edition, author: User) -> Edition:
    """A copy of the guide: it has a row in every table."""
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    return make_ready(draft, by=author)


@pytest.fixture
def small_draft(author: User, reviewer: User) -> Edition:
    """The same of a guide of a few rows."""
    first = publish(begin_guide(author), author=author, reviewer=reviewer)
    return next_draft(first, by=author)


def in_state(state: str, draft: Edition, author: User, reviewer: User) -> Edition:
    """The draft's edition, led into this state."""
    edition = publishing.submit(edition=draft, by=author)
    if state != "in review":
        edition = publish_submitted(edition, reviewer)
    if state == "superseded":
        publish(next_draft(edition, by=author), author=author, reviewer=reviewer)
    if state == "withdrawn":
        publishing.withdraw(edition=edition, by=reviewer, reason="why")
    found = Edition.objects.get(pk=edition.pk)
    assert found.state == state
    return found


@pytest.fixture(params=FROZEN_STATES)
def frozen(
    request: pytest.FixtureRequest, small_draft: Edition, author: User, reviewer: User
) -> Edition:
    """An edition that is no draft any more."""
    return in_state(request.param, small_draft, author, reviewer)


def publish_submitted(edition: Edition, reviewer: User) -> Edition:
    keys = edition.discrepancy_set.filter(ruling="open").values_list("key", flat=True)
    seen = publishing.fingerprint_of(edition)
    return publishing.publish(
        edition=edition, by=reviewer, seen=seen, acknowledged=list(keys)
    )


def run(sql: str, *values: Any) -> str:
    """What the database says to a statement, which is undone; empty if it obeys."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            assert cursor.rowcount != 0, sql
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return str(refusal)
    return ""


def is_refused(sql: str, *values: Any) -> bool:
    """Whether a trigger refuses a statement; any other refusal is a fault of the test.

    A draft is where the same statement is shown to be obeyed.
    """
    said = run(sql, *values)
    assert not said or any(text in said for text in REFUSALS), f"{sql}: {said}"
    return bool(said)


def columns(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def copy_of(model: type[models.Model], pk: int, **values: Any) -> tuple[str, list[Any]]:
    """A statement that copies a row, with other values in some columns."""
    names = [name for name in columns(model) if name != "id" or "id" in values]
    listed = ", ".join(f'"{name}"' for name in names)
    chosen = ", ".join("%s" if name in values else f'"{name}"' for name in names)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {table} WHERE id = %s",
        [*(values[name] for name in names if name in values), pk],
    )


def statements(
    model: type[models.Model], edition: Edition, elsewhere: Edition, stranger: User
) -> dict[str, tuple[str, list[Any]]]:
    """Every way to write to an edition's rows of a table, past the application."""
    table = model._meta.db_table
    pk = model._base_manager.filter(edition=edition)[0].pk
    # What keeps the row apart from those that are there.
    new: dict[str, Any] = (
        {"key": "another-one"} if issubclass(model, Row) else {"user_id": stranger.pk}
    )
    there = model._base_manager.filter(edition=elsewhere).first()
    if there is None:
        there = model._base_manager.get(pk=pk)
        there.pk, there._state.adding = None, True
        there.edition = elsewhere  # type: ignore[attr-defined]
        there.save()
    changed = "key" if issubclass(model, Row) else "user_id"
    move = f'UPDATE {table} SET edition_id = %s, "{changed}" = %s WHERE id = %s'
    return {
        "INSERT": copy_of(model, pk, edition_id=edition.pk, **new),
        "UPDATE": (
            f'UPDATE {table} SET "{changed}" = %s WHERE id = %s',
            [*new.values(), pk],
        ),
        "UPDATE to the same": (f"UPDATE {table} SET id = id WHERE id = %s", [pk]),
        "DELETE": (f"DELETE FROM {table} WHERE id = %s", [pk]),
        "move out": (move, [elsewhere.pk, *new.values(), pk]),
        "move in": (move, [edition.pk, *new.values(), there.pk]),
    }


@pytest.fixture
def elsewhere(person: Callable[..., User]) -> Edition:
    """The draft of another drug."""
    return begin_guide(person("eve", "author"), "otherimab")


# Rows


@pytest.mark.parametrize("state", FROZEN_STATES)
def test_nothing_is_written_to_a_frozen_edition(
    state: str,
    draft: Edition,
    author: User,
    reviewer: User,
    elsewhere: Edition,
    person: Callable[..., User],
) -> None:
    edition, stranger = in_state(state, draft, author, reviewer), person("stranger")
    passed = [
        (model.__name__, name)
        for model in CONTENT
        for name, (sql, values) in statements(
            model, edition, elsewhere, stranger
        ).items()
        if not is_refused(sql, *values)
    ]
    assert passed == []


def test_the_same_is_allowed_in_a_draft(
    draft: Edition, elsewhere: Edition, person: Callable[..., User]
) -> None:
    stranger = person("stranger")
    for model in CONTENT:
        for sql, values in statements(model, draft, elsewhere, stranger).values():
            if not sql.startswith("DELETE"):  # rows below it would stay
                assert run(sql, *values) == "", sql
    leaf = Storage.objects.filter(edition=draft)[0].pk
    assert run("DELETE FROM reference_storage WHERE id = %s", leaf) == ""


def test_every_model_of_an_edition_is_content_and_has_its_triggers() -> None:
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model is Edition for field in model._meta.concrete_fields)
        and model is not SearchPassage  # made anew with the state
    }
    assert tables == {model._meta.db_table for model in CONTENT}
    names = {trigger.name for trigger in triggers.triggers_of(connection)}
    for table in tables | {"reference_edition", "reference_drug"}:
        for event in ("insert", "update", "delete"):
            assert f"{table}_{event}_refused" in names


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_sqlite_replaces_nothing_that_is_frozen(
    published_edition: Edition, draft: Edition, author: User, elsewhere: Edition
) -> None:
    """REPLACE removes what stands in the way, and no DELETE trigger hears of it."""
    for model in CONTENT:
        pk = model._base_manager.filter(edition=draft)[0].pk
        frozen = Storage.objects.filter(edition=published_edition)[0].pk
        if model is not Contribution:
            frozen = model._base_manager.filter(edition=published_edition)[0].pk
            sql, values = copy_of(model, pk, id=frozen, key="another-one")
            assert is_refused(sql.replace("INSERT", "INSERT OR REPLACE"), *values)
            table = model._meta.db_table
            over = f"UPDATE OR REPLACE {table} SET id = %s WHERE id = %s"
            assert is_refused(over, frozen, pk)
    for changes in (
        {"id": published_edition.pk, "number": 9, "drug_id": elsewhere.drug.pk},
        {"number": 1, "id": 999},
    ):
        sql, values = copy_of(Edition, draft.pk, **changes)
        assert is_refused(sql.replace("INSERT", "INSERT OR REPLACE"), *values)
        names = ", ".join(f"{name} = %s" for name in changes)
        over = f"UPDATE OR REPLACE reference_edition SET {names} WHERE id = %s"
        assert is_refused(over, *changes.values(), draft.pk)
    publishing.submit(edition=draft, by=author)
    begun = {"id": 999, "number": 9, "state": "draft", "submitted_at": None}
    sql, values = copy_of(Edition, draft.pk, **begun)
    assert is_refused(sql.replace("INSERT", "INSERT OR REPLACE"), *values)
    first, last = HistoryEntry.objects.order_by("pk")[:2]
    drug = published_edition.drug
    copies: list[tuple[type[models.Model], int, dict[str, Any]]] = [
        (HistoryEntry, first.pk, {"id": first.pk, "previous_seal": "x"}),
        (HistoryEntry, first.pk, {"id": 999}),
        (Drug, drug.pk, {"id": drug.pk, "slug": "x"}),
        (Drug, drug.pk, {"id": 999}),
    ]
    for kind, pk, changes in copies:
        sql, values = copy_of(kind, pk, **changes)
        assert is_refused(sql.replace("INSERT", "INSERT OR REPLACE"), *values)
    assert is_refused(
        "UPDATE OR REPLACE reference_drug SET slug = %s WHERE id = %s",
        drug.slug,
        elsewhere.drug.pk,
    )
    assert last.pk


# The edition's own row

WORKFLOW = {
    "reviewed_on": "2026-11",
    "review_due": "2029-01-01",
    "version": 99,
}
SIGNED = timezone.now()


def test_the_content_on_the_row_of_a_frozen_edition_stays(
    frozen: Edition, author: User, reviewer: User, elsewhere: Edition
) -> None:
    values: dict[str, Any] = dict.fromkeys(EDITION_FIELDS, "other")
    values["none_stated"] = '["storage"]'
    values |= {"number": 99, "drug_id": elsewhere.drug.pk, "imported_by": "someone"}
    if frozen.state != "in review":
        values |= {
            "canonical": b"{}",
            "fingerprint": "0" * 64,
            "published_by_id": author.pk,
            "published_at": SIGNED,
            "submitted_by_id": reviewer.pk,
            "submitted_at": SIGNED,
        }
    update = "UPDATE reference_edition SET {} = %s WHERE id = %s"
    for name, value in values.items():
        assert is_refused(update.format(name), value, frozen.pk), name
    assert is_refused("DELETE FROM reference_edition WHERE id = %s", frozen.pk)


@pytest.mark.parametrize("frozen", FROZEN_STATES[1:], indirect=True)
def test_workflow_columns_may_change(frozen: Edition, author: User) -> None:
    for name, value in WORKFLOW.items():
        sql = f"UPDATE reference_edition SET {name} = %s WHERE id = %s"
        assert not is_refused(sql, value, frozen.pk)
    together = {
        "withdrawal_reason": "why",
        "withdrawn_by_id": author.pk,
        "withdrawn_at": SIGNED,
        "restoration_requested_by_id": author.pk,
        "restoration_requested_at": SIGNED,
        "review_proposed_by_id": author.pk,
        "review_proposed_at": SIGNED,
        "review_proposed_on": "2026-11",
        "review_proposed_due": "2029-01-01",
    }
    names = ", ".join(f"{name} = %s" for name in together)
    sql = f"UPDATE reference_edition SET {names} WHERE id = %s"
    assert not is_refused(sql, *together.values(), frozen.pk)
    known = {field.column for field in Edition._meta.concrete_fields}
    assert set(WORKFLOW) | set(together) | {"state"} == triggers.WORKFLOW_COLUMNS
    assert known >= triggers.WORKFLOW_COLUMNS | triggers.REVIEW_COLUMNS


@pytest.mark.parametrize("state", ["draft", *FROZEN_STATES])
def test_states_follow_their_path_and_jump_nowhere(
    state: str, small_draft: Edition, author: User, reviewer: User
) -> None:
    """Everything else is set so that no constraint but the path can refuse."""
    edition = (
        small_draft
        if state == "draft"
        else in_state(state, small_draft, author, reviewer)
    )
    if state in ("in review", "draft"):
        Edition.objects.filter(state=State.PUBLISHED).update(state=State.SUPERSEDED)
    elif state == "withdrawn":
        assert not edition.drug.editions.in_force().exists()
    passed = set()
    for wanted in State.values:
        values: dict[str, Any] = {"state": wanted}
        if state in ("draft", "in review"):
            values |= {"submitted_by_id": author.pk, "submitted_at": SIGNED}
            if state == "in review":
                values |= {"published_by_id": reviewer.pk, "published_at": SIGNED}
            values |= {"canonical": b"{}", "fingerprint": "0" * 64}
        if wanted == "withdrawn":
            values |= {"withdrawn_by_id": author.pk, "withdrawn_at": SIGNED}
        names = ", ".join(f"{name} = %s" for name in values)
        sql = f"UPDATE reference_edition SET {names} WHERE id = %s"
        if not run(sql, *values.values(), edition.pk):
            passed.add((state, wanted))
    allowed = {pair for pair in triggers.STATE_CHANGES if pair[0] == state}
    # An import is the first edition of its drug.
    assert passed - {(state, state)} == allowed - {("draft", "published")}


def test_an_edition_begins_as_a_draft(frozen: Edition, elsewhere: Edition) -> None:
    changes = {"number": 99, "drug_id": elsewhere.drug.pk}
    sql, values = copy_of(Edition, frozen.pk, **changes)
    assert is_refused(sql, *values)


def test_only_a_first_edition_is_published_as_an_import(
    draft: Edition, author: User
) -> None:
    publishing_it = (
        "UPDATE reference_edition SET state = 'published', imported_by = %s, "
        "published_at = %s, canonical = %s, fingerprint = %s WHERE id = %s"
    )
    values = ["somebody", SIGNED, b"{}", "0" * 64]
    Edition.objects.filter(state=State.PUBLISHED).update(state=State.SUPERSEDED)
    assert is_refused(publishing_it, *values, draft.pk)
    first = begin_guide(author, "otherimab")
    assert not is_refused(publishing_it, *values, first.pk)
    assert is_refused(publishing_it, "", *values[1:], first.pk)


def test_a_publisher_has_to_be_somebody_who_did_not_contribute(
    draft: Edition, author: User, reviewer: User, person: Callable[..., User]
) -> None:
    edition = in_state("in review", draft, author, reviewer)
    Edition.objects.filter(state=State.PUBLISHED).update(state=State.SUPERSEDED)
    submitter = person("sue", "author")
    sql = (
        "UPDATE reference_edition SET state = 'published', published_by_id = %s, "
        "submitted_by_id = %s, published_at = %s, canonical = %s, fingerprint = %s "
        "WHERE id = %s"
    )
    rest = [SIGNED, b"{}", "0" * 64, edition.pk]
    assert is_refused(sql, author.pk, submitter.pk, *rest)
    assert not is_refused(sql, reviewer.pk, author.pk, *rest)


# The record, and the drug


def test_the_record_can_only_grow() -> None:
    entry = HistoryEntry.objects.get()
    for name in columns(HistoryEntry):
        sql = f"UPDATE reference_historyentry SET {name} = {name} WHERE id = %s"
        assert is_refused(sql, entry.pk)
    assert is_refused("DELETE FROM reference_historyentry WHERE id = %s", entry.pk)
    assert is_refused("DELETE FROM reference_historyentry")
    grow = copy_of(HistoryEntry, entry.pk, previous_seal=entry.seal)
    assert not is_refused(grow[0], *grow[1])
    fork = copy_of(HistoryEntry, entry.pk)
    assert is_refused(fork[0], *fork[1])


def test_the_names_of_a_published_drug_stay(
    published_edition: Edition, author: User
) -> None:
    drug, other = published_edition.drug, begin_guide(author, "otherimab").drug
    assert columns(Drug) == ["id", *triggers.DRUG_COLUMNS, "version", "last_seal"]
    for name in triggers.DRUG_COLUMNS:
        sql = f"UPDATE reference_drug SET {name} = %s WHERE id = %s"
        assert is_refused(sql, "other", drug.pk)
        assert not is_refused(sql, "other", other.pk)
    assert is_refused("DELETE FROM reference_drug WHERE id = %s", drug.pk)


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_truncates_nothing() -> None:
    tables = [model._meta.db_table for model in CONTENT]
    for table in [*tables, "reference_edition", "reference_historyentry"]:
        for more in ("", " CASCADE"):
            said = run(f"TRUNCATE {table}{more}")
            assert triggers.FROZEN in said or "foreign key constraint" in said, said
            assert triggers.FROZEN in said or not more
    assert triggers.FROZEN in run("TRUNCATE reference_drug CASCADE")
    assert triggers.FROZEN in run("TRUNCATE auth_user CASCADE")


# How they come and go


def test_every_trigger_is_there_after_migrating() -> None:
    assert triggers.missing_triggers() == []


def names_of_triggers() -> set[str]:
    return {trigger.name for trigger in triggers.triggers_of(connection)}


def test_migrating_brings_back_what_was_dropped() -> None:
    drop_refusals()
    assert set(triggers.missing_triggers()) == names_of_triggers()
    call_command("migrate", verbosity=0)
    assert triggers.missing_triggers() == []


def test_a_trigger_of_that_name_that_does_nothing_is_missing() -> None:
    trigger = next(
        each for each in triggers.triggers_of(connection) if each.event == "DELETE"
    )
    idle = dialects.Trigger(
        trigger.table, trigger.event, "1 = 0", message=trigger.message
    )
    with connection.cursor() as cursor:
        for statement in dialects.statements(idle, connection.vendor):
            cursor.execute(statement)
    assert triggers.missing_triggers() == [trigger.name]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_trigger_that_is_switched_off_is_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reference_storage DISABLE TRIGGER USER")
    assert triggers.missing_triggers() == [
        f"reference_storage_{event}_refused"
        for event in ("delete", "insert", "truncate", "update")
    ]


NAME = "reference_storage_delete_refused"
MADE_ANEW = (
    f"DROP TRIGGER {NAME} ON reference_storage; CREATE TRIGGER {NAME} {{}} "
    f"EXECUTE FUNCTION {NAME}()"
)


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.parametrize(
    "altered",
    [
        MADE_ANEW.format(
            "BEFORE DELETE ON reference_storage FOR EACH ROW WHEN (false)"
        ),
        MADE_ANEW.format("AFTER DELETE ON reference_storage FOR EACH ROW"),
        MADE_ANEW.format("BEFORE UPDATE ON reference_storage FOR EACH ROW"),
        MADE_ANEW.format("BEFORE DELETE ON reference_resource FOR EACH ROW"),
        f"ALTER FUNCTION {NAME}() SET search_path = elsewhere",
        f"ALTER FUNCTION {NAME}() SECURITY DEFINER",
        f"ALTER TABLE reference_storage ENABLE REPLICA TRIGGER {NAME}",
    ],
)
def test_a_trigger_that_is_defined_otherwise_is_missing_until_it_is_made_anew(
    altered: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(altered)
    assert triggers.missing_triggers() == [NAME]
    triggers.create_triggers()
    assert triggers.missing_triggers() == []


def test_a_trigger_that_is_not_the_site_s_is_named() -> None:
    assert triggers.foreign_triggers() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION a_quiet_change() RETURNS trigger AS "
                "'BEGIN RETURN NULL; END' LANGUAGE plpgsql; "
                "CREATE TRIGGER a_quiet_change BEFORE UPDATE ON auth_user "
                "EXECUTE FUNCTION a_quiet_change()"
            )
        else:
            cursor.execute(
                "CREATE TRIGGER a_quiet_change AFTER UPDATE ON auth_user "
                "BEGIN DELETE FROM axes_accessattempt; END"
            )
    assert triggers.foreign_triggers() == ["a_quiet_change on auth_user"]
    assert list(faults()) == [
        "the database has a trigger that is not the site's: a_quiet_change on auth_user"
    ]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_so_is_a_rule_in_the_place_of_a_write() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE RULE nothing AS ON INSERT TO reference_historyentry "
            "DO INSTEAD NOTHING"
        )
    assert triggers.foreign_triggers() == ["the rule nothing on reference_historyentry"]


def test_a_migration_may_remake_the_tables(database_copy: DatabaseCopy) -> None:
    """The triggers are dropped before it and made anew; what is published stays."""
    remade = Migration("9999_remade", "reference")
    remade.__dict__["operations"] = [
        AddField("storage", "shelf", models.CharField(max_length=9, default="low")),
        AddConstraint(
            "edition",
            models.CheckConstraint(condition=Q(number__lt=9999), name="edition_few"),
        ),
    ]
    told: dict[str, Any] = {"verbosity": 0, "interactive": False, "db": "default"}
    with database_copy.used():
        rows = list(Storage.objects.order_by("pk").values_list())
        emit_pre_migrate_signal(**told, plan=[])
        assert triggers.missing_triggers() == []  # nothing to migrate
        emit_pre_migrate_signal(**told, plan=[(remade, False)])
        assert set(triggers.missing_triggers()) == names_of_triggers()
        executor = MigrationExecutor(connection)
        executor.apply_migration(executor.loader.project_state(), remade)
        emit_post_migrate_signal(**told, plan=[(remade, False)])
        assert triggers.missing_triggers() == []
        assert list(Storage.objects.order_by("pk").values_list()) == rows
        assert is_refused("UPDATE reference_storage SET shelf = 'high'")
        assert is_refused("UPDATE reference_edition SET label = 'other'")
        assert list(faults()) == []


def test_migrating_other_applications_needs_no_tables_of_ours() -> None:
    drop_refusals()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE reference_historyentry")
    triggers.create_triggers()
    assert set(triggers.missing_triggers()) == names_of_triggers()
