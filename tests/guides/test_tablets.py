"""A guide of tablets as a clinician and a program read it: no word of a syringe."""

import html
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from reference.comparing import dose_impact
from reference.editions import canonical_document
from reference.models import Edition
from reference.publishing.problems import blocks, document_problems
from tests.support.guides.next_edition import address
from tests.support.guides.small_guide import next_draft

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
OF_A_SYRINGE = re.compile(
    r"syringe|drawn up|volume|\bmL\b(?!/min)|discard|inject", re.I
)


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


def test_a_sheet_of_doses_by_weight_speaks_of_no_volume(
    client: Client, tmp_path: Path
) -> None:
    rows = json.loads(
        GUIDE.read_text(encoding="utf-8").replace("methotrexate", "byweight")
    )
    (line,) = [
        each["fields"] for each in rows if each["fields"].get("key") == "pjia-po"
    ]
    line |= {"basis": "mg/kg/dose", "low": "0.3", "high": "0.3"}
    line["printed"] = "pJIA, pediatric: 0.3 mg/kg by mouth once weekly"
    changed = tmp_path / "byweight.json"
    changed.write_text(json.dumps(rows), encoding="utf-8")
    call_command("load_guide", str(changed), stdout=StringIO())
    shown = words_of(client, "/byweight/indications/pjia/")
    assert "25 kg 7.5 mg 3 tablets of 2.5 mg" in shown
    assert OF_A_SYRINGE.findall(shown) == []


def test_a_weekly_dose_says_its_whole_tablets(client: Client) -> None:
    shown = words_of(client, PAGES[3])
    assert "15 mg once weekly" in shown
    assert "6 tablets of 2.5 mg" in shown


def test_a_dose_that_no_whole_tablets_make_says_so(client: Client) -> None:
    shown = words_of(client, PAGES[4])
    assert "11 mg once weekly" in shown
    assert "No whole tablets of 2.5 mg make 11 mg; none is split or rounded" in shown


def test_a_weekly_dose_that_becomes_daily_is_as_loud_as_the_review_can_be(
    client: Client, author: User
) -> None:
    """Words and fields together, so that nothing blocks: 15 mg a day for 15 a week."""
    edition = Edition.objects.select_related("drug").get(drug__slug="methotrexate")
    draft = next_draft(edition, by=author)
    draft.regimen_set.filter(key="ra-po").update(
        how_often="times-a-day",
        every_days=1,
        printed="Rheumatoid arthritis, adults: 15 mg by mouth once daily",
    )
    before, after = canonical_document(edition), canonical_document(draft)
    assert blocks(document_problems(after, before)) == []
    (change,) = dose_impact(before, after).twofold
    assert change.ratio == 7
    assert change.turn == "higher"
    client.force_login(author)
    shown = words_of(client, address(draft, "review"))
    mark = "▲ two-fold or more, higher"
    assert f"{mark} Before: Adult, once weekly Now: Adult, daily" in shown
    assert (
        "15 mg on a dosing day, weekly: 60 mg in 28 days "
        f"15 mg a day: 420 mg in 28 days 7 {mark}" in shown
    )


def test_a_weekly_dose_told_as_daily_blocks() -> None:
    """The words and the fields, either way round."""
    document = canonical_document(Edition.objects.get(drug__slug="methotrexate"))
    (line, _) = document["regimens"]
    line["printed"] = line["printed"].replace("once weekly", "once daily")
    assert [each.key for each in blocks(document_problems(document, None))] == ["ra-po"]
    line["printed"] = line["printed"].replace("once daily", "once weekly")
    line |= {"how_often": "times-a-day", "every_days": 1}
    assert [each.key for each in blocks(document_problems(document, None))] == ["ra-po"]
