"""An address with another name of a drug leads to its guide: /Kineret/ or /ANAKINRA/.

A name that could be two drugs leads to neither, and what is no page stays 404. The
answer is not kept for ever: a brand may come to mean another drug.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.views.defaults import page_not_found

from reference.editions import DOWN, kept_editions
from reference.models import Drug

from .words import plain

SAFE_METHODS = ("GET", "HEAD")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Lead from another name of a drug to its guide, or answer 404: handler404."""
    target = _meant(request) if request.method in SAFE_METHODS else ""
    return HttpResponseRedirect(target) if target else _page(request, exception)


def _page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_not_found(request, exception)


def _meant(request: HttpRequest) -> str:
    """Return the same address with the drug's own slug, or ""."""
    name, slash, rest = request.path_info.removeprefix("/").partition("/")
    if not slash or not _is_below_a_guide(rest):
        return ""
    slug = _slug_of(_letters(name))
    if slug in ("", name):
        return ""
    guide = Drug(slug=slug).get_absolute_url()
    query = request.META.get("QUERY_STRING", "")
    asked = f"?{iri_to_uri(query)}" if query else ""
    return f"{guide}{escape_uri_path(rest)}{asked}"


def _is_below_a_guide(rest: str) -> bool:
    try:
        resolve(f"/any-drug/{rest}")
    except Resolver404:
        return False
    return True


def _slug_of(name: str) -> str:
    """Return the slug of the one drug with a guide that goes by a name, or ""."""
    if not name:
        return ""
    try:
        with kept_editions.asking():
            drugs = list(Drug.objects.with_public_edition())
    except DOWN:
        return ""
    found = [
        drug.slug
        for drug in drugs
        if name in map(_letters, (drug.slug, drug.brand_name, drug.generic_name))
    ]
    return found[0] if len(found) == 1 else ""


def _letters(name: str) -> str:
    """Return the letters and digits of a name, so that "Orencia-IV" is one with it."""
    return "".join(each for each in plain(name) if each.isalnum())
