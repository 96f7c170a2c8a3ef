"""Keeps the public templates compiled in files, so that a start does not compile them.

One folder for each build and language, since messages are looked up while a template is
compiled; what another build compiled is never read.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from .build_name import build


class _Kept(FileSystemBytecodeCache):
    """Compiled templates in files; one that cannot be written is not kept."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def templates_folder(language: str | None) -> FileSystemBytecodeCache | None:
    """Return where this build keeps a language's templates; None to keep none.

    That is so while templates are edited (DEBUG), and where nothing can be written.
    """
    if settings.COMPILED_TEMPLATES is None:
        return None
    folder = Path(settings.COMPILED_TEMPLATES, f"{build()[:16]}-{language}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    return _Kept(str(folder), "%s.compiled")


def forget_older_builds() -> None:
    """Remove what other builds compiled; a server that runs has read it long since."""
    if settings.COMPILED_TEMPLATES is None or not settings.COMPILED_TEMPLATES.exists():
        return
    for folder in settings.COMPILED_TEMPLATES.iterdir():
        if not folder.name.startswith(build()[:16]):
            shutil.rmtree(folder, ignore_errors=True)
