"""The address of a sheet as a QR code, read by another library than drew it."""

import re
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from django.template import engines
from PIL import Image
from playwright.sync_api import Page, expect

from tests.conftest import PUBLIC_ORIGIN, OpenPage

PRINT = "/anakinra/print/"
AGAIN = "This sheet again:"


def read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def seen(page: Page) -> Image.Image:
    return Image.open(BytesIO(page.locator("svg.qr").screenshot()))


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_code_on_the_page_is_the_address_beside_it(
    open_page: OpenPage, color_scheme: str, width: int
) -> None:
    page = open_page(
        PRINT, color_scheme=color_scheme, viewport={"width": width, "height": 700}
    )
    beside = page.locator(".sheet-end p").first
    expect(beside).to_contain_text(
        "Check that this edition is in force: /anakinra/editions/1/"
    )
    assert read(seen(page)) == ["/anakinra/editions/1/"]


def test_the_code_has_its_address_as_text_and_no_style_of_its_own(
    open_page: OpenPage,
) -> None:
    page = open_page(PRINT)
    name = "QR code of the address /anakinra/editions/1/"
    expect(page.get_by_role("img", name=name)).to_have_count(1)
    code = page.locator("svg.qr")
    assert "style" not in code.evaluate("it => it.outerHTML")
    page.emulate_media(media="print")
    expect(code).to_be_visible()


def test_the_code_is_read_from_the_printed_page(open_page: OpenPage) -> None:
    printed = open_page(PRINT).pdf(format="A4")
    assert every_code(printed) == ["/anakinra/editions/1/"]


@pytest.mark.parametrize(
    ("address", "again", "words"),
    [
        (
            "/anakinra/dose/?regimen=nomid-sc&weight=+20&rate=&doses_per_day=2",
            "/anakinra/dose/?regimen=nomid-sc&weight=20&doses_per_day=2&edition=1",
            AGAIN,
        ),
        (
            "/anakinra/indications/nomid/",
            "/anakinra/editions/1/indications/nomid/",
            "Check that this edition is in force:",
        ),
        ("/anakinra/monitoring/?start=2026-12-01", None, AGAIN),
    ],
)
def test_a_sheet_says_where_the_same_sheet_is_found_again(
    address: str, again: str | None, words: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    pdf = page.pdf(format="Letter")
    text = re.sub(r"\s", "", page_text(pdf).replace("\ufffe", "-"))
    assert every_code(pdf) == [again or address]
    assert f"{words}{again or address}".replace(" ", "") in text
    assert page.locator("svg.qr").is_hidden()
    shown = page.goto(again or address)
    assert shown is not None
    assert shown.status == 200


def every_code(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [code for page in opened for code in read(page.render(scale=2).to_pil())]


def page_text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return "".join(page.get_textpage().get_text_range() for page in opened)


def test_the_code_is_read_from_the_file(monograph_pdf: bytes) -> None:
    address = f"{PUBLIC_ORIGIN}/anakinra/editions/1/"
    assert every_code(monograph_pdf) == [address]


def test_any_address_becomes_a_code_and_cannot_leave_its_title() -> None:
    address = "https://reference.example/a/?b=1&c=</title><script>"
    page = (
        engines["jinja2"].from_string("{{ qr(address) }}").render({"address": address})
    )
    assert "<script>" not in page
    assert page.count("</title>") == 1
    assert "&amp;c=&lt;/title&gt;&lt;script&gt;" in page
