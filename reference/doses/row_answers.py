"""The answer that a row of the table opens with: of this patient, or of every one."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils import timezone

from reference.dosing import Patient
from reference.editions import Monograph
from reference.models import Edition

from .answer import DoseAnswer
from .dose_table import TableRow, dose_table
from .request import line_result
from .words import PresentedAnswer, presented


class RowAnswer(NamedTuple):
    """An answer, and what a row says of it."""

    answer: DoseAnswer
    shown: PresentedAnswer


def row_answers(
    answers: Iterable[DoseAnswer], content: Monograph
) -> tuple[RowAnswer, ...]:
    """Return the answers of every row, in the order of the table, as they are shown."""
    rows, now = dose_table(content.sections, content.document).rows, timezone.now()
    return tuple(
        RowAnswer(answer, presented(answer, row, at=now))
        for answer, row in zip(answers, rows, strict=True)
    )


def unweighed_answer(
    found: Edition, document: Mapping[str, Any], row: TableRow
) -> RowAnswer | None:
    """Return the answer of a row that is the same for every patient, or None.

    It is a fixed dose of the edition in force, and part of the page that is drawn once:
    so it names no moment.
    """
    if row.regimen is None or found.state != Edition.State.PUBLISHED:
        return None
    rule = row.regimen["rule"]
    if rule.needs_weight or rule.is_area_based:
        return None
    answer = DoseAnswer(
        document=document,
        fingerprint=found.fingerprint,
        regimen=row.regimen,
        indication=row.about,
        rule=rule,
        patient=Patient(),
        result=line_result(found, rule, row.about, Patient()),
    )
    return RowAnswer(answer, presented(answer, row, at=None))
