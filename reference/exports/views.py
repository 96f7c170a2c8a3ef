"""What programs read as files: an edition, its schema and citations, the feed, indexes.

FHIR is in fhir/views.py, the OpenAPI document in reference/openapi.py.
"""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from anakinra_site.http import public_page, readable_from_anywhere
from reference.editions import (
    VERSION,
    EditionNotVerifiedError,
    asks_at_once,
    fingerprint,
    published_monograph,
    schema_address,
    schema_bytes,
)
from reference.models import Edition

from .citation import Citation, bibtex, csl_json, ris
from .feed import atom_feed
from .links import FORMS, link_header
from .sitemap import robots, sitemap

CONTACT_HOLDS_FOR = timedelta(days=90)
WRITERS = {"edition_ris": ris, "edition_bibtex": bibtex, "edition_csl": csl_json}


@public_page
@readable_from_anywhere
@asks_at_once
def edition_json(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    """The canonical document, byte for byte as it was fingerprinted."""
    public = Edition.objects.public().select_related("drug")
    found = get_object_or_404(public, drug__slug=drug, number=number)
    canonical = bytes(found.canonical or b"")
    if fingerprint(canonical) != found.fingerprint:
        raise EditionNotVerifiedError(f"{found} does not match its fingerprint")
    response = HttpResponse(canonical, "application/json")
    response["ETag"] = f'"{found.fingerprint}"'
    response["Link"] = link_header(found, f'<{schema_address()}>; rel="describedby"')
    return response


@public_page
@readable_from_anywhere
def edition_schema(request: HttpRequest, version: int) -> HttpResponse:
    """The JSON Schema of edition.json, at an address for each version of it."""
    if version != VERSION:
        raise Http404
    return HttpResponse(schema_bytes(schema_address()), "application/schema+json")


@public_page
@readable_from_anywhere
@asks_at_once
def changes_atom(request: HttpRequest, drug: str) -> HttpResponse:
    """One entry for each edition put in force, withdrawn or restored."""
    of_drug = Edition.objects.without_bytes().filter(drug__slug=drug)
    found = get_object_or_404(of_drug.newest_first()[:1])
    return HttpResponse(atom_feed(found.drug), "application/atom+xml; charset=utf-8")


@public_page
@readable_from_anywhere
@asks_at_once
def edition_citation(
    request: HttpRequest, drug: str, number: int, form: str
) -> HttpResponse:
    """The citation of one edition, as a file for a program that keeps citations."""
    found = get_object_or_404(
        Edition.objects.public().without_bytes(), drug__slug=drug, number=number
    )
    citation = Citation.of(
        published_monograph(found).document,
        address=found.permanent_address,
        fingerprint=found.fingerprint,
    )
    response = HttpResponse(WRITERS[form](citation), f"{FORMS[form]}; charset=utf-8")
    response["Link"] = link_header(found)
    return response


@public_page
@asks_at_once
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """The pages of every edition in force."""
    in_force = Edition.objects.in_force().without_bytes().order_by("drug__slug")
    listed = in_force.prefetch_related("indication_set")
    return HttpResponse(sitemap(listed), "application/xml; charset=utf-8")


@public_page
def robots_txt(request: HttpRequest) -> HttpResponse:
    return HttpResponse(robots(), "text/plain; charset=utf-8")


@public_page
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116); 404 where no address is set.

    It runs out at a midnight, so that its bytes are the same for a whole day.
    """
    if not settings.REPORT_ERRORS_TO:
        raise Http404
    last = timezone.now().date() + CONTACT_HOLDS_FOR
    expires = datetime.combine(last, time(), UTC)
    lines = [f"Contact: {settings.REPORT_ERRORS_TO}", f"Expires: {expires:%FT%TZ}"]
    if settings.PUBLIC_ORIGIN:
        address = f"{settings.PUBLIC_ORIGIN}{reverse('reference:security')}"
        lines.append(f"Canonical: {address}")
    lines.append("Preferred-Languages: en")
    return HttpResponse("\n".join([*lines, ""]), "text/plain; charset=utf-8")
