"""The pages on which readers look for words in every guide, or for an indication."""

import re
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from anakinra_site.http import HtmxHttpRequest, never_stored, public_page
from reference.editions import asks_at_once, published_monograph
from reference.models import Drug, Edition, SearchPassage
from reference.pages import current_or_404, not_rechecked, page_of

from .indications import IndicationForm, facet_values
from .look_up import search as look_up

# What no page can show: control characters, and halves of characters.
UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@public_page
@never_stored
@vary_on_headers("HX-Request")
@asks_at_once
def search(request: HtmxHttpRequest) -> HttpResponse:
    """The passages that have every word typed; without a word, the form and advice."""
    typed = UNSHOWABLE.sub(" ", request.GET.get("q", ""))
    drugs = list(Drug.objects.with_public_edition())
    # But for one whose words are not stored yet.
    stored = Exists(SearchPassage.objects.filter(edition=OuterRef("pk")))
    searched = Edition.objects.in_force().filter(stored).order_by("drug")
    editions = {edition.drug_id: edition for edition in searched.without_bytes()}
    context = {
        "typed": typed,
        "found": look_up(typed),
        "drugs": drugs,
        "editions": list(editions.values()),
        "not_searched": [drug for drug in drugs if drug.pk not in editions],
        "slug": drugs[0].slug if len(drugs) == 1 else "",
    }
    page = "_search_found.html" if request.htmx else "search.html"
    return render(request, f"reference/search/{page}", context)


@public_page
@never_stored
@vary_on_headers("HX-Request")
def indications(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """The indications of the edition in force that fit what was typed and chosen."""
    found = current_or_404(drug)
    content = published_monograph(found)
    listed = content.sections["indications"]
    form = IndicationForm(request.GET, facet_values(listed))
    context: dict[str, Any] = {
        "form": form,
        "matches": form.matching(listed),
        "total": len(listed),
        "slug": found.drug.slug,
    }
    status = 422 if form.errors else 200
    if request.htmx:
        since = found.not_rechecked_since
        context |= {"document": content.document, "not_rechecked_since": since}
        response = render(
            request, "reference/search/_found.html", context, status=status
        )
        return not_rechecked(response, since)
    return page_of(
        request, "reference/search/indications.html", found, status=status, **context
    )
