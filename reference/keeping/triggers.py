"""The database's own refusals: what is published, and what was recorded, stays.

The same rules on SQLite and PostgreSQL, put back after every migration, because
SQLite loses a table's triggers when a migration remakes the table.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .dialects import LOCK, Trigger, definition, rules, statements, written

PUBLIC = "('published', 'superseded', 'withdrawn')"
# What may still change on the row of a public edition: its state and its signatures.
WORKFLOW_COLUMNS = frozenset(
    {"state", "version", "reviewed_on", "review_due"}
    | {"withdrawn_by_id", "withdrawn_at", "withdrawal_reason"}
    | {"restoration_requested_by_id", "restoration_requested_at"}
    | {"review_proposed_on", "review_proposed_due"}
    | {"review_proposed_by_id", "review_proposed_at"}
)
# What review and publication set on the row of an edition in review.
REVIEW_COLUMNS = frozenset(
    {"state", "version", "canonical", "fingerprint"}
    | {"submitted_by_id", "submitted_at", "published_by_id", "published_at"}
)
STATE_CHANGES = (
    ("draft", "in review"),
    ("draft", "published"),  # the import of a first edition; see publish_imported
    ("in review", "draft"),
    ("in review", "published"),
    ("published", "superseded"),
    ("published", "withdrawn"),
    ("superseded", "withdrawn"),
    ("withdrawn", "published"),
    ("withdrawn", "superseded"),
)
DRUG_COLUMNS = ("slug", "generic_name", "brand_name", "drug_class", "mechanism")
DRUG_TABLE = "reference_drug"
EDITION_TABLE = "reference_edition"
CONTRIBUTION_TABLE = "reference_contribution"
RECORD_TABLE = "reference_historyentry"

DERIVED = ("searchpassage",)

FROZEN = "the content of an edition changes in a draft only"
BEGINS = "an edition begins as a draft"
GROWS = "the record can only grow"


def create_triggers(using: str = "default", **_: Any) -> None:
    """Create the triggers that the database has not. Connected to post_migrate.

    A server that starts beside others finds them all, and locks none of their tables.
    """
    connection = connections[using]
    tables = {trigger.table for trigger in triggers_of(connection)}
    if not tables <= set(connection.introspection.table_names()):
        return  # migrated to before there were these tables
    with transaction.atomic(using=using), connection.cursor() as cursor:
        missing = missing_triggers(using)
        for trigger in triggers_of(connection):
            if trigger.name in missing:
                for statement in statements(trigger, connection.vendor):
                    cursor.execute(statement)


def drop_triggers(using: str = "default", plan: Any = (), **_: Any) -> None:
    """Drop every trigger before a migration that may remake its table."""
    connection = connections[using]
    if not plan or EDITION_TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for trigger in triggers_of(connection):
            on = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{on}')


def missing_triggers(using: str = "default") -> list[str]:
    """Return the names of the triggers that the database has not, or not as here.

    On PostgreSQL a trigger that is switched off, or has a condition, is missing.
    """
    connection = connections[using]
    present = written(connection)
    return sorted(
        trigger.name
        for trigger in triggers_of(connection)
        if present.get((trigger.name, trigger.table))
        != definition(trigger, connection.vendor)
    )


def foreign_triggers(using: str = "default") -> list[str]:
    """Return each other trigger or rule, which could change a write, and its table.

    The index of the search has its own, on what is derived from an edition.
    """
    connection = connections[using]
    ours = {(trigger.name, trigger.table) for trigger in triggers_of(connection)}
    others = {*written(connection), *rules(connection)} - ours
    derived = tuple(f"reference_{name}" for name in DERIVED)
    return sorted(
        f"{name} on {table}" for name, table in others if not table.startswith(derived)
    )


def triggers_of(connection: BaseDatabaseWrapper) -> Iterator[Trigger]:
    """Yield every trigger of a database; PostgreSQL has TRUNCATE to refuse as well."""
    yield from _row_triggers()
    if connection.vendor == "postgresql":
        for table in (*content_tables(), EDITION_TABLE, RECORD_TABLE):
            yield Trigger(table, "TRUNCATE", "TRUE", FROZEN)


def _row_triggers() -> Iterator[Trigger]:
    """Yield the triggers of rows: what is refused is a condition over OLD and NEW."""
    for table in content_tables():
        yield from _content_triggers(table)
    yield from _edition_triggers()
    yield from _drug_triggers()
    in_place = (
        f"EXISTS (SELECT 1 FROM {RECORD_TABLE} AS other WHERE other.id = NEW.id OR "
        "other.drug_id = NEW.drug_id AND other.previous_seal = NEW.previous_seal)"
    )
    yield Trigger(RECORD_TABLE, "INSERT", in_place, GROWS)
    for event in ("UPDATE", "DELETE"):
        yield Trigger(RECORD_TABLE, event, "1 = 1", GROWS)


def _drug_triggers() -> Iterator[Trigger]:
    """Yield what keeps the names of a drug that has a published edition."""
    named = " OR ".join(_changed(column) for column in DRUG_COLUMNS)
    published = (
        f"EXISTS (SELECT 1 FROM {DRUG_TABLE} AS other JOIN {EDITION_TABLE} AS edition "
        f"ON edition.drug_id = other.id WHERE edition.state IN {PUBLIC} AND "
    )
    for event, condition in {
        "INSERT": f"{published} (other.id = NEW.id OR other.slug = NEW.slug))",
        "UPDATE": f"({named} OR NEW.id <> OLD.id) AND "
        f"{published} (other.id IN (OLD.id, NEW.id) OR other.slug = NEW.slug))",
        "DELETE": f"{published} other.id = OLD.id)",
    }.items():
        message = "the names of a published drug stay as they are"
        yield Trigger(DRUG_TABLE, event, condition, message)


def content_tables() -> list[str]:
    """Return the tables whose rows belong to an edition: content and contributions.

    What is derived from an edition is made anew with every change of its state.
    """
    edition = apps.get_model("reference", "Edition")
    return sorted(
        model._meta.db_table
        for model in apps.get_app_config("reference").get_models()
        if any(field.related_model is edition for field in model._meta.concrete_fields)
        and model._meta.model_name not in DERIVED
    )


def _content_triggers(table: str) -> Iterator[Trigger]:
    """Yield the triggers that let rows be written in a draft only.

    SQLite's REPLACE removes the row that stands in the way and fires no trigger for
    it, so a row is refused that has the primary key of a frozen one.
    """
    displaces = (
        f"EXISTS (SELECT 1 FROM {table} AS other JOIN {EDITION_TABLE} AS edition "
        "ON edition.id = other.edition_id "
        "WHERE other.id = NEW.id AND edition.state <> 'draft')"
    )
    conditions = {
        "INSERT": f"{_is_no_draft('NEW')} OR {displaces}",
        "UPDATE": f"{_is_no_draft('OLD')} OR {_is_no_draft('NEW')} OR {displaces}",
        "DELETE": _is_no_draft("OLD"),
    }
    for event, condition in conditions.items():
        yield Trigger(table, event, condition, FROZEN)


def _is_no_draft(row: str) -> str:
    return (
        f"(SELECT state FROM {EDITION_TABLE} WHERE id = {row}.edition_id{LOCK}) "
        "<> 'draft'"
    )


def _edition_triggers() -> Iterator[Trigger]:
    """Yield what holds an edition's own row: content, path of states, two people."""
    content = _changed_but(WORKFLOW_COLUMNS)
    reviewed = _changed_but(REVIEW_COLUMNS)
    allowed = " OR ".join(
        f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in STATE_CHANGES
    )
    publisher_contributed = (
        f"EXISTS (SELECT 1 FROM {CONTRIBUTION_TABLE} "
        "WHERE edition_id = NEW.id AND user_id = NEW.published_by_id)"
    )
    unsigned = (
        "OLD.state = 'in review' AND (NEW.published_by_id IS NULL "
        f"OR NEW.submitted_by_id IS NULL OR {publisher_contributed})"
    )
    unsigned_import = (
        "OLD.state = 'draft' AND (NEW.imported_by = '' OR EXISTS (SELECT 1 "
        f"FROM {EDITION_TABLE} WHERE drug_id = NEW.drug_id AND state IN {PUBLIC}))"
    )
    yield Trigger(
        EDITION_TABLE,
        "UPDATE",
        f"(OLD.state IN {PUBLIC} AND ({content})) "
        f"OR (OLD.state = 'in review' AND ({reviewed})) "
        f"OR {_displaces_edition('AND other.id <> OLD.id')} "
        f"OR (OLD.state <> NEW.state AND NOT ({allowed})) "
        f"OR (NEW.state = 'published' AND (({unsigned}) OR ({unsigned_import})))",
        FROZEN,
    )
    begins_elsewhere = f"NEW.state <> 'draft' OR {_displaces_edition()}"
    yield Trigger(EDITION_TABLE, "INSERT", begins_elsewhere, BEGINS)
    yield Trigger(EDITION_TABLE, "DELETE", "OLD.state <> 'draft'", FROZEN)


def _displaces_edition(but: str = "") -> str:
    """Return whether another edition stands in the way, which REPLACE would remove."""
    return (
        f"EXISTS (SELECT 1 FROM {EDITION_TABLE} AS other WHERE other.state <> 'draft' "
        f"{but} AND (other.id = NEW.id OR other.drug_id = NEW.drug_id "
        "AND (other.number = NEW.number "
        "OR other.state = 'published' AND NEW.state = 'published' "
        "OR other.state = 'in review' AND NEW.state IN ('draft', 'in review'))))"
    )


def _changed_but(columns: frozenset[str]) -> str:
    """Return whether the row of an edition changes outside these columns."""
    edition = apps.get_model("reference", "Edition")
    return " OR ".join(
        _changed(field.column)
        for field in edition._meta.concrete_fields
        if field.column not in columns
    )


def _changed(column: str | None) -> str:
    return f'NEW."{column}" IS DISTINCT FROM OLD."{column}"'
