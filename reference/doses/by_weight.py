"""One line's doses at set weights, as a table to be printed. Plain data in and out.

A range is rounded into itself as in a patient's cell; a volume is of the exact dose,
and none is given for what the preparation cannot measure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from reference.dosing import (
    Confirmation,
    Dose,
    DoseRule,
    Patient,
    Row,
    answers,
    compute_dose,
    drawn_by,
    end_weights_kg,
    phrases,
    quantities,
    smallest_dose_mg,
)
from reference.editions import wording
from reference.reading import often_in_words

from .words.sentence import (
    HOURS_PER_DAY,
    ONCE,
    once_words,
    per_words,
    shown_dose,
    shown_range,
    total_in_24_hours,
)

TABLE_KG = tuple(
    map(Decimal, (3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 25, 30, 40, 50, 60, 70, 80, 100))
)
MOST_IN_HALF = 2  # columns beside the weight
SHOWN_STEP = Decimal("0.01")
LOW_END, WHOLE = "†", "††"
SEVERAL_UNITS, ASKED = "‡", "§"
UNUSUAL = f"{ASKED} An unusual weight for this line: the site asks to check it."


@dataclass(frozen=True, slots=True)
class WeightCell:
    """An amount in bold, the mark of what cannot be measured, and small words."""

    amount: str
    mark: str = ""
    small: str = ""


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One weight, its marks and its cells, one for each column.

    is_limited is whether the maximum lowered the dose.
    """

    weight: str
    marks: str
    cells: tuple[WeightCell, ...]
    is_limited: bool


@dataclass(frozen=True, slots=True)
class WeightTable:
    """The columns after the weight, the rows, and a sentence for each mark."""

    columns: tuple[str, ...]
    rows: tuple[WeightRow, ...]
    why_marked: tuple[str, ...]

    @property
    def parts(self) -> tuple[tuple[WeightRow, ...], ...]:
        """Return the rows of few columns in two halves, to stand beside each other."""
        if len(self.columns) > MOST_IN_HALF:
            return (self.rows,)
        half = (len(self.rows) + 1) // 2
        return self.rows[:half], self.rows[half:]


def doses_by_weight(regimen: Row) -> WeightTable | None:
    """Return the table of a line; None for a fixed dose, or one with no answer."""
    rule: DoseRule = regimen["rule"]
    if not rule.is_weight_based:
        return None
    drawn = rule if drawn_by(rule) else rule.drawn_from(rule.products[0].key)
    weights = {kg for kg in TABLE_KG if rule.who.takes_weight(kg)}
    rows = []
    columns: tuple[str, ...] = ()
    for kg in sorted(weights | end_weights_kg(rule)):
        try:
            asked = compute_dose(drawn, Patient(weight_kg=kg))
            dose = compute_dose(drawn, Patient(weight_kg=kg, confirmed=True))
        except (ValueError, ArithmeticError):
            return None
        if not isinstance(dose, Dose):
            return None
        found = _cells(rule, dose, kg)
        columns = tuple(found)
        weight = wording.nobreak(quantities.quantity(kg, "kg"))
        is_limited = dose.limit is not None and dose.limit.applied
        marks = _row_marks(rule, dose, is_asked=isinstance(asked, Confirmation))
        rows.append(WeightRow(weight, marks, tuple(found.values()), is_limited))
    return WeightTable(columns, tuple(rows), tuple(_why_marked(rule, rows)))


def _cells(rule: DoseRule, dose: Dose, weight_kg: Decimal) -> dict[str, WeightCell]:
    """Return the cells of one weight by the names of their columns."""
    if dose.infusion is not None:
        return _infusion_cells(rule, dose.infusion, weight_kg)
    cells = {}
    if rule.is_by_day and dose.daily_mg is not None and rule.doses_per_day != ONCE:
        total = wording.capitalized(f"{per_words('day', rule)} in total")
        cells[total] = WeightCell(
            wording.nobreak(shown_range(dose.daily_mg, rule.unit))
        )
    for item in dose.doses:
        cells[_column(rule, item.per_day)] = _dose_cell(rule, item)
    if not cells and dose.daily_mg is not None:
        name = wording.capitalized(once_words(rule).rstrip(","))
        cells[name] = WeightCell(wording.nobreak(shown_range(dose.daily_mg, rule.unit)))
    for maximum in rule.maxima:
        if maximum.unit.endswith("/kg"):
            most = (maximum.amount * weight_kg).quantize(SHOWN_STEP, ROUND_DOWN)
            unit = quantities.spelled_unit(rule.unit)
            name = f"Maximum per {maximum.per} ({maximum.source})"
            cells[name] = WeightCell(
                "", small=wording.nobreak(quantities.quantity(most, unit))
            )
    return cells


def _infusion_cells(
    rule: DoseRule, infusion: answers.Infusion, weight_kg: Decimal
) -> dict[str, WeightCell]:
    per_hour = quantities.dose_amount(infusion.mg_per_hour, rule.unit)
    cells = {
        wording.capitalized(per_words("hour", rule)): WeightCell(
            wording.nobreak(per_hour)
        ),
    }
    total = total_in_24_hours(rule, Patient(weight_kg=weight_kg))
    if total:
        name = f"Per {HOURS_PER_DAY} hours"
        cells[name] = WeightCell("", small=wording.nobreak(total))
    return cells


def _column(rule: DoseRule, count: int) -> str:
    if rule.doses_per_day == ONCE:
        return wording.capitalized(once_words(rule).rstrip(","))
    if rule.is_by_day:
        return f"{quantities.counted(count, 'dose', 'doses')}, each"
    return wording.capitalized(f"{often_in_words(count, count)} daily, each")


def _dose_cell(rule: DoseRule, item: answers.DividedDose) -> WeightCell:
    """Return one dose: its volume and its units only of what can be measured."""
    product, amount = drawn_by(rule), wording.nobreak(shown_dose(rule, item))
    if product is None:
        return WeightCell(amount)
    if item.tablets is not None:
        made = phrases.tablets_of_ends(item.tablets, item.mg, rule.unit)
        return WeightCell(amount, small=wording.nobreak(made))
    mark = _mark(rule, item)
    if mark == WHOLE:
        return WeightCell(amount, mark)
    ml = wording.volume(item.drawn.shown_ml)
    if mark:
        ml = f"up to {quantities.quantity(item.drawn.shown_ml.high, 'mL')}"
    most = item.drawn.units.high
    if item.vials is not None and item.vials.low.counts == item.vials.high.counts:
        ml = f"{ml}, {phrases.vials_in_words(item.vials.low, rule.unit)}"
    elif most > 1 or item.vials is not None:
        counted = quantities.counted(most, product.unit_name, product.unit_name_plural)
        up_to = "" if item.drawn.units.low == most else "up to "
        ml = f"{ml}, {up_to}{counted}"
    return WeightCell(amount, mark, wording.nobreak(ml))


def _mark(rule: DoseRule, item: answers.DividedDose) -> str:
    smallest_mg = smallest_dose_mg(rule)
    if smallest_mg is None or item.mg.low >= smallest_mg:
        return ""
    return WHOLE if item.mg.high < smallest_mg else LOW_END


def _row_marks(rule: DoseRule, dose: Dose, *, is_asked: bool) -> str:
    """Return the marks of a weight: its dose has a note, or it would be asked about."""
    texts = {each.text for each in dose.cautions}
    marks = [SEVERAL_UNITS] * any(text in texts for text in _of_several_units(rule))
    marks += [ASKED] * is_asked
    return " ".join(marks)


def _of_several_units(rule: DoseRule) -> list[str]:
    """Return what the line itself says of a dose of more than one unit.

    Not how many they are: the cells say that.
    """
    return [
        each.text
        for each in rule.cautions
        if each.is_own and each.trigger == "several-units" and "{" not in each.text
    ]


def _why_marked(rule: DoseRule, rows: list[WeightRow]) -> Iterator[str]:
    """Yield what each mark says, in the words of the line's own cautions."""
    if any(cell.mark for row in rows for cell in row.cells):
        yield f"{LOW_END} The low end, {WHOLE} the whole dose. {_of_small_doses(rule)}"
    marks = {mark for row in rows for mark in row.marks.split()}
    if SEVERAL_UNITS in marks:
        yield f"{SEVERAL_UNITS} {' '.join(_of_several_units(rule))}"
    if ASKED in marks:
        yield UNUSUAL


def _of_small_doses(rule: DoseRule) -> str:
    smallest_mg = smallest_dose_mg(rule)
    if smallest_mg is None:
        return ""
    smallest = quantities.dose_amount(smallest_mg, rule.unit)
    texts = [each.text for each in rule.cautions if each.trigger == "small-dose"]
    text = texts[0] if texts else "Under {smallest}: less than can be measured."
    return text.replace("{smallest}", smallest)
