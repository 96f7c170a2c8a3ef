"""What comes out of Firefox, which draws no margin boxes and counts no pages."""

import base64
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.support.printed_sheets import plain
from tests.support.public_pages import MONOGRAPH
from tests.support.reader_steps import TODAY
from tests.support.servers.firefox import FIREFOX, Firefox, firefox
from tests.tools.reliability.figures import IN_FULL

pytestmark = [
    pytest.mark.skipif(not IN_FULL, reason="a start of Firefox takes seconds"),
    pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed"),
]

PAPERS = {"A4": (21.0, 29.7), "Letter": (21.59, 27.94)}
HEAD = "anakinra (Kineret). Edition 1, June 2024: in force. /anakinra/editions/1/"
ONE_PAGE = (
    *(f"{MONOGRAPH}indications/{key}/" for key in ("css", "nomid", "mis-c", "gout")),
    f"{MONOGRAPH}monitoring/?start={TODAY}",
)


def printed(browser: Firefox, address: str, paper: str) -> list[str]:
    """The text of each page as Firefox prints it at its own size."""
    width, height = PAPERS[paper]
    browser.open(address)
    answer = browser.ask(
        "WebDriver:Print",
        page={"width": width, "height": height},
        margin={"top": 1, "bottom": 1, "left": 1, "right": 1},
        shrinkToFit=False,
    )
    pdf = PdfReader(BytesIO(base64.b64decode(answer["value"])))
    return [plain(page.extract_text()) for page in pdf.pages]


def test_every_page_of_firefox_names_drug_edition_and_state(
    served_guide: str, tmp_path: Path
) -> None:
    with firefox(tmp_path) as browser:
        for paper in PAPERS:
            pages = printed(browser, f"{served_guide}/anakinra/print/", paper)
            assert len(pages) == 2
            for number, text in enumerate(pages, start=1):
                assert text.count(HEAD) == 1
                assert text.count(f"Page {number} of 2") == 1
            for address in ONE_PAGE:
                (text,) = printed(browser, f"{served_guide}{address}", paper)
                assert text.count(HEAD) == 1, address
                assert text.count("Page 1 of 1") == 1, address
        for address in (MONOGRAPH, f"{MONOGRAPH}discrepancies/"):
            pages = printed(browser, f"{served_guide}{address}", "A4")
            assert len(pages) > 1
            assert [text for text in pages if text.count(HEAD) != 1] == [], address
