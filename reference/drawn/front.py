"""Sends drawn pages before Django is asked; whatever it does not know, Django answers.

Why that is safe: a page is kept in the transaction of the act that changes it, and
every act removes the pages of its drug, so that a row that can be read is true. It is
read anew for each request, never kept here. A row holds what Django itself answered,
headers too; tests compare the two for every address. Only GET and HEAD without a query,
for a host and scheme that Django accepts, get here; a row of other code, past its day,
out of reach, or of an edition found damaged, is as good as none.
"""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_etags

from anakinra_site.http import chosen_encoding, tag_of
from anakinra_site.starting import build
from reference.editions import kept_editions

from .rows import RowsNotReadableError, drawn_row

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Answer = tuple[str, list[tuple[str, str]], bytes]
# What Django answers otherwise, or with more conditions than a drawn page knows.
LEFT_TO_DJANGO = ("QUERY_STRING", "SCRIPT_NAME", "HTTP_IF_MATCH")


class Front:
    """A WSGI application round Django's."""

    def __init__(self, django: Application) -> None:
        self.django = django
        self.build = build()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        answer = self._drawn(environ)
        if answer is None:
            return self.django(environ, start_response)
        start_response(*answer[:2])
        return answer[2:]

    def _drawn(self, environ: dict[str, Any]) -> Answer | None:
        """Return the drawn page that is asked for, if this may send it."""
        method = environ["REQUEST_METHOD"]
        if (
            method not in ("GET", "HEAD")
            or any(environ.get(name) for name in LEFT_TO_DJANGO)
            or not _is_allowed(environ.get("HTTP_HOST", ""))
            or (settings.SECURE_SSL_REDIRECT and not _is_secure(environ))
            or kept_editions.database_is_down
        ):
            return None
        encoding = chosen_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        path = environ["PATH_INFO"]
        try:
            row = drawn_row(path, self.build, encoding)
        except RowsNotReadableError as error:
            if isinstance(error.__cause__, TimeoutError):
                kept_editions.note_failure()  # Django would wait for as long again
            return None
        if row is None or row[1] < datetime.now(UTC).date().isoformat():
            return None
        if not kept_editions.may_send_drawn(path.split("/", 2)[1], row[0]):
            return None
        tag, common, body = ("ETag", tag_of(row[2], encoding)), *row[3:]
        if method == "GET" and _has(environ.get("HTTP_IF_NONE_MATCH", ""), tag[1]):
            return "304 Not Modified", [*_headers(common, is_short=True), tag], b""
        headers = [*_headers(common, is_short=False), tag]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        else:
            body = gzip.decompress(body)
        return "200 OK", [*headers, ("Content-Length", str(len(body)))], body


@lru_cache(maxsize=32)
def _is_allowed(host: str) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _is_secure(environ: dict[str, Any]) -> bool:
    """Return what Django's request.is_secure() would."""
    proxy: tuple[str, str] | None = settings.SECURE_PROXY_SSL_HEADER
    name, value = proxy or ("", "https")
    said: str = environ.get(name, environ["wsgi.url_scheme"])
    return said.split(",")[0].strip() == value


def _has(if_none_match: str, etag: str) -> bool:
    tags = [tag.removeprefix("W/") for tag in parse_etags(if_none_match)]
    return "*" in tags or etag in tags


@lru_cache(maxsize=256)
def _headers(common: str, *, is_short: bool) -> list[tuple[str, str]]:
    """Return the headers that a row keeps; those of a 304 say nothing of the body."""
    left_out = "Content-Type" if is_short else ""
    return [(name, value) for name, value in json.loads(common) if name != left_out]
