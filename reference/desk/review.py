"""An edition as readers would see it, and everything that a reviewer signs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anakinra_site.http import HtmxHttpRequest, allow_styles
from reference import editions, publishing
from reference.comparing import (
    compare,
    dose_impact,
    nothing_before,
    patients_of_lines,
    schedules_of_lines,
)
from reference.doses import answer_to, dose_context
from reference.models import STATE_IN_WORDS, Edition
from reference.pages import page_of, running_head_style, style_hash

from .acts import ACTS, ActForm, acts_for, visible
from .forms import ids_of
from .held import signed_in


@require_safe
@never_cache
def preview(request: HttpRequest, edition_id: str, template: str) -> HttpResponse:
    """The edition through the public templates, for those who may read drafts."""
    edition = visible(request, edition_id)
    document = editions.canonical_document(edition)
    response = page_of(
        request,
        f"reference/pages/{template}.html",
        edition,
        editions.arranged(document),
        digest=editions.fingerprint(editions.canonical_bytes(document)),
        is_preview=True,
        dose_address="" if edition.is_public else _trial_address(edition),
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@never_cache
def trial_dose(request: HtmxHttpRequest, edition_id: str) -> HttpResponse:
    """A dose from an edition that is written or reviewed, marked as a draft's."""
    edition = visible(request, edition_id)
    if edition.is_public:
        raise Http404
    document = editions.canonical_document(edition)
    content = editions.arranged(document)
    if request.GET:
        answer = answer_to(request.GET, edition, content, is_trial=True)
        context = dose_context(
            answer,
            content,
            typed=request.GET.dict(),
            is_trial=True,
            is_fragment=bool(request.htmx),
        )
        status = 422 if answer.status == "invalid" else 200
    else:
        context, status = {"answer": None}, 200
    context["dose_address"] = _trial_address(edition)
    if request.htmx:
        context["document"] = document
        template = "reference/doses/_dose.html"
        response = render(request, template, context, status=status)
    else:
        response = page_of(
            request,
            "reference/doses/dose.html",
            edition,
            content,
            digest=editions.fingerprint(editions.canonical_bytes(document)),
            status=status,
            is_preview=True,
            **context,
        )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _trial_address(edition: Edition) -> str:
    return reverse("admin:reference_edition_dose", args=[edition.pk])


@require_safe
@never_cache
def review(request: HttpRequest, edition_id: str) -> HttpResponse:
    """Everything a reviewer signs: what changed, which doses, what is still open."""
    edition = visible(request, edition_id)
    opened = publishing.versions_of(edition)  # before what is shown is read
    document = editions.canonical_document(edition)
    # Of what this page shows.
    seen = editions.fingerprint(editions.canonical_bytes(document))
    problems = publishing.publication_problems(edition, document)
    still_open = publishing.open_discrepancies(document)
    asked = {"seen": seen, "acknowledged_keys": " ".join(sorted(still_open))}
    style = running_head_style(
        title=f"Review of {edition.drug}",
        edition=f"Edition {edition.number}, {edition.label}",
        state=STATE_IN_WORDS[edition.state],
        address=f"Document {seen[:12]}",
    )
    context = {
        "title": f"Review of {edition}",
        "edition": edition,
        "document": document,
        **_changes(edition.previous, document),
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


def _changes(previous: Edition | None, document: editions.Document) -> dict[str, Any]:
    """Return what an edition changes; all of it is new where there is none before."""
    before = nothing_before(document)
    if previous is not None:
        before = editions.published_monograph(previous).document
    impact = dose_impact(before, document)
    return {
        "comparison": compare(before, document),
        "impact": impact,
        "is_first": previous is None,
        "patients": patients_of_lines(document),
        "schedules": schedules_of_lines(before, document, impact),
        "reworded": publishing.reworded(document),
    }
