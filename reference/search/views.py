"""The page on which readers find a guide, one of its lines, or any word of it."""

import re
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.vary import vary_on_headers

from anakinra_site.http import HtmxHttpRequest, never_stored, public_page
from reference.editions import DOWN, asks_at_once, kept_editions
from reference.models import Edition, SearchPassage
from reference.pages import current_or_404, not_rechecked, state_in_words

from .look_up import search as look_up

# What no page can show: control characters, and halves of characters.
UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@public_page
def home(request: HtmxHttpRequest) -> HttpResponse:
    """The list of guides with a box to find in them; with a single one, that guide."""
    try:
        with kept_editions.asking():
            guides = list(_guides())
    except DOWN:
        copies = kept_editions.copies()
        if not copies:
            raise
        since = min(filter(None, (copy.not_rechecked_since for copy in copies)))
        return not_rechecked(_page(request, copies, since=since), since)
    if len(guides) == 1:
        return HttpResponseRedirect(guides[0].drug.get_absolute_url())
    return _page(request, guides)


@public_page
@never_stored
@vary_on_headers("HX-Request")
@asks_at_once
def search(request: HtmxHttpRequest) -> HttpResponse:
    """The passages that have every term typed; without one, the list of guides."""
    typed = UNSHOWABLE.sub(" ", request.GET.get("q", ""))
    return _page(request, list(_guides()), typed)


@public_page
def moved(request: HttpRequest, drug: str) -> HttpResponse:
    """Lead to the guide, or with words to look for, to where they are found."""
    typed = request.GET.get("q", "").strip()
    guide = current_or_404(drug).drug.get_absolute_url()
    query = urlencode({"q": typed})
    target = f"{reverse('reference:search')}?{query}" if typed else guide
    return HttpResponseRedirect(target)


def _page(
    request: HtmxHttpRequest,
    guides: Sequence[Edition],
    typed: str = "",
    since: object = None,
) -> HttpResponse:
    context = {
        "typed": typed,
        "found": look_up(typed),
        "guides": [(each, state_in_words(each)) for each in guides],
        "not_searched": [] if since else list(_not_searched(guides)),
        "not_rechecked_since": since,
        "slug": guides[0].drug.slug if len(guides) == 1 else "",
    }
    page = "_search_found.html" if request.htmx else "search.html"
    return render(request, f"reference/search/{page}", context)


def _guides() -> Iterable[Edition]:
    """Return the current edition of each drug by name, and whether it is searched."""
    public = Edition.objects.public()
    own = public.filter(drug=OuterRef("drug"))
    newer = own.filter(number__gt=OuterRef("number"))
    stored = SearchPassage.objects.filter(edition=OuterRef("pk"))
    current = public.filter(~Exists(newer)).annotate(is_stored=Exists(stored))
    return current.order_by("drug__generic_name").without_bytes()


def _not_searched(guides: Iterable[Edition]) -> Iterable[Edition]:
    """Return those not in force, and those whose words are not stored yet."""
    for guide in guides:
        is_in_force = guide.state == Edition.State.PUBLISHED
        if not (is_in_force and guide.is_stored):  # type: ignore[attr-defined]
            yield guide
