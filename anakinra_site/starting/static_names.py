"""Names static files by their hash; one that was not collected keeps its plain name.

Of our own styles and scripts the comments and indentation are not sent: they are for
who reads the source, and a tenth of a first visit.
A page without its style can be read, and a page that failed cannot. Collecting is in
starting/static_collection.py.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = logging.getLogger(__name__)

NOT_COLLECTED = (
    "Static files are missing, so pages are shown without their style. "
    "Run manage.py prepare and start again."
)


OURS = re.compile(r"(?:css|js)/[^/]+\.(?:css|js)")
# Of a script only those that have their lines for themselves; no string has its signs.
COMMENTS = {
    ".css": re.compile(r"[ \t]*/\*.*?\*/", re.DOTALL),
    ".js": re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/)$", re.DOTALL | re.MULTILINE),
}
EMPTY_OR_INDENTED = re.compile(r"\n\s+")


def without_comments(name: str, text: str) -> str:
    """Return a style sheet or a script without comments, indentation, empty lines."""
    ending = f".{name.rpartition('.')[2]}"
    return EMPTY_OR_INDENTED.sub("\n", COMMENTS[ending].sub("", text)).lstrip()


class WithoutComments:
    """A place of static files whose comments are left there."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    def open(self, path: str) -> "ContentFile[bytes]":
        with self.storage.open(path) as file:
            text = file.read().decode()
        return ContentFile(without_comments(path, text).encode())


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """Static files as they were collected, or as they are called if they were not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.not_collected = set[str]()
        super().__init__(*args, **kwargs)

    def load_manifest(self) -> tuple[dict[str, str], str]:
        """Return the names of all files and a digest of them; without a list, none."""
        try:
            names: dict[str, str]
            names, digest = super().load_manifest()
        except (OSError, ValueError) as error:
            logger.error("the list of static files cannot be read: %s", error)
            return {}, ""
        return names, str(digest)

    def post_process(
        self, paths: dict[str, Any], *args: Any, **options: Any
    ) -> Iterator[Any]:
        """Name and pack the files; of our own, without what no browser reads."""
        read = {
            name: (WithoutComments(storage), path)
            if OURS.fullmatch(name)
            else (storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(read, *args, **options)

    def stored_name(self, name: str) -> str:
        """Return the name under which a file is served; it is logged once if not."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            if name not in self.not_collected:
                self.not_collected.add(name)
                logger.error("not collected: %s. %s", name, NOT_COLLECTED)
            return name


def why_not_collected() -> str:
    """Return what is wrong with the names of static files, or an empty text."""
    storage: Any = staticfiles_storage
    if settings.DEBUG or not isinstance(storage, CollectedFiles):
        return ""
    is_whole = storage.hashed_files and not storage.not_collected
    return "" if is_whole else NOT_COLLECTED
