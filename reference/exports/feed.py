"""The Atom feed of a drug: editions put in force, withdrawn and restored.

One entry for each public act of the record, so that an entry never changes.
"""

from functools import lru_cache
from uuid import NAMESPACE_OID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from reference.comparing import dose_impact
from reference.editions import published_monograph
from reference.models import Drug, Edition, HistoryEntry

from .citation import one_line

TITLES = {
    "imported": "{edition}: first edition on this site",
    "published": "{edition}: in force",
    "withdrawn": "{edition}: withdrawn, not to be used",
    "restored": "{edition}: the withdrawal was undone",
}
ENTRIES = 50  # of the latest; the list of editions has them all
IMPACTS_KEPT = 64


def atom_feed(drug: Drug) -> str:
    """Return the feed of a drug with a public edition, the latest act first."""
    public = drug.editions.public().without_bytes()
    editions = {edition.number: edition for edition in public}
    newest = editions[max(editions)]
    acts = drug.history.filter(act__in=TITLES, edition_number__in=editions)
    page = _absolute(drug.get_absolute_url())
    feed = Atom1Feed(
        title=f"{drug}: editions of the guide",
        link=page,
        description="Editions put in force, withdrawn and restored, with what they "
        "change in doses.",
        language="en-us",
        author_name=one_line(newest.issuer),
        feed_url=_absolute(reverse("reference:changes_atom", args=[drug.slug])),
        feed_guid=_permanent(f"{drug.slug} changes"),
    )
    for act in acts.order_by("-pk")[:ENTRIES]:
        edition = editions[act.edition_number]
        feed.add_item(
            title=TITLES[act.act].format(edition=edition),
            link=_absolute(edition.get_absolute_url()),
            description=_summary(act, edition, editions),
            unique_id=_permanent(act.seal),
            pubdate=act.at.replace(microsecond=0),
            updateddate=act.at.replace(microsecond=0),
            author_name=one_line(edition.issuer),
            categories=[edition.change_grade] if edition.change_grade else [],
        )
    return feed.writeString("utf-8")


def _summary(act: HistoryEntry, edition: Edition, editions: dict[int, Edition]) -> str:
    if act.act == "withdrawn":
        return f"Reason: {one_line(act.reason)}"
    if act.act == "restored":
        return "Two people agreed that it may be read and used again as it stands."
    told = []
    if edition.change_grade:
        told.append(f"Grade: {edition.get_change_grade_display()}.")
    told.append(one_line(edition.change_note))
    earlier = [number for number in editions if number < edition.number]
    if earlier:
        pair = (editions[max(earlier)], edition)
        told.append(_impact(*((each.pk, each.fingerprint) for each in pair)))
    return " ".join(filter(None, told))


@lru_cache(maxsize=IMPACTS_KEPT)
def _impact(*pair: tuple[int, str]) -> str:
    """Return what the second changes in doses; by key and fingerprint, it never does.

    Raises EditionNotVerifiedError as the pages of the two would.
    """
    before, after = (
        published_monograph(Edition(pk=pk, fingerprint=fingerprint)).document
        for pk, fingerprint in pair
    )
    impact = dose_impact(before, after)
    said = f"{impact.summary[:1].upper()}{impact.summary[1:]}."
    return f"{said} {impact.twofold_summary}" if impact.changes else said


def _permanent(name: str) -> str:
    """Return an identifier that depends on no address, which may move."""
    return f"urn:uuid:{uuid5(NAMESPACE_OID, name)}"


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_ORIGIN}{path}"
