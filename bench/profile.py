"""`make profile`: where the time of a request goes, piece by piece and as a tree.

In this process, without a server and without a network: the best of many requests.
`make profile ONLY=dose-as-JSON` shows one kind alone.
"""

import importlib
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple

from pyinstrument import Profiler
from pyinstrument.renderers import ConsoleRenderer

from bench.running import site
from bench.running.load import say

BEST_OF = 50
TREE_SECONDS = 2.0
SMALLEST_SHARE = 0.02  # of the whole, to be shown in the tree
DOSE = f"/{site.SLUG}/dose/"
DOSE_QUERY = "regimen=nomid-sc&weight={weight}&doses_per_day=2&edition=1"
# Functions whose time is shown by itself; one may be part of another.
EVERYWHERE = {
    "django.template.loader:render_to_string": "template",
    "anakinra_site.http.compression:pack": "packing it with brotli",
    "django.db.backends.utils:CursorWrapper.execute": "queries, in the database",
}
PAGE = {"reference.pages.views:published_monograph": "the edition's document, arranged"}
PREVIEW = {
    "reference.editions:canonical_document": "rows read and put in order",
    "reference.editions:canonical_bytes": "canonical bytes",
    "reference.editions:arranged": "document arranged for the page",
}
A_DOSE = {
    "reference.doses.views:published_monograph": "the edition's document, arranged",
    "reference.doses.views:current_edition": "which edition, as one row",
    "reference.doses.views:answer_to": "question checked, dose worked out",
}
FRAGMENT = A_DOSE | {"reference.doses.views:dose_context": "the sentence of the dose"}


class Kind(NamedTuple):
    """A kind of request: its environ in part, and the functions it goes through."""

    path: str
    query: str
    headers: dict[str, str]
    pieces: dict[str, str]


def main() -> None:
    """Print the pieces and the tree of each kind of request that is asked for."""
    with site.prepared_site():
        kinds = _kinds()
        chosen = sys.argv[1].split(",") if sys.argv[1:] else list(kinds)
        if unknown := set(chosen) - set(kinds):
            raise SystemExit(f"ONLY knows {', '.join(kinds)}, not {', '.join(unknown)}")
        for name in chosen:
            say(f"\n{name}\n{'=' * len(name)}\n")
            _show(kinds[name])


def _kinds() -> dict[str, Kind]:
    page = f"/{site.SLUG}/"
    preview = f"/admin/reference/edition/{site.open_draft().pk}/preview/"
    signed_in = {"HTTP_COOKIE": site.signed_in_cookie()["Cookie"]}
    return {
        "drawn-page": Kind(
            page,
            "",
            {},
            {"reference.drawn.front:drawn_row": "its row, read from the database"},
        ),
        # An address with a query is not looked up among the drawn pages.
        "monograph-by-Django": Kind(page, "by=django", {}, EVERYWHERE | PAGE),
        "draft-preview": Kind(preview, "", signed_in, EVERYWHERE | PREVIEW),
        "dose-as-JSON": Kind(
            DOSE, DOSE_QUERY, {"HTTP_ACCEPT": "application/json"}, EVERYWHERE | A_DOSE
        ),
        "dose-as-fragment": Kind(
            DOSE, DOSE_QUERY, {"HTTP_HX_REQUEST": "true"}, EVERYWHERE | FRAGMENT
        ),
    }


def _show(kind: Kind) -> None:
    from anakinra_site.wsgi import application

    for _ in range(3):
        _ask(application, kind, 20)
    times, pieces = [], defaultdict[str, list[float]](list)
    for number in range(BEST_OF):
        begun = time.perf_counter()
        size = _ask(application, kind, 20 + number / 100)
        times.append(time.perf_counter() - begun)
    for number in range(BEST_OF):
        with _timed(kind.pieces) as spent:
            _ask(application, kind, 30 + number / 100)
        for name, seconds in spent.items():
            pieces[name].append(seconds)
    say(f"{'':44}{'best':>10}{'median':>10}  µs of {BEST_OF} requests")
    _line(f"the whole request, {size:,} bytes", times)
    for name, spent_in in pieces.items():
        _line(f"  {name}", spent_in)
    profiler = Profiler(interval=0.0005)
    end = time.monotonic() + TREE_SECONDS
    number = 0
    with profiler:
        while time.monotonic() < end:
            number += 1
            _ask(application, kind, 40 + number / 1000)
    say(f"\nThe same as a tree: seconds of {number:,} requests")
    options = {"filter_threshold": SMALLEST_SHARE}
    say(profiler.output(ConsoleRenderer(unicode=True, processor_options=options)))


def _line(name: str, seconds: list[float]) -> None:
    best, median = (1e6 * it for it in (min(seconds), statistics.median(seconds)))
    say(f"{name:44}{best:10,.0f}{median:10,.0f}")


def _ask(application: Callable[..., Any], kind: Kind, weight: float) -> int:
    """Ask as a server does, for another dose each time; return the bytes sent."""
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": kind.path,
        "QUERY_STRING": kind.query.format(weight=f"{weight:.3f}"),
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": "br",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    } | kind.headers
    answer = application(environ, lambda status, _headers: said.append(status))
    size = sum(len(part) for part in answer)
    if hasattr(answer, "close"):
        answer.close()
    if said != ["200 OK"]:
        raise RuntimeError(f"{kind.path} answered {said}")
    return size


@contextmanager
def _timed(pieces: dict[str, str]) -> Iterator[dict[str, float]]:
    """Add up what is spent in some functions until the block ends."""
    spent = dict.fromkeys(pieces.values(), 0.0)
    put_back = []
    for place, name in pieces.items():
        owner, attribute = _found(place)
        original = getattr(owner, attribute)
        put_back.append((owner, attribute, original))
        setattr(owner, attribute, _timing(original, spent, name))
    try:
        yield spent
    finally:
        for owner, attribute, original in put_back:
            setattr(owner, attribute, original)


def _found(place: str) -> tuple[Any, str]:
    """Return what holds a function that is named module:path.to.it, and its name."""
    module, _, path = place.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, attribute = path.split(".")
    for name in outer:
        owner = getattr(owner, name)
    return owner, attribute


def _timing(
    original: Callable[..., Any], spent: dict[str, float], name: str
) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            spent[name] += time.perf_counter() - begun

    return timed


if __name__ == "__main__":
    main()
