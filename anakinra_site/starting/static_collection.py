"""Collects the static files when they changed since the last time, and only then."""

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.utils.module_loading import import_string


def collect_if_changed() -> bool:
    """Return whether there was anything to collect; else nothing is written.

    Old files stay: a published page may still name them by their hash. Raises OSError
    where the files cannot be written.
    """
    root = Path(settings.STATIC_ROOT)
    if _is_collected(root, _fingerprint_of_sources()):
        return False
    with root.with_name(f".{root.name}-lock").open("w") as lock:
        # Two servers that start at once would write the same files.
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = _fingerprint_of_sources()
        if _is_collected(root, sources):
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        _stamp_of(root).write_text(sources)
    return True


def _is_collected(root: Path, sources: str) -> bool:
    """Return whether all of it is there, with the list of names if there is to be one.

    A collection that was interrupted has left no stamp, or an earlier one.
    """
    # Of the class: an object would keep the names that were there before collecting.
    storage = import_string(settings.STORAGES["staticfiles"]["BACKEND"])
    listed = getattr(storage, "manifest_name", "")
    return (
        (root / listed).exists()
        and _stamp_of(root).exists()
        and _stamp_of(root).read_text() == sources
    )


def _stamp_of(root: Path) -> Path:
    return root.with_name(f".{root.name}-sources")  # beside: what is inside is served


def _fingerprint_of_sources() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
