"""The next edition of the guide, in which pJIA has a lower limit."""

from django.contrib.auth.models import User

from reference import publishing
from reference.desk import saving
from reference.models import Edition, Regimen
from tests.support.desk_steps import NOTE, REVIEW_DUE
from tests.support.guides.small_guide import next_year


def ready_draft(author: str) -> Edition:
    """A draft in which pJIA's limit is 90 mg and nothing stands in the way."""
    by = User.objects.get(username=author)
    draft = start_next(by, "November 2026", NOTE)
    draft.revision_line, draft.review_due = "Revised November 2026", REVIEW_DUE
    saving.save_edition(draft, by=by)
    regimen = Regimen.objects.get(edition=draft, key="pjia-sc")
    regimen.max_per_dose = 90
    regimen.printed = regimen.printed.replace("100mg", "90mg")
    saving.save_row(regimen, by=by)
    return Edition.objects.get(pk=draft.pk)


def in_review(author: str) -> Edition:
    by = User.objects.get(username=author)
    return publishing.submit(edition=ready_draft(author), by=by)


def address(edition: Edition, page: str = "change") -> str:
    return f"/admin/reference/edition/{edition.pk}/{page}/"


def start_next(
    author: User, label: str, note: str, revised_on: str = "2026-11"
) -> Edition:
    """A draft that lacks nothing but its changes."""
    drug = Edition.objects.order_by("number")[0].drug
    draft = publishing.start_draft(drug=drug, by=author)
    draft.label, draft.revised_on, draft.change_note = label, revised_on, note
    draft.change_grade = Edition.ChangeGrade.DOSE_OR_SAFETY
    draft.review_due = next_year()
    draft.save()
    return draft


def limit_pjia(draft: Edition, mg: int) -> None:
    draft.regimen_set.filter(key="pjia-sc").update(
        max_per_dose=mg,
        printed=f"pJIA: 1mg/kg once daily, max {mg}mg",
    )
