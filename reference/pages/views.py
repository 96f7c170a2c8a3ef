"""The public pages: find the edition, validate the form, compute, render.

They depend on the address and the edition alone: no cookie, no session, no user.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from markupsafe import Markup

from anakinra_site.http import never_stored, public_page
from reference.comparing import compare, dose_impact
from reference.editions import (
    DOWN,
    DatabaseDownError,
    asks_at_once,
    kept_editions,
    public_edition,
    published_monograph,
    whole_current_edition,
)
from reference.exports import Citation, link_header, medical_web_page
from reference.models import STATE_IN_WORDS, Drug, Edition

from .page import not_rechecked, page_of
from .side_by_side import ComparisonForm


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The list of monographs; with a single one, the monograph itself."""
    try:
        with kept_editions.asking():
            drugs = list(Drug.objects.with_public_edition())
    except DOWN:
        return _home_from_copies(request)
    if len(drugs) == 1:
        return HttpResponseRedirect(drugs[0].get_absolute_url())
    context = {"drugs": drugs, "not_rechecked_since": None}
    return render(request, "reference/pages/home.html", context)


@public_page
def monograph(
    request: HttpRequest, drug: str, number: int | None = None
) -> HttpResponse:
    """The whole guide, which says where its edition stands among the others."""
    found = _edition(drug, number)
    content, address = published_monograph(found), found.permanent_address
    data = medical_web_page(
        content.document, address=address, reviewed_on=str(found.reviewed_on)
    )
    response = page_of(
        request,
        "reference/pages/monograph.html",
        found,
        structured_data=Markup(data),  # noqa: S704 - escaped there
        cited=Citation.of(
            content.document, address=address, fingerprint=found.fingerprint
        ),
    )
    response["Link"] = link_header(found)
    return response


@public_page
def printed(request: HttpRequest, drug: str, number: int | None = None) -> HttpResponse:
    return page_of(request, "reference/pages/print.html", _edition(drug, number))


@public_page
def discrepancies(
    request: HttpRequest, drug: str, number: int | None = None
) -> HttpResponse:
    template = "reference/pages/discrepancies.html"
    return page_of(request, template, _edition(drug, number))


@public_page
def indication(
    request: HttpRequest, drug: str, key: str, number: int | None = None
) -> HttpResponse:
    """One indication: its lines, and doses by weight."""
    found = _edition(drug, number)
    row = published_monograph(found).indications.get(key)
    if row is None:
        raise Http404
    own = "reference:edition_indication"
    path = reverse(own, args=[found.drug.slug, found.number, key])
    template = "reference/pages/indication.html"
    return page_of(request, template, found, indication=row, sheet_path=path)


@public_page
@never_stored
def comparison(request: HttpRequest, drug: str) -> HttpResponse:
    """Two indications of the edition in force, fact by fact side by side."""
    found = current_or_404(drug)
    content = published_monograph(found)
    form = ComparisonForm(request.GET or None, content.sections["indications"])
    context: dict[str, Any] = {"form": form, "compared": []}
    if form.is_valid():
        keys = (form.cleaned_data["first"], form.cleaned_data["second"])
        context["compared"] = [content.indications[key] for key in keys]
    status = 422 if form.errors else 200
    return page_of(
        request, "reference/pages/side_by_side.html", found, status=status, **context
    )


@public_page
@asks_at_once
def edition_changes(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    """What this edition changed against the one published before it."""
    found = _edition(drug, number)
    previous = found.previous
    context: dict[str, Any] = {"previous": previous}
    if previous is not None:
        pair = [published_monograph(item).document for item in (previous, found)]
        context |= {"comparison": compare(*pair), "impact": dose_impact(*pair)}
    return page_of(request, "reference/changes/edition_changes.html", found, **context)


@public_page
@asks_at_once
def edition_list(request: HttpRequest, drug: str) -> HttpResponse:
    """Every edition that was ever published, the newest first."""
    current = current_or_404(drug)
    editions = Edition.objects.public().filter(drug=current.drug).without_bytes()
    return render(
        request,
        "reference/pages/edition_list.html",
        {
            "drug": current.drug,
            "editions": [
                {"edition": found, "state_in_words": STATE_IN_WORDS[found.state]}
                for found in editions.order_by("-number")
            ],
        },
    )


def _home_from_copies(request: HttpRequest) -> HttpResponse:
    """Return the list of what can still be read while the database is down."""
    copies = kept_editions.copies()
    if not copies:
        raise DatabaseDownError("The database did not answer.")
    oldest = min(
        copy.not_rechecked_since for copy in copies if copy.not_rechecked_since
    )
    context = {"drugs": [copy.drug for copy in copies], "not_rechecked_since": oldest}
    return not_rechecked(render(request, "reference/pages/home.html", context), oldest)


def current_or_404(drug: str) -> Edition:
    """Return the drug's edition in force, or that edition withdrawn, or raise 404."""
    return _edition(drug, None)


def _edition(drug: str, number: int | None) -> Edition:
    """Return this edition if anyone may read it, or the current one, or raise 404."""
    found = (
        whole_current_edition(drug) if number is None else public_edition(drug, number)
    )
    if found is None:
        raise Http404
    return found
