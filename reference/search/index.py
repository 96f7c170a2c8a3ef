"""Keeps the words of the editions in force, and of no other, where they are looked up.

Called within the transaction of the act that changes which edition is in force.
"""

from django.db.models import QuerySet

from reference.models import Drug, SearchPassage

from .passages import published_passages


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
    return [
        (edition.pk, position, " ".join(sorted(passage.words)))
        for edition in drug.editions.in_force().select_related("drug")
        for position, passage in enumerate(published_passages(edition))
    ]
