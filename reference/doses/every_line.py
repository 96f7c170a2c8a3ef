"""Every line's dose at one weight: each answered as if it had been asked for alone.

The query is read once. A program gets every answer, exact; a page shows fewer, since
there a rare weight is confirmed before any number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from reference import dosing
from reference.dosing import DoseRule, Patient, Refusal, quantities
from reference.editions import Monograph
from reference.models import Edition

from .answer import SAID_ONCE, DoseAnswer
from .dose_json import Json
from .dose_table import lines_of
from .form import EveryLineForm
from .request import edition_refusal, line_result, links_of
from .row_answers import row_answers
from .words import PatientCell, patient_cell


@dataclass(frozen=True)
class EveryLine:
    """What was asked of which edition, and the answer of each row of the table.

    refusal is the edition's own. asks is whether the weight has to be confirmed before
    a page shows any number; then it has no answers.
    """

    document: Mapping[str, Any]
    fingerprint: str
    patient: Patient
    answers: tuple[DoseAnswer, ...] = ()
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    refusal: Refusal | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False

    @property
    def status(self) -> str:
        """Return "invalid", "refused", "confirm" (on a page alone) or "computed"."""
        if self.errors:
            return "invalid"
        if self.refusal is not None:
            return "refused"
        return "confirm" if self.asks else "computed"

    @property
    def weight_lb(self) -> Decimal | None:
        return None if self.weight_kg is None else dosing.in_pounds(self.weight_kg)

    @property
    def age_in_words(self) -> str:
        """Return the age as understood, or "" where none was given."""
        age = self.patient.age
        return "" if age is None else dosing.phrases.age_in_words(age)

    @property
    def is_heavy(self) -> bool:
        """Return whether a weight that is asked about may have been typed in pounds."""
        kg = self.weight_kg
        return self.asks and kg is not None and kg > dosing.CONFIRM_ABOVE_KG

    @property
    def cells(self) -> tuple[PatientCell, ...]:
        """Return the patient's cell of each row; none but where all is worked out."""
        if self.status != "computed":
            return ()
        return tuple(patient_cell(answer) for answer in self.answers)

    @property
    def weight_kg(self) -> Decimal | None:
        """Return the weight as understood; None where the request was not."""
        return None if self.errors else self.patient.weight_kg

    def as_json(self) -> Json:
        """Return the JSON contract's answer: one object for each row, in its order."""
        if self.errors:
            return {"status": "invalid", "errors": dict(self.errors)}
        kg = self.weight_kg
        answer: Json = {
            "status": self.status,
            "drug": self.document["drug"]["slug"],
            "edition": {
                "number": self.document["edition"]["number"],
                "label": self.document["edition"]["label"],
                "fingerprint": self.fingerprint,
            },
            "weight_kg": None if kg is None else quantities.plain_number(kg),
            "weight_lb": None
            if kg is None
            else quantities.plain_number(dosing.in_pounds(kg)),
        }
        if self.refusal is not None:
            answer["reason"] = {"code": self.refusal.code, "text": self.refusal.text}
            if self.links:
                answer["reason"]["links"] = dict(self.links)
        return answer | {"lines": [_line_json(line) for line in self.answers]}


def every_line(
    query: QueryDict, found: Edition, content: Monograph, *, on_page: bool = False
) -> EveryLine:
    """Return the answer of every row at one weight, nothing chosen.

    Asked by a program, confirm reaches every line. On a page it confirms a rare weight
    alone, and what a line asks of its own population or of an age stays asked.
    """
    form = EveryLineForm(query)
    asked = EveryLine(content.document, found.fingerprint, Patient())
    problems = form.problems
    if problems:
        return replace(asked, errors=problems)
    patient, refusal = form.patient, edition_refusal(found, form)
    asked = replace(
        asked, patient=patient, refusal=refusal, links=links_of(found, refusal)
    )
    if on_page and refusal is None and _asks_first(patient):
        return replace(asked, asks=True)
    answers = tuple(_answers(found, content, asked, on_page=on_page))
    return replace(asked, answers=answers)


def none_verified(refused: DoseAnswer) -> EveryLine:
    """Return the refusal of an edition whose content is not what was published."""
    assert isinstance(refused.result, Refusal)  # noqa: S101 - made as one
    return EveryLine(
        refused.document, refused.fingerprint, refused.patient, refusal=refused.result
    )


def every_line_context(
    answer: EveryLine | None, query: QueryDict, content: Monograph
) -> dict[str, Any]:
    """Return what a page of every line shows, by template names; None is no patient.

    asking is the patient whom the rows' forms ask about.
    """
    typed = {name: query.get(name, "").strip() for name in EveryLineForm.base_fields}
    is_worked_out = answer is not None and answer.status == "computed"
    return {
        "worked_out": answer,
        "cells": answer.cells if answer and is_worked_out else (),
        "answers": row_answers(answer.answers, content)
        if answer and is_worked_out
        else (),
        "asking": answer.patient if answer and is_worked_out else None,
        "typed": typed,
        "known_fields": list(EveryLineForm.base_fields),
        "is_fragment": False,
    }


def _asks_first(patient: Patient) -> bool:
    """Return whether a page has to ask about the weight before any number."""
    weight_kg = patient.weight_kg
    is_rare = weight_kg is not None and dosing.is_rare_weight(weight_kg)
    return is_rare and not patient.confirmed


def _answers(
    found: Edition, content: Monograph, asked: EveryLine, *, on_page: bool
) -> Iterator[DoseAnswer]:
    for indication, regimen in lines_of(content.sections["indications"]):
        rule = None if regimen is None else content.rules[regimen["key"]]
        patient = asked.patient
        if on_page and patient.confirmed:
            patient = replace(patient, confirmed=_is_confirmed(rule, patient))
        result = asked.refusal or line_result(found, rule, indication, patient)
        yield DoseAnswer(
            document=content.document,
            fingerprint=found.fingerprint,
            regimen=regimen,
            indication=indication,
            rule=rule,
            patient=patient,
            result=result,
            links=links_of(found, result),
        )


def _is_confirmed(rule: DoseRule | None, patient: Patient) -> bool:
    return rule is not None and dosing.asks_as_every_line(rule, patient)


def _line_json(answer: DoseAnswer) -> Json:
    return {k: v for k, v in answer.as_json().items() if k not in SAID_ONCE}
