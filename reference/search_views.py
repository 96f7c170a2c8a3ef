"""The page that searches every edition in force; what is found is in search.py."""

import re

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from anakinra_site.caching import never_stored

from .models import Drug, Edition, EditionQuerySet, SearchPassage
from .search import search as look_up
from .views import HtmxHttpRequest, public_page

# What no page can show: control characters, and halves of characters.
UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@public_page
@never_stored
@vary_on_headers("HX-Request")
def search(request: HtmxHttpRequest) -> HttpResponse:
    """The passages that have every word typed; without a word, the form and advice."""
    typed = UNSHOWABLE.sub(" ", request.GET.get("q", ""))
    drugs = list(Drug.objects.with_public_edition())
    editions = {edition.drug_id: edition for edition in _searched()}
    context = {
        "typed": typed,
        "found": look_up(typed),
        "drugs": drugs,
        "editions": list(editions.values()),
        "not_searched": [drug for drug in drugs if drug.pk not in editions],
        "slug": drugs[0].slug if len(drugs) == 1 else "",
    }
    page = "_search_found.html" if request.htmx else "search.html"
    return render(request, f"reference/{page}", context)


def _searched() -> EditionQuerySet:
    """Return the editions in force, but for one whose words are not stored yet."""
    stored = Exists(SearchPassage.objects.filter(edition=OuterRef("pk")))
    in_force = Edition.objects.in_force().filter(stored).order_by("drug")
    return in_force.without_bytes()
