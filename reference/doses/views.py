"""One dose, as JSON, as a fragment for htmx, or as a page; worked out elsewhere."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from anakinra_site.http import HtmxHttpRequest, never_stored, public_page
from reference.editions import (
    CurrentEdition,
    EditionNotVerifiedError,
    current_edition,
    published_monograph,
)
from reference.pages import current_or_404, not_rechecked, page_of

from .request import answer_to, dose_context, not_verified

logger = logging.getLogger(__name__)


@public_page
@never_stored
@vary_on_headers("HX-Request", "Accept")
def dose(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """One dose as JSON, as a fragment for htmx, or as a page."""
    as_json = _wants_json(request)
    edition = None if as_json or request.htmx else current_or_404(drug)
    found = CurrentEdition.of(edition) if edition else current_edition(drug)
    if found is None:
        raise Http404
    try:
        content = published_monograph(found)
    except EditionNotVerifiedError:
        return _not_verified(request, found, as_json)
    since = found.not_rechecked_since
    if edition and not request.GET:
        return page_of(request, "reference/doses/dose.html", edition, answer=None)
    answer = answer_to(request.GET, found, content)
    if as_json:
        response = JsonResponse(answer.as_json(), status=answer.http_status)
        return not_rechecked(response, since)
    context = dose_context(answer, request.GET)
    if edition:
        template = "reference/doses/dose.html"
        return page_of(request, template, edition, status=answer.http_status, **context)
    context |= {"document": content.document}
    template = "reference/doses/_dose.html"
    return not_rechecked(
        render(request, template, context, status=answer.http_status), since
    )


def _wants_json(request: HttpRequest) -> bool:
    """Return whether JSON is asked for before HTML; anything else gets HTML."""
    if "json" not in request.META.get("HTTP_ACCEPT", ""):
        return False  # most ask for a page, and to read the header takes its time
    for accepted in request.accepted_types:
        kind = f"{accepted.main_type}/{accepted.sub_type}"
        if kind in ("application/json", "text/html", "text/*", "*/*"):
            return kind == "application/json"
    return False


def _not_verified(
    request: HtmxHttpRequest, found: CurrentEdition, as_json: bool
) -> HttpResponse:
    """Refuse a dose from an edition whose content is not what was published."""
    logger.error("edition-not-verified: no dose from edition %s", found.pk)
    answer = not_verified(found)
    if as_json:
        return JsonResponse(answer.as_json())
    template = (
        "reference/doses/_dose.html"
        if request.htmx
        else "reference/pages/not_verified.html"
    )
    return render(request, template, {"answer": answer, "document": answer.document})
