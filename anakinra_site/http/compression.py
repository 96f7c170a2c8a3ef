"""Compresses answers on their way, but for those that are compressed inside.

An answer that knows no user is packed alike each time, with a strong tag for each way.
"""

import gzip
import re
from functools import lru_cache

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import has_vary_header, patch_vary_headers, set_response_etag

SMALL = 200  # bytes, as for gzip: shorter ones do not get shorter
NOT_WANTED = re.compile(r"q=0(\.0{0,3})?")
# Worth their time for a page that is kept; an answer to a question is packed quickly.
BROTLI_BEST, GZIP_BEST = 11, 9
BROTLI_QUICK, GZIP_QUICK = 2, 1


class CompressionMiddleware(GZipMiddleware):
    """Brotli or gzip for pages that know no user, and a PDF as it is stored.

    A page with a secret in it stays with gzip, whose length Django disguises.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.headers.get("Content-Type") == "application/pdf":
            return response
        if (
            not isinstance(response, HttpResponse)
            or response.has_header("Content-Encoding")
            or has_vary_header(response, "Cookie")
        ):
            return super().process_response(request, response)
        return _packed(request, response)


def _packed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    may_be_kept = is_storable(response)
    if may_be_kept and not response.has_header("ETag"):
        set_response_etag(response)
    if len(response.content) < SMALL:
        return response
    patch_vary_headers(response, ("Accept-Encoding",))
    encoding = chosen_encoding(request.headers.get("Accept-Encoding", ""))
    if not encoding:
        return response
    asks_nothing = not request.META.get("QUERY_STRING")
    is_best = may_be_kept and asks_nothing and response.status_code == 200
    response.content = pack(response.content, encoding, is_best=is_best)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Encoding"] = encoding
    if response.has_header("ETag"):
        response.headers["ETag"] = tag_of(response.headers["ETag"], encoding)
    return response


def is_storable(response: HttpResponseBase) -> bool:
    """Return whether a browser may keep the answer at all."""
    return "no-store" not in response.headers.get("Cache-Control", "")


def pack(body: bytes, encoding: str, *, is_best: bool) -> bytes:
    """Return the body in this encoding, the same bytes each time."""
    if encoding == "br":
        quality = BROTLI_BEST if is_best else BROTLI_QUICK
        packed: bytes = brotli.compress(body, quality=quality)
        return packed
    return gzip.compress(body, GZIP_BEST if is_best else GZIP_QUICK, mtime=0)


def tag_of(etag: str, encoding: str) -> str:
    """Return the strong tag of an answer that is packed in this encoding, or not."""
    return f'{etag[:-1]}-{encoding}"' if encoding else etag


@lru_cache(maxsize=256)
def chosen_encoding(accepted: str) -> str:
    """Return br or gzip, or an empty text where neither is accepted."""
    return next((name for name in ("br", "gzip") if takes(name, accepted)), "")


def takes(encoding: str, accepted: str) -> bool:
    """Return whether an Accept-Encoding header names the encoding, and not with q=0."""
    for part in accepted.split(","):
        name, _, quality = part.partition(";")
        if name.strip().lower() == encoding:
            return NOT_WANTED.fullmatch(quality.replace(" ", "")) is None
    return False
