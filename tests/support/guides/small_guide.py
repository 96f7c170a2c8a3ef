"""A guide of a few rows, so that its editions go from state to state in no time."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from reference import publishing
from reference.desk import saving
from reference.editions import canonical_document
from reference.models import (
    Drug,
    Edition,
    Indication,
    Preparation,
    Regimen,
    Resource,
    Storage,
)
from reference.publishing import open_discrepancies

TEXTS = {
    "printed_title": "Examplimab",
    "overview": "Examplimab is an example.",
    "disclaimer": "For tests only.",
    "revision_line": "Written for a test",
    "issuer": "A committee",
    "jurisdiction": "A test",
}


def next_year() -> date:
    """A day on which a review may be due."""
    return timezone.now().date() + timedelta(days=365)


def begin_guide(by: User, slug: str = "examplimab") -> Edition:
    """A new drug with the draft of its first edition, ready to be submitted."""
    drug = Drug.objects.create(slug=slug, generic_name=slug, brand_name="Example")
    draft = publishing.start_draft(drug=drug, by=by)
    printed: dict[str, Any] = {"edition": draft, "printed": "As printed."}
    rows = [
        Preparation(
            **printed | {"key": "syringe", "name": "syringe", "text": "A syringe."},
            unit_name="syringe",
            unit_name_plural="syringes",
            strength_mg=100,
            strength_ml=1,
            routes=["subcutaneous"],
        ),
        Storage(**printed, key="cold", text="Keep it cold."),
        Storage(**printed, key="dark", text="Keep it dark."),
        Resource(**printed, key="label", title="Label", url="https://label.example/"),
    ]
    for row in rows:
        saving.save_row(row, by=by)
    return make_ready(draft, by=by)


def with_line(draft: Edition, *, by: User, **fields: Any) -> Edition:
    """The draft with one line, of these fields, that a dose can be worked out from."""
    indication = Indication(
        edition=draft,
        key="condition",
        printed="As printed",
        name="A condition",
        short_name="Condition",
        status=Indication.Status.OFF_LABEL,
    )
    saving.save_row(indication, by=by)
    line = {
        "edition": draft,
        "key": "line",
        "printed": "As printed: 100 mg once daily",
        "indication": indication,
        "route": Regimen.Route.SUBCUTANEOUS,
        "basis": Regimen.Basis.MG_PER_DOSE,
        "low": 100,
        "high": 100,
        "how_often": Regimen.HowOften.TIMES_A_DAY,
        "doses_per_day_low": 1,
        "doses_per_day_high": 1,
    }
    saving.save_row(Regimen(**line | fields), by=by)
    return make_ready(draft, by=by)


def next_draft(edition: Edition, *, by: User) -> Edition:
    """The draft of the edition after this one, ready to be submitted."""
    return make_ready(publishing.start_draft(drug=edition.drug, by=by), by=by)


def make_ready(draft: Edition, *, by: User) -> Edition:
    """The draft with everything that has to be filled in before it is submitted."""
    for name, text in TEXTS.items():
        setattr(draft, name, getattr(draft, name) or text)
    draft.label = f"Number {draft.number}"
    draft.revised_on = str(2025 + draft.number)
    draft.change_note = "What changed."
    draft.change_grade = Edition.ChangeGrade.EDITORIAL
    document = canonical_document(draft)
    draft.none_stated = [name for name in publishing.ASKED_FOR if not document[name]]
    draft.review_due = next_year()
    saving.save_edition(draft, by=by)
    return Edition.objects.get(pk=draft.pk)


def publish(edition: Edition, *, author: User, reviewer: User) -> Edition:
    """The draft, submitted and published."""
    edition = publishing.submit(edition=edition, by=author)
    return publishing.publish(
        edition=edition,
        by=reviewer,
        seen=publishing.fingerprint_of(edition),
        acknowledged=open_discrepancies(canonical_document(edition)),
    )


def guide_in_force(author: User, reviewer: User, slug: str = "examplimab") -> Edition:
    """The first edition of a new drug with one line, published."""
    draft = with_line(begin_guide(author, slug), by=author)
    return publish(draft, author=author, reviewer=reviewer)
