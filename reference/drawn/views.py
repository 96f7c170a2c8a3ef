"""The drawn file of an edition, or a sentence that says why there is none."""

from ctypes.util import find_library
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _lazy

from anakinra_site.http import public_page
from reference.editions import published_monograph
from reference.models import Edition, Rendition

NOT_DRAWN = _lazy(
    "The file is drawn when an edition is published and when its state changes, which "
    "takes a few seconds. That has just happened, or it failed."
)
NO_PANGO = _lazy(
    "This server cannot draw PDF files: the Pango library is not installed on it. "
    "Everything else works."
)
TRY_AGAIN_IN_SECONDS = 30


@public_page
def monograph_pdf(request: HttpRequest, drug: str) -> HttpResponse:
    """The edition in force."""
    editions = Edition.objects.public().without_bytes().filter(drug__slug=drug)
    return _pdf(request, get_object_or_404(editions.newest_first()[:1]))


@public_page
def edition_pdf(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    """This edition, for ever."""
    found = get_object_or_404(
        Edition.objects.public().without_bytes(), drug__slug=drug, number=number
    )
    return _pdf(request, found)


def _pdf(request: HttpRequest, found: Edition) -> HttpResponse:
    """Answer with the file of the edition as it is now, never with an older one."""
    published_monograph(found)  # raises if it is not what was published
    files = Rendition.objects.true().filter(edition=found)
    file = files.filter(name=Rendition.MONOGRAPH_PDF).first()
    if file is None:
        return _none(request, found)
    response = HttpResponse(bytes(file.body), file.content_type)
    response.headers["ETag"] = f'"{file.body_sha256}"'
    response.headers["Content-Disposition"] = f'inline; filename="{_file_name(file)}"'
    return response


def _file_name(file: Rendition) -> str:
    """Return the name under which it is saved; it says so if it is not in force."""
    state = file.edition_state
    suffix = "" if state == Edition.State.PUBLISHED else f"-{state}"
    return f"{file.edition.drug.slug}-edition-{file.edition.number}{suffix}.pdf"


def _none(request: HttpRequest, found: Edition) -> HttpResponse:
    reason = NOT_DRAWN if _has_pango() else NO_PANGO
    context = {"edition": found, "reason": reason}
    response = render(request, "reference/drawn/no_pdf.html", context, status=503)
    response.headers["Retry-After"] = str(TRY_AGAIN_IN_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _has_pango() -> bool:
    """Return whether the library is there, without loading what draws with it."""
    return find_library("pango-1.0") is not None
