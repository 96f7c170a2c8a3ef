"""The public pages: find the edition, validate the form, compute, render.

They depend on the address and the edition alone: no cookie, no session, no user.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails
from markupsafe import Markup

from anakinra_site.caching import never_stored

from .compare import compare
from .current_edition import (
    CurrentEdition,
    current_edition,
    public_edition,
    whole_current_edition,
)
from .dose_impact import dose_impact
from .dose_request import answer_to, dose_context, not_verified
from .exports.citation import Citation
from .exports.links import link_header
from .exports.structured_data import medical_web_page
from .forms import ComparisonForm, IndicationForm, MonitoringForm
from .indication_filter import facet_values
from .kept_editions import DOWN, DatabaseDownError, kept_editions
from .models import Drug, Edition
from .monitoring import due_tests
from .monograph import EditionNotVerifiedError, published_monograph
from .pages import STATE_IN_WORDS, edition_page, marked, permanent_address

logger = logging.getLogger(__name__)


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer GET and HEAD alone; it changes nothing and takes no token."""
    return csrf_exempt(require_safe(view))


class HtmxHttpRequest(HttpRequest):
    """A request that has passed through django-htmx."""

    htmx: HtmxDetails


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The list of monographs; with a single one, the monograph itself."""
    try:
        kept_editions.require_database()
        drugs = list(Drug.objects.with_public_edition())
    except DOWN:
        return _home_from_copies(request)
    if len(drugs) == 1:
        return HttpResponseRedirect(drugs[0].get_absolute_url())
    context = {"drugs": drugs, "not_rechecked_since": None}
    return render(request, "reference/home.html", context)


@public_page
def monograph(request: HttpRequest, drug: str) -> HttpResponse:
    return _monograph_page(request, _current_edition(drug))


@public_page
def monograph_print(request: HttpRequest, drug: str) -> HttpResponse:
    return _page(request, "reference/print.html", _current_edition(drug))


@public_page
@never_stored
@vary_on_headers("HX-Request")
def indications(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """The indications of the edition in force that fit what was typed and chosen."""
    found = _current_edition(drug)
    content = published_monograph(found)
    listed = content.sections["indications"]
    form = IndicationForm(request.GET, facet_values(listed))
    context = {
        "form": form,
        "matches": form.matching(listed),
        "total": len(listed),
        "slug": found.drug.slug,
    }
    status = 422 if form.errors else 200
    if request.htmx:
        since = found.not_rechecked_since
        context |= {"document": content.document, "not_rechecked_since": since}
        response = render(request, "reference/_found.html", context, status=status)
        return marked(response, since)
    return _page(request, "reference/indications.html", found, status=status, **context)


@public_page
@never_stored
def comparison(request: HttpRequest, drug: str) -> HttpResponse:
    """Two indications of the edition in force, fact by fact side by side."""
    found = _current_edition(drug)
    sections = published_monograph(found).sections
    form = ComparisonForm(request.GET or None, sections["indications"])
    context: dict[str, Any] = {"form": form, "compared": []}
    if form.is_valid():
        keys = (form.cleaned_data["first"], form.cleaned_data["second"])
        context["compared"] = [sections["indications_by_key"][key] for key in keys]
    status = 422 if form.errors else 200
    return _page(request, "reference/comparison.html", found, status=status, **context)


@public_page
@never_stored
def monitoring(request: HttpRequest, drug: str) -> HttpResponse:
    """The dates of the blood tests from a first day of treatment, as a list."""
    found = _current_edition(drug)
    tests = published_monograph(found).sections["monitoring"]
    form = MonitoringForm(request.GET or None, label_suffix="")
    context: dict[str, Any] = {"form": form, "tests": tests}
    context |= {"due": [], "sheet_path": ""}
    if found.state == Edition.State.PUBLISHED and form.is_valid():
        start = form.cleaned_data["start"]
        context |= {"start": start, "due": due_tests(tests, start)}
        context |= {"sheet_path": f"{request.path}?{urlencode({'start': start})}"}
    status = 422 if form.errors else 200
    return _page(request, "reference/monitoring.html", found, status=status, **context)


@public_page
def edition(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    return _monograph_page(request, _edition(drug, number))


@public_page
def edition_print(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    return _page(request, "reference/print.html", _edition(drug, number))


@public_page
def discrepancies(request: HttpRequest, drug: str) -> HttpResponse:
    return _page(request, "reference/discrepancies.html", _current_edition(drug))


@public_page
def edition_discrepancies(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    return _page(request, "reference/discrepancies.html", _edition(drug, number))


@public_page
def indication(request: HttpRequest, drug: str, key: str) -> HttpResponse:
    """One indication of the edition in force: its lines, and doses by weight."""
    return _indication_page(request, _current_edition(drug), key)


@public_page
def edition_indication(
    request: HttpRequest, drug: str, number: int, key: str
) -> HttpResponse:
    return _indication_page(request, _edition(drug, number), key)


@public_page
def edition_changes(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    """What this edition changed against the one published before it."""
    found = _edition(drug, number)
    earlier = Edition.objects.public().filter(drug=found.drug, number__lt=found.number)
    previous = earlier.without_bytes().first()
    context: dict[str, Any] = {"previous": previous}
    if previous is not None:
        pair = [published_monograph(item).document for item in (previous, found)]
        context |= {"comparison": compare(*pair), "impact": dose_impact(*pair)}
    return _page(request, "reference/edition_changes.html", found, **context)


@public_page
def edition_list(request: HttpRequest, drug: str) -> HttpResponse:
    """Every edition that was ever published, the newest first."""
    current = _current_edition(drug)
    editions = Edition.objects.public().filter(drug=current.drug)
    editions = editions.without_bytes()
    return render(
        request,
        "reference/edition_list.html",
        {
            "drug": current.drug,
            "editions": [
                {"edition": found, "state_in_words": STATE_IN_WORDS[found.state]}
                for found in editions.order_by("-number")
            ],
        },
    )


@public_page
@never_stored
@vary_on_headers("HX-Request", "Accept")
def dose(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """One dose as JSON, as a fragment for htmx, or as a page."""
    as_json = _wants_json(request)
    edition = None if as_json or request.htmx else _current_edition(drug)
    found = CurrentEdition.of(edition) if edition else current_edition(drug)
    if found is None:
        raise Http404
    try:
        content = published_monograph(found)
    except EditionNotVerifiedError:
        return _not_verified(request, found, as_json)
    since = found.not_rechecked_since
    if edition and not request.GET:
        return _page(request, "reference/dose.html", edition, answer=None)
    answer = answer_to(request.GET, found, content)
    if as_json:
        response = JsonResponse(answer.as_json(), status=answer.http_status)
        return marked(response, since)
    context = dose_context(answer, request.GET)
    if edition:
        template = "reference/dose.html"
        return _page(request, template, edition, status=answer.http_status, **context)
    context |= {"document": content.document}
    template = "reference/_dose.html"
    return marked(render(request, template, context, status=answer.http_status), since)


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
    template = "reference/_dose.html" if request.htmx else "reference/not_verified.html"
    return render(request, template, {"answer": answer, "document": answer.document})


def _home_from_copies(request: HttpRequest) -> HttpResponse:
    """Return the list of what can still be read while the database is down."""
    copies = kept_editions.copies()
    if not copies:
        raise DatabaseDownError("The database did not answer.")
    oldest = min(
        copy.not_rechecked_since for copy in copies if copy.not_rechecked_since
    )
    context = {"drugs": [copy.drug for copy in copies], "not_rechecked_since": oldest}
    return marked(render(request, "reference/home.html", context), oldest)


def _current_edition(drug: str) -> Edition:
    """Return the drug's edition in force, or that edition withdrawn, or raise 404."""
    found = whole_current_edition(drug)
    if found is None:
        raise Http404
    return found


def _edition(drug: str, number: int) -> Edition:
    """Return this edition of the drug if anyone may read it, or raise 404."""
    found = public_edition(drug, number)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, template: str, found: Edition, **context: Any
) -> HttpResponse:
    return edition_page(
        request,
        template,
        found,
        published_monograph(found),
        digest=found.fingerprint,
        **context,
    )


def _monograph_page(request: HttpRequest, found: Edition) -> HttpResponse:
    """Return the whole guide, which says where its edition stands among the others."""
    content, address = published_monograph(found), permanent_address(found)
    data = medical_web_page(
        content.document,
        address=address,
        reviewed_on=str(found.reviewed_on),
    )
    response = _page(
        request,
        "reference/monograph.html",
        found,
        structured_data=Markup(data),  # noqa: S704 - escaped there
        cited=Citation.of(
            content.document, address=address, fingerprint=found.fingerprint
        ),
    )
    response["Link"] = link_header(found)
    return response


def _indication_page(request: HttpRequest, found: Edition, key: str) -> HttpResponse:
    """Return the page of one indication, or raise 404 for one there is not."""
    row = published_monograph(found).indication(key)
    if row is None:
        raise Http404
    path = reverse(
        "reference:edition_indication", args=[found.drug.slug, found.number, key]
    )
    return _page(
        request, "reference/indication.html", found, indication=row, sheet_path=path
    )
