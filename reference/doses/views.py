"""Doses, as JSON, as a fragment for htmx, or as a page; worked out elsewhere."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from anakinra_site.http import (
    HtmxHttpRequest,
    never_stored,
    public_page,
    wants_json,
)
from reference.editions import (
    EditionNotVerifiedError,
    Monograph,
    current_edition,
    published_monograph,
)
from reference.models import Edition
from reference.pages import (
    current_or_404,
    edition_context,
    not_rechecked,
    page_of,
)

from .answer import DoseAnswer
from .every_line import EveryLine, every_line, every_line_context, none_verified
from .request import answer_to, dose_context, not_verified

logger = logging.getLogger(__name__)

JSON, FRAGMENT, PAGE = "json", "fragment", "page"


@public_page
@never_stored
@vary_on_headers("HX-Request", "Accept")
def dose(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """One dose as JSON, as a fragment for htmx, or as a page."""
    form, found, content = _asked(request, drug)
    if content is None:
        return _represented(request, form, found, None, not_verified(found))
    if form == PAGE and not request.GET:
        return page_of(request, "reference/doses/dose.html", found, answer=None)
    answer = answer_to(request.GET, found, content)
    return _represented(request, form, found, content, answer)


@public_page
@never_stored
@vary_on_headers("HX-Request", "Accept")
def doses(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """Every line's dose at one weight, as JSON, as a fragment, or as a page.

    Without parameters, the table without a patient; a program has to send a weight.
    """
    form, found, content = _asked(request, drug)
    if content is None and form != JSON:
        return _represented(request, form, found, None, not_verified(found))
    if content is None:
        answer = none_verified(not_verified(found))
    else:
        answer = every_line(request.GET, found, content, on_page=form != JSON)
    if form == JSON:
        response = JsonResponse(answer.as_json(), status=_code_of(answer))
        return not_rechecked(response, found.not_rechecked_since)
    assert content is not None  # noqa: S101 - refused above
    return _table(request, form, found, content, answer if request.GET else None)


def _asked(
    request: HtmxHttpRequest, drug: str
) -> tuple[str, Edition, Monograph | None]:
    """Return the form asked for and the edition, with its content if it is verified.

    Raises 404 where the drug has no edition.
    """
    form = _form_asked(request)
    found = current_or_404(drug) if form == PAGE else current_edition(drug)
    if found is None:
        raise Http404
    try:
        return form, found, published_monograph(found)
    except EditionNotVerifiedError:
        logger.error("edition-not-verified: no dose from edition %s", found.pk)
        return form, found, None


def _form_asked(request: HtmxHttpRequest) -> str:
    """Return the form that is asked for."""
    if wants_json(request):
        return JSON
    return FRAGMENT if request.htmx else PAGE


def _represented(
    request: HtmxHttpRequest,
    form: str,
    found: Edition,
    content: Monograph | None,
    answer: DoseAnswer,
) -> HttpResponse:
    """Return an answer in the form asked for, marked if its edition is not rechecked.

    An edition whose content is not what was published has no page of its own.
    """
    status = _code_of(answer)
    since = found.not_rechecked_since
    if form == JSON:
        return not_rechecked(JsonResponse(answer.as_json(), status=status), since)
    is_fragment = form == FRAGMENT
    context = dose_context(
        answer,
        content,
        typed=request.GET.dict(),
        is_fragment=is_fragment,
        in_row=is_fragment and not _is_asked_on(request, request.path),
    )
    if form == PAGE and answer.is_verified:
        template = "reference/doses/dose.html"
        return page_of(request, template, found, status=status, **context)
    template = "doses/_dose.html" if form == FRAGMENT else "pages/not_verified.html"
    context["document"] = answer.document
    page = render(request, f"reference/{template}", context, status=status)
    return not_rechecked(page, since)


def _is_asked_on(request: HtmxHttpRequest, path: str) -> bool:
    """Return whether a fragment was asked for by the page of this path."""
    address = request.htmx.current_url_abs_path or ""
    return address.partition("?")[0] == path


def _table(
    request: HttpRequest,
    form: str,
    found: Edition,
    content: Monograph,
    answer: EveryLine | None,
) -> HttpResponse:
    """Return the table as the page or the fragment asked for; None is no patient."""
    status = 200 if answer is None else _code_of(answer)
    context = every_line_context(answer, request.GET, content)
    if form == PAGE:
        template = "reference/doses/doses.html"
        return page_of(request, template, found, status=status, **context)
    context = edition_context(found) | context | {"is_fragment": True}
    page = render(request, "reference/doses/_doses.html", context, status=status)
    return not_rechecked(page, found.not_rechecked_since)


def _code_of(answer: DoseAnswer | EveryLine) -> int:
    return 422 if answer.status == "invalid" else 200
