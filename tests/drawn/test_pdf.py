"""What the sheet shows as a file, and that it is tagged: PDF/UA, read by others."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from reference.doses import dose_table
from reference.editions import Monograph
from reference.models import Edition
from tests.conftest import PUBLIC_ORIGIN
from tests.support.databases.own_database import DatabaseCopy
from tests.support.printed_sheets import Sheet, sheets, without_spaces
from tests.support.servers.own_process import in_process

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.django_db,
]

SECTION_NAMES = (
    *("contraindications", "warnings", "preparations", "administration", "storage"),
    "monitoring",
)
ADDRESS = f"{PUBLIC_ORIGIN}/anakinra/editions/1/"
POINTS_PER_MM = 72 / 25.4
DRAW = """
import sys, time_machine
time_machine.travel(sys.argv[1]).start()
import django
django.setup()
from reference.drawn.files import draw_monograph, monograph_source
from reference.models import DrawnPage, Edition
edition = Edition.objects.get()
draw_monograph(edition, monograph_source(edition))
print(DrawnPage.objects.file_of(edition).get().body_sha256)
"""


@pytest.fixture(scope="session")
def file(monograph_pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(monograph_pdf))


@pytest.fixture(scope="session")
def pages(file: PdfReader) -> list[Sheet]:
    return sheets(file)


@pytest.fixture(scope="session")
def text(pages: list[Sheet]) -> str:
    """All that stands between the margins, without spaces."""
    return without_spaces("".join(run for page in pages for run, _ in page.body))


def test_every_page_names_drug_edition_state_page_fingerprint_and_address(
    pages: list[Sheet], published_edition: Edition
) -> None:
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        for fact in (
            "anakinra (Kineret)",
            "Edition 1, June 2024: in force",
            f"{ADDRESS} {published_edition.fingerprint[:12]}",
            f"Page {number} of {len(pages)}",
        ):
            assert fact in page.text, (number, fact)


def test_it_is_the_sheet_every_dose_and_every_section_in_the_editions_words(
    pages: list[Sheet], june_2024: Monograph
) -> None:
    first, second = (without_spaces(page.text) for page in pages)
    for row in dose_table(june_2024.sections, june_2024.document).rows:
        for words in (row.title, row.route, row.dose, row.limits, row.status):
            assert without_spaces(words) in first, row.key
    document = june_2024.document
    wanted = [
        row["text"]
        for name in SECTION_NAMES
        for row in document[name]
        if name != "monitoring"
    ]
    assert len(wanted) == 1 + 6 + 1 + 10 + 1
    wanted += [row["name"][1:] for row in document["adverse_reactions"]]
    wanted += [row["name"] for row in document["monitoring"]]
    wanted.append(document["edition"]["disclaimer"])
    assert [line for line in wanted if without_spaces(line) not in second] == []


def test_what_takes_more_than_its_pages_is_not_drawn(pdf_engine: Any) -> None:
    page = '<html lang="en"><title>A page</title>' + "<p>5 mg</p>" * 200
    with pytest.raises(pdf_engine.FileNotDrawnError, match="would take 8 pages, not 2"):
        pdf_engine.draw_pdf(page, "", identifier=b"1", base_url="", pages=2)
    drawn = pdf_engine.draw_pdf(page, "", identifier=b"1", base_url="", pages=8)
    assert drawn.pages == 8


def test_nothing_stands_in_the_margin_or_outside_the_paper(
    monograph_pdf: bytes,
) -> None:
    with pypdfium2.PdfDocument(monograph_pdf) as opened:
        for page in opened:
            width, height = page.get_size()
            assert width / POINTS_PER_MM == pytest.approx(210, abs=0.1)  # A4's
            assert height / POINTS_PER_MM == pytest.approx(279, abs=0.1)  # US Letter's
            margin = 11.9 * POINTS_PER_MM
            characters = page.get_textpage()
            for at in range(characters.count_chars()):
                left, bottom, right, top = characters.get_charbox(at)
                if not characters.get_text_range(at, 1).strip():
                    continue  # a space at the end of a line hangs out of it
                assert margin <= left <= right <= width - margin
                assert 0 < bottom <= top < height


def test_it_is_tagged_and_says_so(file: PdfReader, monograph_pdf: bytes) -> None:
    root: Any = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert 'pdfuaid:part="1"' in xmp
    assert file.metadata is not None
    title = "anakinra (Kineret), edition 1, June 2024: in force"
    assert file.metadata.title == title
    assert title in xmp
    assert "ARP Practice Committee" in str(file.metadata.author)
    for page in file.pages:
        assert str(page["/Tabs"]) == "/S"


def elements(file: PdfReader) -> Iterator[Any]:
    """Every element of the tree of tags, from the top."""
    root: Any = file.trailer["/Root"]
    waiting = [root["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop(0)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            kid = kid.get_object()
            if hasattr(kid, "get") and "/S" in kid:
                yield kid
                waiting.append(kid)


def test_its_tags_are_headings_lists_two_tables_and_one_picture_with_its_text(
    file: PdfReader,
) -> None:
    tags = [element["/S"] for element in elements(file)]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 7
    assert {"/P", "/L", "/LI", "/TH", "/TD"} <= set(tags)
    assert tags.count("/Table") == 2  # the doses, and the strengths
    assert tags.count("/TR") == 1 + 16 + 3
    (picture,) = (it for it in elements(file) if it["/S"] == "/Figure")
    assert picture["/Alt"] == f"QR code of the address {ADDRESS}"
    assert [it.title for it in file.outline if not isinstance(it, list)] == [
        "anakinra (Kineret)"
    ]


def test_its_fonts_are_in_it_and_its_links_lead_somewhere(file: PdfReader) -> None:
    targets = set(file.named_destinations)
    for page in file.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            (described,) = font.get_object()["/DescendantFonts"]
            assert "/FontFile" in str(sorted(described.get_object()["/FontDescriptor"]))
        for reference in page.get("/Annots", ()):
            link: Any = reference.get_object()
            assert link["/Contents"]
            if "/Dest" in link:
                assert link["/Dest"] in targets
            else:
                assert link["/A"]["/URI"].startswith("https://")


def test_its_date_is_that_of_the_edition_and_no_day_is_invented(
    file: PdfReader, published_edition: Edition
) -> None:
    end: Any = file.trailer
    assert end["/Info"]["/CreationDate"] == "D:202406"
    assert "/ModDate" not in end["/Info"]
    identifier, _digest = end["/ID"]
    assert identifier.original_bytes.hex() == published_edition.fingerprint


def test_two_processes_at_two_times_draw_the_same_bytes(
    pdf_engine: Any, database_copy: DatabaseCopy
) -> None:
    processes = [
        in_process(
            *("-c", DRAW, day), PYTHONHASHSEED=seed, DATABASE_URL=database_copy.url
        )
        for seed, day in (("1", "2026-11-26"), ("2", "2031-01-01"))
    ]
    # All are heard before one is judged: none is left running, and no pipe open.
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert len({out for out, _errors in said}) == 1


@pytest.mark.parametrize(
    "asked",
    [
        '<img src="http://127.0.0.1:9/a.png" alt="">',
        '<img src="file:///etc/hostname" alt="">',
        '<img src="/static/favicon.svg" alt="">',
        '<img src="data:image/png;base64,AAAA" alt="">',
        '<link rel="stylesheet" href="https://elsewhere.example/a.css">',
        "<style>@import url(file:///etc/hostname);</style>",
        '<p style="background: url(http://127.0.0.1:9/a.png)">a</p>',
        '<link rel="attachment" href="file:///etc/hostname">',
    ],
)
def test_nothing_is_fetched_while_a_file_is_drawn(pdf_engine: Any, asked: str) -> None:
    page = f'<html lang="en"><title>A page</title>{asked}'
    with pytest.raises(pdf_engine.FileNotDrawnError, match="asks for"):
        pdf_engine.draw_pdf(page, "", identifier=b"1", base_url=PUBLIC_ORIGIN)


def test_a_character_that_no_font_has_stops_the_drawing(pdf_engine: Any) -> None:
    page = '<html lang="en"><title>A page</title><p>\ue123 5 mg</p>'
    with pytest.raises(pdf_engine.FileNotDrawnError, match="no font on this machine"):
        pdf_engine.draw_pdf(page, "", identifier=b"1", base_url="")
