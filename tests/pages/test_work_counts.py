"""What an answer costs, in work and not in time: its queries and templates.

Drawn pages are counted in tests/drawn/test_pages.py, and bytes in
tests/pages/test_page_weight.py.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template import loader
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reference import publishing
from reference.models import Edition
from tests.support.guides.small_guide import begin_guide, next_draft, publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DOSE = "/anakinra/dose/?regimen=nomid-sc&weight=20&doses_per_day=2&edition=1"
JSON = {"accept": "application/json"}
HTMX = {"hx-request": "true"}
# Address, headers, queries, templates that are asked for.
ANSWERS: dict[str, tuple[str, dict[str, str], int, int]] = {
    "dose as JSON": (DOSE, JSON, 1, 0),
    "dose as a fragment": (DOSE, HTMX, 1, 1),
    "dose as a page": (DOSE, {}, 1, 1),
    "dose as a fragment, not understood": (f"{DOSE}&weight=x", HTMX, 1, 1),
    "form of a dose": ("/anakinra/dose/", {}, 1, 1),
    "search": ("/search/", {}, 1, 1),
    "search, found": ("/search/?q=neut", {}, 2, 1),
    "search, found, as a fragment": ("/search/?q=aosd", HTMX, 2, 1),
    "dates of tests": ("/anakinra/monitoring/?start=2026-01-31", {}, 1, 1),
    "calendar": ("/anakinra/monitoring.ics?start=2026-01-31", {}, 1, 0),
    # The page, the editions beside it, and the link to its PDF, which looks for it.
    "monograph, not drawn": ("/anakinra/", {}, 3, 2),
    "JSON export, not drawn": ("/anakinra/editions/1/edition.json", {}, 2, 0),
    "FHIR export, not drawn": ("/anakinra/editions/1/fhir.json", {}, 1, 0),
    # Whose the id is, and the edition.
    "FHIR resource": ("/fhir/MedicationKnowledge/anakinra", {}, 2, 0),
    "FHIR search": ("/fhir/MedicationKnowledge?code=L04AC03", {}, 1, 0),
}


class Work:
    """Counts the queries and the templates of one answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.templates: list[str] = []
        get_template = loader.get_template

        def counting(name: str, *args: Any, **kwargs: Any) -> Any:
            self.templates.append(name)
            return get_template(name, *args, **kwargs)

        monkeypatch.setattr(loader, "get_template", counting)

    def of(self, client: Client, address: str, **headers: str) -> tuple[int, int]:
        """Return the queries and templates of the second answer, all loaded by then."""
        client.get(address, headers=headers)
        self.templates.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, headers=headers)
        assert answer.status_code in (200, 422)
        return len(queries), len(self.templates)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_costs_these_queries_and_templates(
    answer: str, client: Client, work: Work
) -> None:
    address, headers, queries, templates = ANSWERS[answer]
    assert work.of(client, address, **headers) == (queries, templates)


def test_any_number_of_editions_is_listed_with_two_queries(
    client: Client, work: Work, author: User, reviewer: User
) -> None:
    assert work.of(client, "/anakinra/editions/") == (2, 1)
    edition = publish(begin_guide(author), author=author, reviewer=reviewer)
    for _ in range(2):
        edition = publish(
            next_draft(edition, by=author), author=author, reviewer=reviewer
        )
    assert work.of(client, "/examplimab/editions/") == (2, 1)


def test_the_preview_of_a_draft_takes_as_many_queries_for_any_guide(
    client: Client, work: Work, author: User, published_edition: Edition
) -> None:
    """One for each of the seventeen sections, and who may see them."""
    client.force_login(author, "django.contrib.auth.backends.ModelBackend")
    drafts = [
        publishing.start_draft(drug=published_edition.drug, by=author),
        begin_guide(author),
    ]
    for draft in drafts:
        address = f"/admin/reference/edition/{draft.pk}/preview/"
        assert work.of(client, address) == (24, 1)
