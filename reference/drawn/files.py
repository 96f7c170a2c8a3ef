"""Draws the files that readers of an edition are given, and keeps them; serves none.

Always in a process of its own or in a command: it takes seconds of work and memory,
and holds no lock meanwhile.
"""

import hashlib
import json
import logging
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from threading import Thread
from types import ModuleType

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from django.template.loader import render_to_string

from anakinra_site.http import pack
from reference.editions import Monograph
from reference.models import DrawnPage, Drug, Edition
from reference.pages import edition_context

from .pages import forget_pages_naming_the_file

logger = logging.getLogger(__name__)

SHEET_PAGES = 2
STYLE_SHEETS = ("css/site.css", "css/pdf.css")
NO_PANGO = (
    "No PDF can be drawn here: a library that WeasyPrint needs is missing ({error}). "
    "On Debian, as root: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0 fonts-liberation fonts-dejavu-core"
)


class DrawingImpossibleError(Exception):
    """This machine lacks a library that drawing needs; the text says how to get it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a file is drawn from: the page as rendered, and the style sheets."""

    html: str
    css: str

    def sha256(self, versions: str) -> str:
        """Return a digest of this and of the versions of what draws it."""
        text = "\0".join((versions, self.css, self.html))
        return hashlib.sha256(text.encode()).hexdigest()


@cache
def engine() -> ModuleType:
    """Return the module that draws. Raises DrawingImpossibleError without Pango."""
    try:
        with redirect_stdout(StringIO()):  # it prints a page of advice of its own
            from . import pdf
    except (ImportError, OSError) as error:
        reason = str(error).partition(":")[0].partition("\n")[0]
        raise DrawingImpossibleError(NO_PANGO.format(error=reason)) from error
    return pdf


def monograph_source(
    edition: Edition, content: Monograph | None = None, *, digest: str = ""
) -> Source:
    """Return what the sheet of an edition is drawn from.

    Its content is what was published, unless it is given, with its digest. Raises
    EditionNotVerifiedError as its pages do.
    """
    template = "reference/drawn/print_file.html"
    context = edition_context(edition, content, digest=digest)
    return Source(
        html=render_to_string(template, context),
        css="\n".join(_style_sheet(name) for name in STYLE_SHEETS),
    )


def why_not_drawn(source: Source) -> str:
    """Return why no file would be drawn of this, or "".

    Asked of a process of its own, which ends with its memory; no more than a minute is
    waited for. Raises DrawingImpossibleError where this machine cannot say.
    """
    command = [sys.executable, "-P", str(Path(__file__).with_name("pdf.py"))]
    asked = json.dumps({"html": source.html, "css": source.css})
    try:
        done = subprocess.run(  # noqa: S603 - no part of it comes from outside
            command, input=asked, capture_output=True, check=True, text=True, timeout=60
        )
    except subprocess.SubprocessError as error:
        raise DrawingImpossibleError(NO_PANGO.format(error=error)) from error
    found = json.loads(done.stdout)
    if found["why_not"] or found["pages"] == SHEET_PAGES:
        return str(found["why_not"])
    return f"it would take {found['pages']} pages, not {SHEET_PAGES}"


def is_drawn(edition: Edition, source: Source) -> bool:
    """Return whether the stored file is the one that would be drawn now."""
    build = source.sha256(engine().VERSIONS)
    mine = DrawnPage.objects.of_current_key().file_of(edition)
    return mine.filter(build=build).exists()


def draw_monograph(edition: Edition, source: Source) -> tuple[int, int] | None:
    """Draw the monograph of an edition and keep it; return its bytes and its pages.

    Returns None, and keeps nothing, if the edition has changed its state meanwhile.
    Raises FileNotDrawnError, of the engine, for a file that would lack something.
    """
    drawn = engine().draw_pdf(
        source.html,
        source.css,
        identifier=bytes.fromhex(edition.fingerprint),
        base_url=settings.PUBLIC_ORIGIN,
        pages=SHEET_PAGES,
    )
    with transaction.atomic():
        Drug.objects.select_for_update(no_key=True).get(pk=edition.drug_id)
        same = Edition.objects.public().filter(
            pk=edition.pk, state=edition.state, fingerprint=edition.fingerprint
        )
        if same.select_for_update(no_key=True).first() is None:
            return None
        keep_file(edition, drawn.body, build=source.sha256(engine().VERSIONS))
        forget_pages_naming_the_file(edition)
    return len(drawn.body), drawn.pages


def keep_file(edition: Edition, body: bytes, *, build: str) -> None:
    """Keep what was drawn as the file of an edition, in place of an older one.

    The name under which a reader saves it says so if the edition is not in force.
    """
    is_in_force = edition.state == Edition.State.PUBLISHED
    suffix = "" if is_in_force else f"-{edition.state}"
    name = f"{edition.drug.slug}-edition-{edition.number}{suffix}.pdf"
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Length": str(len(body)),
    }
    digest = hashlib.sha256(body).hexdigest()
    fields = {
        "drug": edition.drug,
        "build": build,
        "drawn_of": DrawnPage.state_of(edition),
        "etag": f'"{digest}"',
        "headers": json.dumps([*headers.items()]),
        "body_brotli": b"",
        "body_gzip": pack(body, "gzip", is_best=True),
        "body_sha256": digest,
    }
    file = DrawnPage(address=DrawnPage.address_of_file(edition), **fields)
    file.sign()
    codes = {"code_gzip": file.code_gzip, "code_brotli": file.code_brotli}
    DrawnPage.objects.update_or_create(address=file.address, defaults=fields | codes)


def draw_once_committed() -> None:
    """Start `manage.py draw` when the act that calls this has been committed.

    Whatever befalls the drawing, the act stands.
    """
    if settings.DRAW_PDF or settings.DRAW_PAGES:
        waiting = Thread(target=_draw_beside_the_server, daemon=True)
        transaction.on_commit(waiting.start, robust=True)


def _draw_beside_the_server() -> None:
    """Draw in a process of its own, so that the server goes on answering."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "draw"]
    if not settings.DRAW_PDF:
        command.append("--without-pdf")
    try:
        subprocess.run(  # noqa: S603 - no part of it comes from outside
            command, cwd=settings.BASE_DIR, capture_output=True, check=True, text=True
        )
    except subprocess.CalledProcessError as error:
        logger.error("drawing failed: %s", error.stderr.strip())
    except OSError as error:
        logger.error("drawing could not start: %s", error)


def _style_sheet(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str)  # noqa: S101 - one of ours, beside this code
    return Path(found).read_text(encoding="utf-8")
