"""A site of its own, and a browser, for `make screenshots` and `make lighthouse`."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.installed_browser import installed_browser
from tests.support.servers.server_process import ROOT, running_server

IN_DOCS = ROOT / "docs" / "images"


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
    given = [f"{name}={value}" for name, value in settings.items()]
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(
            Path(folder), "WORKERS=1", "DRAW_PDF=0", *given, port=port
        ) as server,
    ):
        yield server.address, server.passwords


@contextmanager
def running_browser() -> Iterator[Browser]:
    """An installed Chromium if there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_browser(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
