"""Programs that keep citations read an edition's, by readers nobody here wrote."""

import json

import bibtexparser
import pytest
import rispy
from bibtexparser.bparser import BibTexParser
from bibtexparser.customization import convert_to_unicode
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from reference.exports import Citation
from reference.exports.citation import bibtex, csl_json, ris
from reference.models import Edition

pytestmark = pytest.mark.django_db

FIRST = "/anakinra/editions/1/"
ADDRESS = "https://reference.example/anakinra/editions/1/"
TITLE_ENDS = ": biologic reference guide"


@pytest.fixture
def edition(published_edition: Edition) -> Edition:
    return published_edition


def read(client: Client, file: str, media_type: str) -> str:
    answer = client.get(f"{FIRST}{file}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    return answer.content.decode()


def test_a_reader_of_ris_finds_who_what_when_and_where(
    client: Client, edition: Edition
) -> None:
    text = read(client, "citation.ris", "application/x-research-info-systems")
    [found] = rispy.loads(text)
    assert found["authors"] == [edition.issuer]
    assert found["title"] == f"{edition.printed_title}{TITLE_ENDS}"
    assert found["year"] == "2024"
    assert found["date"] == "2024/06//"  # the print has no day, and none is invented
    assert found["edition"] == "1, June 2024"
    assert found["urls"] == [ADDRESS]
    assert edition.fingerprint in found["notes"][0]
    assert all(line.endswith("\r\n") for line in text.splitlines(keepends=True))


def parsed_bibtex(text: str) -> dict[str, str]:
    parser = BibTexParser(common_strings=True)
    parser.customization = convert_to_unicode
    [entry] = bibtexparser.loads(text, parser).entries
    return dict(entry)


def test_a_reader_of_bibtex_finds_the_same(client: Client, edition: Edition) -> None:
    entry = parsed_bibtex(read(client, "citation.bib", "application/x-bibtex"))
    assert entry["ID"] == "anakinra-edition-1"
    assert entry["author"].strip("{}") == edition.issuer
    assert entry["title"].strip("{}") == f"{edition.printed_title}{TITLE_ENDS}"
    assert (entry["year"], entry["month"]) == ("2024", "June")
    assert entry["url"] == ADDRESS
    assert edition.fingerprint in entry["note"]


def test_a_reader_of_csl_json_finds_the_same(client: Client, edition: Edition) -> None:
    media_type = "application/vnd.citationstyles.csl+json"
    [item] = json.loads(read(client, "citation.csl.json", media_type))
    assert item["author"] == [{"literal": edition.issuer}]
    assert item["issued"] == {"date-parts": [[2024, 6]]}
    assert item["URL"] == ADDRESS
    assert edition.fingerprint in item["note"]


def test_the_page_offers_the_citations(client: Client, edition: Edition) -> None:
    page = client.get("/anakinra/").content.decode()
    for file in ("citation.ris", "citation.bib", "citation.csl.json"):
        assert f'href="{FIRST}{file}"' in page
    assert '<meta name="citation_publication_date" content="2024/6">' in page
    assert f'<meta name="citation_public_url" content="{ADDRESS}">' in page


def with_words(words: str) -> Citation:
    edition = {
        "number": 1,
        "label": words,
        "issuer": words,
        "publisher": words,
        "printed_title": words,
        "revised_on": "2024-06",
    }
    document = {"drug": {"slug": "examplimab"}, "edition": edition}
    return Citation.of(document, address=ADDRESS, fingerprint="f" * 64)


def test_what_tex_would_take_for_a_command_is_text() -> None:
    words = r"50% of R&D_1 #2 $3 {x} ~ ^ \input{secrets}"
    entry = bibtex(with_words(words))
    assert r"50\% of R\&D\_1 \#2 \$3 \{x\}" in entry
    assert r"\input" not in entry


@given(words=st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_no_name_adds_a_field_or_a_record(words: str) -> None:
    citation = with_words(words)
    # Only \r\n ends a line here: readers split at nothing else that a name can hold.
    lines = ris(citation).split("\r\n")
    assert sum(line.startswith("TY  - ") for line in lines) == 1
    assert lines[-2:] == ["ER  - ", ""]
    assert "\n" not in "".join(lines)
    assert len(bibtex(citation).splitlines()) >= 11
    assert len(json.loads(csl_json(citation))) == 1
