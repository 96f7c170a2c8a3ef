"""One dose, as JSON, as a fragment for htmx, or as a page; worked out elsewhere."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from anakinra_site.http import HtmxHttpRequest, never_stored, public_page
from reference.editions import (
    EditionNotVerifiedError,
    current_edition,
    published_monograph,
)
from reference.models import Edition
from reference.pages import current_or_404, not_rechecked, page_of

from .answer import DoseAnswer
from .request import answer_to, dose_context, not_verified

logger = logging.getLogger(__name__)

JSON, FRAGMENT, PAGE = "json", "fragment", "page"


@public_page
@never_stored
@vary_on_headers("HX-Request", "Accept")
def dose(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """One dose as JSON, as a fragment for htmx, or as a page."""
    form = _form_asked(request)
    found = current_or_404(drug) if form == PAGE else current_edition(drug)
    if found is None:
        raise Http404
    try:
        content = published_monograph(found)
    except EditionNotVerifiedError:
        logger.error("edition-not-verified: no dose from edition %s", found.pk)
        return _represented(request, form, found, not_verified(found))
    if form == PAGE and not request.GET:
        return page_of(request, "reference/doses/dose.html", found, answer=None)
    return _represented(request, form, found, answer_to(request.GET, found, content))


def _form_asked(request: HtmxHttpRequest) -> str:
    """Return the form that is asked for; JSON only where it is named before HTML."""
    if _wants_json(request):
        return JSON
    return FRAGMENT if request.htmx else PAGE


def _wants_json(request: HttpRequest) -> bool:
    if "json" not in request.META.get("HTTP_ACCEPT", ""):
        return False  # most ask for a page, and to read the header takes its time
    for accepted in request.accepted_types:
        kind = f"{accepted.main_type}/{accepted.sub_type}"
        if kind in ("application/json", "text/html", "text/*", "*/*"):
            return kind == "application/json"
    return False


def _represented(
    request: HttpRequest, form: str, found: Edition, answer: DoseAnswer
) -> HttpResponse:
    """Return an answer in the form asked for, marked if its edition is not rechecked.

    An edition whose content is not what was published has no page of its own.
    """
    status = 422 if answer.status == "invalid" else 200
    since = found.not_rechecked_since
    if form == JSON:
        return not_rechecked(JsonResponse(answer.as_json(), status=status), since)
    context = dose_context(answer, request.GET)
    if form == PAGE and answer.is_verified:
        template = "reference/doses/dose.html"
        return page_of(request, template, found, status=status, **context)
    template = "doses/_dose.html" if form == FRAGMENT else "pages/not_verified.html"
    context["document"] = answer.document
    page = render(request, f"reference/{template}", context, status=status)
    return not_rechecked(page, since)
