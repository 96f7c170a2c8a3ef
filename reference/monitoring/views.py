"""The dates of blood tests and doses from a first day, as a page and as a file."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from anakinra_site.http import never_stored, public_page, readable_from_anywhere
from reference.editions import asks_at_once, published_monograph
from reference.models import Edition
from reference.pages import current_or_404, page_of

from .calendar import calendar_file
from .dates import due_tests
from .doses import dated_lines, due_doses
from .form import MonitoringForm

MOST_ON_ONE_PAGE = 16  # dates, each with room for its result


@public_page
@never_stored
def monitoring(request: HttpRequest, drug: str) -> HttpResponse:
    """The dates of the blood tests, and of a line's doses, from a first day."""
    found = current_or_404(drug)
    guide = published_monograph(found)
    tests, lines = guide.sections["monitoring"], dated_lines(guide)
    form = MonitoringForm(request.GET or None, lines=lines)
    context: dict[str, Any] = {
        "form": form,
        "tests": tests,
        "lines": lines,
        "due": [],
        "doses": [],
        "sheet_path": "",
        "is_one_page": False,
    }
    if found.state == Edition.State.PUBLISHED and form.is_valid():
        start = form.cleaned_data["start"]
        line = form.cleaned_data.get("regimen", "")
        due = due_tests(tests, start)
        doses = due_doses(guide, line, start) if line else []
        is_one_page = len(due) + len(doses) <= MOST_ON_ONE_PAGE
        context |= {"start": start, "due": due, "doses": doses, "line": line}
        asked = {"start": start} | ({"regimen": line} if line else {})
        context |= {"is_one_page": is_one_page}
        context |= {"sheet_path": f"{request.path}?{urlencode(asked)}"}
    status = 422 if form.errors else 200
    return page_of(
        request, "reference/monitoring/monitoring.html", found, status=status, **context
    )


@public_page
@readable_from_anywhere
@never_stored
@asks_at_once
def monitoring_calendar(request: HttpRequest, drug: str) -> HttpResponse:
    """The same dates as a calendar file; of two readings the shorter, unless asked."""
    public = Edition.objects.public().without_bytes()
    found = get_object_or_404(public.filter(drug__slug=drug).newest_first()[:1])
    content = published_monograph(found)
    form = MonitoringForm(request.GET, lines=dated_lines(content))
    if not form.is_valid():
        said = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return HttpResponse(said, "text/plain; charset=utf-8", status=422)
    if found.state != Edition.State.PUBLISHED or found.published_at is None:
        raise Http404
    start = form.cleaned_data["start"]
    line = form.cleaned_data.get("regimen", "")
    is_longer = form.cleaned_data["reading"] == "longer"
    file = calendar_file(
        [
            test
            for test in due_tests(content.sections["monitoring"], start)
            if is_longer or not test.is_disputed
        ],
        due_doses(content, line, start) if line else [],
        start=start,
        drug=content.document["drug"],
        edition=content.document["edition"],
        address=found.permanent_address,
        stamp=found.published_at,
    )
    response = HttpResponse(file, "text/calendar; charset=utf-8; method=PUBLISH")
    name = f"{found.drug.slug}-monitoring-{start}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
