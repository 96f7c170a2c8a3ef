"""The full-text indexes: FTS5 on SQLite, a GIN index over a tsvector on PostgreSQL.

Both are given plain words and look up beginnings of words, so that they agree; neither
splits, stems or ranks. Made by post_migrate, as a table that is remade loses them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from reference.models import SearchPassage

from .words import is_whole

TABLE = "reference_searchpassage"
SQLITE = (
    # Every character but a space is part of a word, and is left as it is.
    """CREATE VIRTUAL TABLE IF NOT EXISTS reference_searchpassage_words
    USING fts5(words, content='reference_searchpassage', content_rowid='id',
    tokenize="ascii tokenchars '.'")""",
    """CREATE TRIGGER IF NOT EXISTS reference_searchpassage_words_insert
    AFTER INSERT ON reference_searchpassage BEGIN
    INSERT INTO reference_searchpassage_words(rowid, words) VALUES (NEW.id, NEW.words);
    END""",
    """CREATE TRIGGER IF NOT EXISTS reference_searchpassage_words_delete
    AFTER DELETE ON reference_searchpassage BEGIN
    INSERT INTO reference_searchpassage_words(
        reference_searchpassage_words, rowid, words
    ) VALUES ('delete', OLD.id, OLD.words);
    END""",
    """CREATE TRIGGER IF NOT EXISTS reference_searchpassage_words_update
    AFTER UPDATE ON reference_searchpassage BEGIN
    INSERT INTO reference_searchpassage_words(
        reference_searchpassage_words, rowid, words
    ) VALUES ('delete', OLD.id, OLD.words);
    INSERT INTO reference_searchpassage_words(rowid, words) VALUES (NEW.id, NEW.words);
    END""",
    "INSERT INTO reference_searchpassage_words(reference_searchpassage_words) "
    "VALUES ('rebuild')",
)
POSTGRESQL = (
    # IF NOT EXISTS would still ask for a table that nobody is writing to.
    """DO $$ BEGIN
    IF to_regclass('reference_searchpassage_words') IS NULL THEN
        CREATE INDEX reference_searchpassage_words ON reference_searchpassage
        USING gin (array_to_tsvector(string_to_array(words, ' ')));
    END IF;
    END $$""",
)
MATCHES = {
    "sqlite": """SELECT rowid FROM reference_searchpassage_words
    WHERE reference_searchpassage_words MATCH %s""",
    "postgresql": """SELECT id FROM reference_searchpassage
    WHERE array_to_tsvector(string_to_array(words, ' ')) @@ %s::tsquery""",
}


def create_full_text_index(using: str = "default", **_: Any) -> None:
    """Create the index of the database where it is missing. For post_migrate."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return  # migrated to before there was this table
    with connection.cursor() as cursor:
        for statement in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)


def with_every_word(
    passages: QuerySet[SearchPassage], typed: Sequence[str]
) -> QuerySet[SearchPassage]:
    """Return the passages that have each of the words, or a word that begins with it.

    The words have to be those of typed_words, and at least one.
    """
    vendor = connections[passages.db].vendor
    found = RawSQL(MATCHES[vendor], [_query(typed, vendor)])  # noqa: S611 - a parameter
    return passages.filter(pk__in=found)


def _query(typed: Sequence[str], vendor: str) -> str:
    """Return the words in the database's language; they hold no sign it knows."""
    if vendor == "sqlite":
        return " AND ".join(
            f'"{word}"{"" if is_whole(word) else "*"}' for word in typed
        )
    return " & ".join(f"'{word}'{'' if is_whole(word) else ':*'}" for word in typed)
