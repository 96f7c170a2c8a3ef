"""A reader's journeys in a real Chromium: reading, working out a dose, what goes wrong.

Every page opened here is watched for script errors and policy violations (open_page).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.conftest import OpenPage
from tests.support.public_pages import ADDRESSES, DOSE, MONOGRAPH
from tests.support.reader_steps import (
    CLIPBOARD,
    COPY,
    OUT_OF_REACH,
    PHONE,
    ZOOMED,
    tab_to,
    words,
    work_out,
)

# The form of one line, on a page of its own.
ONE_DOSE = DOSE + "?regimen={}&edition=1"


def has_focus(place: Locator) -> bool:
    return bool(place.evaluate("it => it === document.activeElement"))


def answer_as_json(page: Page, query: str) -> dict[str, Any]:
    response = page.request.get(
        f"{DOSE}?{query}", headers={"Accept": "application/json"}
    )
    answer: dict[str, Any] = response.json()
    return answer


# Reading


def test_the_watch_on_the_pages_sees_violations_and_errors(
    open_page: OpenPage, page_faults: list[str]
) -> None:
    page = open_page("/anakinra/editions/")
    with page.expect_console_message(lambda said: "Security Policy" in said.text):
        page.evaluate("document.body.setAttribute('style', 'color: red')")
    with page.expect_event("pageerror"):
        page.evaluate("void setTimeout(() => { throw new Error('planted') })")
    assert any(fault.startswith("style-src-attr") for fault in page_faults)
    assert any("planted" in fault for fault in page_faults)
    page_faults.clear()


# A dose


def test_a_dose_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH)
    before = page.evaluate("[location.href, history.length]")
    page.evaluate("window.said = document.getElementById('dose-said')")
    tab_to(page, "#every-line-weight")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(page.locator("#nomid-sc")).to_contain_text("20 mg to 40 mg per day in total")
    tab_to(page, "#nomid-sc summary")
    page.keyboard.press("Enter")
    tab_to(page, "#answer-nomid-sc button[value='2']")
    page.keyboard.press("Enter")

    answer = page.locator("#answer-nomid-sc")
    expect(answer).to_contain_text("10 mg to 20 mg twice a day")
    asked = "regimen=nomid-sc&weight=20&doses_per_day=2"
    cautions = {
        caution["code"]: caution["text"]
        for caution in answer_as_json(page, asked)["cautions"]
    }
    expect(answer).to_contain_text(cautions["printed-maximum-disputed"])
    expect(answer).to_contain_text("20 kg (44.1 lb)")

    pressed = page.locator("#nomid-sc-divide-2")
    assert has_focus(pressed)
    assert pressed.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    # The region was there, and announced, before its one sentence was.
    said = page.locator("#dose-said")
    expect(said).to_have_text(re.compile("20 kg .*: 10 mg to 20 mg twice a day.$"))
    assert said.evaluate("it => it === window.said && it.role") == "status"
    assert page.evaluate("[location.href, history.length]") == before
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_dose_page_keeps_the_weight_nowhere_but_in_its_address(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{DOSE}?regimen=nomid-sc&weight=20&edition=1")
    expect(page.locator("#answer-nomid-sc")).to_contain_text("20 mg to 40 mg")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("history.state") is None


def test_without_javascript_a_whole_page_gives_the_same_answer(
    open_page: OpenPage,
) -> None:
    def without_time(text: str) -> str:
        shown = re.sub(
            r"Worked out .*? UTC|\b(Copy|Print)\b",
            "",
            text,
        )
        return " ".join(shown.split())

    plain = open_page(MONOGRAPH, java_script_enabled=False)
    work_out(plain, "nomid-sc", weight="20")
    expect(plain).to_have_url(re.compile(r"/anakinra/doses/\?.*weight=20"))
    answer = work_out(plain, "nomid-sc", doses_per_day="2")
    expect(plain).to_have_url(re.compile(r"/anakinra/dose/\?.*weight=20"))
    expect(plain).to_have_title(re.compile("^Dose of anakinra"))
    assert plain.locator("h1").count() == 1

    scripted = open_page(MONOGRAPH)
    beside = work_out(scripted, "nomid-sc", weight="20", doses_per_day="2")
    expect(beside).to_contain_text("10 mg to 20 mg")
    assert without_time(words(answer)) == without_time(words(beside))


def test_an_unusual_weight_is_confirmed_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(ONE_DOSE.format("pjia-sc"))
    tab_to(page, "#pjia-sc-weight")
    page.keyboard.type("120")
    page.keyboard.press("Enter")

    answer = page.locator("#answer-pjia-sc")
    expect(answer).to_contain_text("120 kg is 264.6 lb")
    assert "mg" not in words(answer)
    expect(page.locator(".htmx-settling, .htmx-added")).to_have_count(0)
    tab_to(page, "#answer-pjia-sc button")
    page.keyboard.press("Enter")

    expect(answer).to_contain_text("Maximum 100 mg: passed, the dose was lowered to it")
    expect(answer).to_contain_text("120 kg (264.6 lb)")
    # The button that asked is gone; the reader goes on from the answer.
    assert has_focus(answer.locator(".answer-dose"))


def test_a_weight_that_does_not_fit_the_age_is_confirmed_and_the_age_kept(
    open_page: OpenPage,
) -> None:
    page = open_page(ONE_DOSE.format("nomid-sc"))
    typed = {"weight": "40", "age": "4", "age_unit": "years", "crcl": "20"}
    answer = work_out(page, "nomid-sc", **typed)
    expect(answer).to_contain_text("40 kg is 88.2 lb; age 4 years")
    answer.get_by_role("button", name="Yes, 40 kg and 4 years").click()
    expect(answer).to_contain_text("40 mg to 80 mg")
    expect(answer).to_contain_text("consider every other day (label)")
    expect(answer).to_contain_text("40 kg lies above the CDC 2000 growth charts")
    for name, value in typed.items():
        expect(page.locator(f"#nomid-sc-{name}")).to_have_value(value)

    page.locator("#nomid-sc-age_unit").select_option("months")
    expect(answer).to_have_text("")


def test_a_wrong_weight_is_explained_beside_its_field(open_page: OpenPage) -> None:
    page = open_page(ONE_DOSE.format("nomid-sc"))
    answer = work_out(page, "nomid-sc", weight="70.5")
    expect(answer).to_contain_text("70.5 mg to 141 mg")
    with page.expect_response(lambda response: response.status == 422):
        work_out(page, "nomid-sc", weight="70,5")

    summary = answer.locator(".error-summary")
    expect(summary).to_be_focused()
    assert "mg" not in words(answer)
    sentence = words(summary.get_by_role("link"))
    assert sentence.startswith("Type the weight in kilograms")
    field = page.locator("#nomid-sc-weight")
    expect(field).to_have_value("70,5")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(sentence)))
    expect(page.locator("#nomid-sc-weight-error")).to_have_text(f"Error: {sentence}")
    summary.get_by_role("link").press("Enter")
    expect(field).to_be_focused()

    field.press("Backspace")
    assert words(answer) == ""
    assert field.get_attribute("aria-invalid") is None
    expect(page.locator("#nomid-sc-weight-error")).to_be_empty()


@pytest.fixture
def not_answered(open_page: OpenPage) -> Iterator[Callable[[Route], None]]:
    """A route that leaves its requests hanging until the test is over."""
    held: list[Route] = []

    def not_answered(route: Route) -> None:
        held.append(route)

    yield not_answered
    for route in held:
        route.abort()


# An answer never outlives its question


def test_changing_any_input_empties_the_answer_at_once(open_page: OpenPage) -> None:
    page = open_page(ONE_DOSE.format("nomid-sc"))
    answer = work_out(page, "nomid-sc", weight="20", doses_per_day="2")
    expect(answer).to_contain_text("10 mg to 20 mg")
    page.locator("#nomid-sc-weight").press("5")
    assert words(answer) == ""

    page.goto(MONOGRAPH)
    answer = work_out(page, "css-sc", weight="20", doses_per_day="2")
    expect(answer).to_contain_text("20 mg to 100 mg twice a day")
    page.locator("#css-sc-doses_per_day-3").check()
    assert words(answer) == ""

    answer = work_out(page, "behcet-sc")
    expect(answer.locator(".answer-dose")).to_contain_text("100 mg")
    page.locator("#behcet-sc-dose").press("Space")
    assert words(answer) == ""
    page.locator("#dose-form-behcet-sc button").click()
    expect(answer.locator(".answer-dose")).to_contain_text("200 mg")


def test_another_weight_closes_every_row_and_its_answer(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH)
    answer = work_out(page, "nomid-sc", weight="20", doses_per_day="2")
    expect(answer).to_contain_text("10 mg to 20 mg")
    page.locator("#every-line-weight").fill("205")
    assert page.locator("#dose-table .more > td > [open]").count() == 0
    assert not any(page.locator(".dose-region:not(:empty)").all_text_contents())
    # What the row's form sends is what the bar says, never the weight before.
    page.locator("#nomid-sc summary").first.click()
    page.locator("#nomid-sc-rate").fill("1")
    with page.expect_request("**/dose/?**") as asked:
        page.locator("#dose-form-nomid-sc button").click()
    assert "weight=205" in asked.value.url
    assert "confirm" not in asked.value.url


def test_a_late_answer_to_what_was_typed_before_never_appears(
    open_page: OpenPage, not_answered: Callable[[Route], None]
) -> None:
    page = open_page(ONE_DOSE.format("nomid-sc"))
    page.evaluate("htmx.config.timeout = 0")  # so that nothing else ends the request
    page.route("**/dose/?**", not_answered, times=1)
    answer = work_out(page, "nomid-sc", weight="20")
    with page.expect_event("requestfailed") as given_up:
        page.locator("#nomid-sc-weight").press("5")
    assert "weight=20&" in given_up.value.url
    assert words(answer) == ""
    work_out(page, "nomid-sc", weight="25")
    expect(answer).to_contain_text("25 mg to 50 mg")


def test_a_late_answer_to_a_confirmed_weight_never_appears_either(
    open_page: OpenPage, not_answered: Callable[[Route], None]
) -> None:
    page = open_page(ONE_DOSE.format("pjia-sc"))
    page.evaluate("htmx.config.timeout = 0")
    page.route("**/dose/?**confirm=yes**", not_answered, times=1)
    answer = work_out(page, "pjia-sc", weight="120")
    answer.get_by_role("button", name="Yes, 120 kg").click()
    with page.expect_event("requestfailed") as given_up:
        page.locator("#pjia-sc-weight").press("5")
    assert "weight=120&" in given_up.value.url
    assert words(answer) == ""
    work_out(page, "pjia-sc", weight="12")
    expect(answer).to_contain_text("12 mg")


def test_a_page_shown_again_shows_no_weight_and_no_dose(open_page: OpenPage) -> None:
    page = open_page("/anakinra/editions/")
    page.goto(MONOGRAPH)
    field, answer = page.locator("#every-line-weight"), page.locator("#answer-nomid-sc")

    def from_the_back_forward_cache() -> None:
        page.evaluate(
            "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: 1}))"
        )

    def by_the_back_button() -> None:
        page.get_by_role("link", name="Editions", exact=True).click()
        page.wait_for_url("**/editions/")
        page.go_back()

    def by_the_forward_button() -> None:
        page.go_back()
        page.go_forward()

    for show_again in (
        from_the_back_forward_cache,
        by_the_back_button,
        by_the_forward_button,
        page.reload,
    ):
        work_out(page, "nomid-sc", weight="20")
        expect(answer).to_contain_text("20 mg to 40 mg")
        show_again()
        expect(field).to_have_value("")
        expect(answer).not_to_contain_text("mg")
        assert page.locator(".for-patient").count() == 0


# Failures


def answered_with(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="<p>20 mg to 40 mg</p>")


def test_a_failure_is_said_in_the_place_of_the_answer(
    open_page: OpenPage, not_answered: Callable[[Route], None]
) -> None:
    page = open_page(ONE_DOSE.format("nomid-sc"))
    for failure, sentence in {
        answered_with(500): "The server could not answer (500).",
        answered_with(404): "This line is not in the edition in force",
        lambda route: route.abort(): "No answer came from the server.",
        not_answered: "The server took longer than 8 seconds.",
    }.items():
        answer = work_out(page, "nomid-sc", weight="20")
        expect(answer).to_contain_text("20 mg to 40 mg")

        assert page.evaluate("htmx.config.timeout") == 8000
        if failure is not_answered:
            page.evaluate("htmx.config.timeout = 100")
        page.route("**/dose/?**", failure, times=1)
        work_out(page, "nomid-sc")
        expect(answer).to_contain_text(sentence)
        expect(answer).to_contain_text("Nothing was worked out. Try again.")
        assert "mg" not in words(answer)

        page.evaluate("htmx.config.timeout = 8000")
        work_out(page, "nomid-sc")
        expect(answer).to_contain_text("20 mg to 40 mg")


# Small windows and large fingers

TEXT_SPACING = """() => {
    const spacing = new CSSStyleSheet();
    spacing.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
            word-spacing: 0.16em !important; }
        p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [spacing];
}"""
TOO_WIDE = """() => [...document.querySelectorAll("*")].filter(it =>
    it.scrollWidth > it.clientWidth + 1
    && (it === document.documentElement || getComputedStyle(it).overflowX !== "visible")
    && !it.matches(
        ".visually-hidden, .doses thead, .dose-table thead, .sheet-table thead"))
    .map(it => it.outerHTML)"""


def test_320_pixels_are_enough_with_any_text_spacing(open_page: OpenPage) -> None:
    """On a phone, and in what zoom has left, where every control is within reach."""
    page = open_page("/", **ZOOMED)
    for address in ADDRESSES:
        page.goto(address)
        page.evaluate(
            "document.querySelectorAll('details').forEach(it => it.open = true)"
        )
        assert page.evaluate(OUT_OF_REACH) == [], address
        for spacing in (None, TEXT_SPACING):
            if spacing:
                page.evaluate(spacing)
            for window in (PHONE, ZOOMED):
                page.set_viewport_size(window["viewport"])
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= 320, address
                assert page.evaluate(TOO_WIDE) == [], address


def test_what_is_pressed_in_a_dose_form_is_44_pixels_high(open_page: OpenPage) -> None:
    page = open_page(MONOGRAPH, **PHONE)
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    dose = work_out(page, "nomid-sc", weight="20")
    expect(dose.get_by_role("button", name="Print", exact=True)).to_be_visible()
    question = work_out(page, "pjia-sc", weight="120")
    expect(question.get_by_role("button")).to_be_visible()
    targets = page.evaluate(
        """() => [...document.querySelectorAll(
            "summary, button, select, .tick, .radios label, input[type=text]")]
            .map(it => [it.outerHTML, it.getBoundingClientRect().height,
                it.matches("summary") ? 24 : 44])"""
    )
    assert len(targets) > 15 * 3
    assert [target for target, height, least in targets if height < least] == []


def test_the_answer_is_copied_line_by_line_with_its_notes(
    open_page: OpenPage,
) -> None:
    page = open_page(MONOGRAPH, **CLIPBOARD)
    dose = work_out(page, "nomid-sc", weight="20", doses_per_day="2")
    button = dose.get_by_role("button", name=COPY)
    button.click()
    expect(dose.get_by_text("Copied.")).to_be_visible()
    expect(button).to_be_focused()
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    shown = dose.locator(".answer-head, .answer-dose, .answer-line, .answer-foot")
    notes = dose.locator(".answer-notes li").all_inner_texts()
    assert notes
    lines = [*shown.all_inner_texts(), *(note.removeprefix("▲ ") for note in notes)]
    said = {" ".join(line.split()) for line in lines}
    assert said == {copied[0].removeprefix("anakinra · "), *copied[1:]}


@pytest.mark.parametrize(
    ("clipboard", "said"),
    [
        ("undefined", "Copied."),
        ("{writeText: () => Promise.reject()}", "It could not be copied."),
    ],
)
def test_an_older_or_refusing_clipboard_is_said(
    clipboard: str, said: str, open_page: OpenPage
) -> None:
    page = open_page(MONOGRAPH)
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: " + clipboard + "})"
    )
    dose = work_out(page, "ra-sc")
    dose.get_by_role("button", name=COPY).click()
    expect(dose.locator("[data-copy-said]")).to_contain_text(said)
