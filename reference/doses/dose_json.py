"""A worked dose as the JSON contract has it: decimal strings, whole counts, null."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from reference import dosing
from reference.dosing import Dose, DoseRule, answers, quantities, schedule

Json = dict[str, Any]

# Kinds that one number of days does not tell.
BY_CALENDAR = ("every-n-months", "listed")


def age_json(age: dosing.Age | None) -> Json | None:
    """Return an age with the weights in kg it was compared with, null where none."""
    if age is None:
        return None
    weights_kg = dosing.WEIGHT_FOR_AGE.weight_range_kg(age)
    ends = _range(weights_kg) or {"low": None, "high": None}
    return {
        "value": number(age.number),
        "unit": age.unit,
        "reference": None if weights_kg is None else dosing.WEIGHT_FOR_AGE.name,
        "low_kg": ends["low"],
        "high_kg": ends["high"],
    }


def number(amount: Decimal | None) -> str | None:
    """Return an amount as its digits, null where there is none."""
    return None if amount is None else quantities.plain_number(amount)


def _range(span: dosing.Range | None) -> Json | None:
    if span is None:
        return None
    return {"low": number(span.low), "high": number(span.high)}


def _counts(span: dosing.CountRange) -> Json:
    return {"low": span.low, "high": span.high}


def dose_json(dose: Dose, rule: DoseRule | None) -> Json:
    """Return what a dose is, with nothing of the patient in it."""
    answer: Json = {
        "rate": (_range(dose.rate) or {}) | {"unit": rule.basis if rule else None},
        "daily_mg": _range(dose.daily_mg),
        "doses": [_divided_json(item) for item in dose.doses],
        "limit": _limit_json(dose.limit),
        "infusion": _infusion_json(dose.infusion),
        "course": _course_json(dose.course, rule),
        "needs": list(dose.needs),
        "working": list(dose.working),
        "cautions": [
            {"code": caution.code, "text": caution.text} for caution in dose.cautions
        ],
    }
    if rule is not None and rule.schedule.kind == "every-n-days":
        answer["every_days"] = rule.schedule.every_days
    elif rule is not None and rule.schedule.kind in BY_CALENDAR:
        answer["schedule"] = _schedule_json(rule.schedule)
    return answer


def _schedule_json(when: schedule.Schedule) -> Json:
    """Return a schedule of listed days or of months; first_days where they are days."""
    answer: Json = {"kind": when.kind}
    if when.listed:
        answer |= {"listed": list(when.listed), "listed_unit": when.listed_unit}
    if when.every_days > 1:
        answer["every_days"] = when.every_days
    if when.every_months:
        return answer | {"every_months": when.every_months}
    if when.again_after_days is not None:
        answer["again_after_days"] = when.again_after_days
    return answer | {"first_days": schedule.first_days(when, schedule.FIRST_DOSES)}


def _divided_json(item: answers.DividedDose) -> Json:
    answer: Json = {
        "per_day": item.per_day,
        "mg": _range(item.mg),
    }
    if item.tablets is not None:
        return answer | _tablets_json(item.tablets, item.per_day)
    answer |= {
        "ml": _range(item.drawn.ml),
        "syringes": _counts(item.drawn.units),
        "syringes_per_day": _counts(item.drawn.units_per_day),
    }
    if item.diluent_ml is not None:
        answer["diluent_ml"] = _range(item.diluent_ml)
        answer["fluid_ml_per_kg_per_day"] = _range(item.fluid_ml_per_kg_per_day)
    if item.vials is not None:
        low, high = item.vials.low, item.vials.high
        answer["containers"] = {
            "low": _counts_json(low.counts),
            "high": _counts_json(high.counts),
        }
        answer["left_over_mg"] = {
            "low": number(low.left_over_mg),
            "high": number(high.left_over_mg),
        }
    return answer


def _tablets_json(taken: answers.TabletsRange, per_day: int) -> Json:
    """Return what a dose is made of, with null for what whole tablets do not make."""
    units, ends = taken.units, {"low": taken.low, "high": taken.high}
    a_day = None
    if units is not None:
        a_day = dosing.CountRange(units.low * per_day, units.high * per_day)
    return {
        "ml": None,
        "syringes": None if units is None else _counts(units),
        "syringes_per_day": None if a_day is None else _counts(a_day),
        "containers": {
            name: None if each is None else _counts_json(each.counts)
            for name, each in ends.items()
        },
    }


def _counts_json(counts: Iterable[tuple[dosing.Product, int]]) -> list[Json]:
    return [
        {
            "key": product.key,
            "name": product.name,
            "strength_mg": number(product.strength_mg),
            "count": count,
        }
        for product, count in counts
    ]


def _limit_json(limit: answers.Limit | None) -> Json | None:
    if limit is None:
        return None
    return {
        "value": number(limit.maximum.amount),
        "unit": limit.maximum.unit,
        "per": limit.maximum.per,
        "applied": limit.applied,
        "source": limit.maximum.source,
    }


def _infusion_json(infusion: answers.Infusion | None) -> Json | None:
    if infusion is None:
        return None
    answer: Json = {
        "mg_per_hour": number(infusion.mg_per_hour),
        "hours": None if infusion.hours is None else str(infusion.hours),
        "total_mg": number(infusion.total_mg),
        "syringes": infusion.units,
        "diluent_ml": number(infusion.diluent_ml),
        "diluent_ml_per_hour": number(infusion.diluent_ml_per_hour),
        "fluid_ml_per_kg_per_day": number(infusion.fluid_ml_per_kg_per_day),
    }
    if infusion.vials is not None:
        answer["containers"] = _counts_json(infusion.vials.counts)
        answer["left_over_mg"] = number(infusion.vials.left_over_mg)
    return answer


def _course_json(course: answers.Course | None, rule: DoseRule | None) -> Json | None:
    if course is None:
        return None
    answer = {
        "days": _counts(course.days),
        "mg": _range(course.mg),
        "syringes": _counts(course.units),
    }
    if rule is not None and rule.schedule.has_days_between:
        answer["doses"] = _counts(course.doses)
    return answer
