"""The page of each act: what it does and asks, and a refusal that loses nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from anakinra_site.accounts import events
from reference import publishing
from reference.editions import canonical_document
from reference.models import Edition, validate_partial_date, validate_signs

from .forms import ids_of
from .held import signed_in
from .sheet import sheet_problems

State = Edition.State


class ActForm(forms.Form):
    """What an act may ask for; each act shows the fields it names."""

    reason = forms.CharField(
        validators=[validate_signs],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown to the committee, and to readers where it concerns them.",
    )
    reviewed_on = forms.CharField(
        label="Fully reviewed on",
        validators=[validate_partial_date],
        help_text="When the whole text was checked: 2026-11, or 2026-11-22.",
    )
    review_due = forms.DateField(
        label="Next review due", help_text="At most 3 years ahead: 2029-06-30."
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    acknowledged = forms.BooleanField(
        required=False,
        label="I have read the open discrepancies named here; they stay open",
    )
    acknowledged_keys = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, names: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name] for name in names}


@dataclass(frozen=True, slots=True)
class Act:
    """One change of state: its words, who may do it from where, and what it asks.

    Some acts answer to another person's: `answers` names the field that holds who.
    """

    title: str
    explanation: str
    done: str
    states: tuple[str, ...]
    permission: str
    perform: Callable[..., Any]
    fields: tuple[str, ...] = ()
    answers: str = ""


ACTS = {
    "submit": Act(
        "Submit for review",
        "Freezes the draft. A second person reviews it; nobody can edit it meanwhile.",
        "is in review",
        (State.DRAFT,),
        "reference.submit_edition",
        publishing.submit,
    ),
    "return": Act(
        "Return to draft",
        "Reopens the edition for its authors, who read the reason.",
        "is a draft again",
        (State.IN_REVIEW,),
        "",
        publishing.return_to_draft,
        ("reason",),
    ),
    "publish": Act(
        "Approve and publish",
        "Puts the edition in force at once and supersedes the one before.",
        "is in force",
        (State.IN_REVIEW,),
        "reference.publish_edition",
        publishing.publish,
        ("seen", "acknowledged", "acknowledged_keys"),
    ),
    "withdraw": Act(
        "Withdraw",
        "At once: readers see the reason in a banner, and no dose is worked out from "
        "this edition any more. Undoing it takes two people.",
        "is withdrawn",
        (State.PUBLISHED, State.SUPERSEDED),
        "reference.withdraw_edition",
        publishing.withdraw,
        ("reason",),
    ),
    "request-restoration": Act(
        "Ask to undo the withdrawal",
        "A second person has to agree before readers see any change.",
        "stays withdrawn until a second person agrees",
        (State.WITHDRAWN,),
        "reference.withdraw_edition",
        publishing.request_restoration,
        ("reason",),
    ),
    "restore": Act(
        "Undo the withdrawal",
        "Agrees to what somebody else asked for.",
        "is not withdrawn any more",
        (State.WITHDRAWN,),
        "reference.publish_edition",
        publishing.restore,
        answers="restoration_requested_by",
    ),
    "propose-review": Act(
        "Propose a full review",
        "Says that the whole text was checked and nothing has to change. A second "
        "person confirms it.",
        "has a full review proposed; a second person confirms it",
        (State.PUBLISHED,),
        "reference.submit_edition",
        publishing.propose_full_review,
        ("reviewed_on", "review_due"),
    ),
    "confirm-review": Act(
        "Confirm the full review",
        "Makes the proposed dates public.",
        "is fully reviewed",
        (State.PUBLISHED,),
        "reference.publish_edition",
        publishing.confirm_full_review,
        answers="review_proposed_by",
    ),
    "discard": Act(
        "Discard the draft",
        "Deletes the draft and its rows. The record of the work on it stays.",
        "is discarded",
        (State.DRAFT,),
        "reference.submit_edition",
        publishing.discard,
        ("reason",),
    ),
}


def acts_for(edition: Edition, user: User) -> list[tuple[str, Act]]:
    """Return the acts that the edition's state and the user's permissions allow.

    What answers to another person's act is there once that act is.
    """
    return [
        (name, act)
        for name, act in ACTS.items()
        if edition.state in act.states
        and (not act.permission or user.has_perm(act.permission))
        and (not act.answers or getattr(edition, act.answers) is not None)
    ]


def problems_of(edition: Edition) -> list[publishing.Problem]:
    """Return what blocks the edition as it is stored, and what is warned of."""
    return publishing.publication_problems(edition, canonical_document(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def act(request: HttpRequest, edition_id: str, name: str) -> HttpResponse:
    """The page of one act; a refusal keeps what was typed and says what to do."""
    if name not in ACTS:
        raise Http404
    chosen, edition = ACTS[name], visible(request, edition_id)
    if chosen.permission and not signed_in(request).has_perm(chosen.permission):
        raise PermissionDenied
    if name == "publish" and request.method != "POST":
        return redirect("admin:reference_edition_review", edition.pk)
    sent = request.POST if request.method == "POST" else None
    form, refusal = ActForm(chosen.fields, sent), ""
    still_open: dict[str, str] = {}
    if sent is not None and form.is_valid():
        error = _refusal(request, edition, name, form)
        if error is None:
            return _done(request, edition, name)
        refusal = str(error)
        if isinstance(error, ValidationError):
            refusal = " ".join(error.messages)
        elif isinstance(error, publishing.NotAcknowledgedError):
            still_open = error.still_open
            form = _asked_again(chosen, form, still_open)
        edition = edition.drug.editions.filter(pk=edition.pk).first() or edition
    opened = publishing.versions_of(edition)
    form.auto_id = ids_of(opened)
    context = admin.site.each_context(request) | {
        "title": f"{chosen.title}: {edition}",
        "edition": edition,
        "act": chosen,
        "form": form,
        "opened": opened,
        "is_reviewed": name == "publish" and not still_open,
        "still_open": still_open,
        "refusal": refusal,
        "problems": _before_submission(edition, is_first=sent is None)
        if name == "submit"
        else [],
    }
    page = "admin/reference/edition/act.html"
    return render(request, page, context, status=409 if refusal else 200)


def _refusal(
    request: HttpRequest, edition: Edition, name: str, form: ActForm
) -> publishing.PublishingError | ValidationError | None:
    """Do what was asked, or return why it was refused."""
    by = signed_in(request)
    try:
        with transaction.atomic():
            publishing.require_versions(edition, request.POST.get("opened", ""))
            ACTS[name].perform(edition=edition, by=by, **_values(form))
    except publishing.PublishingError as error:
        events.log_refusal(name, error, by=by, edition=edition)
        return error
    except ValidationError as error:
        return error
    return None


def _asked_again(chosen: Act, form: ActForm, still_open: dict[str, str]) -> ActForm:
    """Return the form with the discrepancies that are named beside it to be ticked."""
    keys = " ".join(sorted(still_open))
    initial = {"seen": form.cleaned_data["seen"], "acknowledged_keys": keys}
    return ActForm(chosen.fields, initial=initial)


def _before_submission(edition: Edition, *, is_first: bool) -> list[publishing.Problem]:
    """Return what an author is told before the draft is frozen; the sheet once."""
    problems = problems_of(edition)
    if is_first and not publishing.blocks(problems):
        return [*sheet_problems(edition), *problems]
    return problems


def _done(request: HttpRequest, edition: Edition, name: str) -> HttpResponse:
    messages.success(request, f"{edition} {ACTS[name].done}.")
    if name == "discard":
        return redirect("admin:reference_drug_change", edition.drug_id)
    return redirect("admin:reference_edition_change", edition.pk)


def _values(form: ActForm) -> dict[str, Any]:
    """Return the arguments of the act; an acknowledgement is the list it was given."""
    values = dict(form.cleaned_data)
    if "acknowledged_keys" in values:
        keys = values.pop("acknowledged_keys").split()
        values["acknowledged"] = keys if values["acknowledged"] else []
    return values


def visible(request: HttpRequest, edition_id: str) -> Edition:
    """Return the edition if this user may read it, or raise 404."""
    editions = Edition.objects.visible_to(request.user).select_related("drug")
    found = editions.filter(pk=edition_id if edition_id.isdecimal() else 0).first()
    if found is None:
        raise Http404
    return found
