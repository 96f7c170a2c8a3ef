"""What programs read as files: an edition, its schema, dates of tests, the API.

The pages are in views.py, FHIR in fhir_views.py, what follows and cites in
discovery_views.py.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from anakinra_site.caching import never_stored
from anakinra_site.cross_origin import readable_from_anywhere

from .document import fingerprint
from .exports.edition_schema import VERSION, schema_address, schema_bytes
from .exports.links import link_header
from .exports.openapi import openapi_bytes
from .forms import MonitoringForm
from .models import Edition
from .monitoring import calendar_file, due_tests
from .monograph import EditionNotVerifiedError, published_monograph
from .pages import permanent_address
from .views import public_page


@public_page
@readable_from_anywhere
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
@never_stored
def monitoring_calendar(request: HttpRequest, drug: str) -> HttpResponse:
    """The same dates as a calendar file; of two readings the shorter, unless asked."""
    public = Edition.objects.public().without_bytes()
    found = get_object_or_404(public.filter(drug__slug=drug).current())
    content = published_monograph(found)
    form = MonitoringForm(request.GET)
    if not form.is_valid():
        said = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return HttpResponse(said, "text/plain; charset=utf-8", status=422)
    if found.state != Edition.State.PUBLISHED or found.published_at is None:
        raise Http404
    start = form.cleaned_data["start"]
    is_longer = form.cleaned_data["reading"] == "longer"
    file = calendar_file(
        [
            test
            for test in due_tests(content.sections["monitoring"], start)
            if is_longer or not test.is_disputed
        ],
        start=start,
        drug=content.document["drug"],
        edition=content.document["edition"],
        address=permanent_address(found),
        stamp=found.published_at,
    )
    response = HttpResponse(file, "text/calendar; charset=utf-8; method=PUBLISH")
    name = f"{found.drug.slug}-monitoring-{start}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
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
def openapi(request: HttpRequest) -> HttpResponse:
    """What programs may ask of this site."""
    return HttpResponse(openapi_bytes(settings.PUBLIC_ORIGIN), "application/json")
