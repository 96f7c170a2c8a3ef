"""The cells of a table that say a line's maximum, and what the guide leaves open."""

from decimal import ROUND_DOWN, Decimal

from reference.dosing import Row, rules

from .facts import limits_in_one_form
from .fields import facts_of, limits_of, parts_of
from .parser import read_line
from .sentence import limit_words

SHOWN_STEP = Decimal("0.01")  # of mg, or of micrograms


def limit_cell(row: Row) -> str:
    """Return a line's maximum, or that none is printed, and what print says otherwise.

    Such as "maximum 8 mg/kg per day (label); guide prints 8 mg per day", "no maximum
    printed", "number of doses and maximum not printed"; "" where a fixed dose has none.
    A number of doses alone that is not printed is the matter of the line's note.
    """
    parts = [limit_words(row), _print_otherwise(row), _left_open(row)]
    return "; ".join(filter(None, parts))


def table_limit(row: Row, weight_kg: Decimal | None = None) -> str:
    """Return the same as a row of the table has it, a maximum per kg at this weight.

    Such as "maximum 160 mg per day (label); guide prints 8 mg per day". A number of
    doses that is left open beside a maximum is said by the dose, not here.
    """
    here = row if weight_kg is None else _at(row, weight_kg)
    left_open = "" if any(limits_of(row)) else _left_open(row)
    parts = [limit_words(here), _print_otherwise(row), left_open]
    return "; ".join(filter(None, parts))


def limit_at(row: Row, weight_kg: Decimal | None) -> str:
    """Return a line's maximum as that of a weight and as the fields have it.

    Such as "maximum 160 mg per day, 8 mg/kg per day (label); guide prints 8 mg per
    day", or "maximum 100 mg"; "" where it has none.
    """
    words = limit_words(row)
    here = row if weight_kg is None else _at(row, weight_kg)
    if here != row and words:
        # Whose it is stands once, after both.
        at_weight = limit_words(dict(here, maximum_source="guide"))
        words = f"{at_weight}, {words.removeprefix('maximum ')}"
    return "; ".join(filter(None, (words, _print_otherwise(row) if words else "")))


def _at(row: Row, weight_kg: Decimal) -> Row:
    """Return a line whose maxima per kg are those of a weight, never rounded up."""
    here = dict(row)
    for per in ("max_per_dose", "max_per_day"):
        unit, _, per_kg = row[f"{per}_unit"].partition("/")
        if per_kg:
            most = Decimal(row[per]) * weight_kg
            here[per] = f"{most.quantize(SHOWN_STEP, ROUND_DOWN):f}"
            here[f"{per}_unit"] = unit
    return here


def _left_open(row: Row) -> str:
    """Return what the guide does not give: "no maximum printed"."""
    given = "printed" if row["printed"].strip() else "given"
    counts = rules.how_often(row) != "continuous" and row["basis"].endswith("/day")
    lacks_number = counts and row["doses_per_day_low"] is None
    # Where print has a maximum that the fields have not, it is not said to have none.
    has_limit = any(limits_of(row)) or bool(read_line(row["printed"]).limits)
    is_fixed = not parts_of(row["basis"])[1]
    lacks_limit = not (is_fixed or has_limit)
    if lacks_number and lacks_limit:
        return f"number of doses and maximum not {given}"
    return f"no maximum {given}" if lacks_limit else ""


def _print_otherwise(row: Row) -> str:
    """Return "guide prints 8 mg per day" where the fields have another maximum."""
    if not row["printed"].strip():
        return ""
    reading, held = read_line(row["printed"]), facts_of(row)
    if limits_in_one_form(reading.limits, reading.facts.often) == held.limits:
        return ""
    printed = " and ".join(limit.in_words for limit in reading.limits)
    return f"guide prints {printed or 'no maximum'}"
