"""Collects the static files when they changed since the last time, and only then."""

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_changed() -> bool:
    """Old files stay: a published page may still name them by their hash."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f".{root.name}-sources")  # beside: what is inside is served
    with root.with_name(f".{root.name}-lock").open("w") as lock:
        # Two servers that start at once would write the same files.
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = _fingerprint_of_sources()
        if root.exists() and stamp.exists() and stamp.read_text() == sources:
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(sources)
    return True


def _fingerprint_of_sources() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
