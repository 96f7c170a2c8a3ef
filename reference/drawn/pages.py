"""Draws the public pages of a drug once, when what they show changes; serves none.

What is kept is what Django itself answers: each page is asked of it in this process.
reference/drawn/front.py sends what is kept.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from anakinra_site.http import SMALL, is_storable, pack
from anakinra_site.starting import build, why_not_collected
from reference.editions import EditionNotVerifiedError, published_monograph
from reference.exports import FORMS
from reference.models import DrawnPage, Drug, Edition, review_is_overdue

logger = logging.getLogger(__name__)

# Pages of an edition that say whether its PDF is there.
NAME_THE_FILE = ("monograph", "print")
OF_EACH_ENCODING = ("ETag", "Content-Length")


class PageNotDrawnError(Exception):
    """An address did not answer with a page that may be kept; the text says how."""


class Sheet(NamedTuple):
    """One page to be drawn: the addresses that show it, until when it is true, of what.

    drawn_of is the state and the fingerprint of its edition, or of the current one.
    """

    addresses: tuple[str, ...]
    good_until: date
    drawn_of: str


def draw_what_changed(drug: Drug) -> None:
    """Remove what shows the drug as it was, and draw the pages of its current edition.

    Called in the transaction of the act, with the drug's row held. Pages of older
    editions are left to `manage.py draw`; until then Django answers for them, as for
    those that could not be drawn: the act stands.
    """
    DrawnPage.objects.untrue(drug).delete()
    if not settings.DRAW_PAGES:
        return
    try:
        with transaction.atomic():
            for edition in drug.editions.select_related("drug").newest_first()[:1]:
                for sheet in sheets_of(edition, is_current=True):
                    _keep(drug, sheet, _drawn(sheet))
    except PageNotDrawnError as error:
        logger.error("pages were not drawn: %s", error)


def draw_missing(drug: Drug, said: Callable[[str], None], *, again: bool) -> int | None:
    """Draw the drug's pages that are not there, and return how many there were.

    Nothing is held meanwhile: returns None, and keeps nothing more, if an act on the
    drug came in between. Raises PageNotDrawnError, with every address that failed.
    """
    standing, drawn, failed = _standing(drug), 0, list[str]()
    sheets = missing_sheets(drug, again=again)
    if sheets and why_not_collected():
        raise PageNotDrawnError(f"{drug}: {why_not_collected()}")
    if sheets:
        said(f"Drawing {sum(len(sheet.addresses) for sheet in sheets)} pages of {drug}")
    for sheet in sheets:
        try:
            fields = _drawn(sheet)
        except PageNotDrawnError as error:
            failed.append(str(error))
            continue
        with transaction.atomic():
            Drug.objects.select_for_update(no_key=True).get(pk=drug.pk)
            if _standing(drug) != standing:
                return None
            _keep(drug, sheet, fields)
        drawn += len(sheet.addresses)
    if failed:
        raise PageNotDrawnError("; ".join(failed))
    return drawn


def missing_sheets(drug: Drug, *, again: bool = False) -> list[Sheet]:
    """Return what is to be drawn of a drug: all of it, or what this build lacks.

    A page that is to be true until another day than it would be now was drawn when a
    review was overdue that is not, or by a clock that was wrong: it is drawn anew.
    """
    kept = dict[str, date]()
    if not again:
        mine = drug.drawn_pages.of_current_key().filter(build=build())
        kept = dict(mine.values_list("address", "good_until"))
    return [
        sheet
        for sheet in sheets_of_drug(drug)
        if any(kept.get(address) != sheet.good_until for address in sheet.addresses)
    ]


def forget_pages_naming_the_file(edition: Edition) -> None:
    """Remove the pages that say whether an edition's PDF is there, once that changes.

    Called with the drug's row held; until they are drawn anew Django answers for them.
    """
    naming = [it for page in NAME_THE_FILE for it in _addresses(edition, page)]
    edition.drug.drawn_pages.filter(address__in=naming).delete()


def forget_old_builds() -> int:
    """Remove what neither this build nor the one before it drew; return how many."""
    others = DrawnPage.objects.pages().exclude(build=build()).order_by("-pk")
    latest = others.values_list("build", flat=True).first()
    return others.exclude(build=latest).delete()[0]


def sheets_of_drug(drug: Drug) -> Iterator[Sheet]:
    """Yield every page of a drug that has a public edition."""
    editions = drug.editions.public().select_related("drug").order_by("-number")
    for place, edition in enumerate(editions.defer("canonical")):
        yield from sheets_of(edition, is_current=place == 0)


def sheets_of(edition: Edition, *, is_current: bool) -> Iterator[Sheet]:
    """Yield every page of a public edition; the current one's first, as it is read.

    Of an edition whose stored bytes are not what was approved there is none.
    """
    try:
        keys = list(published_monograph(edition).indications)
    except EditionNotVerifiedError:
        return
    good_until, args = _good_until(edition), [edition.drug.slug, edition.number]
    drawn_of = DrawnPage.state_of(edition)
    pages = [(name,) for name in (*NAME_THE_FILE, "discrepancies")]
    for page in (*pages, *(("indication", key) for key in keys)):
        addresses = _addresses(edition, *page)
        yield Sheet(addresses if is_current else addresses[:1], good_until, drawn_of)
    for own in ("edition_changes", *FORMS):
        yield Sheet((reverse(f"reference:{own}", args=args),), good_until, drawn_of)
    if is_current:
        for whole in ("editions", "changes_atom"):
            address = reverse(f"reference:{whole}", args=args[:1])
            yield Sheet((address,), DrawnPage.FOR_EVER, drawn_of)


def _addresses(edition: Edition, page: str, *rest: str) -> tuple[str, str]:
    """Return a page's own address, and its drug's, which shows the current edition."""
    slug, own = edition.drug.slug, f"edition_{page}".removesuffix("_monograph")
    return (
        reverse(f"reference:{own}", args=[slug, edition.number, *rest]),
        reverse(f"reference:{page}", args=[slug, *rest]),
    )


def _good_until(edition: Edition) -> date:
    """Return the last day on which its pages say the truth about its review."""
    due = edition.review_due
    if due is None or review_is_overdue(due, timezone.now().date()):
        return DrawnPage.FOR_EVER
    return due


def answered(sheet: Sheet) -> HttpResponse:
    """Return the page that Django answers with, if it may be kept."""
    address = sheet.addresses[0]
    answer = _handler().get_response(_request(address))
    if (
        answer.status_code != 200
        or not isinstance(answer, HttpResponse)
        or not is_storable(answer)
        or len(answer.content) < SMALL
        or answer.cookies
    ):
        raise PageNotDrawnError(f"{address}: {answer.status_code}, not to be kept")
    if why_not_collected():
        raise PageNotDrawnError(f"{address}: {why_not_collected()}")
    return answer


def unpacked(sheet: Sheet, answer: HttpResponse) -> dict[str, Any]:
    """Return the fields of a drawn page but for its bodies."""
    common = [
        pair for pair in answer.headers.items() if pair[0] not in OF_EACH_ENCODING
    ]
    return {
        "good_until": sheet.good_until,
        "drawn_of": sheet.drawn_of,
        "etag": answer.headers["ETag"],
        "headers": json.dumps(common),
        "body_sha256": hashlib.sha256(answer.content).hexdigest(),
    }


def _drawn(sheet: Sheet) -> dict[str, Any]:
    """Return the fields of the page that Django answers with, packed at its best."""
    answer = answered(sheet)
    return unpacked(sheet, answer) | {
        "body_brotli": pack(answer.content, "br", is_best=True),
        "body_gzip": pack(answer.content, "gzip", is_best=True),
    }


def _keep(drug: Drug, sheet: Sheet, fields: dict[str, Any]) -> None:
    for address in sheet.addresses:
        page = DrawnPage(address=address, build=build(), drug=drug, **fields)
        page.sign()
        codes = {"code_gzip": page.code_gzip, "code_brotli": page.code_brotli}
        DrawnPage.objects.update_or_create(
            address=address, build=build(), defaults=fields | codes | {"drug": drug}
        )


def _standing(drug: Drug) -> list[tuple[Any, ...]]:
    """Return what every act on the drug changes, and every PDF that is drawn."""
    shown = drug.editions.public().order_by("number")
    files = drug.drawn_pages.files().order_by("pk")
    return [
        *shown.values_list("number", "state", "fingerprint", "version"),
        *files.values_list("pk", "body_sha256"),
    ]


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


def _request(address: str) -> WSGIRequest:
    """Return a request as the public makes it, for an unpacked page."""
    origin = urlsplit(settings.PUBLIC_ORIGIN or "http://localhost")
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "QUERY_STRING": "",
            "HTTP_HOST": origin.netloc,
            "SERVER_NAME": origin.hostname,
            "SERVER_PORT": str(origin.port or 443),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": origin.scheme,
            "wsgi.input": BytesIO(),
        }
    )
