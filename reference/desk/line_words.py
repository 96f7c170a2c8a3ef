"""What a dosing line says while it is typed: its sentence, and where words differ."""

from typing import Any

from django.forms import modelform_factory
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from reference.editions import Document, canonical_document, plain_row
from reference.models import Indication, Regimen
from reference.reading import line_problems, line_sentence, read_line

from .forms import RegimenForm

LineForm: Any = modelform_factory(
    Regimen, form=RegimenForm, exclude=("edition", "indication", "revised_on")
)
NOT_YET = "Said once its fields are filled in."


def said_of(document: Document, row: dict[str, Any]) -> dict[str, Any]:
    """Return a line's sentence, what its print says as read, and where they differ."""
    printed = row["printed"].strip()
    return {
        "sentence": line_sentence(row),
        "read": read_line(printed).in_words if printed else "",
        "problems": line_problems(document, row),
    }


def shown_line(line: Regimen | None) -> SafeString:
    """Return what a stored line says, with a place that the script fills anew."""
    if line is None or line._state.adding:
        return format_html('<div data-line-said aria-live="polite">{}</div>', NOT_YET)
    said = said_of(canonical_document(line.edition), plain_row(line))
    listed = ([text] for text in said["problems"])
    return format_html(
        '<div data-line-said aria-live="polite"><p><strong>{}</strong></p>'
        "<p>{}</p><ul>{}</ul></div>",
        said["sentence"],
        f"Read from the print: {said['read']}" if said["read"] else "",
        format_html_join("", "<li>{}</li>", listed),
    )


@require_POST
@never_cache
def line_in_words(request: HttpRequest, indication_id: int) -> JsonResponse:
    """Answer what one line of an indication's form would say; nothing is saved."""
    indication = get_object_or_404(
        Indication.objects.select_related("edition__drug"), pk=indication_id
    )
    if not (
        request.user.has_perm("reference.change_regimen")
        and indication.edition.is_draft
    ):
        raise Http404
    prefix = request.POST.get("line", "")
    line = Regimen(edition=indication.edition, indication=indication)
    stored = request.POST.get(f"{prefix}-id", "")
    if stored.isdecimal():
        line = get_object_or_404(indication.regimens, pk=stored)
    # Nothing is saved, so whether somebody else did meanwhile does not matter.
    typed = request.POST.dict() | {f"{prefix}-version": line.version}
    form = LineForm(typed, prefix=prefix, instance=line)
    if not form.is_valid():
        errors = [text for texts in form.errors.values() for text in texts]
        return JsonResponse(
            {"sentence": "", "read": "", "problems": errors or [NOT_YET]}
        )
    document = canonical_document(indication.edition)
    return JsonResponse(said_of(document, plain_row(form.save(commit=False))))
