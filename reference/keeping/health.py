"""What a supervisor and a load balancer ask: does it answer, may it serve readers?"""

from functools import lru_cache
from time import monotonic

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from anakinra_site.http import never_stored
from anakinra_site.starting import why_not_collected

from .readiness import monographs_not_drawn, reasons_not_to_serve

CHECKED_FOR_SECONDS = 5  # several balancers may ask, and all that is served is read


class NotReadyError(Exception):
    """It should get no readers; the text says why. Unlike a result, it is not kept."""


@csrf_exempt
@require_safe
@never_stored
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing is said about the database."""
    return _text("ok")


@csrf_exempt
@require_safe
@never_stored
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations, editions and what is drawn of them, or what is amiss."""
    try:
        return _text(_ready(int(monotonic()) // CHECKED_FOR_SECONDS))
    except NotReadyError as error:
        return _text(str(error), status=503)


@lru_cache(maxsize=1)
def _ready(period: int) -> str:
    reasons = reasons_not_to_serve()
    if reasons:
        raise NotReadyError("\n".join(["not ready", *reasons]))
    waiting = monographs_not_drawn()
    slow = f"{waiting} monographs are answered slowly. Run manage.py draw."
    # Without their style, or slowly, pages are better than none.
    remarks = [why_not_collected(), slow if waiting else ""]
    return "\n".join(["ready", *filter(None, remarks)])


def _text(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status)
