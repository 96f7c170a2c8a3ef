"""A Python process of the project's own, beside that of the tests."""

import os
import subprocess
import sys
from collections.abc import Sequence

from tests.support.servers.server_process import ROOT


def in_process(
    *arguments: str, before: Sequence[str] = (), **environment: str
) -> subprocess.Popen[str]:
    """A process of Python with these arguments, started by the command before it."""
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "anakinra_site.settings"}
    known.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set for the browser tests
    return subprocess.Popen(
        [*before, sys.executable, *arguments],
        cwd=ROOT,
        env=known | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
