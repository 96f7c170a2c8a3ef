"""A release on one host: a newer build beside the older one, on one database.

Each build serves its own pages and files while readers read through nginx, and the
older one ends without an error to any of them.
"""

import re
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from tests.nginx_process import IN_PRODUCTION, Proxy, reload, running_nginx
from tests.server_process import ROOT, Server, running_server
from tests.shown_edition import ask

pytestmark = pytest.mark.xdist_group("server")  # one process: one server

CODE = ("anakinra_site", "docs", "fixtures", "reference", "static", "templates")
FILES = ("Makefile", "manage.py")
MARK = "The newer build."
STYLE = re.compile(r'href="(/static/[^"]+\.css)"')


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


def read_on(proxy: Proxy, is_over: Event) -> list[tuple[bool, str]]:
    """Read the page and the style sheet it names; an error ends it."""
    seen = []
    while not is_over.wait(0.01):
        response, body = ask(proxy.connect, "/anakinra/")
        page = body.decode()
        assert response.status == 200, page
        style = STYLE.search(page)
        assert style
        response, body = ask(proxy.connect, style[1])
        assert response.status == 200, style[1]
        assert page.rstrip().endswith("</html>")
        seen.append((MARK in page, style[1]))
    return seen


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(stack: ExitStack, folder: Path, root: Path, *, build: str) -> Server:
    own = folder / build
    own.mkdir()
    database = f"DATABASE_URL=sqlite:///{folder}/db"
    given = [database, "WORKERS=1", *IN_PRODUCTION]
    return stack.enter_context(running_server(own, *given, root=root))


def test_readers_do_not_notice_a_release(
    newer: Path, stack: ExitStack, tmp_path: Path
) -> None:
    old = start(stack, tmp_path, ROOT, build="older")
    proxy = stack.enter_context(running_nginx(tmp_path, [f"127.0.0.1:{old.port}"]))
    is_over = Event()
    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(read_on, proxy, is_over) for _ in range(2)]
        try:
            new = start(stack, tmp_path, newer, build="newer")
            reload(proxy, [f"127.0.0.1:{one.port}" for one in (old, new)])
            time.sleep(2)
            old.signal(signal.SIGTERM)
            old.process.wait(30)
            time.sleep(1)
            reload(proxy, [f"127.0.0.1:{new.port}"])
            time.sleep(0.5)
        finally:
            is_over.set()
    seen = [each for reader in reading for each in reader.result()]
    # Both builds were read while both served, each with its own style sheet.
    assert len(set(seen)) == 2
    assert {is_new for is_new, _ in seen} == {True, False}
    last = [reader.result()[-1] for reader in reading]
    assert all(is_new for is_new, _ in last)
