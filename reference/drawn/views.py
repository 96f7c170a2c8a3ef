"""The drawn file of an edition, or a sentence that says why there is none."""

import json
from ctypes.util import find_library
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _lazy

from anakinra_site.http import public_page
from reference.editions import asks_at_once, published_monograph
from reference.models import DrawnPage, Edition

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
@asks_at_once
def pdf(request: HttpRequest, drug: str, number: int | None = None) -> HttpResponse:
    """The edition of this number, or else the current one: as it is now, not older."""
    editions = Edition.objects.without_bytes().newest_first().filter(drug__slug=drug)
    if number is not None:
        editions = editions.filter(number=number)
    found = get_object_or_404(editions[:1])
    published_monograph(found)  # raises if it is not what was published
    file = DrawnPage.objects.file_of(found).first()
    body = file and file.body
    if file is not None and body is not None:
        headers = dict(json.loads(file.headers)) | {"ETag": file.etag}
        return HttpResponse(body, headers=headers)
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
