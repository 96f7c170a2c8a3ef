"""The public pages: find the edition, validate the form, compute, render.

They depend on the address and the edition alone: no cookie, no session, no user.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from markupsafe import Markup

from anakinra_site.http import public_page
from reference.comparing import compare, dose_impact
from reference.editions import (
    asks_at_once,
    public_edition,
    published_monograph,
    whole_current_edition,
)
from reference.exports import Citation, link_header, medical_web_page
from reference.models import STATE_IN_WORDS, Edition

from .page import page_of


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
