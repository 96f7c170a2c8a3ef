"""What the desk's index shows at a glance: each guide, and the reviews that are due."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import RequestContext
from django.utils import timezone

from ..models import Drug, Edition
from ..pages import STATE_IN_WORDS
from ..problems import review_is_overdue

register = template.Library()

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
    guides = [_guide(drug) for drug in Drug.objects.all()]
    current = [guide["current"] for guide in guides if guide["current"] is not None]
    return {
        "may_read": True,
        "guides": guides,
        "due": [
            {
                "edition": edition,
                "is_overdue": review_is_overdue(edition.review_due, today),
            }
            for edition in current
            if edition.review_due is None or edition.review_due <= today + DUE_SOON
        ],
        "days": DUE_SOON.days,
    }


def _guide(drug: Drug) -> dict[str, Any]:
    editions = drug.editions.select_related("drug", "submitted_by").defer("canonical")
    current = editions.current().first()
    return {
        "drug": drug,
        "current": current,
        "state_in_words": STATE_IN_WORDS[current.state] if current else "",
        "open": editions.filter(state__in=Edition.OPEN_STATES).first(),
    }
