"""The page on which readers see what an edition changed."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reference import publishing
from reference.editions.monograph import _monograph_of_fingerprint
from reference.models import Edition, SafetyWarning
from tests.support.guides.next_edition import limit_pjia, start_next
from tests.support.guides.small_guide import publish

pytestmark = pytest.mark.django_db

SECOND = "/anakinra/editions/2/changes/"


@pytest.fixture
def second_edition(author: User, reviewer: User) -> Edition:
    """Edition 2, in force: pJIA is limited to 90 mg in place of 100 mg."""
    draft = start_next(author, "November 2026", "pJIA is limited to 90 mg per dose.")
    limit_pjia(draft, 90)
    return publish(draft, author=author, reviewer=reviewer)


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_edition_says_that_it_is_the_first(
    client: Client, published_edition: Edition
) -> None:
    page = page_of(client, "/anakinra/editions/1/changes/")
    assert "is the first on this site" in page
    assert published_edition.change_note[:40] in page
    assert 'href="/anakinra/editions/1/"' in page
    assert 'id="comparison"' not in page


def test_the_changes_are_told_note_first_then_doses_then_statements(
    client: Client, second_edition: Edition
) -> None:
    page = page_of(client, SECOND)
    assert re.findall(r'<section id="([^"]+)"', page) == [
        "change-note",
        "dose-impact",
        "comparison",
    ]
    assert page.index("Dose or safety") < page.index(
        "pJIA is limited to 90 mg per dose"
    )
    assert "This edition changes 2 of 97 panel doses." in page
    impact = page[page.index('id="dose-impact"') : page.index('id="comparison"')]
    assert re.findall(r'<tr><th scope="row">(\d+)\s', impact) == ["100", "120"]


def test_the_page_links_to_both_editions(
    client: Client, second_edition: Edition
) -> None:
    page = page_of(client, SECOND)
    assert 'href="/anakinra/editions/2/"' in page
    assert 'href="/anakinra/editions/1/"' in page


def test_an_edition_is_compared_with_the_one_published_before_it(
    client: Client, second_edition: Edition, author: User, reviewer: User
) -> None:
    publishing.withdraw(edition=second_edition, by=reviewer, reason="An error.")
    draft = start_next(author, "December 2026", "The limit is 80 mg.", "2026-12")
    limit_pjia(draft, 80)
    publish(draft, author=author, reviewer=reviewer)
    page = page_of(client, "/anakinra/editions/3/changes/")
    assert '<td data-label="Before"><del>90</del></td>' in page
    assert '<td data-label="After"><ins>80</ins></td>' in page
    assert "edition 2, November 2026</a>, the one published before it" in page


def test_every_edition_of_the_list_links_to_its_changes(
    client: Client, second_edition: Edition
) -> None:
    page = page_of(client, "/anakinra/editions/")
    for number in (1, 2):
        assert f'href="/anakinra/editions/{number}/changes/"' in page


def test_the_page_takes_at_most_4_queries(
    client: Client, second_edition: Edition
) -> None:
    """Both editions without their documents, then each document once."""
    _monograph_of_fingerprint.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        client.get(SECOND)
    assert len(queries) == 4
    with CaptureQueriesContext(connection) as queries:
        client.get(SECOND)
    assert len(queries) == 2


def test_committee_text_is_escaped(
    client: Client, author: User, reviewer: User
) -> None:
    draft = start_next(author, "<b>November</b>", "<script>alert(1)</script>")
    markup = "<img src=x onerror=y>"
    draft.safetywarning_set.filter(number=1).update(text=markup, printed=markup)
    publish(draft, author=author, reviewer=reviewer)
    page = page_of(client, SECOND)
    for markup in ("<b>November", "<script>alert", "<img"):
        assert markup not in page
    assert "&lt;img src=x" in page.replace("<ins>", "").replace("</ins>", "")


def test_each_row_of_the_table_shows_when_it_was_last_revised(
    client: Client, second_edition: Edition, document: Any
) -> None:
    page = page_of(client, "/anakinra/editions/1/")
    said = re.findall(r">revised June\s2024<", page)
    assert len(said) == len(document["regimens"]) + 1  # and the indication without one
    changed = second_edition.regimen_set.get(key="pjia-sc")
    assert changed.revised_on == timezone.now().date().isoformat()
    kept = SafetyWarning.objects.filter(edition=second_edition)
    assert {row.revised_on for row in kept} == {"2024-06"}
