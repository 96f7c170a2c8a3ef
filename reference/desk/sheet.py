"""Whether the sheet of a draft fits on its pages: said before it is submitted."""

from collections.abc import Iterator

from django.conf import settings

from reference import editions
from reference.drawn import files
from reference.models import Edition
from reference.publishing import Problem


def sheet_problems(edition: Edition) -> Iterator[Problem]:
    """Yield why the edition's sheet would not be drawn; it blocks nothing.

    It takes seconds, so it is asked once, before a draft is submitted, of one that
    nothing else blocks, and only where files are drawn.
    """
    if not settings.DRAW_PDF:
        return
    document = editions.canonical_document(edition)
    digest = editions.fingerprint(editions.canonical_bytes(document))
    content = editions.arranged(document)
    try:
        why_not = files.why_not_drawn(
            files.monograph_source(edition, content, digest=digest)
        )
    except files.DrawingImpossibleError:
        yield _warning("Whether the sheet fits on its pages could not be seen here.")
        return
    if why_not:
        yield _warning(
            f"The sheet would not be drawn: {why_not}. Nothing of it is cut, so "
            "readers would have no PDF, and paper more pages: shorten its texts."
        )


def _warning(text: str) -> Problem:
    return Problem("warning", "edition", "", text)
