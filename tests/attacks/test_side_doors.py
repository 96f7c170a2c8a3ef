"""A draft shows through no door but the desk's: exports, searches, what is stored.

tests/desk/test_leaks.py asks every address of the site; here is what those doors are
asked.
"""

import gzip
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import Client
from pytest_django import Settings

from reference import publishing
from reference.drawn import Front
from reference.models import Code, DrawnPage, Edition, Indication, SearchPassage
from tests.support.every_address import (
    CANARY,
    NOTHING,
    UNUSED,
    Site,
    mark_everything,
    seen,
)
from tests.support.guides.small_guide import begin_guide
from tests.support.wsgi_answers import ask
from tests.tools.reliability.figures import IN_FULL, count, none_lost

pytestmark = pytest.mark.django_db

SECRET_CODE = ("2.16.840.1.113883.6.88", "7777777")  # RxNorm
HEADERS: dict[str, dict[str, str]] = {
    "plain": {},
    "FHIR": {"Accept": "application/fhir+json"},
    "JSON": {"Accept": "application/json"},
    "Atom": {"Accept": "application/atom+xml"},
    "a range": {"Range": "bytes=0-99", "If-Range": '"DIGEST"'},
    "the draft's tag": {"If-None-Match": '"DIGEST", W/"DIGEST", "DIGEST-br"'},
    "the draft's tag must match": {"If-Match": '"DIGEST"'},
    "since": {"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    "an override": {"X-Original-URL": "/admin/", "X-HTTP-Method-Override": "POST"},
}
NO_WORD = "QXQXQX-7"  # of the length and the shape of the canary
SHORT = ("plain", "the draft's tag")


@pytest.fixture
def site(published_edition: Edition, person: Callable[..., User]) -> Site:
    """A guide, the next edition of it in review, and a drug that nobody has read of."""
    author = person("ann", "author")
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    mark_everything(draft)
    line = Indication.objects.filter(edition=draft).first()
    assert line is not None
    Code.objects.create(
        edition=draft,
        key="secret-code",
        printed=CANARY,
        system="RxNorm",
        value=SECRET_CODE[1],
        certainty=Code.Certainty.HIGH,
    )
    publishing.submit(edition=draft, by=author)
    secret = begin_guide(author, CANARY)
    mark_everything(secret)
    draft = Edition.objects.get(pk=draft.pk)
    return Site(draft, secret.drug, {}, publishing.fingerprint_of(draft))


def _doors(site: Site) -> list[tuple[str, str]]:
    """Addresses that ask for the draft, each with one that asks for nothing at all."""
    number, drug, secret = site.draft.number, "anakinra", site.secret_drug.slug
    key = Indication.objects.filter(edition=site.draft).values_list("key", flat=True)[0]
    no_key = key.replace(CANARY, NO_WORD)
    pairs: list[tuple[str, str]] = []

    def both(form: str, there: object, gone: object) -> None:
        pairs.append((form.format(there), form.format(gone)))

    for path in (
        *("", "changes/", "discrepancies/", "print/", "monograph.pdf", "edition.json"),
        *("fhir.json", "citation.ris", "citation.bib", "citation.csl.json"),
        *(f"indications/{key}/", "changes.atom", "dose/", "fhir/"),
    ):
        both(f"/{drug}/editions/{{}}/{path}", number, UNUSED)
    for path in ("", "dose/", "changes.atom", "monograph.pdf", "print/", "editions/"):
        both(f"/{{}}/{path}", secret, "NOTHING-7")
        both(f"/{{}}/editions/1/{path}", secret, "NOTHING-7")
    for kind in (
        "MedicationKnowledge",
        "ClinicalUseDefinition",
        "Composition",
        "Bundle",
    ):
        both(f"/fhir/{kind}/{{}}", secret, "NOTHING-7")
        both(f"/fhir/{kind}/{drug}-{{}}", key, no_key)
        both(f"/fhir/{kind}/{drug}/_history/{{}}", number, UNUSED)
        both(f"/fhir/{kind}/{{}}/_history/1", secret, "NOTHING-7")
        both(f"/fhir/{kind}?code={{}}", SECRET_CODE[1], "7777778")
        both(f"/fhir/{kind}/{{}}", site.draft.pk, NOTHING)
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm|{}"
    both(f"/fhir/MedicationKnowledge?code={rxnorm}", SECRET_CODE[1], "7777778")
    criteria = f"/infobutton/?mainSearchCriteria.v.cs={SECRET_CODE[0]}"
    both(f"{criteria}&mainSearchCriteria.v.c={{}}", SECRET_CODE[1], "7777778")
    both("/search/?q={}", CANARY, NO_WORD)
    both("/search/?q={}*", CANARY, NO_WORD)
    both(f"/{drug}/indications/?q={{}}", CANARY, NO_WORD)
    both(f"/{drug}/dose/?regimen=ra-sc&edition={{}}", number, UNUSED)
    both(f"/{drug}/dose/?indication={{}}", key, no_key)
    both(f"/{drug}/?edition={{}}", number, UNUSED)
    both(f"/{drug}/?preview={{}}", site.draft.pk, NOTHING)
    both("/{}", site.digest, "f" * 64)
    both("/schemas/edition-{}.json", number, UNUSED)
    return pairs


def _told(answer: Any) -> str:
    body = answer.content.decode(errors="replace")
    return f"{body}{dict(answer.headers)}{answer.cookies}"


def test_no_door_shows_a_draft_or_that_there_is_one(site: Site) -> None:
    client, leaked, differing, tried = Client(), [], [], 0
    for real, unreal in _doors(site):
        for name in HEADERS if IN_FULL else SHORT:
            sent = {
                header: value.replace("DIGEST", site.digest)
                for header, value in HEADERS[name].items()
            }
            there = client.get(real, headers=sent)
            gone = client.get(unreal, headers=sent)
            tried += 1
            told = _told(there)
            secrets = {CANARY, site.digest}
            leaked += [
                (name, real, own)
                for own in secrets
                if own.lower() in told.lower() and own not in real
            ]
            if _put_aside(there, real) != _put_aside(gone, unreal):
                differing.append((name, real, there.status_code, gone.status_code))
    none_lost(
        [*leaked, *differing],
        "attacks",
        "Side doors asked for a draft, each beside one that leads nowhere",
        tried=tried,
        unit="requests",
    )


def _put_aside(answer: Any, address: str) -> tuple[Any, ...]:
    """The answer without what was asked, which may be repeated."""
    status, body, headers = seen(answer, address)
    for word in sorted(ASKED, key=len, reverse=True):
        body = body.replace(word, "ASKED")
        headers = [header.replace(word, "ASKED") for header in headers]
    return status, body, [header for header in headers if not header.startswith('"')]


# As it was typed, and as the search takes it apart.
ASKED = (
    *(CANARY, CANARY.lower(), CANARY[:-2], CANARY[:-2].lower()),
    *(NO_WORD, NO_WORD.lower(), NO_WORD[:-2], NO_WORD[:-2].lower()),
    *("NOTHING-7", "7777777", "7777778"),
)


def test_what_is_stored_for_readers_holds_nothing_of_a_draft(
    site: Site, settings: Settings
) -> None:
    """Drawn pages and the words that the search looks through."""
    settings.DRAW_PAGES = True
    call_command("draw", without_pdf=True, stdout=StringIO())
    pages = DrawnPage.objects.all()
    found = [
        page.address
        for page in pages
        if CANARY.encode() in gzip.decompress(bytes(page.body_gzip))
        or site.digest.encode() in gzip.decompress(bytes(page.body_gzip))
        or CANARY in page.headers
    ]
    words = SearchPassage.objects.filter(words__icontains=CANARY).count()
    drafts = SearchPassage.objects.filter(edition__state__in=("draft", "in review"))
    count(
        "attacks",
        "Drawn pages and searched passages looked through for a draft",
        tried=pages.count() + SearchPassage.objects.count(),
        unit="rows",
        lost=len(found) + words + drafts.count(),
    )
    assert pages.count() > 20
    assert found == []
    assert words == drafts.count() == 0


def test_the_layer_that_sends_drawn_pages_knows_no_draft(site: Site) -> None:
    address, tag = f"/anakinra/editions/{site.draft.number}/", site.digest
    tags = {"HTTP_IF_NONE_MATCH": f'"{tag}", "{tag}-br"'}
    answer = ask(Front(get_wsgi_application()), address, **tags)
    assert answer.status == "404"
    assert CANARY not in answer.body.decode()
