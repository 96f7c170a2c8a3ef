"""Compresses answers on their way, but for those that are compressed inside."""

import re

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import has_vary_header, patch_vary_headers

SMALL = 200  # bytes, as for gzip: shorter ones do not get shorter
BROTLI_QUALITY = 5  # of 11: smaller than gzip in about its time
NOT_WANTED = re.compile(r"q=0(\.0{0,3})?")


class CompressionMiddleware(GZipMiddleware):
    """Brotli for pages that know no user, gzip for all else, and a PDF as it is stored.

    A page with a secret in it stays with gzip, whose length Django disguises.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.headers.get("Content-Type") == "application/pdf":
            return response
        accepted = request.headers.get("Accept-Encoding", "")
        if (
            isinstance(response, HttpResponse)
            and len(response.content) >= SMALL
            and not response.has_header("Content-Encoding")
            and not has_vary_header(response, "Cookie")
            and takes("br", accepted)
        ):
            return _with_brotli(response)
        return super().process_response(request, response)


def takes(encoding: str, accepted: str) -> bool:
    """Return whether an Accept-Encoding header names the encoding, and not with q=0."""
    for part in accepted.split(","):
        name, _, quality = part.partition(";")
        if name.strip().lower() == encoding:
            return NOT_WANTED.fullmatch(quality.replace(" ", "")) is None
    return False


def _with_brotli(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ("Accept-Encoding",))
    packed = brotli.compress(response.content, quality=BROTLI_QUALITY)
    response.content = packed
    response.headers["Content-Length"] = str(len(packed))
    response.headers["Content-Encoding"] = "br"
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"
    return response
