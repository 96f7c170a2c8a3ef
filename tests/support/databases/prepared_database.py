"""Databases as `make run` prepares them, each made once a session and then copied.

To prepare one takes ten seconds of a core, and two dozen tests want one of their own.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.support.servers.free_ports import free_port

ROOT = Path(__file__).resolve().parents[3]
# The folder of this session, for the processes of pytest-xdist, too: see conftest.py.
PREPARED_IN = "PREPARED_IN"


def copy_prepared(database: Path, settings: Sequence[str]) -> str:
    """Put a copy there, prepared with these settings; return what was said then."""
    name = hashlib.sha256("\n".join(sorted(settings)).encode()).hexdigest()
    made, said = _folder() / name, _folder() / f"{name}.said"
    with (_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            said.write_text(_prepare(made, settings))
    shutil.copyfile(made, database)
    return said.read_text()


@cache
def _folder() -> Path:
    given = os.environ.get(PREPARED_IN)
    return Path(given or _own().name)


@cache
def _own() -> "tempfile.TemporaryDirectory[str]":
    """A folder for whoever is no test session; it goes with its process."""
    return tempfile.TemporaryDirectory()


def _prepare(made: Path, settings: Sequence[str]) -> str:
    given = dict(setting.split("=", 1) for setting in settings)
    return subprocess.run(
        [sys.executable, "manage.py", "prepare", "--port", str(free_port())],
        cwd=ROOT,
        env={
            **os.environ,
            "DRAW_PDF": "0",
            **given,
            "DATABASE_URL": f"sqlite:///{made}",
        },
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
