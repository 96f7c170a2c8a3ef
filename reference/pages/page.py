"""Renders a page of one edition, whoever asks: the public pages and the preview.

What may be read by whom is decided by the callers.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from anakinra_site.http import NEVER_STORED, allow_styles
from reference.editions import Monograph, published_monograph, wording
from reference.models import STATE_IN_WORDS, Edition, review_is_overdue

from .running_heads import running_head_style, style_hash


def page_of(
    request: HttpRequest,
    template: str,
    edition: Edition,
    content: Monograph | None = None,
    *,
    digest: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a page of one edition, its facts in the head of every printed page.

    Its content is what was published, unless it is given, with its digest. Raises
    EditionNotVerifiedError.
    """
    about_edition = edition_context(edition, content, digest=digest)
    response = render(request, template, about_edition | context, status=status)
    allow_styles(response, style_hash(about_edition["running_heads"]))
    return not_rechecked(response, edition.not_rechecked_since)


def not_rechecked(response: HttpResponse, since: datetime | None) -> HttpResponse:
    """Return an answer that says, and is not kept, if its edition was not rechecked."""
    if since is not None:
        said = f"Edition not rechecked since {since:%Y-%m-%dT%H:%M:%SZ}"
        response.headers["Warning"] = f'111 - "{said}"'
        response.headers["Cache-Control"] = NEVER_STORED
    return response


def edition_context(
    edition: Edition, content: Monograph | None = None, *, digest: str = ""
) -> dict[str, Any]:
    """Return what every page of one edition is rendered from, by template names."""
    content = content or published_monograph(edition)
    digest = digest or edition.fingerprint
    address, state = edition.permanent_address, state_in_words(edition)
    own = [edition.drug.slug, edition.number]
    style = running_head_style(
        title=str(edition.drug),
        edition=_("Edition {number}, {label}").format(
            number=edition.number, label=edition.label
        ),
        state=str(state),
        address=f"{address} {digest[:12]}",
    )
    return {
        "edition": edition,
        "state_in_words": state,
        "not_rechecked_since": edition.not_rechecked_since,
        "is_in_force": edition.state == Edition.State.PUBLISHED,
        "dose_address": _dose_address(edition),
        "is_overdue": review_is_overdue(edition.review_due, timezone.now().date()),
        "document": content.document,
        "sections": content.sections,
        "address": address,
        "origin": settings.PUBLIC_ORIGIN,
        "canonical": f"{settings.PUBLIC_ORIGIN}{edition.drug.get_absolute_url()}",
        "report_errors_to": settings.REPORT_ERRORS_TO,
        "fingerprint": digest,
        "short_fingerprint": digest[:12],
        # A draft lists its own discrepancies in full.
        "register": reverse("reference:edition_discrepancies", args=own)
        if edition.is_public
        else "",
        "running_heads": mark_safe(style),  # noqa: S308 - escaped by print_style
        "since": _since(edition, content),
    }


def _dose_address(edition: Edition) -> str:
    """Return where a dose of the edition is worked out, or "" where none is."""
    if edition.state != Edition.State.PUBLISHED:
        return ""
    return reverse("reference:dose", args=[edition.drug.slug])


def state_in_words(edition: Edition) -> Any:
    """Return an edition's state as a reader is told it."""
    if edition.not_rechecked_since is None:
        return STATE_IN_WORDS[edition.state]
    return _("in force when last checked, {moment}").format(
        moment=wording.moment_in_words(edition.not_rechecked_since)
    )


def _since(edition: Edition, content: Monograph) -> dict[str, Any] | None:
    """Return what has come since a superseded or withdrawn edition, for its banner."""
    if edition.state not in (Edition.State.SUPERSEDED, Edition.State.WITHDRAWN):
        return None
    current = edition.drug.editions.defer("canonical").current()
    if current is None or current == edition:
        return None
    now = {
        row["key"]: row
        for row in published_monograph(current).document["discrepancies"]
    }
    ruled = [
        now[row["key"]]
        for row in content.document["discrepancies"]
        if row["ruling"] == "open" and row["key"] in now
        if now[row["key"]]["ruling"] != "open"
    ]
    return {"edition": current, "ruled": ruled}
