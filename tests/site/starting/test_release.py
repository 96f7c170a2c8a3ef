"""A release on one host: a newer build beside the older one, on one database.

Each build serves its own pages and files while readers read through nginx, and the
older one ends without an error to any of them.
"""

import random
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from tests.support.servers.free_ports import free_port
from tests.support.servers.nginx_process import (
    IN_PRODUCTION,
    Proxy,
    reload,
    running_nginx,
)
from tests.support.servers.server_process import ROOT, Server, running_server
from tests.support.shown_edition import ask, style_sheet_of
from tests.tools.reliability.figures import count

CODE = ("anakinra_site", "docs", "fixtures", "reference", "static", "templates")
FILES = ("Makefile", "manage.py")
MARK = "The newer build."


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project in a folder of its own, with another style sheet and template."""
    root = tmp_path_factory.mktemp("newer")
    for name in CODE:
        shutil.copytree(ROOT / name, root / name)
    (root / "requirements").mkdir()
    for name in (*FILES, "requirements/runtime.txt", "requirements/dev.txt"):
        shutil.copy2(ROOT / name, root / name)
    (root / ".venv").symlink_to(ROOT / ".venv")
    style = root / "static" / "css" / "site.css"
    style.write_text(f"{style.read_text()}\n.newer {{ color: inherit; }}\n")
    page = root / "templates" / "base.html"
    marked = page.read_text().replace("</footer>", f"<p>{MARK}</p></footer>")
    page.write_text(marked)
    return root


class Reader:
    """Reads the page and, once or twice, the style sheet it names; again and again.

    How often is left to chance: nginx asks the hosts in turn, and could take all pages
    from the one and all style sheets from the other.
    """

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.is_over = Event()
        self.seen: list[tuple[bool, str]] = []  # is it of the newer build, its styles
        self.reading: Future[None]

    def __call__(self) -> None:
        """Read until it is over; an error ends it sooner."""
        while not self.is_over.wait(0.01):
            response, body = ask(self.proxy.connect, "/anakinra/")
            assert response.status == 200, body
            assert body.rstrip().endswith(b"</html>")
            style = style_sheet_of(body)
            for _ in range(random.randint(1, 2)):
                response, _ = ask(self.proxy.connect, style)
                assert response.status == 200, style
            self.seen.append((MARK.encode() in body, style))

    def wait_for(self, *, newer: bool, times: int) -> None:
        """Wait until that build was read so often from now on."""
        start = len(self.seen)
        for _ in range(600):
            if [is_new for is_new, _ in self.seen[start:]].count(newer) >= times:
                return
            if self.reading.done():
                self.reading.result()  # the error that ended it
            time.sleep(0.05)
        pytest.fail(f"newer: {newer}, not {times} times in {len(self.seen) - start}")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(
    stack: ExitStack, folder: Path, root: Path, port: int, *, build: str
) -> Server:
    own = folder / build
    own.mkdir()
    database = f"DATABASE_URL=sqlite:///{folder}/db"
    given = [database, "WORKERS=1", *IN_PRODUCTION]
    return stack.enter_context(running_server(own, *given, port=port, root=root))


def test_readers_do_not_notice_a_release(
    newer: Path, stack: ExitStack, tmp_path: Path
) -> None:
    ports = [free_port(), free_port()]
    old = start(stack, tmp_path, ROOT, ports[0], build="older")
    # As in production, the newer build starts where nginx knows a host to be.
    hosts = [f"127.0.0.1:{port}" for port in ports]
    proxy = stack.enter_context(running_nginx(tmp_path, hosts))
    reader = Reader(proxy)
    with ThreadPoolExecutor(1) as threads:
        reader.reading = threads.submit(reader)
        try:
            reader.wait_for(newer=False, times=1)
            start(stack, tmp_path, newer, ports[1], build="newer")
            reader.wait_for(newer=True, times=10)
            reader.wait_for(newer=False, times=10)
            old.process.terminate()  # only make gets the signal, as from systemd
            old.process.wait(30)
            reader.wait_for(newer=True, times=10)
            reload(proxy, hosts[1:])
            reader.wait_for(newer=True, times=10)
        finally:
            reader.is_over.set()
    count(
        "releases",
        "readers while a newer build starts beside the older one, which then ends",
        tried=len(reader.seen),
        unit="pages with their styles",
        lost=int(reader.reading.exception() is not None),
        on_database=False,
    )
    reader.reading.result()
    # Each build has its own style sheet.
    assert len(set(reader.seen)) == 2
    assert reader.seen[-1][0]
