"""Searching the editions in force: what is found, in which order, how it is shown."""

import html as entities
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from reference import publishing
from reference.editions import Monograph
from reference.models import Edition, SearchPassage, Storage
from reference.search import create_full_text_index, index_drug
from reference.search.look_up import MOST_HITS, MOST_WORDS, Hit, search
from reference.search.passages import passages
from reference.search.words import LONGEST_WORD, missing, typed_words, words_in
from tests.conftest import OpenPage
from tests.search.test_words import ANY_TEXT
from tests.support.guides.small_guide import begin_guide, next_draft, publish

pytestmark = pytest.mark.django_db

ADDRESS = "/search/"
MONOGRAPH = "/anakinra/#"
REGISTER = "/anakinra/discrepancies/#discrepancy-"


def found(text: str) -> list[str]:
    """The addresses of the hits, on the page of the guide or on its register."""
    return [
        hit.address.replace(REGISTER, "register ").replace(MONOGRAPH, "")
        for hit in search(text).hits
    ]


# What is found

DOSED_BY_WEIGHT = [
    *("css-sc", "css-iv", "nomid-sc", "dira-sc", "fmf-pediatric-sc"),
    *("pjia-sc", "mis-c-sc", "mis-c-iv"),
]
WARNINGS = [
    *("infections", "tnf-blockers", "hypersensitivity"),
    *("infections-and-malignancies", "live-vaccines", "neutrophil-counts"),
]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "neut",
            [
                "monitoring-neutrophil-count",
                "register neutrophil-schedule",
                "register neutrophil-threshold",
                "warning-neutrophil-counts",
            ],
        ),
        ("kidney", ["register renal-rule-missing"]),
        ("E. coli", ["contraindication-hypersensitivity"]),
        ("e COLI", ["contraindication-hypersensitivity"]),
        ("AOSD", ["stills", "stills-sc"]),
        ("still’s disease AOSD", ["stills", "stills-sc"]),
        ("behcet", ["behcet", "behcet-sc", "register behcet-increase"]),
        ("BEHÇET", ["behcet", "behcet-sc", "register behcet-increase"]),
        (
            "macrophage activation",
            [
                *("css", "css-sc", "css-iv", "register css-not-one-diagnosis"),
                *("register css-sc-maximum", "register css-iv-maximum"),
            ],
        ),
        ("live vaccin", ["warning-live-vaccines"]),
        ("vaccin live", ["warning-live-vaccines"]),
        ("nasopharyngitis", ["adverse-reactions-nomid"]),
        ("belly button", ["administration-injection-areas"]),
        ("latex needle", ["register needle-cover-latex"]),
        ("zebra", []),
        ("neut zebra", []),
        ("", []),
        ("   ", []),
        ('"', []),
        ("*", []),
        ("(((", []),
        ("\x00", []),
        ("\ud800", []),
        ("%_\\", []),
        ("x" * 10_000, []),
        ("zebra " * 2_000, []),
    ],
)
def test_a_query_finds_its_lines_in_order(typed: str, expected: list[str]) -> None:
    assert found(typed) == expected


@pytest.mark.parametrize(
    "typed", ['"mg/kg', "mg/kg", "MG KG", "kg mg", 'mg"kg', "mg AND kg", "mg & kg:*"]
)
def test_signs_of_a_query_language_are_only_signs(typed: str) -> None:
    hits = found(typed)
    if "AND" in typed:
        assert set(hits) < set(found("mg kg"))
    else:
        assert hits == found("mg kg")
        assert [hit for hit in hits if hit.endswith(("sc", "iv"))] == DOSED_BY_WEIGHT


def test_every_row_of_the_table_is_found_with_the_same_words_by_a_plain_reading(
    june_2024: Monograph,
) -> None:
    """Both databases agree with a reading of every passage, so with each other."""
    every = list(passages(june_2024))
    words = {word for passage in every for word in passage.words}
    beginnings = {word[:length] for word in words for length in (1, 3, len(word))}
    for typed in [*sorted(beginnings), "in a", "8 mg", "1 2 mg kg", "covid19 mis-c"]:
        looked_for = typed_words(typed)
        expected = [each for each in every if not missing(looked_for, each.words)]
        answer = search(typed)
        assert answer.total == len(expected), typed
        order = sorted(expected, key=lambda each: missing(looked_for, each.title_words))
        assert [hit.passage for hit in answer.hits] == order[:MOST_HITS]


def test_titles_come_before_bodies() -> None:
    hits = search("hypersensitivity contraindications").hits
    in_title = [missing(hit.typed, hit.passage.title_words) for hit in hits]
    assert in_title == sorted(in_title)
    warnings = found("warnings")
    assert warnings[:7] == ["warnings", *(f"warning-{key}" for key in WARNINGS)]


def test_a_number_is_looked_for_as_it_stands() -> None:
    assert "preparations" in found("0.67")
    assert "preparations" not in found("67")
    assert "preparations" not in found("0.6")
    assert "ra-sc" in found("100 mg")
    assert found("100mg") == found("100 mg")
    assert "ra-sc" not in found("10 mg")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_TEXT | st.text("\"'*():&|!<->^ \\%\x00neut0.", max_size=30))
def test_no_text_is_an_error(text: str) -> None:
    answer = search(text)
    assert len(answer.typed) <= MOST_WORDS
    for hit in answer.hits:
        assert hit.title
        assert hit.lines or hit.names or hit.passage.title_words


# What is in force, and nothing else


def places(text: str) -> set[tuple[str, str]]:
    return {(hit.edition.label, hit.passage.anchor) for hit in search(text).hits}


def test_a_draft_is_found_once_it_is_published_and_no_longer_once_withdrawn(
    author: User,
    reviewer: User,
    person: Callable[..., User],
) -> None:
    draft = begin_guide(author)
    Storage.objects.filter(key="cold").update(text="Keep it in a zebrafridge.")
    assert places("zebrafridge") == set()
    assert publishing.submit(edition=draft, by=author)
    assert places("zebrafridge") == set()
    publishing.return_to_draft(edition=draft, by=reviewer, reason="again")
    first = publish(draft, author=author, reviewer=reviewer)
    assert places("zebrafridge") == {("Number 1", "storage")}

    second = next_draft(first, by=author)
    Storage.objects.filter(edition=second, key="cold").update(text="In a lionfridge.")
    assert places("lionfridge") == set()
    second = publish(second, author=author, reviewer=reviewer)
    assert places("lionfridge") == {("Number 2", "storage")}
    assert places("zebrafridge") == set()

    publishing.withdraw(edition=second, by=reviewer, reason="wrong")
    assert places("lionfridge") == places("zebrafridge") == set()
    publishing.request_restoration(edition=second, by=reviewer, reason="right")
    publishing.restore(edition=second, by=person("rob", "reviewer"))
    assert places("lionfridge") == {("Number 2", "storage")}


def test_what_is_stored_of_an_edition_not_in_force_is_not_found(author: User) -> None:
    draft = begin_guide(author)
    SearchPassage.objects.create(edition=draft, position=0, words="zebra")
    assert search("zebra").total == 0


def test_words_stored_for_another_passage_show_nothing_that_lacks_them(
    published_edition: Edition,
) -> None:
    last = SearchPassage.objects.count()
    SearchPassage.objects.filter(position=0).update(words="zebra")
    SearchPassage.objects.create(
        edition=published_edition, position=last, words="zebra"
    )
    assert search("zebra").total == 0


def test_preparing_the_site_stores_what_is_missing_and_nothing_twice(
    published_edition: Edition, client: Client
) -> None:
    SearchPassage.objects.all().delete()
    assert "Not searched: " in client.get(ADDRESS).content.decode()
    assert index_drug(published_edition.drug)
    assert found("kidney")
    assert not index_drug(published_edition.drug)
    assert "Not searched: " not in client.get(ADDRESS).content.decode()


def test_an_index_that_is_made_again_finds_the_same() -> None:
    before = found("neut")
    create_full_text_index()
    assert found("neut") == before != []


# Where a hit leads


def test_every_hit_leads_to_a_place_that_is_there(
    client: Client, june_2024: Monograph
) -> None:
    anchors = {
        address: set(
            re.findall(r'\sid="([^"]+)"', client.get(address).content.decode())
        )
        for address in ("/anakinra/", "/anakinra/discrepancies/")
    }
    for passage in passages(june_2024):
        page = "/anakinra/discrepancies/" if passage.on_register else "/anakinra/"
        assert passage.anchor in anchors[page], passage.title


def test_every_text_of_the_page_is_in_a_passage(june_2024: Monograph) -> None:
    every = {word for passage in passages(june_2024) for word in passage.words}
    document = june_2024.document
    for section, rows in document.items():
        if section in ("drug", "edition", "codes", "cautions", "discrepancy_lines"):
            continue
        for row in rows:
            names = ["printed", "text", "name", "title", "note", "consequence"]
            if section == "discrepancies":
                names.remove("note")  # the key of a caution
            for name in names:
                for word in words_in(row.get(name) or ""):
                    assert word.plain in every, (section, row["key"], word)


def test_a_dosing_line_is_shown_whole_with_its_discrepancies(client: Client) -> None:
    page = client.get(ADDRESS, {"q": "nomid divided"}).content.decode()
    hit = page[page.index('href="/anakinra/#nomid-sc"') :]
    hit = plain(hit[: hit.index("</ul>")])
    for text in (
        "1 to 2 mg/kg daily in divided doses, max 8mg/day",
        "1 to 2 mg/kg daily in divided doses, maximum 8 mg/kg per day (label)",
        "guide prints 8 mg per day",
        "NOMID and DIRA: maximum printed as 8 mg per day",
    ):
        assert text in hit


def test_a_name_that_is_not_the_title_is_shown_where_it_was_looked_for(
    client: Client,
) -> None:
    page = plain(client.get(ADDRESS, {"q": "aosd still"}).content.decode())
    assert "Also: AOSD" in page
    assert "Also:" not in plain(client.get(ADDRESS, {"q": "still"}).content.decode())


def plain(page: str) -> str:
    """The text of a page, with its no-break spaces as spaces."""
    text = entities.unescape(re.sub(r"<[^>]+>", "", page))
    return re.sub(r"\s+", " ", text)


def test_only_a_text_without_numbers_is_shown_in_part(june_2024: Monograph) -> None:
    for passage in passages(june_2024):
        for typed in sorted(passage.words)[:40]:
            hit = Hit(Edition(), passage, [typed])
            for shown in hit.lines:
                text = "".join(part.text for part in shown.parts)
                if "…" in text:
                    assert not re.search(r"\d", text)
                    assert any(part.is_match for part in shown.parts)


def test_a_long_text_is_shown_round_the_word(june_2024: Monograph) -> None:
    (disclaimer,) = (
        each for each in passages(june_2024) if each.anchor == "disclaimer"
    )
    (line,) = Hit(Edition(), disclaimer, ["endorsing"]).lines
    text = "".join(part.text for part in line.parts)
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert [part.text for part in line.parts if part.is_match] == ["endorsing"]
    assert len(text) < 340


# The page


def test_the_page_marks_the_words_and_names_drug_edition_and_section(
    client: Client,
) -> None:
    answer = client.get(ADDRESS, {"q": "neut"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "4 places have “neut”." in page
    assert '<a href="/anakinra/#monitoring-neutrophil-count"><mark>Neutrophil' in page
    assert "anakinra, edition June 2024: Warnings and precautions" in page
    assert 'value="neut"' in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_empty_page_gives_advice_and_may_be_listed(client: Client) -> None:
    page = client.get(ADDRESS).content.decode()
    assert "anakinra, June 2024." in page
    assert 'class="match"' not in page
    assert "noindex" not in page
    assert '<meta name="description"' in page
    assert 'href="/anakinra/indications/"' in page


def test_nothing_found_says_what_was_searched_and_where_to_go(client: Client) -> None:
    page = client.get(ADDRESS, {"q": "zebra crossing"}).content.decode()
    assert "No line of an edition in force has “zebra” and “crossing”." in page
    assert "anakinra, June 2024." in page
    assert 'href="/anakinra/indications/"' in page
    assert 'href="/anakinra/"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("///", "There is no word and no number in what you typed"),
        ("\x00\x0b", ""),
        ("x" * 10_000, f"has “{'x' * LONGEST_WORD}”."),
        (
            " ".join(f"zebra{chr(97 + n)}" for n in range(20)),
            "Only the first 16 words were looked for; 4 more were left out.",
        ),
        ("%ED%A0%80", "No line of an edition in force has"),
    ],
)
def test_rubbish_is_no_error_and_is_said(typed: str, said: str, client: Client) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(ADDRESS, {"q": typed}, headers=headers)
        assert answer.status_code == 200
        assert said in answer.content.decode()
        assert "\x00" not in answer.content.decode()


def test_bytes_that_are_no_text_are_no_error(client: Client) -> None:
    for query in ("q=%ED%A0%80", "q=%FF%00", "q", "q=a&q=neut", "x=1", "%00"):
        assert client.get(f"{ADDRESS}?{query}").status_code == 200


def test_what_was_typed_and_what_is_written_is_text_and_never_markup(
    client: Client, author: User, reviewer: User
) -> None:
    draft = begin_guide(author)
    evil = "<script>alert(1)</script> <mark>zebra</mark> & neut"
    Storage.objects.filter(key="cold").update(text=evil, printed=evil)
    publish(draft, author=author, reviewer=reviewer)
    for typed in ("zebra", '<script>"zebra', "zebra'"):
        page = client.get(ADDRESS, {"q": typed}).content.decode()
        body = page[page.index("<h1>") :]
        assert "<script" not in body
        assert "&lt;mark&gt;<mark>zebra</mark>&lt;/mark&gt; &amp; neut" in body


def test_many_hits_are_cut_off_and_said_to_be(client: Client) -> None:
    answer = search("in")
    assert answer.total > MOST_HITS == len(answer.hits)
    page = client.get(ADDRESS, {"q": "in"}).content.decode()
    assert f"{answer.total} places have “in”." in page
    assert f"The first {MOST_HITS} are shown" in page
    assert page.count('class="match"') == MOST_HITS


def test_a_search_takes_three_queries_however_much_is_found(
    client: Client, author: User, reviewer: User
) -> None:
    publish(begin_guide(author), author=author, reviewer=reviewer)
    counts = {}
    for typed in ("zebra", "neut", "the", "cold"):
        client.get(ADDRESS, {"q": typed})
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS, {"q": typed})
        counts[typed] = len(queries)
    assert set(counts.values()) == {3}


def test_every_page_leads_to_the_search(client: Client) -> None:
    for address in ("/anakinra/", "/anakinra/editions/", "/nowhere/at/all/", ADDRESS):
        assert 'href="/search/"' in client.get(address).content.decode()


def test_a_fragment_is_not_a_page(client: Client) -> None:
    answer = client.get(ADDRESS, {"q": "neut"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert "4 places have" in page
    assert "HX-Request" in answer.headers["Vary"]


def test_a_withdrawn_guide_is_said_not_to_be_searched(
    client: Client, author: User, reviewer: User
) -> None:
    edition = publish(begin_guide(author), author=author, reviewer=reviewer)
    publishing.withdraw(edition=edition, by=reviewer, reason="wrong")
    page = client.get(ADDRESS, {"q": "cold"}).content.decode()
    assert 'Not searched: <a href="/examplimab/">examplimab</a>' in page


# In the browser


def test_the_list_follows_what_is_typed_and_is_there_on_return(
    open_page: OpenPage,
) -> None:
    page = open_page(ADDRESS)
    page.keyboard.press("/")
    expect(page.get_by_label("Words, or how they begin")).to_be_focused()
    page.keyboard.type("neut")
    count = page.locator("#match-count")
    expect(count).to_have_text("4 places have “neut”.")
    expect(page).to_have_url(re.compile(r"/search/\?q=neut$"))
    page.get_by_role("link", name="Neutrophil count", exact=True).click()
    expect(page).to_have_url(re.compile("/anakinra/#monitoring-neutrophil-count$"))
    page.go_back()
    expect(count).to_have_text("4 places have “neut”.")
    expect(page.get_by_label("Words, or how they begin")).to_have_value("neut")
