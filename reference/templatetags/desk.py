"""What the desk's templates show beside the stock admin: guides, problems, changes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import template
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
    guides = [_guide(drug) for drug in models.Drug.objects.all()]
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


def _guide(drug: models.Drug) -> dict[str, Any]:
    editions = drug.editions.select_related("drug", "submitted_by").defer("canonical")
    current = editions.current()
    return {
        "drug": drug,
        "current": current,
        "state_in_words": models.STATE_IN_WORDS[current.state] if current else "",
        "open": editions.filter(state__in=models.Edition.OPEN_STATES).first(),
    }


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
