"""What an answer from tablets says: which ones, whole, or that none make the dose.

Which tablets make a dose is asked in tests/dosing/test_tablets.py.
"""

from typing import Any

import pytest

from reference.doses import dose_fields, doses_by_weight
from reference.doses.words import patient_cell
from reference.editions import Document, Monograph, arranged
from reference.models import Edition
from tests.doses.answer_lines import answered, lines_of
from tests.exports.dose_answers import answer_validators
from tests.support.guides.vial_guide import in_vials, vial, with_line, without_notes

pytestmark = pytest.mark.django_db

FROM = (
    "From tablets of 10 mg and 2.5 mg: the fewest whole ones that make the dose exactly"
)
NONE_MAKES = "No whole tablets of 10 mg and 2.5 mg make"


def tablet(strength_mg: str) -> dict[str, Any]:
    """What a preparation says of a tablet."""
    return vial(strength_mg, "") | {
        "key": f"tablet-{strength_mg}",
        "name": f"tablet of {strength_mg} mg",
        "container": "tablet",
        "unit_name": "tablet",
        "unit_name_plural": "tablets",
        "strength_ml": None,
        "routes": ["oral"],
    }


@pytest.fixture
def guide(document: Document) -> Monograph:
    """RA 15 mg twice daily, gout 7.5 to 10 mg, pJIA 0.5 mg/kg, from two sizes.

    The other lines are drawn from the syringe.
    """
    without_notes(in_vials(document, {}, tablet("2.5"), tablet("10")))
    twice = {"doses_per_day_low": 2, "doses_per_day_high": 2}
    with_line(document, "ra-sc", low="15", high="15", route="oral", **twice)
    with_line(document, "gout-sc", low="7.5", high="10", route="oral")
    with_line(document, "pjia-sc", low="0.5", high="0.5", route="oral")
    return arranged(document)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (
            "regimen=ra-sc",
            [
                "= 15 mg twice daily",
                "1 tablet of 10 mg and 2 tablets of 2.5 mg a dose, 6 per day. The same "
                "at every weight.",
                FROM,
            ],
        ),
        (
            "regimen=ra-sc&preparation=tablet-2.5",
            [
                "6 tablets of 2.5 mg a dose, 12 per day. The same at every weight.",
                "From 2.5 mg, tablet of 2.5 mg",
            ],
        ),
        (
            "regimen=gout-sc",
            [
                "7.5 mg: 3 tablets of 2.5 mg; 10 mg: 1 tablet of 10 mg. The same at "
                "every weight."
            ],
        ),
        (
            "regimen=pjia-sc&weight=25",
            [
                "=Y 12.5 mg once daily",
                "0.5 mg/kg × 25 kg. 1 tablet of 10 mg and 1 tablet of 2.5 mg",
            ],
        ),
        (
            "regimen=pjia-sc&weight=25.005",
            [
                "=Y 12.5025 mg once daily",
                f"0.5 mg/kg × 25.005 kg. {NONE_MAKES} 12.5025 mg; none is split or "
                "rounded here",
            ],
        ),
    ],
)
def test_an_answer_says_which_whole_tablets_or_that_none_make_it(
    query: str, says: list[str], guide: Monograph, published_edition: Edition
) -> None:
    lines = lines_of(query, guide, published_edition)
    assert [line for line in says if line not in lines] == []
    answer, _ = answered(query, guide, published_edition)
    assert list(answer_validators()[200].iter_errors(answer.as_json())) == []


def test_a_row_and_the_doses_by_weight_count_the_tablets(
    guide: Monograph, published_edition: Edition
) -> None:
    answer, _ = answered("regimen=gout-sc", guide, published_edition)
    made = "7.5 mg: 3 tablets of 2.5 mg; 10 mg: 1 tablet of 10 mg"
    assert made in patient_cell(answer).small.replace("\N{NO-BREAK SPACE}", " ")
    table = doses_by_weight(guide.regimens["pjia-sc"])
    assert table is not None
    small = {
        row.weight: row.cells[0].small.replace("\N{NO-BREAK SPACE}", " ")
        for row in table.rows
    }
    assert small["20\N{NO-BREAK SPACE}kg"] == "1 tablet of 10 mg"
    assert small["12\N{NO-BREAK SPACE}kg"] == "no whole number of tablets"


def test_tablets_of_several_sizes_wait_for_no_choice(
    guide: Monograph, published_edition: Edition
) -> None:
    answer, shown = answered("regimen=ra-sc", guide, published_edition)
    assert answer.as_json()["needs"] == []
    assert "mg to 0.0001" in shown.rounded
    assert "mL" not in shown.rounded
    (field,) = dose_fields(guide.rules["ra-sc"], {}, {}).choices
    assert field.options[0] == ("", "the fewest tablets")
