"""What a page says of an answer: its lines, what is folded, what is copied.

The arithmetic is asked in test_oracle.py; here are its words.
"""

import random
import re
import statistics
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import html5lib
import pytest
from django.test import Client
from playwright.sync_api import expect

from reference.editions import Monograph
from reference.models import Edition
from tests.conftest import OpenPage
from tests.doses.answer_lines import answered, lines_of
from tests.doses.asking import DOSE, HTMX, JSON
from tests.support.oracle import ANAKINRA
from tests.support.random_requests import random_request

pytestmark = pytest.mark.django_db

WORKED_ANSWERS = Path(__file__).parents[1] / "worked_answers.txt"
REQUESTS = 200
MOST_LINES, MOST_WORDS = 10, 130
MEDIAN_LINES, MEDIAN_WORDS = 8, 100
# On the screen one step away.
FOLDED = ("folded-notes", "answer-source", "working")


def worked_answers() -> list[Any]:
    """Each request with the lines that a page says of it."""
    text = WORKED_ANSWERS.read_text(encoding="utf-8")
    blocks = re.findall(r"^\? (.+)\n((?:.+\n)+)", text, re.MULTILINE)
    return [
        pytest.param(query, lines.splitlines(), id=query) for query, lines in blocks
    ]


@pytest.mark.parametrize(("query", "lines"), worked_answers())
def test_a_worked_answer_is_word_for_word(
    query: str, lines: list[str], june_2024: Monograph, published_edition: Edition
) -> None:
    assert lines_of(query, june_2024, published_edition) == lines


# The first view


def computed_requests(count: int) -> list[str]:
    """Requests at random, their unusual weights confirmed."""
    source = random.Random(20240602)
    return [_query(*random_request(source, ANAKINRA)) for _ in range(count)]


def _query(key: str, asked: dict[str, Any]) -> str:
    renamed = {"regimen": key} | asked
    renamed.pop("confirmed", None)
    if renamed.pop("increased", False):
        renamed["dose"] = "increased"
    if "age" not in renamed:
        renamed.pop("age_unit", None)
    return urlencode(renamed | {"confirm": "yes"})


def first_view(fragment: str) -> list[str]:
    """Return each line that is seen before anything is opened."""
    tree = html5lib.parse(fragment, namespaceHTMLElements=False)
    (root,) = tree.iterfind("body/div")
    return [" ".join(words.split()) for words in _seen(root) if words.strip()]


def _seen(element: Any) -> list[str]:
    classes = set((element.get("class") or "").split())
    if classes & set(FOLDED) or element.get("id") == "dose-said":
        return []
    if element.tag in ("p", "li", "summary", "button"):
        return ["".join(element.itertext())]
    return [line for child in element for line in _seen(child)]


def test_an_answer_is_read_at_once_of_200_requests(client: Client) -> None:
    """At most 10 lines and 130 words outside the folds; half at most 8 and 100."""
    lines, words = [], []
    for query in computed_requests(REQUESTS):
        page = client.get(f"{DOSE}?{query}", headers=HTMX).content.decode()
        if 'answer-computed"' not in page:
            continue
        # Copy and Print stand beside the foot.
        seen = [line for line in first_view(page) if line not in ("Copy", "Print")]
        lines.append(len(seen))
        words.append(sum(len(line.split()) for line in seen))
        assert lines[-1] <= MOST_LINES, (query, seen)
        assert words[-1] <= MOST_WORDS, (query, seen)
    assert len(lines) > REQUESTS / 2
    assert statistics.median(lines) <= MEDIAN_LINES
    assert statistics.median(words) <= MEDIAN_WORDS


def test_every_caution_of_an_answer_stands_in_it(client: Client) -> None:
    for query in computed_requests(REQUESTS):
        answer = client.get(f"{DOSE}?{query}", headers=JSON).json()
        page = client.get(f"{DOSE}?{query}", headers=HTMX).content.decode()
        tree = html5lib.parse(page, namespaceHTMLElements=False)
        said = " ".join("".join(tree.itertext()).split())
        for caution in answer.get("cautions", ()):
            assert caution["text"].removesuffix(".") in said, (query, caution)
        for step in answer.get("working", ()):
            assert step in said, (query, step)


# Numbers

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")


def numbers(text: str) -> set[Decimal]:
    return {Decimal(each.replace(",", "")) for each in NUMBER.findall(text)}


def inner(low: Decimal, high: Decimal) -> set[Decimal]:
    """The ends of a range rounded into it, to whole mg and to 0.1 mg."""
    steps = (Decimal(1), Decimal("0.1"))
    return {
        (end / step).to_integral_value(rounding) * step
        for step in steps
        for end, rounding in ((low, ROUND_CEILING), (high, ROUND_FLOOR))
    }


def arithmetic(part: Any) -> set[Decimal]:
    """Every number of a JSON answer, and those a page rounds from its ranges."""
    if isinstance(part, dict):
        found = set().union(*map(arithmetic, part.values()))
        if {"low", "high"} <= part.keys() and None not in part.values():
            low, high = Decimal(part["low"]), Decimal(part["high"])
            found |= inner(low, high)
        return found
    if isinstance(part, list):
        return set().union(*map(arithmetic, part))
    found = set() if part is None else numbers(str(part))
    # Down where half up would pass a maximum.
    return found | {
        each.quantize(Decimal("0.01"), rounding)
        for each in found
        for rounding in (ROUND_HALF_UP, ROUND_FLOOR)
    }


def test_no_number_of_an_answer_is_from_elsewhere(
    client: Client, canonical: bytes, june_2024: Monograph, published_edition: Edition
) -> None:
    """Each is the edition's, the request's, or worked out from both."""
    known = numbers(canonical.decode()) | {Decimal(24)}
    for query in computed_requests(REQUESTS):
        answer = client.get(f"{DOSE}?{query}", headers=JSON).json()
        if answer["status"] != "computed":
            continue
        allowed = known | arithmetic(answer) | numbers(query)
        if answer["infusion"]:
            day = client.get(f"{DOSE}?{query}&hours=24", headers=JSON)
            allowed |= arithmetic(day.json()) if day.status_code == 200 else set()
        if answer["weight_kg"] is not None:
            pounds = Decimal(answer["weight_kg"]) / Decimal("0.45359237")
            allowed.add(pounds.quantize(Decimal("0.1"), ROUND_HALF_UP))
        _, shown = answered(query, june_2024, published_edition)
        lines = lines_of(query, june_2024, published_edition)
        said = [*lines, *shown.further, shown.said]
        of_counts = {Decimal(len(shown.folded)), *map(Decimal, (1, 2, 3, 4))}
        for line in said:
            assert numbers(line) <= allowed | of_counts, (query, line)


# Notes


def test_unit_route_limit_and_patient_are_never_folded(
    june_2024: Monograph, published_edition: Edition
) -> None:
    marked = {
        caution["text"] for caution in june_2024.document["cautions"] if caution["mark"]
    }
    seen = set()
    for query in computed_requests(REQUESTS):
        _, shown = answered(query, june_2024, published_edition)
        folded = {note.text for note in shown.folded}
        assert not folded & marked, query
        assert not any("No age is printed" in text for text in folded), query
        assert not folded or len(shown.notes) >= 2, query
        seen |= {note.text for note in shown.notes}
    assert seen >= {text for text in marked if not text.startswith("No age")}


def test_the_warning_sign_stands_where_the_amount_itself_can_be_wrong(
    june_2024: Monograph, published_edition: Edition
) -> None:
    """Unit, disputed maximum, too small to measure, a fixed dose in a small child."""
    signs = {True: set[str](), False: set[str]()}
    for query in ("regimen=stills-sc&weight=12", *computed_requests(REQUESTS)):
        _, shown = answered(query, june_2024, published_edition)
        for note in (*shown.notes, *shown.folded):
            signs[note.is_marked].add(note.text.split(" ")[0])
    assert signs[True] == {"Per", "Doses", "Under", "No"}
    assert {"Intravenous", "US"} <= signs[False]


# What is copied, announced and asked again


def test_what_is_copied_is_what_is_shown_with_the_drug_and_every_note(
    june_2024: Monograph, published_edition: Edition
) -> None:
    query = "regimen=mis-c-iv&weight=18&doses_per_day=1&crcl=25"
    _, shown = answered(query, june_2024, published_edition)
    first, *copied = shown.copied.split("\n")
    assert first == f"anakinra · {shown.head}"
    lines = lines_of(query, june_2024, published_edition)[1:]
    buttons = ("Divide into", "+ ")
    assert copied == [
        re.sub("^(=Y? |▲ )", "", line) for line in lines if not line.startswith(buttons)
    ]
    assert len(shown.folded) == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "regimen=nomid-sc&weight=20&doses_per_day=2",
            "NOMID, adult and pediatric, subcutaneous, 20 kg (44.1 lb): 10 mg to 20 mg "
            "twice a day.",
        ),
        (
            "regimen=css-sc&weight=154+lb",
            "There is a problem: Type the weight in kilograms as a number, such as 20. "
            "Grams, pounds, ounces and stones are not converted.",
        ),
        (
            "regimen=css-sc&weight=160",
            "160 kg is 352.7 lb: no dose is shown until you confirm.",
        ),
    ],
)
def test_a_fragment_announces_one_sentence_and_a_page_none(
    query: str, said: str, client: Client
) -> None:
    fragment = client.get(f"{DOSE}?{query}", headers=HTMX).content.decode()
    region = f'<p id="dose-said" hx-swap-oob="innerHTML">{said}</p>'
    assert region in fragment
    page = client.get(f"{DOSE}?{query}").content.decode()
    assert '<p id="dose-said" class="visually-hidden" role="status"></p>' in page
    assert "hx-swap-oob" not in page
    assert "aria-live" not in page


def test_the_same_is_asked_again_by_what_was_understood(
    june_2024: Monograph, published_edition: Edition
) -> None:
    query = "regimen=nomid-sc&weight=020.50%20kg&rate=1.50&doses_per_day=2&crcl=20"
    answer, shown = answered(query, june_2024, published_edition)
    assert dict(shown.asked) == {
        "regimen": "nomid-sc",
        "weight": "20.5",
        "rate": "1.5",
        "doses_per_day": "2",
        "crcl": "20",
        "edition": "1",
    }
    again, _ = answered(shown.query, june_2024, published_edition)
    assert again.result == answer.result


def test_a_choice_is_one_button_that_keeps_all_that_was_typed(client: Client) -> None:
    page = client.get(f"{DOSE}?regimen=mis-c-sc&weight=18&rate=6").content.decode()
    form = page.partition('class="divide-form"')[2].partition("</form>")[0]
    for name, value in (("regimen", "mis-c-sc"), ("weight", "18"), ("rate", "6")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert re.findall(r'name="doses_per_day" value="(\d)"', form) == list("1234")
    assert "aria-current" not in form
    assert 'name="doses_per_day"' not in page.replace(form, "")


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        ("0.73", "too small to measure (0.0049 mL)"),
        ("0.5", "too small to measure (0.0034 mL)"),
    ],
)
def test_a_volume_too_small_to_measure_is_said_to_be_so(
    weight: str, says: str, june_2024: Monograph, published_edition: Edition
) -> None:
    query = f"regimen=pjia-sc&weight={weight}&confirm=yes"
    lines = lines_of(query, june_2024, published_edition)
    assert any(says in line.replace("\N{NO-BREAK SPACE}", " ") for line in lines)


# In a browser

LARGEST = """() => {
    const size = it => parseFloat(getComputedStyle(it).fontSize);
    const large = document.querySelector(".answer-dose");
    return [...document.querySelectorAll("body *")]
        .filter(it => !large.contains(it) && size(it) >= size(large))
        .map(it => it.outerHTML);
}"""


@pytest.mark.parametrize("query", [*computed_requests(3), "regimen=css-sc&weight=160"])
def test_the_dose_is_the_largest_of_its_page(query: str, open_page: OpenPage) -> None:
    page = open_page(f"{DOSE}?{query}")
    assert page.locator(".answer-dose").count() == 1
    assert page.evaluate(LARGEST) == []


def test_folded_notes_open_on_the_screen_and_are_read_on_paper(
    open_page: OpenPage,
) -> None:
    query = "regimen=mis-c-iv&weight=18&doses_per_day=1&crcl=25"
    page = open_page(f"{DOSE}?{query}")
    note = page.get_by_text("The guide prints no number of doses and no maximum.")
    assert not note.is_visible()
    page.get_by_text("2 more notes").click()
    assert note.is_visible()
    page.reload()
    page.emulate_media(media="print")
    assert note.is_visible()
    assert page.locator(".answer-source").is_visible()
    assert not page.get_by_text("2 more notes").is_visible()


def test_an_answer_is_announced_in_one_sentence_and_the_focus_stays(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{DOSE}?regimen=nomid-sc&weight=20")
    button = page.get_by_role("button", name="Show dose")
    button.click()
    said = page.locator("#dose-said")
    expect(said).to_have_count(1)
    expect(said).to_have_text(
        "NOMID, adult and pediatric, subcutaneous, 20 kg (44.1 lb): 20 mg to 40 mg per "
        "day in total."
    )
    expect(button).to_be_focused()
    assert page.locator(".dose-region [role=status]:not([data-copy-said])").count() == 0
