"""What stands on the sheets of a PDF, as pypdf reads it."""

import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from playwright.sync_api import Page
from pypdf import PageObject, PdfReader

HEAD = ["anakinra (Kineret)", "Edition 1, June 2024", "in force"]
MARGIN_POINTS = 13 / 25.4 * 72  # the lowest margin of @page, 13 mm


@dataclass(frozen=True)
class Sheet:
    """A printed page: its text, and each run between its margins with its size."""

    text: str
    body: list[tuple[str, float]]


def printed(page: Page, **options: Any) -> PdfReader:
    """The page as the print dialog would save it, with the browser's own lines on."""
    return PdfReader(BytesIO(page.pdf(display_header_footer=True, **options)))


def sheets(pdf: PdfReader) -> list[Sheet]:
    return [read(page) for page in pdf.pages]


def read(page: PageObject) -> Sheet:
    top = float(page.mediabox.height) - MARGIN_POINTS
    body: list[tuple[str, float]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        height = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if MARGIN_POINTS < height < top and text.strip():
            body.append((text, size * abs(tm[3] * cm[3])))

    return Sheet(plain(page.extract_text(visitor_text=visit)), body)


def plain(text: str) -> str:
    """Return text on one line, without ligatures and no-break spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def without_spaces(text: str) -> str:
    """Return a long passage for comparison, wherever its lines were broken."""
    return re.sub(r"\s", "", plain(text))


def assert_heads(printed_sheets: list[Sheet]) -> None:
    """Drug, edition, state and "Page x of y" on each; no line of the browser's own."""
    total = len(printed_sheets)
    for number, sheet in enumerate(printed_sheets, start=1):
        for fact in [*HEAD, f"Page {number} of {total}", "/anakinra/editions/1/"]:
            assert fact in sheet.text, (number, fact)
        assert "127.0.0.1" not in sheet.text
        assert "localhost" not in sheet.text
