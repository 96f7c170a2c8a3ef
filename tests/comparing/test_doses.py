"""The dose impact: exactly the panel doses that differ, out of a stated number."""

import json
import re
from copy import deepcopy
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.comparing import dose_impact
from reference.comparing.doses import DoseImpact, PanelChange
from reference.dosing import PANEL_KG, dose_rule
from reference.dosing.weights import binding_weights_kg
from reference.editions import Document, Monograph, read_document
from tests.support.tables import each_row, table
from tests.tools.reliability.figures import times

# 7 fixed doses, 1 increased dose, and 8 lines by weight at 11 weights.
PANEL_OF_JUNE_2024 = 7 + 1 + 8 * 11


def with_regimen(document: Document, key: str, **values: Any) -> Document:
    """A copy of the document with other values in one dosing line."""
    after = deepcopy(document)
    for row in after["regimens"]:
        if row["key"] == key:
            row.update(values)
    return after


def without_regimen(document: Document, key: str) -> Document:
    after = deepcopy(document)
    after["regimens"] = [row for row in after["regimens"] if row["key"] != key]
    return after


def ratios(impact: DoseImpact) -> dict[tuple[str, str], str]:
    """The ratio of each point that differs, by line and patient."""
    return {
        (change.key, change.patient): change.ratio_in_words for change in impact.changes
    }


def turns(impact: DoseImpact) -> set[str]:
    return {change.turn for change in impact.changes}


def test_a_document_changes_no_dose_of_itself(document: Document) -> None:
    impact = dose_impact(document, deepcopy(document))
    assert impact == DoseImpact((), PANEL_OF_JUNE_2024, ())
    assert impact.summary == "this edition changes none of the 96 panel doses"


def test_a_lower_limit_of_pjia_changes_the_doses_above_it(document: Document) -> None:
    """At 90 kg, where the new limit starts to bind, the dose is 90 mg in both."""
    impact = dose_impact(document, with_regimen(document, "pjia-sc", max_per_dose="90"))
    assert ratios(impact) == {
        ("pjia-sc", "100 kg"): "0.9",
        ("pjia-sc", "120 kg"): "0.9",
    }
    assert impact.summary == "this edition changes 2 of 97 panel doses"
    assert impact.twofold_summary == "None of them changes two-fold or more."
    at_100_kg, at_120_kg = impact.changes
    assert at_100_kg.line == "pJIA, subcutaneous, pediatric"
    assert at_100_kg.before == (
        "100 mg a day",
        "1 dose of 100 mg, 0.67 mL, 1 syringe a dose",
    )
    assert at_100_kg.after == (
        "90 mg a day",
        "1 dose of 90 mg, 0.603 mL, 1 syringe a dose",
        "limited to 90 mg per dose",
    )
    assert at_120_kg.before[-1] == "limited to 100 mg per dose"


def test_a_limit_that_falls_between_the_weights_adds_its_own(
    document: Document,
) -> None:
    impact = dose_impact(document, with_regimen(document, "pjia-sc", max_per_dose="45"))
    assert list(ratios(impact)) == [
        ("pjia-sc", f"{kg} kg") for kg in (50, 70, 100, 120)
    ]
    assert impact.total == 97


def test_the_printed_8_mg_a_day_would_cut_nomid_from_5_kg_up(
    document: Document,
) -> None:
    impact = dose_impact(
        document, with_regimen(document, "nomid-sc", max_per_day_unit="mg")
    )
    assert ratios(impact) == {
        ("nomid-sc", kg): ratio
        for kg, ratio in table(__file__, "Ratios at 8 mg a day as printed for NOMID")
    }
    # The limit starts to bind at 4 kg (2 mg/kg) and at 8 kg (1 mg/kg).
    assert impact.summary == "this edition changes 11 of 98 panel doses"
    assert [change.turn for change in impact.changes] == ["", *["lower"] * 10]
    assert impact.twofold_summary == (
        "10 of them change two-fold or more, or have a dose on one side only."
    )
    (asked,) = impact.ranges
    assert (asked.before, asked.after) == (
        "1 to 8 mg per kg per day",
        "1 to 2 mg per kg per day",
    )


def test_a_limit_on_chosen_rates_alone_is_told_beside_the_panel(
    document: Document,
) -> None:
    impact = dose_impact(document, with_regimen(document, "nomid-sc", max_per_day="4"))
    assert impact.changes == ()
    assert [(asked.key, asked.after) for asked in impact.ranges] == [
        ("nomid-sc", "1 to 4 mg per kg per day")
    ]


def test_the_increased_dose_is_a_point_of_its_own(document: Document) -> None:
    doubled = dose_impact(
        document, with_regimen(document, "behcet-sc", increase_to="400")
    )
    assert ratios(doubled) == {("behcet-sc", "any weight, increased dose"): "2"}
    assert turns(doubled) == {"higher"}
    assert doubled.summary == "this edition changes 1 of 96 panel doses"
    assert doubled.twofold_summary.startswith("It changes two-fold or more")
    gone = dose_impact(document, with_regimen(document, "behcet-sc", increase_to=None))
    assert turns(gone) == {"disappears"}
    assert gone.total == PANEL_OF_JUNE_2024
    assert gone.changes[0].after == ("no increased dose in this edition",)


def test_a_line_of_one_edition_differs_at_each_of_its_points(
    document: Document,
) -> None:
    shorter = without_regimen(document, "css-iv")
    removed, added = dose_impact(document, shorter), dose_impact(shorter, document)
    assert removed.summary == "this edition changes 11 of 96 panel doses"
    assert {change.point.weight_kg for change in removed.changes} == set(PANEL_KG)
    assert turns(removed) == {"disappears"}
    assert turns(added) == {"appears"}
    assert {change.ratio for change in added.changes} == {None}


def test_an_infusion_is_compared_at_its_longest(document: Document) -> None:
    shorter = dose_impact(
        document, with_regimen(document, "css-iv", duration_high=48)
    ).changes
    assert [change.point.weight_kg for change in shorter] == list(PANEL_KG)
    at_20_kg = shorter[4]
    assert at_20_kg.before == (
        "960 mg a day",
        "40 mg per hour for 72 hours, 2,880 mg in all, at least 29 syringes, "
        "diluent 40 mL per hour",
    )
    assert at_20_kg.after[1].startswith("40 mg per hour for 48 hours, 1,920 mg in all")
    assert at_20_kg.ratio == 1


def test_the_ratio_is_of_the_end_that_differs_more(document: Document) -> None:
    impact = dose_impact(document, with_regimen(document, "css-sc", low="1", high="15"))
    assert {change.ratio for change in impact.changes} == {Decimal("0.5")}
    assert turns(impact) == {"lower"}


def test_a_dose_every_7_days_is_not_the_same_as_daily(document: Document) -> None:
    weekly = {"how_often": "every-n-days", "every_days": 7}
    impact = dose_impact(document, with_regimen(document, "ra-sc", **weekly))
    assert ratios(impact) == {("ra-sc", "any weight"): "0.14"}
    assert impact.changes[0].before[0] == "100 mg a day: 2,800 mg in 28 days"
    assert impact.changes[0].after[0] == (
        "100 mg on a dosing day, weekly: 400 mg in 28 days"
    )


def test_every_4_weeks_for_every_2_is_as_loud_as_half_the_dose(
    document: Document,
) -> None:
    """One mark, one ratio and one place: what is bold in them is halved too."""
    every_2 = {"how_often": "every-n-days", "every_days": 14}
    before = with_regimen(document, "ra-sc", **every_2)
    slower = dose_impact(before, with_regimen(before, "ra-sc", every_days=28))
    halved = dose_impact(before, with_regimen(before, "ra-sc", low="50", high="50"))
    (change,) = slower.changes
    assert change.before == (
        "100 mg on a dosing day, every 2 weeks: 200 mg in 28 days",
    )
    assert change.after == ("100 mg on a dosing day, every 4 weeks: 100 mg in 28 days",)
    assert (change.ratio, change.turn) == (Decimal("0.5"), "lower")
    assert slower.twofold == slower.changes
    assert slower.twofold_summary == halved.twofold_summary
    marks = [
        re.findall(
            r"<tr class.*?>|<td data-label=.Ratio.*?</td>",
            render_to_string("reference/changes/_dose_impact.html", {"impact": each}),
        )
        for each in (slower, halved)
    ]
    assert marks[0] == marks[1]
    assert "two-fold or more, lower" in "".join(marks[0])


def test_other_days_are_shouted_where_the_amount_in_28_days_is_the_same(
    document: Document,
) -> None:
    weekly = {"how_often": "every-n-days", "every_days": 7, "low": "50", "high": "50"}
    before = with_regimen(document, "ra-sc", **weekly)
    after = with_regimen(before, "ra-sc", every_days=14, low="100", high="100")
    (change,) = dose_impact(before, after).changes
    assert (change.ratio, change.turn) == (Decimal(1), "times")
    assert change.before[0].endswith("weekly: 200 mg in 28 days")
    assert change.after[0].endswith("every 2 weeks: 200 mg in 28 days")


def test_once_in_place_of_daily_is_shouted_and_not_counted_over_28_days(
    document: Document,
) -> None:
    (change,) = dose_impact(
        document, with_regimen(document, "ra-sc", how_often="once")
    ).changes
    assert change.turn == "times"
    assert change.before[0] == "100 mg a day"
    assert change.after[0] == "100 mg once, on one day only"


def test_weeks_0_2_and_6_for_every_14_days_is_shown_and_shouted(
    document: Document,
) -> None:
    every_2 = {"how_often": "every-n-days", "every_days": 14}
    listed = {"how_often": "listed", "listed": [0, 2, 6], "listed_unit": "weeks"}
    before = with_regimen(document, "ra-sc", **every_2)
    after = with_regimen(document, "ra-sc", **listed)
    (change,) = dose_impact(before, after).changes
    assert change.before[0] == "100 mg on a dosing day, every 2 weeks"
    assert change.after[0] == "100 mg on a dosing day, at weeks 0, 2 and 6"
    assert change.turn == "times"
    (then,) = dose_impact(
        after, with_regimen(document, "ra-sc", **listed, every_days=56)
    ).changes
    assert then.turn == "lower"


def test_how_often_that_contradicts_its_days_makes_no_dose(document: Document) -> None:
    (change,) = dose_impact(
        document, with_regimen(document, "ra-sc", every_days=7)
    ).changes
    assert change.turn == "disappears"
    assert change.after[0].startswith("cannot be worked out: Leave the days at 1")


def test_a_course_is_a_dose_too(document: Document) -> None:
    impact = dose_impact(document, with_regimen(document, "gout-sc", duration_high=7))
    (change,) = impact.changes
    assert change.after == (
        "100 mg a day",
        "course of 3 to 7 days: 300 mg to 700 mg, 3 to 7 syringes",
    )


def test_a_fixed_dose_that_goes_by_weight_is_compared_at_each_weight(
    document: Document,
) -> None:
    after = with_regimen(document, "ra-sc", basis="mg/kg/dose", low="1", high="1")
    impact = dose_impact(document, after)
    assert impact.total == PANEL_OF_JUNE_2024 + 10
    assert ratios(impact)["ra-sc", "3 kg"] == "0.03"
    assert ratios(impact)["ra-sc", "120 kg"] == "1.2"
    assert ("ra-sc", "100 kg") not in ratios(impact)


def test_another_strength_changes_volumes_where_a_dose_is_drawn_up(
    document: Document,
) -> None:
    """NOMID and MIS-C wait for a number of doses; an infusion is told in mg."""
    after = deepcopy(document)
    after["preparations"][0]["strength_ml"] = "1"
    impact = dose_impact(document, after)
    untouched = {"nomid-sc", "mis-c-sc", "mis-c-iv", "css-iv"}
    assert len(impact.changes) == PANEL_OF_JUNE_2024 - 4 * 11
    assert not {change.key for change in impact.changes} & untouched
    assert {change.ratio for change in impact.changes} == {Decimal(1)}


def test_words_alone_change_no_dose(document: Document) -> None:
    after = deepcopy(document)
    pen = {"unit_name": "pen", "unit_name_plural": "pens", "routes": ["oral"]}
    after["preparations"][0] |= pen
    for row in after["regimens"]:
        row |= {"text": "x", "printed": "x", "revised_on": "2026", "route": "oral"}
    after["cautions"], after["discrepancies"] = [], []
    impact = dose_impact(document, after)
    keys = {change.key for change in impact.changes}
    # By another route than intravenous, no diluent is worked out.
    assert keys == {"css-iv"}


@each_row("key", "values", "says")
def test_a_line_that_cannot_be_worked_out_differs_in_words(
    key: str, values: str, says: str, document: Document
) -> None:
    after = with_regimen(document, key, **json.loads(values))
    for documents in ((document, after), (after, document)):
        impact = dose_impact(*documents)
        assert {change.key for change in impact.changes} == {key}
        assert turns(impact) <= {"appears", "disappears"}
        for change in impact.changes:
            assert any(says in words for words in (*change.before, *change.after))
    assert dose_impact(after, deepcopy(after)).changes == ()


def test_a_second_preparation_changes_what_doses_are_drawn_from_and_no_amount(
    document: Document,
) -> None:
    after = deepcopy(document)
    (syringe,) = after["preparations"]
    vial = syringe | {"key": "vial", "name": "vial", "unit_name": "vial"}
    after["preparations"].append(vial | {"strength_ml": "1"})
    impact = dose_impact(document, after)
    assert {change.ratio for change in impact.changes} == {Decimal(1)}
    assert turns(impact) == {""}
    assert impact.changes[0].after == (
        "100 mg a day",
        "prefilled syringe: 1 dose of 100 mg, 0.67 mL, 1 syringe a dose",
        "vial: 1 dose of 100 mg, 1 mL, 1 vial a dose",
    )


def test_a_vial_in_place_of_a_syringe_is_a_change_of_what_a_dose_is_taken_from(
    document: Document,
) -> None:
    after = deepcopy(document)
    vial = {"container": "vial", "unit_name": "vial", "unit_name_plural": "vials"}
    after["preparations"][0] |= vial
    after["preparations"].append(
        after["preparations"][0]
        | {"key": "half", "strength_mg": "50", "strength_ml": "0.335"}
    )
    impact = dose_impact(document, after)
    assert {change.ratio for change in impact.changes} == {Decimal(1)}
    words = {change.key: change.after for change in impact.changes}
    assert words["ra-sc"] == (
        "100 mg a day",
        "1 dose of 100 mg, 0.67 mL, 1 vial of 100 mg a dose",
    )
    (at_10_kg,) = [
        change.after[-1]
        for change in impact.changes
        if change.key == "css-iv" and change.point.weight_kg == 10
    ]
    assert at_10_kg == (
        "20 mg per hour for 72 hours, 1,440 mg in all, at least 14 vials of 100 mg and "
        "1 vial of 50 mg, diluent 20 mL per hour"
    )


def test_no_preparation_leaves_no_dose_at_all(document: Document) -> None:
    after = deepcopy(document)
    after["preparations"] = []
    impact = dose_impact(document, after)
    assert len(impact.changes) == impact.total == PANEL_OF_JUNE_2024
    assert turns(impact) == {"disappears"}
    assert "no preparation" in impact.changes[0].after[0]


def test_a_line_that_neither_edition_can_work_out_still_differs(
    document: Document,
) -> None:
    broken = {"max_per_dose": "1", "max_per_dose_unit": "mg/kg"}
    before = with_regimen(document, "ra-sc", **broken)
    after = with_regimen(before, "ra-sc", low="200", high="200")
    (change,) = dose_impact(before, after).changes
    assert (change.ratio, change.turn) == (None, "")


@each_row("key", "values", "weights")
def test_the_weights_at_which_a_maximum_starts_to_bind(
    key: str, values: str, weights: str, document: Document
) -> None:
    changed = with_regimen(document, key, **json.loads(values))
    (row,) = (row for row in changed["regimens"] if row["key"] == key)
    rule = dose_rule(changed, row)
    assert sorted(binding_weights_kg(rule)) == [Decimal(kg) for kg in weights.split()]


LIMITS = st.integers(1, 400)


@settings(max_examples=times(25, 100))
@given(old=LIMITS, new=LIMITS)
def test_any_limit_of_pjia_changes_exactly_the_doses_that_it_cuts(
    old: int, new: int, canonical: bytes
) -> None:
    """The line gives 1 mg per kg, so a dose is the lesser of weight and limit."""
    plain = read_document(canonical)
    before = with_regimen(plain, "pjia-sc", max_per_dose=str(old))
    after = with_regimen(plain, "pjia-sc", max_per_dose=str(new))
    weights = {*map(int, PANEL_KG), *(kg for kg in (old, new) if kg <= 300)}
    impact = dose_impact(before, after)
    assert impact.total == PANEL_OF_JUNE_2024 - 11 + len(weights)
    assert {change.point.weight_kg for change in impact.changes} == {
        kg for kg in weights if min(kg, old) != min(kg, new)
    }
    for change in impact.changes:
        kg = change.point.weight_kg or 0
        ratio = Decimal(min(kg, new)) / Decimal(min(kg, old))
        assert change.ratio is not None
        assert abs(change.ratio - ratio) <= Decimal("0.005")
        assert bool(change.turn) == (
            change.ratio >= 2 or change.ratio <= Decimal("0.5")
        )


def test_the_number_of_panel_doses_is_said_in_words(june_2024: Monograph) -> None:
    (change,) = dose_impact(
        june_2024.document,
        with_regimen(june_2024.document, "behcet-sc", increase_to="300"),
    ).changes
    said = [
        DoseImpact((), 164, ()).summary,
        DoseImpact((change,) * 14, 164, ()).summary,
        DoseImpact((change,), 164, ()).summary,
        DoseImpact((change,), 1, ()).summary,
        DoseImpact((change,), 1, ()).twofold_summary,
        DoseImpact((), 0, ()).summary,
    ]
    assert said == [
        "this edition changes none of the 164 panel doses",
        "this edition changes 14 of 164 panel doses",
        "this edition changes 1 of 164 panel doses",
        "this edition changes 1 of 1 panel dose",
        "It does not change two-fold or more.",
        "neither edition has a dosing line, so there is no panel dose",
    ]


def test_two_fold_is_marked_in_words_and_shape(document: Document) -> None:
    after = with_regimen(document, "behcet-sc", increase_to="400")
    impact = dose_impact(without_regimen(document, "gout-sc"), after)
    assert isinstance(impact.changes[0], PanelChange)
    page = render_to_string("reference/changes/_dose_impact.html", {"impact": impact})
    assert "▲</span> two-fold or more, higher" in page
    assert "◆</span> a dose where there was none" in page
    assert "This edition changes 2 of 96 panel doses." in page
    assert (
        "at 3, 5, 10, 15, 20, 30, 40, 50, 70, 100 and 120\N{NO-BREAK SPACE}kg" in page
    )


def test_names_of_lines_are_escaped(document: Document) -> None:
    after = with_regimen(document, "ra-sc", low="200", high="200")
    for row in after["indications"]:
        row["short_name"] = "<script>"
    page = render_to_string(
        "reference/changes/_dose_impact.html", {"impact": dose_impact(document, after)}
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_halved_dose_per_m2_is_shouted_at_every_area(document: Document) -> None:
    before = with_regimen(document, "ra-sc", basis="mg/m2/dose", low="20", high="20")
    impact = dose_impact(before, with_regimen(before, "ra-sc", low="10", high="10"))
    assert [change.patient for change in impact.changes] == [
        f"{area} m²" for area in ("0.25", "0.5", "1", "1.5", "2", "2.5")
    ]
    assert turns(impact) == {"lower"}
    assert impact.areas_in_words == "0.25, 0.5, 1, 1.5, 2 and 2.5 m²"
    assert impact.changes[2].before[0] == "20 mg a day"


def test_a_dose_per_m2_in_place_of_one_per_kg_changes_every_dose(
    document: Document,
) -> None:
    """At 1 m² and 15 kg or 100 kg alike: no area stands for a weight."""
    before = with_regimen(document, "pjia-sc", max_per_dose=None, max_per_dose_unit="")
    impact = dose_impact(before, with_regimen(before, "pjia-sc", basis="mg/m2/dose"))
    assert "15 kg, 1 m²" in {change.patient for change in impact.changes}
    assert {change.key for change in impact.changes} == {"pjia-sc"}


def test_an_area_where_a_maximum_begins_to_bind_is_in_the_panel(
    document: Document,
) -> None:
    capped = {"max_per_dose": "26", "max_per_dose_unit": "mg"}
    before = with_regimen(document, "ra-sc", basis="mg/m2/dose", low="15", high="15")
    after = with_regimen(before, "ra-sc", **capped, maximum_source="guide")
    areas = {change.patient for change in dose_impact(before, after).changes}
    assert {"1.74 m²", "2 m²", "2.5 m²"} == areas
