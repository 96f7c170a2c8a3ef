"""How long a form of the desk may take to arrive; no other address takes a body.

The server waits for a body as long as its sender likes, and a worker has few threads:
a handful of senders who stop on the way would keep every reader out. A proxy in front
waits in the site's place; this is for a site without one.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from .no_cookies import ADMIN

ARRIVES_WITHIN = 10  # seconds
# At once in a worker: half of its threads, so that the others read pages meanwhile.
AT_ONCE = 2
# One more may wait for its turn, since other people's forms arrive in milliseconds,
# and the next one for a moment, to see whether they do.
WAITS_FOR_A_PLACE = 0.5  # seconds
WAITS_TO_QUEUE = 0.02  # seconds
LATE = (
    "The form did not arrive in time. Nothing was saved. Go back and send it again.\n"
)
BUSY = (
    "Too many forms are arriving at once. Nothing was saved. Go back, wait a moment "
    "and send it again.\n"
)


class RequestBodyMiddleware:
    """Reads a form before anything else does, or answers that it did not arrive."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.places = BoundedSemaphore(AT_ONCE)
        self.queue = BoundedSemaphore(1)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or not request.path_info.startswith(ADMIN):
            return self.get_response(request)
        if not self._takes_a_place():
            return _refused(BUSY, 503)
        if not self._arrives(request):
            return _refused(LATE, 408)
        return self.get_response(request)

    def _takes_a_place(self) -> bool:
        if self.places.acquire(blocking=False):
            return True
        if not self.queue.acquire(timeout=WAITS_TO_QUEUE):
            return False
        try:
            return self.places.acquire(timeout=WAITS_FOR_A_PLACE)
        finally:
            self.queue.release()

    def _arrives(self, request: HttpRequest) -> bool:
        """Return whether the body is read in time; the request keeps it, or its error.

        A late one is waited for aside, at no worker's cost, until its sender is gone:
        the server gives no way to stop reading.
        """
        read: Future[None] = Future()

        def keep_body() -> None:
            try:
                _ = request.body
            except Exception as error:
                read.set_exception(error)
            else:
                read.set_result(None)

        Thread(target=keep_body, daemon=True).start()
        try:
            read.result(timeout=ARRIVES_WITHIN)
        except (TimeoutError, UnreadablePostError):
            return False
        finally:
            self.places.release()
        return True


def _refused(text: str, status: int) -> HttpResponse:
    answer = HttpResponse(text, "text/plain; charset=utf-8", status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Retry-After"] = str(ARRIVES_WITHIN)
    return answer
