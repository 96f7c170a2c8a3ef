"""One dose as it was asked for: the query read, the edition's state heeded, answered.

No response is made here.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from django.conf import settings
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from reference import dosing
from reference.dosing import Confirmation, Dose, DoseRule, Patient, Refusal, answers
from reference.editions import DatabaseDownError, Monograph, Row, wording
from reference.models import Edition

from .answer import NOT_VERIFIED, DoseAnswer
from .dose_table import dose_table
from .form import DoseForm, PatientForm
from .words import presented

SAID_NOT_VERIFIED = (
    "The stored edition does not match its fingerprint, so it is not what was "
    "published. No dose was worked out. Use the printed guide."
)
Result: TypeAlias = Dose | Refusal | Confirmation


def answer_to(
    query: QueryDict, found: Edition, content: Monograph, *, is_trial: bool = False
) -> DoseAnswer:
    """Return the answer to a dose request, or raise 404 for a line there is not.

    is_trial works doses out from an edition that is not published, for those who write
    and review it; the caller has asked who they are.
    """
    for name, rows in (
        ("regimen", content.regimens),
        ("indication", content.indications),
    ):
        if any(key and key not in rows for key in query.getlist(name)):
            raise Http404
    regimen = content.regimens.get(query.get("regimen", ""))
    indication = content.indications.get(
        regimen["indication"] if regimen else query.get("indication", "")
    )
    rule = content.rules[regimen["key"]] if regimen else None
    form = DoseForm(query, rule, bool(indication and indication["regimens"]))
    problems = form.problems
    if rule and not problems and form.cleaned_data.get("preparation"):
        rule = rule.drawn_from(form.cleaned_data["preparation"])
    refused = None if problems or is_trial else edition_refusal(found, form)
    result: Result | None = refused
    if not problems and refused is None:
        result = line_result(found, rule, indication, form.patient)
    return DoseAnswer(
        document=content.document,
        fingerprint=found.fingerprint,
        regimen=regimen,
        indication=indication,
        rule=rule,
        patient=form.patient,
        result=result,
        errors=problems,
        links=links_of(found, result),
    )


def not_verified(found: Edition) -> DoseAnswer:
    """Return the refusal of an edition whose content is not what was published."""
    names = {"slug": found.drug.slug, "generic_name": found.drug.generic_name}
    return DoseAnswer(
        document={
            "drug": names,
            "edition": {"number": found.number, "label": found.label},
        },
        fingerprint=found.fingerprint,
        regimen=None,
        indication=None,
        rule=None,
        patient=Patient(),
        result=Refusal(NOT_VERIFIED, SAID_NOT_VERIFIED),
    )


def dose_context(
    answer: DoseAnswer,
    content: Monograph | None,
    *,
    typed: Mapping[str, str],
    is_trial: bool = False,
    is_fragment: bool = False,
    in_row: bool = False,
) -> dict[str, Any]:
    """Return an answer, how a page says it, and what was typed, by template names.

    content is None where the edition is not what was published. in_row is whether the
    weight was typed once for every line, and not beside this one.
    """
    row = None
    if content is not None and answer.indication is not None:
        key = (answer.regimen or answer.indication)["key"]
        table = dose_table(content.sections, content.document)
        row = next((each for each in table.rows if each.key == key), None)
    return {
        "answer": answer,
        "shown": presented(answer, row, at=timezone.now(), is_trial=is_trial),
        "is_trial": is_trial,
        "is_fragment": is_fragment,
        "in_row": in_row,
        "dose_address": reverse(
            "reference:dose", args=[answer.document["drug"]["slug"]]
        ),
        "typed": typed,
        "known_fields": list(DoseForm.base_fields),
        "origin": settings.PUBLIC_ORIGIN,
    }


def edition_refusal(found: Edition, form: PatientForm) -> Refusal | None:
    """Return why this edition works out no dose, or None where it does."""
    asked = form.cleaned_data.get("edition")
    if asked not in (None, found.number) and found.not_rechecked_since:
        raise DatabaseDownError("Whether that edition is in force cannot be asked.")
    if asked is not None and asked != found.number:
        return Refusal(
            "edition-not-in-force",
            f"This was asked of edition {asked}. The edition in force is "
            f"{found.number} ({found.label}). No dose was worked out. Open the edition "
            "in force and ask again.",
        )
    if found.state != Edition.State.PUBLISHED:
        return Refusal(
            "edition-withdrawn",
            f"The {found.label} edition has been withdrawn, and none has taken its "
            "place. No dose was worked out.",
        )
    return None


def line_result(
    found: Edition, rule: DoseRule | None, indication: Row | None, patient: Patient
) -> Result:
    """Return what the arithmetic answers; without a rule, that there is no line.

    Heeds neither the edition's state nor what is wrong with a request.
    """
    if rule is None:
        name = "" if indication is None else indication["name"]
        return Refusal(
            "no-dosing-printed",
            f"The {found.label} edition lists {name} and prints no dosing line for "
            "it. No dose was worked out, and none is borrowed from another line.",
        )
    return _with_recheck(found, dosing.compute_dose(rule, patient))


def _with_recheck(found: Edition, result: Result) -> Result:
    """Return the same with a caution, first, if its edition could not be rechecked."""
    since = found.not_rechecked_since
    if since is None or not isinstance(result, Dose):
        return result
    caution = answers.Caution(
        "edition-not-rechecked",
        f"The {found.label} edition was in force when that was last checked, "
        f"{wording.moment_in_words(since)}. The site cannot check it now: a newer "
        "edition, or a withdrawal, would not show. Check the dose against another "
        "source.",
    )
    return replace(result, cautions=(caution, *result.cautions))


def links_of(found: Edition, result: Any) -> dict[str, str]:
    """Return where to go on from a refusal of the edition."""
    if isinstance(result, Refusal) and result.code == "edition-not-in-force":
        slug = found.drug.slug
        return {
            "edition in force": reverse("reference:monograph", args=[slug]),
            "all editions": reverse("reference:editions", args=[slug]),
        }
    return {}
