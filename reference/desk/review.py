"""An edition as readers would see it, and everything that a reviewer signs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anakinra_site.http import allow_styles
from reference import publishing
from reference.comparing import compare, dose_impact
from reference.editions import (
    Document,
    arranged,
    canonical_bytes,
    canonical_document,
    fingerprint,
    published_monograph,
)
from reference.models import STATE_IN_WORDS, Edition
from reference.pages import edition_page, running_head_style, style_hash

from .acts import ACTS, ActForm, acts_for, visible
from .forms import ids_of
from .held import signed_in


@require_safe
@never_cache
def preview(request: HttpRequest, edition_id: str, template: str) -> HttpResponse:
    """The edition through the public templates, for those who may read drafts."""
    edition = visible(request, edition_id)
    document = canonical_document(edition)
    response = edition_page(
        request,
        f"reference/pages/{template}.html",
        edition,
        arranged(document),
        digest=fingerprint(canonical_bytes(document)),
        is_preview=True,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@never_cache
def review(request: HttpRequest, edition_id: str) -> HttpResponse:
    """Everything a reviewer signs: what changed, which doses, what is still open."""
    edition = visible(request, edition_id)
    opened = publishing.versions_of(edition)  # before what is shown is read
    document = canonical_document(edition)
    seen = fingerprint(canonical_bytes(document))  # of what this page shows
    before = _before(edition)
    problems = publishing.publication_problems(edition, document)
    still_open = publishing.open_discrepancies(document)
    asked = {"seen": seen, "acknowledged_keys": " ".join(sorted(still_open))}
    style = _running_head(edition, seen)
    context = {
        "title": f"Review of {edition}",
        "edition": edition,
        "document": document,
        "comparison": compare(before, document) if before else None,
        "impact": dose_impact(before, document) if before else None,
        "blocks": publishing.blocks(problems),
        "warnings": [problem for problem in problems if problem.level == "warning"],
        "open_discrepancies": still_open,
        "form": ActForm(
            ACTS["publish"].fields, initial=asked, auto_id=ids_of(f"{opened} {seen}")
        ),
        "opened": opened,
        "acts": dict(acts_for(edition, signed_in(request))),
        "refusal": publishing.why_not_publisher(edition, signed_in(request)),
        "running_heads": mark_safe(style),  # noqa: S308 - escaped there
    }
    response = render(request, "reference/review/review.html", context)
    allow_styles(response, style_hash(style))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _running_head(edition: Edition, seen: str) -> str:
    """Return the style that writes on each sheet what was reviewed."""
    return running_head_style(
        title=f"Review of {edition.drug}",
        edition=f"Edition {edition.number}, {edition.label}",
        state=STATE_IN_WORDS[edition.state],
        address=f"Document {seen[:12]}",
    )


def _before(edition: Edition) -> Document | None:
    """Return the document that readers have now, or had before this edition."""
    earlier = edition.drug.editions.public().filter(number__lt=edition.number)
    previous = earlier.order_by("-number").first()
    return published_monograph(previous).document if previous else None
