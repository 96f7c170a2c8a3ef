"""How a trigger is written for each database, and how it stands in its catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

# On PostgreSQL the row that is looked at is held until the end of the transaction.
LOCK = "/*held*/"
Definition = tuple[str, ...]
# With all that could make a trigger of that name do something else, or nothing.
IN_POSTGRESQL = """
SELECT tgname, relname, pg_get_triggerdef(pg_trigger.oid, true), prosrc, lanname,
       CASE WHEN tgenabled IN ('O', 'A') AND proconfig IS NULL AND NOT prosecdef
            THEN 'as made' ELSE 'altered' END
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
JOIN pg_proc ON pg_proc.oid = tgfoid
JOIN pg_language ON pg_language.oid = prolang
WHERE NOT tgisinternal AND pg_table_is_visible(pg_class.oid)
"""
IN_SQLITE = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
# A rule can put something else, or nothing, in the place of a write.
RULES = "SELECT rulename, tablename FROM pg_rules WHERE schemaname = current_schema()"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What the database refuses to do to a table, and what it says."""

    table: str
    event: str
    condition: str
    message: str

    @property
    def name(self) -> str:
        return f"{self.table}_{self.event.lower()}_refused"


def statements(trigger: Trigger, vendor: str) -> Iterator[str]:
    """Yield what makes a trigger, in place of one of its name."""
    if vendor == "postgresql":
        # A WHEN clause could hold no subquery, so the function holds the condition.
        yield (
            f'CREATE OR REPLACE FUNCTION "{trigger.name}"() RETURNS trigger AS $refuse$'
            f"{_postgresql_body(trigger)}$refuse$ LANGUAGE plpgsql"
        )
        yield f'DROP TRIGGER IF EXISTS "{trigger.name}" ON "{trigger.table}"'
        yield _postgresql_trigger(trigger)
    else:
        yield f'DROP TRIGGER IF EXISTS "{trigger.name}"'
        yield _sqlite_trigger(trigger)


def definition(trigger: Trigger, vendor: str) -> Definition:
    """Return a trigger as the catalogue has it."""
    if vendor != "postgresql":
        return (_sqlite_trigger(trigger),)
    # PostgreSQL quotes only what has to be.
    made = _postgresql_trigger(trigger).replace('"', "")
    return made, _postgresql_body(trigger), "plpgsql", "as made"


def written(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], Definition]:
    """Return every trigger that the database has, by its name and its table."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(IN_POSTGRESQL if is_postgresql else IN_SQLITE)
        return {(name, table): tuple(rest) for name, table, *rest in cursor.fetchall()}


def rules(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Return the rules that rewrite what is asked of a table; SQLite has none."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        return [(f"the rule {name}", table) for name, table in cursor.fetchall()]


def _sqlite_trigger(trigger: Trigger) -> str:
    condition = trigger.condition.replace("IS DISTINCT FROM", "IS NOT")
    return (
        f'CREATE TRIGGER "{trigger.name}" BEFORE {trigger.event} ON "{trigger.table}" '
        f"WHEN {condition.replace(LOCK, '')} "
        f"BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END"
    )


def _postgresql_trigger(trigger: Trigger) -> str:
    each = "STATEMENT" if trigger.event == "TRUNCATE" else "ROW"
    return (
        f'CREATE TRIGGER "{trigger.name}" BEFORE {trigger.event} ON "{trigger.table}" '
        f'FOR EACH {each} EXECUTE FUNCTION "{trigger.name}"()'
    )


def _postgresql_body(trigger: Trigger) -> str:
    answer = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(trigger.event, "NEW")
    condition = trigger.condition.replace(LOCK, " FOR SHARE")
    return (
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '{trigger.message}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {answer}; END"
    )
