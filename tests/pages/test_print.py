"""What comes out of the printer: Chromium's own PDF of the pages, read with pypdf."""

import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from pypdf.generic import ContentStream

from reference.dosing import dose_chart
from reference.editions import Document, Monograph
from tests.conftest import OpenPage
from tests.support.printed_sheets import (
    assert_heads,
    plain,
    printed,
    sheets,
    without_spaces,
)
from tests.support.public_pages import DOSE, MONOGRAPH
from tests.support.reader_steps import TODAY, work_out

PRINT = "/anakinra/print/"
NOMID_20_KG = f"{DOSE}?regimen=nomid-sc&weight=20&edition=1"
MONITORING = f"/anakinra/monitoring/?start={TODAY}"
PAPERS = ("A4", "Letter")
SMALLEST_POINT_SIZE = 10.5
WRITES_GREY_OR_COLOUR = {b"g", b"G", b"rg", b"RG", b"sc", b"SC", b"scn", b"SCN"}
WRITES_INK = {b"k", b"K"}  # cyan, magenta, yellow and black


def assert_no_colour(pdf: PdfReader) -> None:
    colours = set()
    for page in pdf.pages:
        for operands, operator in ContentStream(page.get_contents(), pdf).operations:
            assert operator not in WRITES_INK
            if operator in WRITES_GREY_OR_COLOUR:
                colours.add(tuple(float(part) for part in operands))
    assert (0.0, 0.0, 0.0) in colours
    assert [colour for colour in colours if len(set(colour)) > 1] == []


@pytest.mark.parametrize("address", [PRINT, MONOGRAPH])
def test_the_whole_guide_prints_with_its_edition_on_every_page(
    open_page: OpenPage, document: Document, address: str
) -> None:
    page = open_page(address)
    for paper in PAPERS:
        pdf = printed(page, format=paper)
        assert_no_colour(pdf)
        found = sheets(pdf)
        assert len(found) > 3
        assert_heads(found)
        assert min(size for sheet in found for _, size in sheet.body) >= (
            SMALLEST_POINT_SIZE - 0.01
        )
        text = without_spaces("".join(run for sheet in found for run, _ in sheet.body))
        assert [it for it in wanted(document) if without_spaces(it) not in text] == []
        assert "Workoutadose" not in text
        pages = [without_spaces(sheet.text) for sheet in found]
        split = [
            block
            for block in blocks(document)
            if not any(all(without_spaces(it) in on for it in block) for on in pages)
        ]
        assert split == []


def wanted(guide: Document) -> list[str]:
    """The lines of the guide that have to be on paper."""
    lines = [
        line["printed"]
        for section in ("indications", "regimens", "contraindications", "warnings")
        for line in guide[section]
    ]
    assert len(lines) == 13 + 15 + 1 + 6
    return [*lines, guide["edition"]["overview"], guide["edition"]["disclaimer"]]


def blocks(guide: Document) -> list[list[str]]:
    """What has to stand on one sheet together."""
    found: list[list[str]] = []
    for indication in guide["indications"]:
        lines = [
            row for row in guide["regimens"] if row["indication"] == indication["key"]
        ]
        found.append([indication["name"], *(row["printed"] for row in lines)])
    return found


def test_the_register_prints_for_a_meeting_with_no_entry_split(
    open_page: OpenPage, document: Document
) -> None:
    page = open_page(f"{MONOGRAPH}discrepancies/")
    pages = [without_spaces(sheet.text) for sheet in sheets(printed(page, format="A4"))]
    rows = document["discrepancies"]
    entries = [[row[fact] for fact in ("title", "consequence")] for row in rows]
    assert [
        entry
        for entry in entries
        if not any(all(without_spaces(it) in on for it in entry) for on in pages)
    ] == []


def test_each_indication_prints_on_one_page(
    open_page: OpenPage, june_2024: Monograph
) -> None:
    page = open_page(MONOGRAPH)
    for indication in june_2024.sections["indications"]:
        page.goto(f"/anakinra/indications/{indication['key']}/")
        lines = [indication["name"], indication["printed"]]
        for line in indication["regimens"]:
            lines.append(line["printed"])
            chart = dose_chart(line["rule"])
            lines += [row.amount for row in chart.rows] if chart else []
        for paper in PAPERS:
            pdf = printed(page, format=paper)
            assert len(pdf.pages) == 1, indication["key"]
            assert_no_colour(pdf)
            (sheet,) = sheets(pdf)
            assert_heads([sheet])
            text = without_spaces(sheet.text)
            assert [it for it in lines if without_spaces(it) not in text] == []


def test_a_page_without_running_heads_would_show_the_line_of_the_browser(
    open_page: OpenPage,
) -> None:
    (sheet,) = sheets(printed(open_page("/anakinra/editions/")))
    assert "127.0.0.1" in sheet.text


@pytest.mark.parametrize("address", [MONOGRAPH, NOMID_20_KG])
def test_a_dark_window_prints_in_black_on_white_too(
    open_page: OpenPage, address: str
) -> None:
    page = open_page(address, color_scheme="dark")
    assert_no_colour(printed(page, print_background=True))
    page.emulate_media(media="print")
    backgrounds = page.evaluate(
        """() => [...new Set([...document.querySelectorAll("*")].filter(it =>
            it.checkVisibility()).map(it => getComputedStyle(it).backgroundColor))]"""
    )
    assert set(backgrounds) <= {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}


def test_no_row_and_no_callout_may_be_split_between_pages(open_page: OpenPage) -> None:
    page = open_page(PRINT)
    whole = ".regimen, .callout, .warnings > li, .no-dosing, .answer, .doses tr"
    for address in (PRINT, NOMID_20_KG + "&doses_per_day=2"):
        page.goto(address)
        page.emulate_media(media="print")
        rules = page.evaluate(
            f"""() => [...document.querySelectorAll("{whole}")].map(it =>
                getComputedStyle(it).breakInside)"""
        )
        assert len(rules) >= (3 if address == PRINT else 1)
        assert set(rules) == {"avoid"}


DOSE_FACTS = [
    "NOMID, adult and pediatric",
    "20 kg (44.1 lb)",
    "20 mg to 40 mg",
    "1 to 2 mg/kg",
    "guide June 2024",
    "Edition 1, June 2024, fingerprint",
    "Not part of a patient record",
]
TIME = re.compile(r"Worked out \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC")


def test_the_dose_page_prints_with_its_inputs_its_time_and_its_edition(
    open_page: OpenPage,
) -> None:
    found = sheets(printed(open_page(NOMID_20_KG), format="A4"))
    assert len(found) == 1
    assert_heads(found)
    text = " ".join(sheet.text for sheet in found)
    for fact in DOSE_FACTS:
        assert fact in text
    assert TIME.search(text)
    assert "Show dose" not in text


def test_the_monitoring_sheet_prints_each_date_with_room_for_its_result(
    open_page: OpenPage,
) -> None:
    page = open_page(MONITORING)
    dates = page.locator(".due tbody th").all_inner_texts()
    assert len(dates) == 8
    pdf = printed(page, format="A4")
    assert_no_colour(pdf)
    found = sheets(pdf)
    assert_heads(found)
    text = " ".join(sheet.text for sheet in found)
    for fact in [*dates, "Result", "Edition 1, June 2024", "in force"]:
        assert plain(fact) in text
    assert "Show dates" not in text


SHEETS = [
    PRINT,
    MONOGRAPH,
    "/anakinra/indications/nomid/",
    "/anakinra/indications/css/",
    NOMID_20_KG,
    f"{DOSE}?regimen=css-iv&weight=20&hours=72&edition=1",
    MONITORING,
    "/anakinra/compare/?first=nomid&second=css",
]
# Text that a box cuts off, at the width of A4 within its margins.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter(it =>
    it.checkVisibility() && !it.matches(".visually-hidden, .visually-hidden *")
    && getComputedStyle(it).overflow !== "visible"
    && (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1)
).map(it => it.outerHTML)"""
A4_WITHIN_MARGINS = {"width": 672, "height": 987}  # 178 by 261 mm
SIDE_MARGIN_POINTS = 16 / 25.4 * 72


def test_no_text_of_a_sheet_is_cut_off(open_page: OpenPage) -> None:
    page = open_page("/", viewport=A4_WITHIN_MARGINS)
    for address in SHEETS:
        page.emulate_media(media="null")
        page.goto(address)
        for paper in PAPERS:
            with pypdfium2.PdfDocument(page.pdf(format=paper)) as pdf:
                for number, sheet in enumerate(pdf, start=1):
                    for letter, box in letters(sheet):
                        left, bottom, right, top = box
                        width, height = sheet.get_size()
                        place = (address, paper, number, letter)
                        assert left >= SIDE_MARGIN_POINTS - 1, place
                        assert right <= width - SIDE_MARGIN_POINTS + 1, place
                        assert 0 < bottom <= top < height, place
        page.emulate_media(media="print")
        assert page.evaluate(CUT_OFF) == [], address


def letters(sheet: Any) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Each character that is seen, and its box: from the left and the foot, in pt."""
    text = sheet.get_textpage()
    for at in range(text.count_chars()):
        letter = text.get_text_range(at, 1)
        if letter.strip():
            yield letter, text.get_charbox(at)


COUNTED = """() => {
  window.print = () => {
    document.body.dataset.prints = Number(document.body.dataset.prints || 0) + 1
  }
}"""


def test_one_dose_of_the_monograph_prints_alone(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH)
    page.evaluate(COUNTED)
    answer = work_out(page, "nomid-sc", weight="20")
    expect(answer).to_contain_text("20 mg to 40 mg")
    other = work_out(page, "pjia-sc", weight="12")
    expect(other).to_contain_text("12 mg")
    answer.get_by_role("button", name="Print", exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-prints", "1")
    expect(page.locator("#one-dose svg.qr")).to_have_count(1)

    found = sheets(printed(page, format="A4"))
    assert len(found) == 1
    assert_heads(found)
    text = " ".join(sheet.text for sheet in found)
    for fact in DOSE_FACTS:
        assert fact in text
    assert TIME.search(text)
    assert f"{DOSE}?regimen=nomid-sc&weight=20&edition=1" in text
    for elsewhere in ("pJIA", "Rheumatoid", "Warnings and precautions", "DISCLAIMER"):
        assert elsewhere not in text

    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#one-dose")).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator("#rheumatoid-arthritis")).to_be_visible()


def test_a_dose_is_printed_though_its_address_does_not_come(
    open_page: OpenPage,
) -> None:
    page = open_page(MONOGRAPH)
    page.evaluate(COUNTED)
    answer = work_out(page, "nomid-sc", weight="20")
    button = answer.get_by_role("button", name="Print", exact=True)
    page.route("**/dose/**", lambda route: route.fulfill(status=500, body="no"))
    button.click()
    expect(page.locator("body")).to_have_attribute("data-prints", "1")
    button.dispatch_event("click")
    expect(page.locator("#one-dose")).to_have_count(1)
    expect(page.locator("#one-dose svg.qr")).to_have_count(0)
    text = " ".join(sheet.text for sheet in sheets(printed(page, format="A4")))
    for fact in DOSE_FACTS:
        assert fact in text


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    "query",
    [
        "regimen=css-sc&weight=3&crcl=20",
        "regimen=css-iv&weight=70&hours=48&age=40&age_unit=years&crcl=20",
        "regimen=mis-c-iv&weight=18&doses_per_day=1&crcl=25",
    ],
)
def test_a_worked_dose_is_one_sheet_with_every_note(
    query: str, paper: str, open_page: OpenPage
) -> None:
    page = open_page(f"{DOSE}?{query}")
    notes = page.locator(".answer-notes li").all_text_contents()
    assert len(notes) >= 2
    (sheet,) = sheets(printed(page, format=paper))
    for note in notes:
        assert plain(note.replace("▲", "").strip()) in sheet.text.replace("▲", "")
    assert "not used in the dose" in sheet.text
    assert "Working" not in sheet.text
