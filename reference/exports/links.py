"""Where an edition stands among the others, as Link headers (RFC 8288 and RFC 5829)."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from reference.models import Edition

# Every form of one edition, by the name of its address.
FORMS = {
    "edition_json": "application/json",
    "edition_fhir": "application/fhir+json",
    "edition_ris": "application/x-research-info-systems",
    "edition_bibtex": "application/x-bibtex",
    "edition_csl": "application/vnd.citationstyles.csl+json",
}


def link_header(edition: Edition, *more: str) -> str:
    """Return the value of the Link header of a public edition's page, with more links.

    Names the edition in force, the ones before and after, the list of all, the address
    to be quoted, and the other forms of the same edition.
    """
    links = (
        f'<{settings.PUBLIC_ORIGIN}{path}>; rel="{relation}"{attributes}'
        for relation, path, attributes in _links(edition)
    )
    return ", ".join([*links, *more])


def _links(edition: Edition) -> Iterator[tuple[str, str, str]]:
    slug, own = edition.drug.slug, edition.get_absolute_url()
    in_force = edition.drug.get_absolute_url()
    yield "canonical", in_force if edition.state == "published" else own, ""
    yield "latest-version", in_force, ""
    yield "version-history", reverse("reference:editions", args=[slug]), ""
    yield from _neighbours(edition)
    for name, media_type in FORMS.items():
        path = reverse(f"reference:{name}", args=[slug, edition.number])
        yield "alternate", path, f'; type="{media_type}"'
    feed = reverse("reference:changes_atom", args=[slug])
    yield "alternate", feed, '; type="application/atom+xml"'


def _neighbours(edition: Edition) -> Iterator[tuple[str, str, str]]:
    if edition.not_rechecked_since:
        return  # nobody can be asked
    slug, number = edition.drug.slug, edition.number
    public = Edition.objects.public().filter(drug_id=edition.drug_id)
    numbers = sorted(public.values_list("number", flat=True))
    place = numbers.index(number)
    for relation, beside in (
        ("predecessor-version", numbers[:place][-1:]),
        ("successor-version", numbers[place + 1 :][:1]),
    ):
        for other in beside:
            yield relation, reverse("reference:edition", args=[slug, other]), ""
