"""Why a database cannot be prepared: a sentence for the person who starts the site."""

from collections.abc import Iterator

# By SQLite's primary result codes.
_OF_SQLITE = {
    8: "The database may only be read. Does its file, or its folder, belong to another "
    "user? Give both to the one who starts the site.",
    10: "The disk of the database is full or gives errors. Make room, or look at the "
    "disk, and start again.",
    11: "The file is damaged. Restore a backup: make restore FILE=backups/….tar",
    13: "There is no room left on the disk of the database. Make room and start again.",
    14: "A file of the database cannot be opened. Does it, or its folder, belong to "
    "another user?",
    26: "The file is no SQLite database. Name another one in DATABASE_URL.",
}
# By PostgreSQL's SQLSTATE.
_OF_POSTGRESQL = {
    "25006": "The database may only be read. Is it a standby?",
    "42501": "Its user may not create tables. Give it the right to, as in "
    "docs/operations.md.",
    "53100": _OF_SQLITE[13],
}


def why_not_prepared(error: BaseException) -> str:
    """Return what is wrong and what to do, or "" where it is another fault."""
    for each in _chain(error):
        extended = getattr(each, "sqlite_errorcode", None)
        said = _OF_SQLITE.get((extended or 0) & 0xFF) or _OF_POSTGRESQL.get(
            getattr(each, "sqlstate", None) or ""
        )
        if said:
            return f"Not started: {str(each).strip()}. {said}"
    return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from or while handling."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
