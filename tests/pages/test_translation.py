"""Our own words are marked for translation; no edition and no dose depends on it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from django.conf import settings
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.test import Client
from django.utils import translation
from django.utils.translation import template as extraction
from django.utils.translation import trans_real

from reference.editions import canonical_bytes, canonical_document, fingerprint
from reference.models import Edition
from tests.support.public_pages import DOSES, NOT_FOUND, PAGES

TEMPLATES = Path(settings.BASE_DIR) / "templates"
MESSAGE = re.compile(r"""\b_\(("[^"]+"|'(?:[^'\\]|\\')+')\)""")
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
SEPARATOR = re.compile(r"[|.,:;()“”#·]")
ADDRESS = re.compile(r"(?<![^\s|])/\S*")
WORD = re.compile(r"[^\W\d_]{2,}")
SHOWN_ATTRIBUTES = ("title", "alt", "aria-label", "placeholder", "data-label")
# The sentences of a dose, in modules without Django; docs/decisions.md says why.
DOSE_WORDS = {
    *("facts", "weights", "working", "more-notes"),
    *("answer-head", "answer-dose", "answer-line", "answer-notes", "answer-foot"),
    *("answer-source", "answer-refused", "answer-confirm", "answer-invalid"),
    *("line-list", "doses", "field-error"),
    *("line-route", "worked-out", "guide-dose", "guide-limits", "match-dose"),
    "line-words",
}
TYPED = {"zzz", "kinaret"}  # by the reader, and shown again


class Pseudolanguage(trans_real.DjangoTranslation):
    """Puts each message between brackets, so that what is none stands out."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@pytest.fixture(scope="module")
def compiled() -> dict[str, Any]:
    """The templates of the pseudolanguage; they are compiled once for each language."""
    return {}


@pytest.fixture
def pseudolanguage(
    monkeypatch: pytest.MonkeyPatch, compiled: dict[str, Any]
) -> Iterator[None]:
    translation.gettext("Print")  # so that what is kept for ever is the real one
    made = Pseudolanguage("en-us")
    monkeypatch.setattr(trans_real, "translation", lambda _language: made)
    templates = engines["jinja2"]
    assert isinstance(templates, Jinja2)
    monkeypatch.setattr(templates.env, "by_language", compiled)
    with translation.override("en-us", deactivate=True):
        yield


@pytest.mark.usefixtures("pseudolanguage")
@pytest.mark.parametrize("address", [*PAGES.values(), NOT_FOUND])
def test_every_word_of_a_page_is_ours_and_marked_or_the_editions(
    client: Client, published_edition: Edition, address: str
) -> None:
    page = client.get(address).content.decode()
    assert page.count("⟦") > 10
    left = SEPARATOR.split(ADDRESS.sub("", unmarked("|".join(texts(page)))))
    words = document_words(published_edition) + " ".join(TYPED)
    assert [it for it in map(plain, left) if WORD.search(it) and it not in words] == []


def unmarked(text: str) -> str:
    """Return the text without what is between brackets; one message may hold others."""
    while MARKED.search(text):
        text = MARKED.sub("|", text)
    return text


def document_words(edition: Edition) -> str:
    document = canonical_document(edition)
    return " ".join(map(plain, strings(document)))


def strings(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        part = part.values()
    elif isinstance(part, str):
        yield part
        return
    elif not isinstance(part, list):
        return
    for inner in part:
        yield from strings(inner)


def plain(text: str) -> str:
    return " ".join(text.split()).lower()


def texts(page: str) -> Iterator[str]:
    """Yield each text and each shown attribute, but for the words of a dose."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    yield from _texts(tree)


def _texts(element: Any) -> Iterator[str]:
    classes = set((element.get("class") or "").split())
    if element.tag in ("script", "style", "option") or classes & DOSE_WORDS:
        return
    yield element.text or ""
    for name in SHOWN_ATTRIBUTES:
        yield element.get(name) or ""
    if element.get("name") == "description":
        yield element.get("content") or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def test_every_message_of_a_template_is_found_by_makemessages() -> None:
    """It knows Django's templates alone; ours spell their messages so that it reads."""
    for file in [*TEMPLATES.glob("*.html"), *TEMPLATES.glob("reference/*.html")]:
        source = file.read_text()
        found = extraction.templatize(source, origin=file.name)
        assert found.count(" _(") == len(re.findall(r"\b_\(", source)), file.name
        for message in MESSAGE.findall(source):
            assert f" _({message}) " in found, file.name


@pytest.mark.parametrize(
    ("language", "attributes"),
    [
        ("en-us", 'lang="en-US" dir="ltr"'),
        ("ar", 'lang="ar" dir="rtl"'),
        ("pt-br", 'lang="pt-BR" dir="ltr"'),
    ],
)
@pytest.mark.usefixtures("published_edition")
def test_a_page_says_its_language_and_direction(
    client: Client, language: str, attributes: str
) -> None:
    with translation.override(language):
        page = client.get("/anakinra/").content.decode()
    assert f"<html {attributes}>" in page


@pytest.mark.usefixtures("published_edition")
def test_a_reader_cannot_change_the_language_of_a_public_page(client: Client) -> None:
    plain_answer = client.get("/anakinra/")
    asked = client.get("/anakinra/", headers={"Accept-Language": "de"})
    assert asked.content == plain_answer.content
    assert "Accept-Language" not in asked.headers["Vary"]


def test_no_edition_and_no_dose_depends_on_the_language(
    client: Client, published_edition: Edition, request: pytest.FixtureRequest
) -> None:
    def doses() -> list[Any]:
        names = ("dose-computed", "dose-chosen", "dose-infusion", "dose-outside")
        asked = {"Accept": "application/json"}
        return [client.get(DOSES[name], headers=asked).json() for name in names]

    in_english = doses()
    request.getfixturevalue("pseudolanguage")
    assert "⟦" in client.get("/anakinra/").content.decode()
    assert doses() == in_english
    again = canonical_bytes(canonical_document(published_edition))
    assert fingerprint(again) == published_edition.fingerprint


NUMERIC_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b")


@pytest.mark.usefixtures("published_edition")
@pytest.mark.parametrize("address", PAGES.values())
def test_a_date_is_written_with_the_name_of_its_month(
    client: Client, address: str
) -> None:
    page = client.get(address).content.decode()
    found = [text for text in texts(page) if NUMERIC_DATE.search(text)]
    assert [text for text in found if "/monitoring/?start=" not in text] == []
