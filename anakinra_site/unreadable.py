"""What is answered when the guide cannot be read: 503 in words, and never a number."""

import logging
import re
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _lazy

from reference.exports.fhir import MEDIA_TYPE, as_json
from reference.exports.fhir_server import operation_outcome
from reference.monograph import EditionNotVerifiedError

logger = logging.getLogger(__name__)
FHIR = re.compile(r"/fhir/.*|/[^/]+/editions/[^/]+/fhir\.json")
UNREADABLE = (OperationalError, InterfaceError, EditionNotVerifiedError)
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
        if not isinstance(error, UNREADABLE):
            return None
        logger.error(
            "unreadable: %s",
            type(error).__name__,
            exc_info=error,
            extra={"request": request},
        )
        preferred = request.get_preferred_type(["text/html", "application/json"])
        answer: HttpResponseBase
        if FHIR.fullmatch(request.path_info):
            said = as_json(operation_outcome("transient", str(TEXT)))
            answer = HttpResponse(said, MEDIA_TYPE, status=503)
        elif preferred == "application/json":
            answer = JsonResponse({"status": "unreadable", "text": TEXT}, status=503)
        else:
            answer = render(request, "503.html", {"text": TEXT}, status=503)
        answer.headers["Retry-After"] = "30"
        answer.headers["Cache-Control"] = "no-store"
        return answer
