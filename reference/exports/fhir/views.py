"""FHIR R5, read only: an edition as a document, and the edition in force by resource.

Every error is an OperationOutcome.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.vary import vary_on_headers

from anakinra_site.http import readable_from_anywhere
from reference.editions import SECTION_TITLES, asks_at_once, published_monograph
from reference.exports.code_systems import NAME_OF_URI
from reference.exports.coded_editions import Asked, coded_editions, in_any_system
from reference.models import STATE_IN_WORDS, Drug, Edition

from . import server
from .bundle import as_json, bundle, resources
from .datatypes import NOT_IN_AN_ID, Element, owner_id
from .extensions import structure_definition
from .facts import EditionFacts
from .knowledge import medication_knowledge
from .parameters import (
    ACCEPTED_TYPES,
    MEDIA_TYPE,
    FhirError,
    Parameters,
    handling_preferred,
)

P = ParamSpec("P")
Maker = Callable[Concatenate[HttpRequest, P], Element]
Answerer = Callable[Concatenate[HttpRequest, P], HttpResponse]

R5, VERSION_ASKED = "5.0", "fhirversion"  # as Django spells parameters of a header
MOST_CODES = 100
NOT_FOUND = "There is no such resource here."
# FHIR's addresses are absolute, on a machine without a public name too.
LOCAL_ORIGIN = "http://localhost"


def fhir_document(make: Maker[P]) -> Answerer[P]:
    """Send what is made, to GET and HEAD alone, or say as FHIR does why not."""

    @csrf_exempt
    @readable_from_anywhere
    @wraps(make)
    def answer(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            if request.method not in ("GET", "HEAD"):
                raise FhirError(405, "not-supported", "Only GET and HEAD are answered.")
            body, status = make(request, *args, **kwargs), 200
        except FhirError as error:
            body, status = (
                server.operation_outcome(error.code, error.text),
                error.status,
            )
        except Http404:
            body, status = server.operation_outcome("not-found", NOT_FOUND), 404
        is_pretty = request.GET.get("_pretty") == "true"
        sent = as_json(body, is_pretty=is_pretty)
        response = HttpResponse(sent, MEDIA_TYPE, status=status)
        if status == 405:
            response.headers["Allow"] = "GET, HEAD"
        return response

    return answer


def fhir_resource(
    *own: str, is_search: bool = False
) -> Callable[[Maker[P]], Answerer[P]]:
    """Let a view know these parameters and the general ones; send JSON of R5 alone."""

    def decorated(make: Maker[P]) -> Answerer[P]:
        @wraps(make)
        def checked(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> Element:
            _parameters(request, *own, is_search=is_search).check()
            _refuse_other_forms(request)
            return make(request, *args, **kwargs)

        return vary_on_headers("Accept", "Prefer")(fhir_document(checked))

    return decorated


@fhir_document
@asks_at_once
def edition_fhir(request: HttpRequest, drug: str, number: int) -> Element:
    """A whole edition, at its permanent address."""
    public = Edition.objects.public().without_bytes()
    edition = get_object_or_404(public, drug__slug=drug, number=number)
    return bundle(published_monograph(edition).document, _facts(edition))


@fhir_resource("mode")
def metadata(request: HttpRequest) -> Element:
    return server.capability_statement(_origin())


@fhir_resource()
def definition(request: HttpRequest, key: str) -> Element:
    """What one of the site's own extensions means."""
    found = structure_definition(_origin(), key)
    if found is None:
        raise Http404
    return found


@fhir_resource("code", is_search=True)
@asks_at_once
def search(request: HttpRequest) -> Element:
    """The editions in force whose drug has one of the codes."""
    found = {
        one.edition.pk: one.edition
        for one in coded_editions(_codes_asked(request.GET.getlist("code")))
        if one.indication is None
    }
    return server.search_set(
        [
            medication_knowledge(published_monograph(each).document, _facts(each))
            for each in found.values()
        ],
        origin=_origin(),
        asked=_parameters(request, "code", is_search=True),
    )


@fhir_resource()
@asks_at_once
def read(request: HttpRequest, kind: str, key: str) -> Element:
    """A resource of the edition in force, or of that edition withdrawn."""
    editions = Edition.objects.filter(drug__slug=_slug(kind, key)).without_bytes()
    return _resource(get_object_or_404(editions.newest_first()[:1]), kind, key)


@fhir_resource()
@asks_at_once
def read_version(request: HttpRequest, kind: str, key: str, number: int) -> Element:
    """A resource as it is in one edition."""
    public = Edition.objects.public().without_bytes()
    found = get_object_or_404(public, drug__slug=_slug(kind, key), number=number)
    return _resource(found, kind, key)


@fhir_resource()
def not_offered(request: HttpRequest, rest: str = "") -> Element:
    """Any other address below /fhir."""
    offered = f"Read {', '.join(server.READABLE)}; search {server.SEARCHED} by code."
    raise FhirError(404, "not-supported", f"This is not offered. {offered}")


def _parameters(request: HttpRequest, *own: str, is_search: bool) -> Parameters:
    pairs = [(name, each) for name, given in request.GET.lists() for each in given]
    handling = handling_preferred(request.headers.get("Prefer", ""))
    return Parameters(tuple(pairs), frozenset(own), is_search, handling)


def _refuse_other_forms(request: HttpRequest) -> None:
    """Raise FhirError for who takes no JSON of R5; an asked _format goes before."""
    takes_json_of_r5 = any(
        accepted.match(kind) and accepted.params.get(VERSION_ASKED, R5) == R5
        for accepted in request.accepted_types
        for kind in ACCEPTED_TYPES
    )
    if "_format" not in request.GET and not takes_json_of_r5:
        text = f"What is sent is {MEDIA_TYPE} of FHIR R5 (fhirVersion={R5})."
        raise FhirError(406, "not-supported", text)


def _codes_asked(given: list[str]) -> list[Asked]:
    """Return the codes of a search. Raises FhirError unless each can be read."""
    parts = given[0].split(",") if len(given) == 1 else []
    if len(parts) > MOST_CODES:
        text = f"Send at most {MOST_CODES} codes at once."
        raise FhirError(400, "too-costly", text)
    asked = list[Asked]()
    for part in parts:
        system, bar, value = part.rpartition("|")
        if not value or (bar and not system):
            raise FhirError(400, "invalid", "Write a code as system|value or value.")
        if not bar:
            asked += in_any_system(value)
        elif system in NAME_OF_URI:
            asked.append(Asked(NAME_OF_URI[system], value))
    if not parts:
        raise FhirError(400, "required", "Send code once: code=system|value.")
    return asked


def _slug(kind: str, key: str) -> str:
    """Return the slug of the drug that an id belongs to, or raise 404."""
    owner = key.partition(".")[0]
    if kind in server.READABLE and not NOT_IN_AN_ID.search(owner):
        # To its first dash, an id has the slug's own letters.
        start = owner.partition("-")[0]
        alike = Drug.objects.with_public_edition().filter(slug__startswith=start)
        for slug in alike.values_list("slug", flat=True):
            if owner_id(slug) == owner:
                return slug
    raise Http404


def _resource(edition: Edition, kind: str, key: str) -> Element:
    document = published_monograph(edition).document
    for resource in resources(document, _facts(edition)):
        if (resource["resourceType"], resource["id"]) == (kind, key):
            return resource
    raise Http404


def _facts(edition: Edition) -> EditionFacts:
    assert edition.published_at is not None  # noqa: S101 - the database holds it
    return EditionFacts(
        state=edition.state,
        state_in_words=str(STATE_IN_WORDS[edition.state]),
        fingerprint=edition.fingerprint,
        published_at=edition.published_at,
        origin=_origin(),
        path=edition.get_absolute_url(),
        section_titles=SECTION_TITLES,
    )


def _origin() -> str:
    return settings.PUBLIC_ORIGIN or LOCAL_ORIGIN
