"""The words of the editions in force, and of no other, where a database finds them.

Kept within the transaction of the act that changes which edition is in force. FTS5 on
SQLite and GIN over a tsvector on PostgreSQL are given plain words and stems, and look
up beginnings of words, so that they agree; neither splits, stems or ranks. They are
made by post_migrate, as a table that is remade loses its index.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from reference.models import Drug, Edition, SearchPassage

from .passages import published_passages, words_about
from .terms import Term
from .words import Words, is_whole, stem_of

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


def with_every_term(
    passages: QuerySet[SearchPassage], terms: Sequence[Term]
) -> QuerySet[SearchPassage]:
    """Return the passages that have each of the terms, at least one, in one way."""
    vendor = connections[passages.db].vendor
    found = RawSQL(MATCHES[vendor], [_query(terms, vendor)])  # noqa: S611 - a parameter
    return passages.filter(pk__in=found)


def words_in_force() -> list[Words]:
    """Return the stored words of each passage of an edition in force."""
    in_force = SearchPassage.objects.filter(edition__in=Edition.objects.in_force())
    kept = in_force.order_by().values_list("words", flat=True)
    return [tuple(words.split(" ")) for words in kept]


def _query(terms: Sequence[Term], vendor: str) -> str:
    """Return the terms in the database's language; they hold no sign it knows."""
    signs = {"sqlite": (" AND ", " OR "), "postgresql": (" & ", " | ")}
    all_of, any_of = signs[vendor]

    def word(typed: str) -> str:
        quoted = '"{}"' if vendor == "sqlite" else "'{}'"
        if is_whole(typed):
            return quoted.format(typed)
        begins = f"{quoted}*" if vendor == "sqlite" else f"{quoted}:*"
        forms = quoted.format(stem_of(typed))
        return f"({begins.format(typed)}{any_of}{forms})"

    ways = [[f"({all_of.join(map(word, way))})" for way in term.ways] for term in terms]
    return all_of.join(f"({any_of.join(each)})" for each in ways)


def index_drug(drug: Drug) -> bool:
    """Keep the words of the drug's edition in force; return whether they were not kept.

    The caller holds the drug's row. Raises EditionNotVerifiedError for an edition
    whose stored bytes are not what was approved.
    """
    if is_indexed(drug):
        return False
    _kept(drug).delete()
    SearchPassage.objects.bulk_create(
        SearchPassage(edition_id=edition_id, position=position, words=words)
        for edition_id, position, words in _wanted(drug)
    )
    return True


def is_indexed(drug: Drug) -> bool:
    """Return whether what is kept is the drug's edition in force, and nothing else."""
    kept = _kept(drug).values_list("edition_id", "position", "words")
    return sorted(kept) == _wanted(drug)


def _kept(drug: Drug) -> QuerySet[SearchPassage]:
    return SearchPassage.objects.filter(edition__drug=drug)


def _wanted(drug: Drug) -> list[tuple[int, int, str]]:
    """Return edition, position and words of every passage in force, in that order."""
    about = words_about(drug.generic_name, drug.brand_name)
    return [
        (edition.pk, position, " ".join(sorted({*passage.words, *about})))
        for edition in drug.editions.in_force().select_related("drug")
        for position, passage in enumerate(published_passages(edition))
    ]
