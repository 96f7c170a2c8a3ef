"""Names what a page is drawn with: code, templates, styles, pins and settings."""

import hashlib
import json
from functools import cache

from django.conf import settings

FOLDERS = ("anakinra_site", "reference", "templates", "static")
PINS = "requirements/runtime.txt"
SETTINGS_ON_PAGES = (
    *("PUBLIC_ORIGIN", "REPORT_ERRORS_TO", "STATIC_URL", "DEBUG"),
    "FRAMED_BY",  # in their headers
)


@cache
def build() -> str:
    """Return a digest of everything but the data that could change a drawn page.

    Read once, since a process runs the code it was started with.
    """
    digest = hashlib.sha256()
    for name in SETTINGS_ON_PAGES:
        digest.update(json.dumps([name, getattr(settings, name)]).encode())
    files = [settings.BASE_DIR / PINS]
    for folder in FOLDERS:
        files += sorted((settings.BASE_DIR / folder).rglob("*"))
    for file in files:
        # Python writes there at any moment, under names that it gives for that moment.
        if file.is_file() and file.parent.name != "__pycache__":
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(settings.BASE_DIR)} {content}\n".encode())
    return digest.hexdigest()
