"""Debian's Firefox, driven over its own Marionette protocol: JSON on a local socket.

Another browser than the one that Playwright drives; geckodriver is in no package.
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIREFOX = shutil.which("firefox-esr")
LONGEST_S = 60
PREFERENCES = {
    "marionette.port": 0,  # one that is free; it is written into the profile
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
SESSION_STORE = "resource:///modules/sessionstore/SessionStore.sys.mjs"
CLOSE_TAB = """
    const closed = gBrowser.selectedTab;
    gBrowser.selectedTab = gBrowser.addTrustedTab("about:blank");
    gBrowser.removeTab(closed);
"""
OPEN_CLOSED_TAB = f"""
    const {{SessionStore}} = ChromeUtils.importESModule("{SESSION_STORE}");
    gBrowser.selectedTab = SessionStore.undoCloseTab(window, 0);
"""


class Firefox:
    """One window of a Firefox that runs."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.sent = connection, 0
        self._received()  # it greets
        self.ask("WebDriver:NewSession")

    def ask(self, command: str, **parameters: Any) -> Any:
        """Return what the browser answers; raises AssertionError with its refusal."""
        self.sent += 1
        message = json.dumps([0, self.sent, command, parameters])
        self.connection.sendall(f"{len(message.encode())}:{message}".encode())
        _, number, refusal, answer = self._received()
        assert number == self.sent
        assert refusal is None, f"{command}: {refusal}"
        return answer

    def run(self, script: str, *values: Any) -> Any:
        """Return the value of a script in the page."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=values)["value"]

    def open(self, address: str) -> None:
        self.ask("WebDriver:Navigate", url=address)

    def fill(self, selector: str, text: str) -> None:
        """Type a text in place of what a field holds."""
        (found,) = self._found(selector)
        self.ask("WebDriver:ElementClear", id=found)
        self.ask("WebDriver:ElementSendKeys", id=found, text=text)

    def click(self, selector: str) -> None:
        """Click on the first that there is."""
        self.ask("WebDriver:ElementClick", id=self._found(selector)[0])

    def value(self, selector: str) -> Any:
        return self.run("return document.querySelector(arguments[0]).value", selector)

    def wait_for(self, selector: str) -> None:
        """Wait until the page has this, and all that it loads."""
        script = (
            "return document.readyState === 'complete' && "
            "document.querySelector(arguments[0]) !== null"
        )
        wait_until(lambda: bool(self.run(script, selector)), selector)

    def close_tab(self) -> None:
        """Close the tab in front, as its cross does; an empty one takes its place."""
        self._in_the_browser(CLOSE_TAB)

    def open_closed_tab(self) -> None:
        """Open again the tab that was closed last, as Control+Shift+T does."""
        self._in_the_browser(OPEN_CLOSED_TAB)

    def _in_the_browser(self, script: str) -> None:
        self.ask("Marionette:SetContext", value="chrome")
        self.run(script)
        self.ask("Marionette:SetContext", value="content")
        wait_until(self._follows_the_tab_in_front, "a tab")

    def _follows_the_tab_in_front(self) -> bool:
        for handle in self.ask("WebDriver:GetWindowHandles"):
            self.ask("WebDriver:SwitchToWindow", handle=handle)
            if self.run("return document.visibilityState") == "visible":
                return True
        return False

    def _found(self, selector: str) -> list[str]:
        found = self.ask("WebDriver:FindElements", using="css selector", value=selector)
        return [identity for one in found for identity in one.values()]

    def _received(self) -> Any:
        length = b""
        while (byte := self.connection.recv(1)) != b":":
            assert byte, "Firefox has ended"
            length += byte
        message = b""
        while (missing := int(length) - len(message)) > 0:
            message += self.connection.recv(missing)
        return json.loads(message)


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """A new Firefox without a window, its profile in this folder, ended afterwards."""
    assert FIREFOX is not None
    preferences = PREFERENCES.items()
    lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});" for n, v in preferences]
    (profile / "user.js").write_text("\n".join(lines))
    options = ("--headless", "--marionette", "-remote-allow-system-access")
    process = subprocess.Popen(
        [FIREFOX, *options, "--no-remote", "--profile", profile],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        written = profile / "MarionetteActivePort"
        wait_until(lambda: written.exists() and bool(written.read_text()), "Firefox")
        address = ("127.0.0.1", int(written.read_text()))
        with socket.create_connection(address, LONGEST_S) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        process.wait()


def wait_until(is_there: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + LONGEST_S
    while not is_there():
        assert time.monotonic() < until, f"{what} is not there"
        time.sleep(0.05)
