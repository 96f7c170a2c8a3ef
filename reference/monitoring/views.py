"""The dates of blood tests from a first day of treatment, as a page and as a file."""

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
from .form import MonitoringForm

MOST_ON_ONE_PAGE = 16  # dates, each with room for its result


@public_page
@never_stored
def monitoring(request: HttpRequest, drug: str) -> HttpResponse:
    """The dates of the blood tests from a first day of treatment, as a list."""
    found = current_or_404(drug)
    tests = published_monograph(found).sections["monitoring"]
    form = MonitoringForm(request.GET or None, label_suffix="")
    context: dict[str, Any] = {
        "form": form,
        "tests": tests,
        "due": [],
        "sheet_path": "",
        "is_one_page": False,
    }
    if found.state == Edition.State.PUBLISHED and form.is_valid():
        start = form.cleaned_data["start"]
        due = due_tests(tests, start)
        is_one_page = len(due) <= MOST_ON_ONE_PAGE
        context |= {"start": start, "due": due, "is_one_page": is_one_page}
        context |= {"sheet_path": f"{request.path}?{urlencode({'start': start})}"}
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
    form = MonitoringForm(request.GET)
    if not form.is_valid():
        said = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return HttpResponse(said, "text/plain; charset=utf-8", status=422)
    if found.state != Edition.State.PUBLISHED or found.published_at is None:
        raise Http404
    start = form.cleaned_data["start"]
    is_longer = form.cleaned_data["reading"] == "longer"
    file = calendar_file(
        [
            test
            for test in due_tests(content.sections["monitoring"], start)
            if is_longer or not test.is_disputed
        ],
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
