"""What is answered when the guide cannot be read: 503 in words, and never a number."""

import logging
import re
import sys
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _lazy
from django.views.defaults import server_error

from reference.exports.fhir import MEDIA_TYPE, as_json
from reference.exports.fhir_server import operation_outcome
from reference.monograph import EditionNotVerifiedError

logger = logging.getLogger(__name__)
FHIR = re.compile(r"/fhir/.*|/[^/]+/editions/[^/]+/fhir\.json")
UNREADABLE = (OperationalError, InterfaceError, EditionNotVerifiedError)
NOT_VERIFIED = _lazy(
    "What is stored as this edition is not what the committee approved, so it is not "
    "shown. Nothing was worked out and nothing was changed."
)
TEXT = _lazy(
    "The guide could not be read. Nothing was worked out and nothing was changed."
)


class UnreadableMiddleware:
    """Fails closed when the database does not answer, or an edition is not verified."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponseBase | None:
        return answer_to(request, error)


def failed(request: HttpRequest) -> HttpResponseBase:
    """Answer for what went wrong outside of a view: who is asking could not be read."""
    error = sys.exc_info()[1]
    unreadable = answer_to(request, error) if isinstance(error, Exception) else None
    return unreadable or server_error(request)


def answer_to(request: HttpRequest, error: Exception) -> HttpResponseBase | None:
    """Return 503 in words if the error means that the guide could not be read."""
    # A damaged file is a DatabaseError and none of its kinds, which are our faults.
    if not isinstance(error, UNREADABLE) and type(error) is not DatabaseError:
        return None
    text = NOT_VERIFIED if isinstance(error, EditionNotVerifiedError) else TEXT
    logger.error(
        "unreadable: %s",
        type(error).__name__,
        exc_info=error,
        extra={"request": request},
    )
    preferred = request.get_preferred_type(["text/html", "application/json"])
    answer: HttpResponseBase
    if FHIR.fullmatch(request.path_info):
        said = as_json(operation_outcome("transient", str(text)))
        answer = HttpResponse(said, MEDIA_TYPE, status=503)
    elif preferred == "application/json":
        answer = JsonResponse({"status": "unreadable", "text": text}, status=503)
    else:
        answer = render(request, "503.html", {"text": text}, status=503)
    answer.headers["Retry-After"] = "30"
    answer.headers["Cache-Control"] = "no-store"
    return answer
