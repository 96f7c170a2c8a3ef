"""The table of every dosing line: its rows, its notes, what tells its rows apart."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from reference.doses import dose_table
from reference.doses.dose_table import DoseTable
from reference.editions import Monograph
from reference.reading import table_limit
from tests.doses.shown_table import DOSES, Shown, highlighted, rows_at

GIVEN = "Divide into doses"
ON_40 = "equals 5 mg/kg at 20 kg"
MIS_C = "MIS-C, children, associated with COVID-19"
MIS_C_GLOSS = "multisystem inflammatory syndrome in children"
FMF_GLOSS = "familial Mediterranean fever"
LABEL_8 = "(label); guide prints 8 mg per day"
NONE = "no dosing line in the guide"
# The rows that were decided, cell by cell: without a patient, and at 20 kg.
ROWS = {
    "ra-sc": Shown(
        "Rheumatoid arthritis, adults (label) subcutaneous",
        *("100 mg once daily", "", "FDA-approved", ""),
        f"100 mg once daily | {ON_40}",
    ),
    "behcet-sc": Shown(
        "Behçet disease subcutaneous",
        "100 mg once daily, may increase to 200 mg once daily",
        *("", "off-label", ""),
        f"100 mg once daily | {ON_40}",
    ),
    "css-sc": Shown(
        "Cytokine storm syndromes subcutaneous",
        "2 to 10 mg/kg per DAY in 2 to 4 divided doses",
        *("no maximum printed", "off-label", "a"),
        "40 mg to 200 mg per DAY in total | in 2, 3 or 4 divided doses",
    ),
    "css-iv": Shown(
        "Cytokine storm syndromes IV infusion",
        "2 mg/kg per HOUR as a continuous infusion",
        *("for up to 72 hours; no maximum printed", "off-label", "a b"),
        "40 mg per HOUR | 960 mg per 24 hours",
    ),
    "covid-19-sc": Shown(
        "COVID-19, hospitalized subcutaneous",
        *("100 mg once daily", "for 10 days"),
        *("emergency use (FDA, November 2022)", ""),
        f"100 mg once daily | {ON_40}",
    ),
    "nomid-sc": Shown(
        "NOMID, adult and pediatric subcutaneous "
        "neonatal-onset multisystem inflammatory disease",
        "1 to 2 mg/kg daily in divided doses",
        f"maximum 8 mg/kg per day {LABEL_8}",
        *("FDA-approved (label)", "c"),
        f"20 mg to 40 mg per day in total | {GIVEN}",
    ),
    "dira-sc": Shown(
        "DIRA, adult and pediatric subcutaneous "
        "deficiency of interleukin-1 receptor (label) antagonist",
        "1 to 2 mg/kg daily",
        f"maximum 8 mg/kg per day {LABEL_8}",
        *("FDA-approved (label)", "c"),
        "20 mg to 40 mg daily | 0.13 mL to 0.27 mL",
    ),
    "pericarditis-sc": Shown(
        "Pericarditis, recurrent subcutaneous",
        *("100 mg once daily", "usually 6 months followed by taper"),
        *("off-label", ""),
        f"100 mg once daily | {ON_40}",
    ),
    "fmf-adult-sc": Shown(
        f"FMF, adult {FMF_GLOSS} subcutaneous",
        *("100 mg once daily", "", "off-label", ""),
        f"100 mg once daily | {ON_40}; adult line",
    ),
    "fmf-pediatric-sc": Shown(
        f"FMF, pediatric {FMF_GLOSS} subcutaneous",
        *("1 to 2 mg/kg per dose once daily", "no maximum printed", "off-label", ""),
        "20 mg to 40 mg once daily | 0.13 mL to 0.27 mL",
    ),
    "gout-sc": Shown(
        "Gout subcutaneous",
        *("100 mg once daily", "until symptoms improve, generally 3 to 5 days"),
        *("off-label", ""),
        f"100 mg once daily | {ON_40}",
    ),
    "stills-sc": Shown(
        "Still's disease subcutaneous",
        *("100 mg once daily", "", "off-label", "d"),
        f"100 mg once daily | {ON_40}",
    ),
    "pjia-sc": Shown(
        "pJIA polyarticular juvenile idiopathic arthritis subcutaneous",
        *("1 mg/kg once daily", "maximum 100 mg", "off-label", "e"),
        "20 mg once daily | 0.13 mL",
    ),
    "mis-c-sc": Shown(
        f"{MIS_C} subcutaneous {MIS_C_GLOSS}",
        "5 to 10 mg/kg per day in divided doses",
        *("number of doses and maximum not printed", "off-label", ""),
        f"100 mg to 200 mg per day in total | {GIVEN}",
    ),
    "mis-c-iv": Shown(
        f"{MIS_C} intravenous {MIS_C_GLOSS}",
        "5 to 10 mg/kg per day in divided doses",
        *("number of doses and maximum not printed", "off-label", "b"),
        f"100 mg to 200 mg per day in total | {GIVEN}",
    ),
    "kawasaki": Shown(
        "Kawasaki disease, refractory to IVIG, pediatrics",
        *(NONE, "", "off-label", ""),
        NONE,
    ),
}
BY_WEIGHT = [
    *("css-sc", "css-iv", "nomid-sc", "dira-sc", "fmf-pediatric-sc", "pjia-sc"),
    *("mis-c-sc", "mis-c-iv"),
]


@pytest.fixture
def table(june_2024: Monograph) -> DoseTable:
    return dose_table(june_2024.sections, june_2024.document)


@pytest.mark.django_db
def test_each_row_says_what_was_decided_cell_by_cell(client: Client) -> None:
    shown = rows_at(client)
    assert list(shown) == list(ROWS)
    assert shown == {key: row._replace(patient="") for key, row in ROWS.items()}


@pytest.mark.django_db
def test_each_row_says_at_20_kg_what_was_decided(client: Client) -> None:
    at_20_kg = {
        key: row._replace(limits=row.limits.replace("8 mg/kg", "160 mg"))
        for key, row in ROWS.items()
    }
    assert rows_at(client, "weight=20") == at_20_kg


@pytest.mark.django_db
def test_yellow_stands_behind_the_numbers_that_depend_on_the_weight_alone(
    client: Client,
) -> None:
    page = client.get(f"{DOSES}?weight=20").content.decode()
    assert highlighted(page) == BY_WEIGHT
    assert highlighted(client.get(DOSES).content.decode()) == []


def test_no_two_rows_have_the_same_header_in_either_guide(
    june_2024: Monograph, january_2026: Monograph
) -> None:
    for monograph, rows in ((june_2024, 16), (january_2026, 10)):
        table = dose_table(monograph.sections, monograph.document)
        headers = {row.header for row in table.rows}
        assert len(headers) == len(table.rows) == rows


def test_lines_that_nothing_else_tells_apart_are_told_apart_by_their_dose(
    june_2024: Monograph,
) -> None:
    (behcet,) = (
        row for row in june_2024.sections["indications"] if row["key"] == "behcet"
    )
    (line,) = behcet["regimens"]
    other = dict(line, key="other", dose="50 mg once daily")
    sections = {"indications": [dict(behcet, regimens=[line, other])]}
    table = dose_table(sections, june_2024.document)
    first, second = (row.header for row in table.rows)
    assert first != second
    assert "50 mg once daily" in second


def test_an_intravenous_row_stands_under_the_subcutaneous_one(table: DoseTable) -> None:
    keys = [row.key for row in table.rows]
    for name in ("css", "mis-c"):
        assert keys.index(f"{name}-iv") == keys.index(f"{name}-sc") + 1
    marked = [row.key for row in table.rows if row.is_intravenous]
    assert marked == ["css-iv", "mis-c-iv"]


def test_8_marks_stand_on_7_rows_and_each_letter_has_its_note_once(
    table: DoseTable,
) -> None:
    marks = {row.key: row.marks for row in table.rows if row.marks}
    assert len(marks) == 7
    assert sum(map(len, marks.values())) == 8
    assert [note.mark for note in table.marked] == list("abcde")
    assert len(table.under) == 3
    for text in (*(note.text for note in table.marked), *table.under):
        assert not re.search(r"[{}]", text)
    assert max(len(note.text.split()) for note in table.marked) <= 14


@pytest.mark.django_db
def test_each_letter_in_the_table_leads_to_its_note_on_the_page(client: Client) -> None:
    page = client.get(DOSES).content.decode()
    letters = re.findall(r'href="#note-(\w)"', page)
    assert len(letters) == 8
    assert re.findall(r'id="note-(\w)"', page) == sorted(set(letters))


@pytest.mark.django_db
def test_each_row_is_an_address_of_the_page(client: Client) -> None:
    for address in (DOSES, "/anakinra/"):
        page = client.get(address).content.decode()
        for key in ROWS:
            assert page.count(f'id="{key}"') == 1
            assert f'<a href="#{key}"><b>' in page


def test_a_maximum_per_kg_at_a_weight_is_never_rounded_up(june_2024: Monograph) -> None:
    line = june_2024.regimens["nomid-sc"]
    said = table_limit(line, Decimal("20.0019"))
    assert said == f"maximum 160.01 mg per day {LABEL_8}"
    # Where it comes to the printed number, print still says another thing.
    assert table_limit(line, Decimal(1)) == f"maximum 8 mg per day {LABEL_8}"
