"""A line's doses by weight: as the page would say each, and marked if too small."""

from decimal import Decimal

import pytest

from reference.doses import doses_by_weight
from reference.doses.by_weight import TABLE_KG, WeightRow, WeightTable
from reference.doses.words.sentence import shown_dose
from reference.dosing import Dose, Patient, compute_dose
from reference.editions import Document, Monograph, arranged

UNDER_20_MG = (
    "† The low end, †† the whole dose. "
    "Under 20 mg: below the lowest mark (EU label); guide gives no method."
)
BY_WEIGHT = {
    *("css-sc", "css-iv", "nomid-sc", "dira-sc", "fmf-pediatric-sc", "pjia-sc"),
    *("mis-c-sc", "mis-c-iv"),
}


def table(guide: Monograph, key: str) -> WeightTable:
    found = doses_by_weight(guide.regimens[key])
    assert found is not None
    return found


def row(guide: Monograph, key: str, kg: int) -> WeightRow:
    (found,) = [it for it in table(guide, key).rows if plain(it.weight) == f"{kg} kg"]
    return found


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def cells(guide: Monograph, key: str, kg: int) -> list[str]:
    return [
        plain(" ".join(filter(None, (it.amount, it.mark, it.small))))
        for it in row(guide, key, kg).cells
    ]


def test_only_lines_by_weight_have_a_table(june_2024: Monograph) -> None:
    found = {key for key, line in june_2024.regimens.items() if doses_by_weight(line)}
    assert found == BY_WEIGHT


def test_cytokine_storm_at_20_kg_is_the_day_and_each_of_2_3_and_4_doses(
    june_2024: Monograph,
) -> None:
    assert table(june_2024, "css-sc").columns == (
        "Per DAY in total",
        "2 doses, each",
        "3 doses, each",
        "4 doses, each",
    )
    assert cells(june_2024, "css-sc", 20) == [
        "40 mg to 200 mg",
        "20 mg to 100 mg 0.13 mL to 0.67 mL",
        "13.4 mg to 66.6 mg † up to 0.45 mL",
        "10 mg to 50 mg † up to 0.34 mL",
    ]
    assert cells(june_2024, "css-sc", 50)[1].endswith("1.68 mL, up to 3 syringes")


def test_a_dose_wholly_under_20_mg_is_given_in_mg_alone(june_2024: Monograph) -> None:
    assert cells(june_2024, "css-sc", 5)[2:] == [
        "3.4 mg to 16.6 mg ††",
        "2.5 mg to 12.5 mg ††",
    ]
    assert cells(june_2024, "pjia-sc", 15) == ["15 mg ††"]
    assert cells(june_2024, "pjia-sc", 20) == ["20 mg 0.13 mL"]


@pytest.mark.parametrize("key", sorted(BY_WEIGHT))
def test_every_mark_says_which_end_is_under_20_mg_and_no_volume_is_under_it(
    june_2024: Monograph, key: str
) -> None:
    rule, marked = june_2024.rules[key], 0
    found = table(june_2024, key)
    assert len(found.rows) == len(TABLE_KG)
    for kg, each in zip(TABLE_KG, found.rows, strict=True):
        dose = compute_dose(rule, Patient(weight_kg=kg, confirmed=True))
        assert isinstance(dose, Dose)
        own = [cell for cell in each.cells if cell.amount][-len(dose.doses) or None :]
        for item, cell in zip(dose.doses, own, strict=bool(dose.doses)):
            assert plain(cell.amount) == shown_dose(rule, item)
            low, high = item.mg.low < 20, item.mg.high < 20
            assert cell.mark == ("††" if high else "†" if low else "")
            assert bool(cell.small) == (not high)
            marked += bool(cell.mark)
    assert any(UNDER_20_MG in why for why in found.why_marked) == bool(marked)


@pytest.mark.parametrize(
    ("key", "kg", "marks"),
    [
        *(("fmf-pediatric-sc", 50, ""), ("fmf-pediatric-sc", 60, "‡")),
        *(("fmf-pediatric-sc", 70, "‡ §"), ("pjia-sc", 60, ""), ("pjia-sc", 70, "§")),
        *(("css-sc", 100, ""), ("nomid-sc", 100, "")),
    ],
)
def test_a_weight_with_a_note_of_the_line_or_a_question_is_marked(
    june_2024: Monograph, key: str, kg: int, marks: str
) -> None:
    assert row(june_2024, key, kg).marks == marks
    explained = {why.split()[0] for why in table(june_2024, key).why_marked}
    assert set(marks.split()) <= explained


def test_what_a_mark_says_is_the_line_s_own_note(june_2024: Monograph) -> None:
    assert table(june_2024, "fmf-pediatric-sc").why_marked == (
        UNDER_20_MG,
        "‡ No maximum printed; passes the guide's adult dose of 100 mg.",
        "§ An unusual weight for this line: the site asks to check it.",
    )


@pytest.mark.parametrize("key", ["mis-c-sc", "mis-c-iv"])
def test_where_the_number_of_doses_is_not_printed_only_the_day_is_given(
    june_2024: Monograph, key: str
) -> None:
    assert table(june_2024, key).columns == ("Per day in total",)
    assert cells(june_2024, key, 18) == ["90 mg to 180 mg"]


def test_nomid_and_dira_give_the_labels_maximum_of_each_weight(
    june_2024: Monograph,
) -> None:
    assert table(june_2024, "nomid-sc").columns == (
        "Per day in total",
        "Maximum per day (US label)",
    )
    assert cells(june_2024, "nomid-sc", 20) == ["20 mg to 40 mg", "160 mg"]
    assert cells(june_2024, "dira-sc", 20) == [
        "20 mg to 40 mg 0.13 mL to 0.27 mL",
        "160 mg",
    ]


def test_an_infusion_is_per_hour_first_then_what_24_hours_make(
    june_2024: Monograph,
) -> None:
    assert table(june_2024, "css-iv").columns == ("Per HOUR", "Per 24 hours")
    assert cells(june_2024, "css-iv", 70) == ["140 mg", "3,360 mg"]


def test_a_dose_at_its_maximum_says_that_it_was_lowered(document: Document) -> None:
    (line,) = [it for it in document["regimens"] if it["key"] == "pjia-sc"]
    line["max_per_dose"] = "50"
    guide = arranged(document)
    assert cells(guide, "pjia-sc", 60) == ["50 mg 0.33 mL"]
    assert row(guide, "pjia-sc", 60).is_limited
    assert not row(guide, "pjia-sc", 40).is_limited


def test_few_columns_stand_in_two_halves_that_hold_every_row(
    june_2024: Monograph,
) -> None:
    wide, few = table(june_2024, "css-sc"), table(june_2024, "css-iv")
    assert wide.parts == (wide.rows,)
    assert len(few.parts) == 2
    assert few.parts[0] + few.parts[1] == few.rows
    assert Decimal(3) in TABLE_KG
