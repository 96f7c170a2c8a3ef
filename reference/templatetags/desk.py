"""What the desk's templates show beside the stock admin: guides, problems, changes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import template
from django.db.models import OuterRef, Q, Subquery
from django.template import RequestContext
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from reference import models
from reference.editions import wording
from reference.pages import sheet_parts
from reference.publishing import Problem

register = template.Library()
register.filter("day_in_words", wording.day_in_words)
register.filter("moment_in_words", wording.moment_in_words)
register.simple_tag(sheet_parts.pdf_link)

DUE_SOON = timedelta(days=90)


@register.inclusion_tag("admin/_guides.html", takes_context=True)
def guides_at_a_glance(context: RequestContext) -> dict[str, Any]:
    """Return each drug with what readers have, what is being written, and its review.

    Drafts are shown to those who may read them.
    """
    user = context["user"]
    if not user.has_perm("reference.view_edition"):
        return {"may_read": False}
    today = timezone.now().date()
    guides = _guides()
    current = [guide["current"] for guide in guides if guide["current"] is not None]
    return {
        "may_read": True,
        "guides": guides,
        "due": [
            {
                "edition": edition,
                "is_overdue": models.review_is_overdue(edition.review_due, today),
            }
            for edition in current
            if edition.review_due is None or edition.review_due <= today + DUE_SOON
        ],
        "days": DUE_SOON.days,
    }


def _guides() -> list[dict[str, Any]]:
    """Return every drug with its current edition and its open one, in two queries."""
    newest = models.Edition.objects.filter(drug=OuterRef("drug")).newest_first()
    shown = models.Edition.objects.filter(
        Q(pk=Subquery(newest.values("pk")[:1]))
        | Q(state__in=models.Edition.OPEN_STATES)
    ).select_related(
        *("drug", "submitted_by", "restoration_requested_by", "review_proposed_by")
    )
    current, being_written = dict[int, Any](), dict[int, Any]()
    for edition in shown.defer("canonical"):
        of_its_kind = current if edition.is_public else being_written
        of_its_kind[edition.drug_id] = edition
    return [
        {
            "drug": drug,
            "current": (found := current.get(drug.pk)),
            "state_in_words": models.STATE_IN_WORDS[found.state] if found else "",
            "open": being_written.get(drug.pk),
        }
        for drug in models.Drug.objects.all()
    ]


@register.simple_tag
def problem_list(problems: Sequence[Problem]) -> SafeString:
    """Return what stands in the way of publication, as the review page shows it."""
    listed = render_to_string("reference/review/_problems.html", {"problems": problems})
    return mark_safe(listed)  # noqa: S308 - escaped as it was rendered


@register.filter
def changed_values(entry: models.HistoryEntry) -> list[tuple[str, Any, Any]]:
    """Return field, value before and value after, where a recorded act changed it."""
    before, after = entry.before or {}, entry.after or {}
    return [
        (name.replace("_", " "), before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
