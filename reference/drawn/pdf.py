"""Draws a page as a tagged PDF (PDF/UA-1) whose bytes depend on its source alone.

Imports WeasyPrint, which needs the Pango library: see drawn/files.py for what happens
without it. Nothing is fetched while a file is drawn, from the network or the disk.

Run by its path it is a process of its own, without Django: it reads html and css as
JSON, and writes how many pages they take, or why no file can be drawn of them.
"""

import json
import sys
import zlib
from dataclasses import dataclass

import pydyf
import weasyprint
from weasyprint.text.ffi import pango
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

VERSIONS = (
    f"WeasyPrint {weasyprint.__version__}, pydyf {pydyf.__version__}, "
    f"Pango {pango.pango_version()}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
)


class FileNotDrawnError(Exception):
    """A file that would not show what its page shows; the text says why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file and how many pages it has."""

    body: bytes
    pages: int


class NothingFetched(URLFetcher):  # type: ignore[misc]  # it carries no types
    """Refuses every address: page and style sheets are handed over as text."""

    def fetch(
        self, url: str, headers: dict[str, str] | None = None
    ) -> URLFetcherResponse:
        raise FileNotDrawnError(f"the page asks for {url}, which it may not")


def draw_pdf(
    html: str,
    css: str,
    *,
    identifier: bytes,
    base_url: str,
    pages: int | None = None,
) -> Drawn:
    """Return the page as a PDF: the same bytes for the same arguments and versions.

    base_url is what relative links start from in the file, or empty. Raises
    FileNotDrawnError when the page asks for another file, would take another number of
    pages, or no font on this machine has one of its characters.
    """
    fetcher = NothingFetched(fail_on_errors=True)
    try:
        page = weasyprint.HTML(
            string=html, base_url=base_url or None, url_fetcher=fetcher
        ).render(stylesheets=[weasyprint.CSS(string=css, url_fetcher=fetcher)])
        if pages not in (None, len(page.pages)):
            said = f"it would take {len(page.pages)} pages, not {pages}"
            raise FileNotDrawnError(f"{said}; nothing of it is cut")
        body = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    except FatalURLFetchingError as error:
        raise FileNotDrawnError(str(error.__cause__)) from error
    missing = {chr(code) for font in page.fonts.values() for code in font.missing}
    if missing:
        raise FileNotDrawnError(
            f"no font on this machine has {' '.join(sorted(missing))}. "
            "On Debian, as root: apt-get install fonts-liberation fonts-dejavu-core"
        )
    return Drawn(body, len(page.pages))


def main() -> None:
    asked = json.load(sys.stdin)
    try:
        drawn = draw_pdf(asked["html"], asked["css"], identifier=b"0", base_url="")
    except FileNotDrawnError as error:
        json.dump({"pages": 0, "why_not": str(error)}, sys.stdout)
    else:
        json.dump({"pages": drawn.pages, "why_not": ""}, sys.stdout)


if __name__ == "__main__":
    main()
