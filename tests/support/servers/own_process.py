"""A Python process of the project's own, beside that of the tests."""

import os
import subprocess
import sys

from tests.support.servers.server_process import ROOT


def in_process(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "anakinra_site.settings"}
    known.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set for the browser tests
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=known | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
