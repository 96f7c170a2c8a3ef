"""One answer to one dose request: what HTML, htmx and JSON all start from.

No arithmetic and no template; the JSON is the contract that other programs rely on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reference import dosing
from reference.dosing import (
    Confirmation,
    Dose,
    DoseRule,
    Refusal,
    answers,
    quantities,
    schedule,
)
from reference.editions import Row

Json = dict[str, Any]

# What the answers of every line name once.
SAID_ONCE = ("drug", "edition")
# Kinds that one number of days does not tell.
BY_CALENDAR = ("every-n-months", "listed")
NOT_VERIFIED = "edition-not-verified"
# Whom a line is for; named in an answer only where the line has them.
BOUNDS = ("from_weight_kg", "below_weight_kg", "from_age_months", "below_age_months")


@dataclass(frozen=True)
class DoseAnswer:
    """What was asked of which edition, and the result; errors where it was refused 422.

    links are addresses that go with a refusal, by their meaning.
    """

    document: Mapping[str, Any]
    fingerprint: str
    regimen: Row | None
    indication: Row | None
    rule: DoseRule | None
    patient: dosing.Patient
    result: Dose | Refusal | Confirmation | None
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Return "invalid", "computed", "confirm" or "refused"."""
        if self.errors or self.result is None:
            return "invalid"
        if isinstance(self.result, Dose):
            return "computed"
        return "confirm" if isinstance(self.result, Confirmation) else "refused"

    @property
    def is_verified(self) -> bool:
        """Return whether the edition's content is what was published."""
        result = self.result
        return not (isinstance(result, Refusal) and result.code == NOT_VERIFIED)

    def as_json(self) -> Json:
        """Return the JSON contract's answer: plain decimal strings, whole counts."""
        if self.status == "invalid":
            return {"status": "invalid", "errors": dict(self.errors)}
        return {
            "status": self.status,
            "drug": self.document["drug"]["slug"],
            "edition": {
                "number": self.document["edition"]["number"],
                "label": self.document["edition"]["label"],
                "fingerprint": self.fingerprint,
            },
            "regimen": self._regimen_json(),
            **self._result_json(),
        }

    def _regimen_json(self) -> Json | None:
        if self.regimen is None or self.indication is None:
            return None
        return {
            "key": self.regimen["key"],
            "indication": self.indication["name"],
            "route": self.regimen["route"],
            "population": self.regimen["population"],
            "printed": self.regimen["printed"],
            **{
                name: self.regimen[name]
                for name in ("phase", *BOUNDS)
                if self.regimen[name] not in ("", None)
            },
        }

    def _result_json(self) -> Json:
        weight_kg = _number(self.patient.weight_kg)
        if isinstance(self.result, Dose):
            return {
                "weight_kg": weight_kg,
                **self._area_json(),
                **_dose_json(self.result, self.rule),
                **self._preparation_json(),
                **self._understood_json(),
            }
        if isinstance(self.result, Confirmation):
            return {
                "weight_kg": weight_kg,
                "weight_lb": _number(self.result.weight_lb),
                "text": self.result.text,
                **self._understood_json(),
            }
        reason: Json = {}
        if isinstance(self.result, Refusal):
            reason = {"code": self.result.code, "text": self.result.text}
        if self.links:
            reason["links"] = dict(self.links)
        answer: Json = {"reason": reason}
        if self.regimen is None and self.indication is not None:
            answer["indication"] = {
                "key": self.indication["key"],
                "name": self.indication["name"],
            }
        return answer

    def _area_json(self) -> Json:
        """Return the body surface area of a line per m², null where none was typed."""
        is_per_m2 = self.rule is not None and self.rule.is_area_based
        return {"bsa_m2": _number(self.patient.bsa_m2)} if is_per_m2 else {}

    def _preparation_json(self) -> Json:
        """Return the preparation that was chosen, where the edition has several.

        Null where none was: it is asked for, or the vials of one concentration are
        combined, and each dose says which.
        """
        product = None if self.rule is None else self.rule.chosen_product
        if len(self.document["preparations"]) == 1:
            return {}
        if product is None:
            return {"preparation": None}
        return {
            "preparation": {
                "key": product.key,
                "name": product.name,
                "strength_mg": _number(product.strength_mg),
                "strength_ml": _number(product.strength_ml),
            }
        }

    def _understood_json(self) -> Json:
        """Return what was understood of the patient that no dose uses."""
        return {
            "age": _age_json(self.patient.age),
            "crcl_ml_per_min": _number(self.patient.crcl_ml_per_min),
        }


def _age_json(age: dosing.Age | None) -> Json | None:
    """Return an age with the weights in kg it was compared with, null where none."""
    if age is None:
        return None
    weights_kg = dosing.WEIGHT_FOR_AGE.weight_range_kg(age)
    ends = _range(weights_kg) or {"low": None, "high": None}
    return {
        "value": _number(age.number),
        "unit": age.unit,
        "reference": None if weights_kg is None else dosing.WEIGHT_FOR_AGE.name,
        "low_kg": ends["low"],
        "high_kg": ends["high"],
    }


def _number(amount: Decimal | None) -> str | None:
    return None if amount is None else quantities.plain_number(amount)


def _range(span: dosing.Range | None) -> Json | None:
    if span is None:
        return None
    return {"low": _number(span.low), "high": _number(span.high)}


def _counts(span: dosing.CountRange) -> Json:
    return {"low": span.low, "high": span.high}


def _dose_json(dose: Dose, rule: DoseRule | None) -> Json:
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
        "ml": _range(item.ml),
        "syringes": _counts(item.units),
        "syringes_per_day": _counts(item.units_per_day),
    }
    if item.diluent_ml is not None:
        answer["diluent_ml"] = _range(item.diluent_ml)
        answer["fluid_ml_per_kg_per_day"] = _range(item.fluid_ml_per_kg_per_day)
    if item.vials is not None:
        low, high = item.vials.low, item.vials.high
        answer["containers"] = {"low": _vials_json(low), "high": _vials_json(high)}
        answer["left_over_mg"] = {
            "low": _number(low.left_over_mg),
            "high": _number(high.left_over_mg),
        }
    return answer


def _vials_json(vials: answers.Vials) -> list[Json]:
    return [
        {
            "key": product.key,
            "name": product.name,
            "strength_mg": _number(product.strength_mg),
            "count": count,
        }
        for product, count in vials.counts
    ]


def _limit_json(limit: answers.Limit | None) -> Json | None:
    if limit is None:
        return None
    return {
        "value": _number(limit.maximum.amount),
        "unit": limit.maximum.unit,
        "per": limit.maximum.per,
        "applied": limit.applied,
        "source": limit.maximum.source,
    }


def _infusion_json(infusion: answers.Infusion | None) -> Json | None:
    if infusion is None:
        return None
    answer: Json = {
        "mg_per_hour": _number(infusion.mg_per_hour),
        "hours": None if infusion.hours is None else str(infusion.hours),
        "total_mg": _number(infusion.total_mg),
        "syringes": infusion.units,
        "diluent_ml": _number(infusion.diluent_ml),
        "diluent_ml_per_hour": _number(infusion.diluent_ml_per_hour),
        "fluid_ml_per_kg_per_day": _number(infusion.fluid_ml_per_kg_per_day),
    }
    if infusion.vials is not None:
        answer["containers"] = _vials_json(infusion.vials)
        answer["left_over_mg"] = _number(infusion.vials.left_over_mg)
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
