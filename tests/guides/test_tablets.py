"""A guide of tablets as a clinician and a program read it: no word of a syringe."""

import html
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from reference.editions import canonical_document
from reference.models import Edition
from reference.publishing.problems import blocks, document_problems

pytestmark = pytest.mark.django_db

GUIDE = Path(settings.BASE_DIR) / "tests" / "guides" / "examples" / "methotrexate.json"
PAGES = [
    "/methotrexate/",
    "/methotrexate/print/",
    "/methotrexate/doses/?weight=70",
    "/methotrexate/dose/?regimen=ra-po",
    "/methotrexate/dose/?regimen=pjia-po&bsa=1.1",
    "/methotrexate/indications/pjia/",
]
OF_A_SYRINGE = re.compile(r"syringe|drawn up|\bmL\b(?!/min)|discard|inject", re.I)


@pytest.fixture(autouse=True)
def _methotrexate(db: None) -> None:
    call_command("load_guide", str(GUIDE), stdout=StringIO())


def words_of(client: Client, address: str) -> str:
    found = client.get(address)
    assert found.status_code == 200
    page = re.sub(r"(?s)<(script|style).*?</\1>", " ", found.content.decode())
    text = html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")
    return " ".join(text.split())


@pytest.mark.parametrize("address", PAGES)
def test_no_page_speaks_of_a_syringe_or_of_a_volume(
    client: Client, address: str
) -> None:
    found = OF_A_SYRINGE.findall(words_of(client, address))
    assert found == []


def test_a_weekly_dose_says_its_whole_tablets(client: Client) -> None:
    shown = words_of(client, PAGES[3])
    assert "15 mg once weekly" in shown
    assert "6 tablets of 2.5 mg" in shown


def test_a_dose_that_no_whole_tablets_make_says_so(client: Client) -> None:
    shown = words_of(client, PAGES[4])
    assert "11 mg once weekly" in shown
    assert "No whole tablets of 2.5 mg make 11 mg; none is split or rounded" in shown


def test_a_weekly_dose_told_as_daily_blocks() -> None:
    """The words and the fields, either way round."""
    document = canonical_document(Edition.objects.get(drug__slug="methotrexate"))
    (line, _) = document["regimens"]
    line["printed"] = line["printed"].replace("once weekly", "once daily")
    assert [each.key for each in blocks(document_problems(document, None))] == ["ra-po"]
    line["printed"] = line["printed"].replace("once daily", "once weekly")
    line |= {"how_often": "times-a-day", "every_days": 1}
    assert [each.key for each in blocks(document_problems(document, None))] == ["ra-po"]
