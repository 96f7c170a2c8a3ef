"""What the fields of a dosing line say, as facts that words can be compared with."""

from collections.abc import Iterator
from decimal import Decimal

from reference.dosing import Row, phrases, rules

from .facts import Amount, Facts, Length, Often, in_one_form


def facts_of(row: Row) -> Facts:
    """Return the facts of a regimen's fields, as a canonical document has them."""
    unit, body, per = parts_of(row["basis"])
    amount = Amount(Decimal(row["low"]), Decimal(row["high"]), unit, body, per)
    return in_one_form(
        Facts(
            dose=amount,
            often=_often(row),
            increase=_increase(row, amount),
            limits=tuple(limits_of(row)),
            source=row["maximum_source"],
            length=length_of(row),
            routes=frozenset({row["route"]}),
            population=_population(row),
            phase=row["phase"],
            from_weight_kg=rules.decimal_or_none(row["from_weight_kg"]),
            below_weight_kg=rules.decimal_or_none(row["below_weight_kg"]),
            from_age_months=row["from_age_months"],
            below_age_months=row["below_age_months"],
            over=over_minutes(row),
            begins=phrases.begins_in_words(row),
        )
    )


def parts_of(basis: str) -> tuple[str, str, str]:
    """Return unit, body and time of a basis: ("mg", "kg", "day") of "mg/kg/day"."""
    unit, *body, per = basis.split("/")
    return unit, "".join(body), per


def is_from_before_how_often(row: Row) -> bool:
    """Return whether a row was frozen when its text was the whole line, with name."""
    return not row["how_often"]


def doses_a_day(row: Row) -> tuple[int, int] | None:
    """Return how many doses a dosing day has, or None where it is not given.

    A dose that is not split and is not given daily is one dose.
    """
    low, high = row["doses_per_day_low"], row["doses_per_day_high"]
    if low is not None and high is not None:
        return low, high
    is_one = not rules.schedule_of(row).is_daily and not row["divided"]
    return (1, 1) if is_one and row["basis"].endswith("/dose") else None


def limits_of(row: Row) -> Iterator[Amount]:
    """Yield each maximum of a line, with its unit and what it is per."""
    for per in ("dose", "day"):
        number = rules.decimal_or_none(row[f"max_per_{per}"])
        if number is not None:
            unit, _, body = row[f"max_per_{per}_unit"].partition("/")
            yield Amount(number, number, unit, body, per)


def length_of(row: Row) -> Length | None:
    """Return how long a line is given, or None."""
    if row["duration_high"] is None:
        return None
    return Length(row["duration_low"], row["duration_high"], row["duration_unit"])


def over_minutes(row: Row) -> Length | None:
    """Return how long one infusion runs, in minutes, or None."""
    if row["over_minutes_high"] is None:
        return None
    return Length(row["over_minutes_low"], row["over_minutes_high"], "minutes")


def _increase(row: Row, amount: Amount) -> Amount | None:
    number = rules.decimal_or_none(row["increase_to"])
    if number is None:
        return None
    return Amount(number, number, amount.unit, amount.body, amount.per)


def _population(row: Row) -> str:
    population: str = row["population"]
    return "" if population == "not stated" else population


def _often(row: Row) -> Often:
    """Return how often; fields that contradict the kind are said too, to be seen."""
    kind = rules.schedule_of(row).kind
    low, high = doses_a_day(row) or (None, None)
    if kind == "continuous":
        low, high = row["doses_per_day_low"], row["doses_per_day_high"]
    months = row["every_months"]
    return Often(
        "every" if kind.startswith(("times", "every")) else kind,
        low,
        high,
        row["divided"],
        months or row["every_days"],
        "months" if months else "days",
        tuple(row["listed"]),
        row["listed_unit"],
        row["again_after_days"],
    )
