"""What a supervisor and a load balancer ask: does it answer, may it serve readers?

Only what readers are given now; `manage.py verify` checks everything.
"""

from collections.abc import Iterator
from functools import lru_cache
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from anakinra_site.http import never_stored
from anakinra_site.starting import build, why_not_collected
from reference.editions import fingerprint, kept_editions, wording
from reference.models import DrawnPage, Edition

from .triggers import missing_triggers

CHECKED_FOR_SECONDS = 5  # several balancers may ask
# As many are read, with what is drawn of them, each time that it is answered anew.
EDITIONS_A_TURN = 20


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
    reasons = reasons_not_to_serve(period)
    if reasons:
        raise NotReadyError("\n".join(["not ready", *reasons]))
    waiting = monographs_not_drawn()
    slow = f"{waiting} monographs are answered slowly. Run manage.py draw."
    # Without their style, or slowly, pages are better than none.
    remarks = [why_not_collected(), slow if waiting else ""]
    return "\n".join(["ready", *filter(None, remarks)])


def _text(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status)


def reasons_not_to_serve(turn: int = 0) -> list[str]:
    """Return every reason in words, or an empty list.

    Of a site with more drugs than are looked at in one turn, each has its turn.
    """
    try:
        return [*_reasons(turn)]
    except (DatabaseError, InterfaceError):
        return ["The database does not answer.", *_served_meanwhile()]


def monographs_not_drawn() -> int:
    """Return how many editions in force are answered slowly until they are drawn."""
    if not settings.DRAW_PAGES:
        return 0
    address = Concat(Value(get_script_prefix()), OuterRef("drug__slug"), Value("/"))
    drawn = DrawnPage.objects.filter(build=build(), address=address)
    return Edition.objects.in_force().exclude(Exists(drawn)).count()


def _reasons(turn: int) -> Iterator[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(str(migration) for migration, _ in plan)
        yield f"Migrations are missing: {names}. Run manage.py migrate."
        return
    if missing_triggers():
        yield "The database lacks triggers. Run manage.py migrate."
    in_force = Edition.objects.in_force().select_related("drug").order_by("pk")
    count = in_force.count()
    if not count:
        yield "No edition is in force."
    turns = max(-(-count // EDITIONS_A_TURN), 1)
    first = turn % turns * EDITIONS_A_TURN
    for edition in in_force[first : first + EDITIONS_A_TURN]:
        if fingerprint(bytes(edition.canonical or b"")) != edition.fingerprint:
            yield f"{edition}: what is stored does not match its fingerprint."
        address = edition.drug.get_absolute_url()
        for page in DrawnPage.objects.filter(build=build(), address=address):
            if not page.is_our_own:
                yield f"{page}: it is not the site's own. Run manage.py draw --again."


def _served_meanwhile() -> Iterator[str]:
    for copy in kept_editions.copies():
        if copy.not_rechecked_since:
            moment = wording.moment_in_words(copy.not_rechecked_since)
            yield f"{copy}: readers are given what was checked {moment}."
