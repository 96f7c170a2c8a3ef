"""Names static files by their hash; one that was not collected keeps its plain name.

A page without its style can be read, and a page that failed cannot. Collecting is in
starting/static_collection.py.
"""

import logging
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = logging.getLogger(__name__)

NOT_COLLECTED = (
    "Static files are missing, so pages are shown without their style. "
    "Run manage.py prepare and start again."
)


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
