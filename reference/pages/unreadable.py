"""What is answered when the guide cannot be read or written: 503 in words.

Never a number; and of what was sent to the desk, nothing is lost.
"""

import logging
import re
import sys
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _lazy
from django.views import defaults

from anakinra_site.http import wants_json
from reference.editions import EditionNotVerifiedError
from reference.exports import MEDIA_TYPE, as_json, operation_outcome

logger = logging.getLogger(__name__)
FHIR = re.compile(r"/fhir/.*|/[^/]+/editions/[^/]+/fhir\.json")
UNREADABLE = (OperationalError, InterfaceError, EditionNotVerifiedError)
TEXT = _lazy(
    "The guide could not be read. Nothing was worked out and nothing was changed."
)
NOT_VERIFIED = _lazy(
    "What is stored as this edition is not what the committee approved, so it is not "
    "shown. Nothing was worked out and nothing was changed."
)
BUSY = _lazy(
    "The database is busy: something else is being written to it. Nothing was saved "
    "and nothing was changed."
)
FULL = _lazy(
    "There is no room left on the disk of the database. Nothing was saved and nothing "
    "was changed. Tell those who run the site."
)
# A connection that is lost while an act is committed does not say how that ended.
LOST = _lazy(
    "The database stopped answering. Look whether your change is there before you "
    "send it again."
)
# SQLite's primary result codes, and the SQLSTATE of PostgreSQL.
IS_BUSY, IS_FULL = (5, 6, "55P03", "40P01"), (13, "53100")
# Its forms hold no password: what was typed there may be shown again.
ROWS = "/admin/reference/"
NOT_TYPED = ("csrfmiddlewaretoken", "opened", "seen", "standing", "version")


class UnreadableMiddleware:
    """Fails closed when the database does not answer, or an edition is not verified."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponseBase | None:
        if not _is_unreadable(error):
            return None
        logger.error(
            "unreadable: %s",
            type(error).__name__,
            exc_info=error,
            extra={"request": request},
        )
        return _answer(request, error)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer what failed outside of a view, such as the session: Django's handler500.

    Django has logged it, and calls this while it handles the exception.
    """
    error = sys.exc_info()[1]
    if error is not None and _is_unreadable(error):
        return _answer(request, error)
    return defaults.server_error(request)


def _is_unreadable(error: BaseException) -> bool:
    # A damaged file is a DatabaseError and none of its kinds, which are our faults.
    return isinstance(error, UNREADABLE) or type(error) is DatabaseError


def _answer(request: HttpRequest, error: BaseException) -> HttpResponseBase:
    text = NOT_VERIFIED if isinstance(error, EditionNotVerifiedError) else TEXT
    answer: HttpResponseBase
    if FHIR.fullmatch(request.path_info):
        said = as_json(operation_outcome("transient", str(text)))
        answer = HttpResponse(said, MEDIA_TYPE, status=503)
    elif request.method == "POST":
        context = {"text": _unsaved(error), "is_sent": True, "typed": _typed(request)}
        answer = render(request, "503.html", context, status=503)
    elif wants_json(request):
        answer = JsonResponse({"status": "unreadable", "text": text}, status=503)
    else:
        answer = render(request, "503.html", {"text": text}, status=503)
    answer.headers["Retry-After"] = "30"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _unsaved(error: BaseException) -> Any:
    """Return why nothing was saved, if that is certain."""
    code = getattr(error.__cause__, "sqlstate", None)
    extended = getattr(error.__cause__, "sqlite_errorcode", None)
    if extended is not None:
        code = extended & 0xFF
    if code in IS_BUSY:
        return BUSY
    return FULL if code in IS_FULL else LOST


def _typed(request: HttpRequest) -> dict[str, str]:
    """Return what somebody filled into a form of the desk, by the names of its fields.

    The forms that Django makes for a row hold fields of their own, such as
    `regimens-0-id`; they are shown too, since they tell one line from another.
    """
    if not request.path_info.startswith(ROWS):
        return {}
    return {
        name: value
        for name, value in request.POST.items()
        if value
        and isinstance(value, str)
        and name not in NOT_TYPED
        and not name.startswith("_")
    }
