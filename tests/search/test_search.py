"""Searching the editions in force: what is found, in which order, how it is shown."""

import html as entities
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Route, expect

from reference import publishing
from reference.editions import Monograph
from reference.models import Edition, SearchPassage, Storage
from reference.search import create_full_text_index, index_drug
from reference.search.hits import Hit
from reference.search.look_up import MOST_HITS, MOST_TERMS, search
from reference.search.passages import Passage, passages, words_about
from reference.search.terms import Term, terms_in
from reference.search.words import LONGEST_WORD, Words, words_in
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
    "stills-sc",  # its note says what it makes per kg
    *("pjia-sc", "mis-c-sc", "mis-c-iv"),
]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "neut",
            [
                *("monitoring", "warnings"),
                *("register neutrophil-schedule", "register neutrophil-threshold"),
            ],
        ),
        (
            "kidney",
            [
                *("table-notes", "register renal-rule-missing"),
                "register further-us-warnings",
            ],
        ),
        ("E. coli", ["contraindications"]),
        ("e COLI", ["contraindications"]),
        ("AOSD", ["stills-sc"]),
        ("still’s disease AOSD", ["stills-sc"]),
        ("behcet", ["behcet-sc", "register behcet-increase"]),
        ("BEHÇET", ["behcet-sc", "register behcet-increase"]),
        (
            "macrophage activation",
            [
                *("css-sc", "css-iv", "register css-not-one-diagnosis"),
                *("register css-sc-maximum", "register css-iv-maximum"),
            ],
        ),
        ("HLH", ["css-sc", "css-iv"]),
        ("pimsts", ["mis-c-sc", "mis-c-iv"]),
        ("Kawasaki syndrome", ["kawasaki"]),
        ("live vaccin", ["warnings"]),
        ("vaccin live", ["warnings"]),
        ("nasopharyngitis", ["adverse-reactions"]),
        ("belly button", ["administration"]),
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


def test_every_passage_is_found_with_the_same_terms_by_a_plain_reading(
    june_2024: Monograph,
) -> None:
    """Both databases agree with a reading of every passage, so with each other."""
    every = list(passages(june_2024))
    about = words_about("anakinra", "Kineret")
    words = {word for passage in every for word in passage.words if word[0] != "."}
    beginnings = {word[:length] for word in words for length in (1, 3, len(word))}
    sentences = ["in a", "8 mg", "1 2 mg kg", "covid19 mis-c", "ANC", "side effects"]
    for typed in [*sorted(beginnings), *sentences]:
        terms = terms_in(typed)
        expected = [each for each in every if has_every(each, about, terms)]
        answer = search(typed)
        assert answer.total == len(expected), typed
        expected.sort(key=lambda each: Hit(Edition(), each, terms, about).rank)
        assert [hit.passage for hit in answer.hits] == expected[:MOST_HITS]


def has_every(passage: Passage, about: Words, terms: list[Term]) -> bool:
    return all(each.is_in(passage.words, about) for each in terms) and any(
        each.is_in(passage.words) for each in terms
    )


def test_the_register_comes_last_and_titles_before_bodies() -> None:
    for typed in ("dose", "anakinra dose", "side effects", "hypersensitivity", "8 mg"):
        hits = search(typed).hits
        assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)
        on_register = [hit.passage.on_register for hit in hits]
        assert on_register == sorted(on_register)
        assert not on_register[0], typed
    assert found("side effects")[0] == "adverse-reactions"
    assert found("anakinra dose")[:2] == ["/anakinra/", "ra-sc"]


def test_a_drugs_name_finds_its_guide_and_narrows_what_is_found_with_it() -> None:
    assert found("anakinra")[0] == found("Kineret")[0] == "overview"
    assert found("kineret gout") == found("gout anakinra") == ["gout-sc"]
    assert len(found("anakinra")) < len(found("anakinra dose"))


# Forms of a word, spellings and words of the ward


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("neutrophils", "monitoring"),
        ("anaphylaxis", "contraindications"),
        ("vaccination", "warnings"),
        ("allergy", "contraindications"),
        ("allergies", "contraindications"),
        ("malignant", "warnings"),
        ("infected", "covid-19-sc"),
        ("paediatric", "nomid-sc"),
        ("tumour", "warnings"),
        ("diarrhoea", "adverse-reactions"),
        ("haemophagocytic", "css-sc"),
        ("hospitalised", "covid-19-sc"),
        ("oedema", "warnings"),
        ("ANC", "monitoring"),
        ("CrCl", "table-notes"),
        ("eGFR", "table-notes"),
        ("kidney", "table-notes"),
        ("renal", "table-notes"),
        ("fridge", "storage"),
        ("pre-filled", "preparations"),
        ("pre filled", "preparations"),
        ("prefilled", "preparations"),
        ("side effect", "adverse-reactions"),
        ("anti-TNF", "warnings"),
    ],
)
def test_what_clinicians_say_leads_to_what_the_guide_says(
    typed: str, first: str
) -> None:
    hits = found(typed)
    # "pre filled" is two words, which a hyphen would make one.
    expected = [] if typed == "pre filled" else [first]
    assert hits[:1] == expected


def test_every_word_of_a_text_finds_it_in_either_spelling_and_in_the_plural(
    june_2024: Monograph,
) -> None:
    for passage in passages(june_2024):
        for line in passage.lines[:1]:
            for word in words_in(line.text):
                if len(word.plain) > 4 and word.plain[-1] not in "is0123456789":
                    for typed in (word.plain, f"{word.plain}s"):
                        (term,) = terms_in(typed)
                        assert term.is_in(passage.words), (typed, line.text)


def test_what_a_word_was_read_as_is_said(client: Client) -> None:
    page = plain(client.get(ADDRESS, {"q": "ANC"}).content.decode())
    assert "4 places have “ANC” (or neutrophil count)." in page


# A word that stands nowhere


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anakenra", "anakinra"),
        ("kinaret", "Kineret"),
        ("mediteranean", "Mediterranean"),
        ("neutrofil", "Neutrophil"),
        ("pericarditus", "Pericarditis"),
    ],
)
def test_a_misspelling_is_given_the_nearest_word_as_a_guess(
    typed: str, meant: str, client: Client
) -> None:
    page = client.get(ADDRESS, {"q": typed}).content.decode()
    said = f'Nearest in the guides: <a href="{ADDRESS}?q={meant.lower()}">{meant}</a>'
    assert f"{said}, a guess for “{typed}”." in page
    assert 'class="match"' not in page  # it is not looked for unasked
    assert found(meant)


def test_a_guess_keeps_the_other_words_where_they_are_found_together() -> None:
    (guess,) = search("kinaret gout").guesses
    assert guess.address == f"{ADDRESS}?q=kineret+gout"
    (guess,) = search("kinaret zebra gout").guesses
    assert guess.address == f"{ADDRESS}?q=kineret"


def test_no_guess_is_made_at_what_is_far_or_short_or_a_number() -> None:
    for typed in ("zebra", "crossing", "abcd", "zz", "987654", "x" * 60):
        assert search(typed).guesses == []


def test_words_that_are_not_together_are_offered_alone(client: Client) -> None:
    page = plain(client.get(ADDRESS, {"q": "neut zebra latex"}).content.decode())
    assert "Not found as typed: “neut” and “zebra” and “latex”." in page
    assert "latex alone: 1 place neut alone: 4 places A guide" in page


def test_nothing_found_is_never_said_to_be_nothing_in_the_guide(
    client: Client,
) -> None:
    page = client.get(ADDRESS, {"q": "zebra crossing"}).content.decode()
    assert "Not found as typed: “zebra” and “crossing”." in page
    assert "A guide may say it in another word" in page
    assert '<a href="/anakinra/">' in page


# Numbers, and any text


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
    assert len(answer.terms) <= MOST_TERMS
    for hit in answer.hits:
        assert hit.title
        assert hit.lines or hit.passage.row or hit.passage.title_words


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

ID = re.compile(r'\sid="([^"]+)"')


def test_every_hit_leads_to_a_place_that_is_there(
    client: Client, june_2024: Monograph
) -> None:
    anchors = {
        address: {"", *re.findall(ID, client.get(address).content.decode())}
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


def test_a_dosing_line_is_shown_with_its_limits_its_status_and_its_notes(
    client: Client, june_2024: Monograph
) -> None:
    page = client.get(ADDRESS, {"q": "nomid divided"}).content.decode()
    hit = plain(page[page.index('href="/anakinra/#nomid-sc"') :].partition("</li>")[0])
    for text in (
        "NOMID, adult and pediatric · subcutaneous",
        "1 to 2 mg/kg daily in divided doses; "
        "maximum 8 mg/kg per day (label); guide prints 8 mg per day",
        "Doses use 8 mg/kg per day (label), not the printed 8 mg per day.",
        "FDA-approved (label) · anakinra, edition June 2024",
    ):
        assert text in hit
    assert "no dosing line in the guide" in plain(
        client.get(ADDRESS, {"q": "kawasaki"}).content.decode()
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sJIA", "sJIA: the guide prints Still's disease, no age"),
        ("aosd still", "AOSD: the guide prints Still's disease, no age"),
        ("CAPS", "CAPS: the guide prints NOMID"),
        (
            "pims-ts",
            "PIMS-TS: the guide prints Multi-system inflammatory syndrome in "
            "children associated with COVID-19",
        ),
        ("mucocutaneous", "the guide prints Kawasaki refractory to IVIG in pediatrics"),
        ("still", ""),
        ("familial mediterranean", ""),
        ("NOMID", ""),
    ],
)
def test_a_row_found_by_another_name_says_what_the_guide_prints(
    typed: str, said: str, client: Client
) -> None:
    page = client.get(ADDRESS, {"q": typed}).content.decode()
    by = re.findall(r'<p class="match-by">(.*?)</p>', page)
    if said:
        assert by
        assert all(entities.unescape(each).endswith(said) for each in by)
    else:
        assert by == []


def plain(page: str) -> str:
    """The text of a page, with its no-break spaces as spaces."""
    text = entities.unescape(re.sub(r"<[^>]+>", "", page))
    return re.sub(r"\s+", " ", text)


def test_only_a_text_without_numbers_is_shown_in_part(june_2024: Monograph) -> None:
    for passage in passages(june_2024):
        for typed in sorted(word for word in passage.words if word[0] != ".")[:40]:
            hit = Hit(Edition(), passage, terms_in(typed))
            for shown in hit.lines:
                text = "".join(part.text for part in shown.parts)
                if "…" in text:
                    assert not re.search(r"\d", text)
                    assert any(part.is_match for part in shown.parts)


def test_a_long_text_is_shown_round_the_word(june_2024: Monograph) -> None:
    (disclaimer,) = (
        each for each in passages(june_2024) if each.anchor == "disclaimer"
    )
    (line,) = Hit(Edition(), disclaimer, terms_in("endorsing")).lines
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
    assert '<a href="/anakinra/#monitoring"><mark>Neutrophil' in page
    assert "anakinra, edition June 2024: Warnings and precautions" in page
    assert 'value="neut"' in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_empty_page_lists_the_guides_and_may_be_listed(client: Client) -> None:
    page = client.get(ADDRESS).content.decode()
    assert '<a href="/anakinra/"><b>anakinra</b> Kineret</a>' in page
    assert 'class="match"' not in page
    assert "noindex" not in page
    assert '<meta name="description"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("///", "There is no word and no number in what you typed"),
        ("\x00\x0b", ""),
        ("x" * 10_000, f"Not found as typed: “{'x' * LONGEST_WORD}"),
        (
            " ".join(f"zebra{chr(97 + n)}" for n in range(20)),
            "Only the first 16 words were looked for; 4 more were left out.",
        ),
        ("%ED%A0%80", "Not found as typed: "),
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


def test_a_search_takes_two_queries_and_one_more_where_nothing_is_found(
    client: Client, author: User, reviewer: User
) -> None:
    publish(begin_guide(author), author=author, reviewer=reviewer)
    counts = {}
    for typed in ("zebra", "neut", "the", "cold"):
        client.get(ADDRESS, {"q": typed})
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS, {"q": typed})
        counts[typed] = len(queries)
    assert counts == {"zebra": 3, "neut": 2, "the": 2, "cold": 2}


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
    field = page.get_by_label("Drug, brand, indication")
    expect(field).to_be_focused()
    page.keyboard.type("neut")
    count = page.locator("#match-count")
    expect(count).to_have_text("4 places have “neut”.")
    expect(page).to_have_url(re.compile(r"/search/\?q=neut$"))
    page.get_by_role("link", name="Neutrophil count", exact=True).click()
    expect(page).to_have_url(re.compile("/anakinra/#monitoring$"))
    page.go_back()
    expect(count).to_have_text("4 places have “neut”.")
    expect(field).to_have_value("neut")


def test_what_is_typed_before_the_scripts_come_is_looked_for(
    open_page: OpenPage,
) -> None:
    page = open_page("/anakinra/editions/")
    held: list[Route] = []
    page.route("**/htmx-2.min.js", lambda route: held.append(route))
    page.goto(ADDRESS, wait_until="commit")
    page.get_by_label("Drug, brand, indication").fill("aosd")
    expect(page.locator(".guides li")).to_have_count(1)
    for route in held:
        route.continue_()
    expect(page.locator("#match-count")).to_have_text("1 place has “aosd”.")
    expect(page.locator(".match")).to_have_count(1)


@pytest.mark.parametrize("fault", ["abort", "500"])
def test_a_failure_is_said_in_place_of_the_list(
    fault: str, open_page: OpenPage
) -> None:
    page = open_page(f"{ADDRESS}?q=neut")

    def fail(route: Any) -> None:
        route.abort() if fault == "abort" else route.fulfill(status=500)

    page.route(f"**{ADDRESS}?*", fail)
    page.get_by_label("Drug, brand, indication").fill("ra")
    said = page.locator("#match-count")
    expect(said).to_contain_text("The list is not what you asked for.")
    expect(page.locator(".match")).to_have_count(0)
