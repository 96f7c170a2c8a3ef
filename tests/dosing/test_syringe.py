"""What is drawn up from single-use syringes, and what is left in the last one."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reference.dosing import Dose, Patient, compute_dose, drawn_up
from reference.dosing.answers import DividedDose
from reference.editions import Monograph
from tests.support.tables import each_row


def divided(
    guide: Monograph, key: str, kg: str, count: int | None = None
) -> list[DividedDose]:
    patient = Patient(weight_kg=Decimal(kg), doses_per_day=count, confirmed=True)
    dose = compute_dose(guide.rules[key], patient)
    assert isinstance(dose, Dose)
    return list(dose.doses)


def words(guide: Monograph, key: str, kg: str) -> list[str]:
    product = guide.rules[key].product
    (dose,) = divided(guide, key, kg)
    return [part.words for part in drawn_up(dose, product)]


@each_row("kg", "said")
def test_one_dose_from_one_syringe(june_2024: Monograph, kg: str, said: str) -> None:
    assert words(june_2024, "pjia-sc", kg) == [said]


def test_a_syringe_is_drawn_as_full_as_it_is_to_a_tenth(june_2024: Monograph) -> None:
    """30 mg are 0.2 mL of 0.67 mL, which is 29.85 % of it."""
    (dose,) = divided(june_2024, "pjia-sc", "30")
    (part,) = drawn_up(dose, june_2024.rules["pjia-sc"].product)
    assert (str(part.percent), part.mark) == ("29.9", "0.2 mL")


def test_both_ends_of_a_range_are_drawn_and_the_second_syringe_is_named(
    june_2024: Monograph,
) -> None:
    assert words(june_2024, "fmf-pediatric-sc", "55") == [
        "55 mg: 0.37 mL of 1 syringe; left over 0.3 mL (45 mg), to be discarded.",
        "110 mg: 1 full syringe and 0.07 mL of one more; left over 0.6 mL (90 mg), "
        "to be discarded.",
    ]


def test_an_amount_that_cannot_be_drawn_up_says_so_and_is_not_called_nothing(
    june_2024: Monograph,
) -> None:
    (_, high) = words(june_2024, "fmf-pediatric-sc", "50.1")
    assert high == (
        "100.2 mg: 1 full syringe and less than 0.01 mL, too small to measure, of one "
        "more; left over 0.67 mL (99.8 mg), to be discarded."
    )


@given(
    kg=st.decimals("0.5", "300", places=2),
    key=st.sampled_from(["fmf-pediatric-sc", "pjia-sc", "css-sc", "mis-c-iv"]),
    count=st.sampled_from([2, 3, 4]),
)
def test_what_is_used_and_what_is_left_make_whole_syringes(
    june_2024: Monograph, kg: Decimal, key: str, count: int
) -> None:
    rule = june_2024.rules[key]
    chosen = None if rule.basis == "mg/kg/dose" else count
    (dose,) = divided(june_2024, key, str(kg), chosen)
    parts = drawn_up(dose, rule.product)
    assert len(parts) == (1 if dose.mg.low == dose.mg.high else 2)
    ends = ((dose.shown_ml.low, dose.units.low), (dose.shown_ml.high, dose.units.high))
    for part, (shown_ml, units) in zip(parts, ends, strict=False):
        used_ml = Decimal(part.mark.removesuffix(" mL"))
        full_ml = (units - 1) * rule.product.strength_ml
        assert 0 <= used_ml <= rule.product.strength_ml
        assert 0 <= part.percent <= 100
        assert shown_ml == full_ml + used_ml or (used_ml == 0 and shown_ml < full_ml)
        assert part.words.startswith(f"{end_mg(dose, part is parts[0])} mg:")


def end_mg(dose: DividedDose, is_low: bool) -> str:
    number = dose.mg.low if is_low else dose.mg.high
    return f"{number.normalize():,f}"
