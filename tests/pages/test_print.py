"""What comes out of the printer: Chromium's own PDF of the pages, read with pypdf."""

import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from pypdf.generic import ContentStream

from reference.doses import dose_table, doses_by_weight, strength_table
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
from tests.support.reader_steps import TODAY, open_row, work_out

PRINT = "/anakinra/print/"
NOMID_20_KG = f"{DOSE}?regimen=nomid-sc&weight=20&edition=1"
MONITORING = f"/anakinra/monitoring/?start={TODAY}"
PAPERS = ("A4", "Letter")
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


@pytest.mark.parametrize("paper", PAPERS)
def test_the_sheet_is_two_pages_in_black_with_the_edition_on_each(
    open_page: OpenPage, paper: str
) -> None:
    pdf = printed(open_page(PRINT), format=paper)
    assert len(pdf.pages) == 2
    assert_no_colour(pdf)
    assert_heads(sheets(pdf))


def test_the_first_page_is_the_table_and_its_notes_the_second_the_rest(
    open_page: OpenPage, june_2024: Monograph
) -> None:
    first, second = sheets(printed(open_page(PRINT), format="Letter"))
    table = dose_table(june_2024.sections, june_2024.document)
    assert len(table.rows) == 16
    on_first = without_spaces(first.text)
    for row in table.rows:
        for words in (row.title, row.gloss, row.route, row.dose, row.limits):
            assert without_spaces(words) in on_first, row.key
        assert without_spaces(row.status) in on_first
    for note in (*(it.text for it in table.marked), *table.under):
        assert without_spaces(note) in on_first
    on_second = without_spaces(second.text)
    for heading in ("Contraindications", "Warningsandprecautions", "Monitoring"):
        assert heading in on_second
        assert heading not in on_first
    disclaimer = june_2024.document["edition"]["disclaimer"]
    assert without_spaces(disclaimer) in on_second
    assert "Checkthatthiseditionisinforce:" in on_second
    assert "Overviewandlinks:onthesite." in on_second


def test_the_sheet_has_no_form_no_printed_line_and_nothing_from_elsewhere(
    open_page: OpenPage, document: Document
) -> None:
    text = " ".join(sheet.text for sheet in sheets(printed(open_page(PRINT))))
    for words in ("Not in the guide", "Printed", "How to cite", "Work out", "“"):
        assert words not in text.replace("“Very little data”", "")
    for line in document["regimens"]:
        assert plain(line["printed"]) not in text


NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def test_every_number_of_the_sheet_is_the_editions_or_worked_out_from_its_ratio(
    open_page: OpenPage, june_2024: Monograph
) -> None:
    page = open_page(PRINT)
    (preparation,) = june_2024.sections["preparations"]
    worked_out = strength_table(preparation, june_2024.sections)
    table = dose_table(june_2024.sections, june_2024.document)
    assert worked_out is not None
    told = [repr(june_2024.document), repr(table), repr(worked_out)]
    allowed = set(NUMBER.findall(" ".join(told)))
    allowed |= set(NUMBER.findall(page.locator("svg.qr title").text_content() or ""))
    shown = NUMBER.findall(" ".join(page.locator(".sheet-page").all_inner_texts()))
    assert len(shown) > 100
    assert set(shown) - allowed == set()


def sizes(page: Page, selector: str) -> set[float]:
    """The sizes in pt of all text that is printed within these."""
    page.emulate_media(media="print")
    found: list[float] = page.evaluate(
        """selector => [...document.querySelectorAll(selector)].flatMap(it =>
            [it, ...it.querySelectorAll("*")]).filter(it => it.checkVisibility()
            && !it.matches(".visually-hidden, svg, svg *")
            && [...it.childNodes].some(one => one.nodeType === 3
                && one.data.trim())).map(it =>
            parseFloat(getComputedStyle(it).fontSize) * 0.75)""",
        selector,
    )
    return {round(size, 2) for size in found}


def test_table_and_warnings_are_9_pt_and_nothing_of_a_sheet_is_under_8(
    open_page: OpenPage,
) -> None:
    page = open_page(PRINT)
    cells = ".sheet-doses tbody td, .sheet-doses tbody th > b"
    assert min(sizes(page, cells)) == 9
    for section in ("contraindications", "warnings", "administration", "storage"):
        assert min(sizes(page, f"#{section}")) >= 9, section
    assert min(sizes(page, "#adverse-reactions, #preparations > p, #monitoring")) >= 8
    assert min(sizes(page, ".table-notes, .sheet-fine")) == 8
    assert min(sizes(page, ".sheet-page")) == 8
    page.goto("/anakinra/indications/css/")
    assert min(sizes(page, ".sheet-page")) == 8


def test_the_monograph_prints_with_its_edition_on_every_page(
    open_page: OpenPage,
) -> None:
    page = open_page(MONOGRAPH)
    for paper in PAPERS:
        pdf = printed(page, format=paper)
        assert_no_colour(pdf)
        assert_heads(sheets(pdf))


def test_the_register_prints_for_a_meeting_no_entry_split_with_room_for_its_ruling(
    open_page: OpenPage, document: Document
) -> None:
    page = open_page(f"{MONOGRAPH}discrepancies/")
    found = sheets(printed(page, format="A4"))
    assert_heads(found)
    pages = [without_spaces(sheet.text) for sheet in found]
    rows = document["discrepancies"]
    entries = [[row[fact] for fact in ("title", "consequence")] for row in rows]
    assert [
        entry
        for entry in entries
        if not any(all(without_spaces(it) in on for it in entry) for on in pages)
    ] == []
    still_open = [row for row in rows if row["ruling"] == "open"]
    room = "".join(pages).count(without_spaces("Ruling, by whom, on which day:"))
    assert room == len(still_open) > 0
    page.emulate_media(media="print")
    heights = page.locator(".ruling-room").evaluate_all(
        "all => all.map(it => it.getBoundingClientRect().height)"
    )
    assert min(heights) > 12 / 25.4 * 96 - 1


@pytest.mark.parametrize("paper", PAPERS)
def test_each_indication_prints_on_one_page_with_its_doses_by_weight(
    open_page: OpenPage, june_2024: Monograph, paper: str
) -> None:
    page = open_page(MONOGRAPH)
    indications = june_2024.sections["indications"]
    assert len(indications) == 13
    for indication in indications:
        page.goto(f"/anakinra/indications/{indication['key']}/")
        pdf = printed(page, format=paper)
        assert len(pdf.pages) == 1, indication["key"]
        assert_no_colour(pdf)
        (sheet,) = sheets(pdf)
        assert_heads([sheet])
        text = without_spaces(sheet.text)
        wanted = [indication["short_name"], indication["status"][1:]]
        for line in indication["regimens"]:
            wanted += [line["dose"], line["limit"][1:], line["duration"][1:]]
            table = doses_by_weight(line)
            assert (table is not None) == line["rule"].is_weight_based
            for row in table.rows if table else ():
                first = row.cells[0]
                wanted.append(f"{row.weight}{row.marks}{first.amount}{first.mark}")
                wanted += [cell.small for cell in row.cells]
            wanted += table.why_marked if table else ()
        missing = [it for it in wanted if without_spaces(it) not in text]
        assert missing == [], indication["key"]


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


def test_no_row_and_no_warning_may_be_split_between_pages(open_page: OpenPage) -> None:
    page = open_page(PRINT)
    whole = ".sheet-table tr, .warnings > li, .answer, .doses tr"
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


def test_the_monitoring_sheet_is_one_page_with_room_for_each_result(
    open_page: OpenPage,
) -> None:
    page = open_page(MONITORING)
    dates = page.locator(".due tbody th").all_inner_texts()
    assert len(dates) == 8
    pdf = printed(page, format="A4")
    assert len(pdf.pages) == len(printed(page, format="Letter").pages) == 1
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
A4_WITHIN_MARGINS = {"width": 703, "height": 1020}  # 186 by 270 mm
SIDE_MARGIN_POINTS = 12 / 25.4 * 72


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
    other = work_out(page, "pjia-sc")
    expect(other).to_contain_text("20 mg once daily")
    expect(page.locator("#nomid-sc .opened")).to_be_hidden()
    open_row(page, "nomid-sc")
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
    expect(page.locator("#ra-sc")).to_be_visible()


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
