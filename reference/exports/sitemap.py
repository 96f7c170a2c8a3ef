"""What crawlers are told: where what is in force stands, and what to leave alone."""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from django.conf import settings
from django.urls import reverse

from reference.models import Edition

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# A search engine has no use for a dose or a search of its own; the desk is nobody's.
LEFT_ALONE = ("/admin/", "/*/dose/", "/*/doses/", "/search/?")


def sitemap(editions: Iterable[Edition]) -> bytes:
    """Return the sitemap of editions in force with their indications, as XML.

    A page changes when its edition does; the date is as precise as the print's.
    """
    root = ElementTree.Element("urlset", xmlns=NAMESPACE)
    for edition in editions:
        for path in _pages(edition):
            page = ElementTree.SubElement(root, "url")
            ElementTree.SubElement(page, "loc").text = f"{settings.PUBLIC_ORIGIN}{path}"
            ElementTree.SubElement(page, "lastmod").text = str(edition.revised_on)
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _pages(edition: Edition) -> Iterator[str]:
    slug = edition.drug.slug
    for name in ("monograph", "discrepancies", "editions"):
        yield reverse(f"reference:{name}", args=[slug])
    # Of many drugs, only these keys are read and not every whole document.
    for indication in edition.indication_set.all():
        yield reverse("reference:indication", args=[slug, indication.key])


def robots() -> str:
    """Return robots.txt; superseded pages say of themselves that they are no index."""
    disallowed = "".join(f"Disallow: {path}\n" for path in LEFT_ALONE)
    address = f"{settings.PUBLIC_ORIGIN}{reverse('reference:sitemap')}"
    return f"User-agent: *\n{disallowed}\nSitemap: {address}\n"
