"""Two guides under one independent oracle: worked examples, and random requests."""

import csv
import random
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reference.doses.answer import DoseAnswer
from reference.dosing import Age, Patient, Refusal, compute_dose
from reference.dosing.typed import parse_weight_kg
from reference.editions import Monograph
from tests.support.oracle import ANAKINRA, EXAMPLIMAB, Guide, expected_answer
from tests.support.random_requests import random_request
from tests.tools.reliability.figures import none_lost, times

TABLES = Path(__file__).parents[1]


class Asked(NamedTuple):
    """A guide as the oracle has it, and what is asked of it; more in `make fuzz`."""

    guide: Guide
    table: str
    what: str
    seed: int
    requests: tuple[int, int]

    @property
    def examples(self) -> list[dict[str, str]]:
        """The rows of its table of worked examples."""
        text = (TABLES / self.table).read_text(encoding="utf-8")
        names, *rows = text.splitlines()
        return list(csv.DictReader([names.replace("syringes", "units"), *rows]))


GUIDES = {
    "anakinra": Asked(
        ANAKINRA,
        "worked_examples.csv",
        "Random requests for a dose of anakinra, against an independent oracle",
        20240601,
        (10_000, 100_000),
    ),
    "examplimab": Asked(
        EXAMPLIMAB,
        "worked_examples_second.csv",
        "Random requests for a dose of a second biologic, against the oracle",
        20260101,
        (4_000, 20_000),
    ),
}
EXAMPLES = [
    pytest.param(name, row, id=f"{name}: {row['example']}")
    for name, asked in GUIDES.items()
    for row in asked.examples
]


@pytest.fixture
def monograph(name: str, june_2024: Monograph, january_2026: Monograph) -> Monograph:
    """The edition of the guide of this name."""
    return {"anakinra": june_2024, "examplimab": january_2026}[name]


@pytest.mark.parametrize("name", GUIDES)
def test_the_oracle_and_the_worked_examples_know_every_line(
    name: str, monograph: Monograph
) -> None:
    lines = set(GUIDES[name].guide.regimens)
    assert set(monograph.rules) == lines
    assert {line_of(row) for row in GUIDES[name].examples} == lines


def test_there_are_at_least_60_worked_examples() -> None:
    assert len(GUIDES["anakinra"].examples) >= 60


@pytest.mark.parametrize("name", GUIDES)
def test_the_oracle_agrees_on_any_random_request(
    name: str, monograph: Monograph
) -> None:
    """Of anakinra 100,000 in `make fuzz`; `make test` asks the first of them."""
    guide, asked = GUIDES[name].guide, GUIDES[name]
    source, wrong, requests = random.Random(asked.seed), [], times(*asked.requests)
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for _ in range(requests):
        key, request = random_request(source, guide)
        answer = answered(monograph, key, **request)
        expected = expected_answer(key, guide=guide, **request)
        if answer != expected:
            wrong.append((key, request, answer, expected))
        seen.add((key, answer["status"], tuple(answer.get("needs", ()))))
    none_lost(
        wrong, "fuzz", asked.what, tried=requests, unit="requests", on_database=False
    )
    assert {key for key, _, _ in seen} == set(guide.regimens)
    for key, line in guide.regimens.items():
        assert (key, "computed", ()) in seen or not line.counts
        if line.weight_decides:
            assert (key, "refused", ()) in seen
        if len(guide.products) > 1:
            assert any("preparation" in needs for of, _, needs in seen if of == key)


def answered(
    monograph: Monograph,
    key: str,
    weight: str | None = None,
    rate: str | None = None,
    age: str | None = None,
    age_unit: str = "years",
    crcl: str | None = None,
    preparation: str | None = None,
    **choices: Any,
) -> dict[str, Any]:
    """The parts of the site's JSON answer that the oracle answers too."""
    regimen = monograph.regimens.get(key)
    assert regimen is not None
    rule = monograph.rules[key]
    if preparation is not None:
        rule = rule.drawn_from(preparation)
    patient = Patient(
        weight_kg=None if weight is None else parse_weight_kg(weight),
        rate=None if rate is None else Decimal(rate),
        age=None if age is None else Age(Decimal(age), age_unit),
        crcl_ml_per_min=None if crcl is None else Decimal(crcl),
        **choices,
    )
    result = compute_dose(rule, patient)
    answer = DoseAnswer(
        document=monograph.document,
        fingerprint="",
        regimen=regimen,
        indication=monograph.indications.get(regimen["indication"]),
        rule=rule,
        patient=patient,
        result=result,
    ).as_json()
    for name in ("drug", "edition", "regimen", "working", "weight_lb", "text"):
        answer.pop(name, None)
    answer.pop("preparation", None)
    if isinstance(result, Refusal):
        answer["reason"] = {"code": result.code}
    if "cautions" in answer:
        codes = {caution["code"] for caution in answer["cautions"]}
        answer["cautions"] = sorted(codes - {"discrepancy-open"})
    return answer


@pytest.mark.parametrize(("name", "row"), EXAMPLES)
def test_worked_example(name: str, row: dict[str, str], monograph: Monograph) -> None:
    request = request_of(row)
    answer = answered(monograph, line_of(row), **request)
    guide = GUIDES[name].guide
    assert answer == expected_answer(line_of(row), guide=guide, **request)
    assert answer["status"] == row["status"]
    assert answer.get("reason", {"code": ""})["code"] == row["reason"]
    if row["status"] == "computed":
        shown = as_example(answer, row["per_day"])
        named = shown.keys() & row.keys()
        assert {column: shown[column] for column in named} == {
            column: row[column] for column in named
        }


def line_of(row: dict[str, str]) -> str:
    return row.get("regimen") or row["line"]


def request_of(row: dict[str, str]) -> dict[str, Any]:
    """A row of a table as the arguments of a request."""
    months = row.get("age_months")
    age = {"age": months, "age_unit": "months"} if months else {}
    return {
        "weight": row["weight"] or None,
        "rate": row["rate"] or None,
        "doses_per_day": int(row["doses_per_day"]) if row["doses_per_day"] else None,
        "hours": int(row["hours"]) if row["hours"] else None,
        "increased": row.get("dose") == "increased" or row.get("increased") == "yes",
        "confirmed": row["confirm"] == "yes",
        "preparation": row.get("preparation") or None,
        **age,
    }


def as_example(answer: dict[str, Any], per_day: str) -> dict[str, str]:
    """An answer in the columns of both tables, of its doses those so often a day."""
    doses = [dose for dose in answer["doses"] if str(dose["per_day"]) == per_day]
    item = doses[0] if doses else {}
    infusion, limit = answer["infusion"] or {}, answer["limit"]
    course = answer["course"] or {}
    spans = {
        "daily_{}_mg": answer["daily_mg"],
        "dose_{}_mg": item.get("mg"),
        "volume_{}_ml": item.get("ml"),
        "units_per_day_{}": item.get("syringes_per_day"),
        "course_days_{}": course.get("days"),
        "course_{}_mg": course.get("mg"),
        "course_{}_units": course.get("syringes"),
    }
    return {
        **{
            column.format(end): str(span[end]) if span else ""
            for column, span in spans.items()
            for end in ("low", "high")
        },
        "needs": " ".join(answer["needs"]),
        "per_day": str(item.get("per_day", "")),
        "mg_per_hour": infusion.get("mg_per_hour") or "",
        "total_mg": infusion.get("total_mg") or "",
        "total_units": str(infusion.get("syringes") or ""),
        "limit_applied": "" if limit is None else "yes" if limit["applied"] else "no",
        "cautions": " ".join(answer["cautions"]),
    }
