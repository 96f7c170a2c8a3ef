"""What a first visit has to fetch, and how long a stopped site needs to answer."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.reach import Part, Row
from bench.running import site
from bench.running.load import say, wait_until_idle
from bench.running.servers import ENVIRONMENT, ROOT, Server
from tests.support.servers.free_ports import free_port
from tests.support.servers.server_process import running_server
from tests.tools.page_weights import BROTLI, PAGES, weigh

ALL_BYTES = 45_000
BYTES_BEFORE_TEXT = 24_000
REQUESTS = 5
SECONDS_TO_ANSWER = 1.5
MONOGRAPH = f"/{site.SLUG}/"


def measure(folder: Path, rounds: int) -> Part:
    """Weigh the first visit to every page, and start the site again and again."""
    with (
        tempfile.TemporaryDirectory() as name,
        running_server(Path(name), "WORKERS=1") as server,
    ):
        weights = {page: weigh(server, at, BROTLI) for page, at in PAGES.items()}
    heaviest = max(weights, key=lambda page: weights[page].total)
    say(f"  heaviest first visit: {heaviest}, {weights[heaviest].total:,} bytes")
    starts = []
    for number in range(1, rounds + 1):
        wait_until_idle()
        starts.append(_seconds_from_cold(folder))
        say(f"  start {number} of {rounds}: {starts[-1]:.2f} s")
    every = weights.values()
    rows = [
        Row(
            "first visit: all bytes",
            [max(weight.total for weight in every)],
            ALL_BYTES,
            note=heaviest,
        ),
        Row(
            "first visit: HTML and CSS, bytes",
            [max(weight.before_text for weight in every)],
            BYTES_BEFORE_TEXT,
        ),
        Row(
            "first visit: requests, without redirect and icon",
            [max(weight.requests - weight.redirects - 1 for weight in every)],
            REQUESTS,
        ),
        Row(
            "cold start to first answer",
            starts,
            SECONDS_TO_ANSWER,
            unit=" s",
            held_back_by=HELD_BACK,
        ),
        Row(
            "first answers that render anything, of every drawn page",
            [_first_answers_left_to_django()],
            0,
        ),
    ]
    return Part("First visit and cold start", rows, [], REMARKS)


HELD_BACK = """\
Three processes of Python start one after the other: `manage.py prepare`, the server and
its worker. On a machine where they take 1.4, 0.2 and 0.9 s of processor time, nearly
all of it loads Django, its admin and the site. Tried, and kept: compiled templates in
files (1.2 s of a worker's start), icalendar loaded when it is asked for. Not tried: to
prepare within the server, whose worker loads all of it anew."""


REMARKS = """\
The first visit is that of `make weights`: the heaviest of its pages, in bytes on their
way. A cold start is `make run` on a database that is prepared, from the command to the
first whole answer with the monograph; it includes `manage.py prepare`."""


def _seconds_from_cold(folder: Path) -> float:
    """Return how long `make run` takes until the monograph has been answered."""
    port = free_port()
    begun = time.monotonic()
    with (folder / "cold.log").open("w") as log:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}", "WORKERS=1"],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server("cold", port, process.pid)
    try:
        while True:
            try:
                status, _ = server.get(MONOGRAPH, {"Accept-Encoding": "br"})
            except OSError:
                if process.poll() is not None or time.monotonic() - begun > 60:
                    raise
                time.sleep(0.01)
            else:
                break
        seconds = time.monotonic() - begun
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if status != 200:
        raise RuntimeError(f"the first answer of a cold start was {status}")
    return seconds


LEFT_TO_DJANGO = """
from io import BytesIO
from anakinra_site import wsgi
from reference.models import DrawnPage
left = []
def django(environ, start_response):
    left.append(environ["PATH_INFO"])
    return [b""]
front = wsgi.Front(django)
pages = list(DrawnPage.objects.pages().values_list("address", flat=True))
assert len(pages) > 30
for address in pages:
    front({"REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "",
        "HTTP_HOST": "localhost", "HTTP_ACCEPT_ENCODING": "br",
        "wsgi.url_scheme": "http", "wsgi.input": BytesIO()}, lambda *_: None)
print("LEFT", len(left))
"""


def _first_answers_left_to_django() -> int:
    """Return how many drawn pages a new process leaves to Django, which renders."""
    said = subprocess.run(
        [sys.executable, "-c", LEFT_TO_DJANGO],
        cwd=ROOT,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"^LEFT (\d+)$", said, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"no count was printed: {said}")
    return int(found[1])
