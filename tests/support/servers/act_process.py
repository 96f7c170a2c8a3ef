"""Acts of the committee, each in a process of its own that can be killed on its way.

Django is loaded once: for each act this process makes a copy of itself.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from threading import enumerate as running_threads
from threading import main_thread
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections
from django.test import Client

from reference import publishing
from reference.drawn import files
from reference.models import Edition

START = (
    "import django; django.setup(); "
    "from tests.support.servers.act_process import serve; serve()"
)


class ActProcess:
    """The other end: begins an act, and hears how far it has come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def begin(self, act: str, edition: Edition, by: User) -> int:
        """Begin an act, and return the id of the process that is at it."""
        assert self._process.stdin is not None
        line = json.dumps({"act": act, "edition": edition.pk, "by": by.pk})
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        said, _, pid = self.next_word().partition(" ")
        assert said == "begun"
        return int(pid)

    def kill(self, pid: int) -> list[str]:
        """Kill the process of an act; return what it still said, its end at last."""
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(pid, signal.SIGKILL)
        words = [self.next_word()]
        while not words[-1].startswith("ended"):
            words.append(self.next_word())
        return words

    def next_word(self) -> str:
        """Wait for "returned", when the act has, and "ended", when its process has."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def act_process(database_url: str, *settings_given: str) -> Iterator[ActProcess]:
    """More settings are as for make: they have to be those of the servers."""
    given = dict(setting.split("=", 1) for setting in settings_given)
    process = subprocess.Popen(
        [sys.executable, "-c", START],
        cwd=settings.BASE_DIR,
        env={**os.environ, **given, "DATABASE_URL": database_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield ActProcess(process)
        assert process.stdin is not None
        process.stdin.close()


def serve() -> None:
    """Do one act a line, until there are no more."""
    # What draws the rest after an act would load Django anew each time.
    vars(files)["_draw_beside_the_server"] = _draw_here
    # Loads the templates.
    Client().get("/anakinra/", headers={"host": "localhost"}, secure=True)
    connections.close_all()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _do_and_exit(json.loads(line))
        _say(f"ended {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}")


def _do_and_exit(asked: dict[str, Any]) -> None:
    """Do the act and the drawing that it starts, and leave no trace but in the data."""
    _say(f"begun {os.getpid()}")
    try:
        edition = Edition.objects.select_related("drug").get(pk=asked["edition"])
        _do(asked["act"], edition, User.objects.get(pk=asked["by"]))
        _say("returned")
        for thread in running_threads():
            if thread is not main_thread():
                thread.join()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _do(act: str, edition: Edition, by: User) -> None:
    if act == "publish":
        seen = publishing.fingerprint_of(edition)
        publishing.publish(edition=edition, by=by, seen=seen)
    elif act == "withdraw":
        publishing.withdraw(edition=edition, by=by, reason="A wrong number.")
    else:
        publishing.restore(edition=edition, by=by)


def _draw_here() -> None:
    call_command("draw", without_pdf=True, stdout=StringIO())


def _say(text: str) -> None:
    os.write(sys.stdout.fileno(), f"{text}\n".encode())
