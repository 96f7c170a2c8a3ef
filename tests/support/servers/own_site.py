"""A site of its own, and a browser, for `make screenshots` and `make lighthouse`."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from tests.support.installed_browser import installed_browser
from tests.support.servers.free_ports import free_port

ROOT = Path(__file__).resolve().parents[3]
IN_DOCS = ROOT / "docs" / "images"
MANAGE = [sys.executable, str(ROOT / "manage.py")]
SERVE = [
    *(
        sys.executable,
        "-m",
        "anakinra_site.starting.serve",
        "--interface",
        "wsgi",
        "--no-ws",
    ),
    *("--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "4"),
]
STARTS_WITHIN = 30  # seconds


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def running_site(
    *, port: int | None = None, **settings: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a site with the guide and nothing else, and its passwords.

    The server of `make run`, in a process of its own; its database is gone afterwards.
    """
    with tempfile.TemporaryDirectory() as folder:
        at = port or free_port()
        own = {"DATABASE_URL": f"sqlite:///{folder}/site.sqlite3", "DRAW_PDF": "0"}
        environment = os.environ | own | settings
        for name in {"DEBUG", "PUBLIC_ORIGIN"} - set(settings):
            environment.pop(name, None)
        prepared = subprocess.run(
            [*MANAGE, "prepare"], env=environment, check=True, capture_output=True
        ).stdout.decode()
        passwords = dict(re.findall(r"^  (\w+) +(\S+)$", prepared, re.MULTILINE))
        server = subprocess.Popen(
            [*SERVE, "--port", str(at), "anakinra_site.wsgi:application"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{at}/healthz")
            yield f"http://127.0.0.1:{at}", passwords
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            urlopen(address).close()
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


@contextmanager
def running_browser() -> Iterator[Browser]:
    """An installed Chromium if there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_browser(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
