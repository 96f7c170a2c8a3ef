"""The public pages: find the edition, validate the form, compute, render.

They depend on the address and the edition alone: no cookie, no session, no user.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from . import dose_wording
from .compare import compare
from .document import fingerprint
from .dose_answer import DoseAnswer
from .dose_impact import dose_impact
from .dose_model import Confirmation, Dose, DoseRule, Patient, Refusal
from .dosing import compute_dose
from .forms import ComparisonForm, DoseForm, IndicationForm, MonitoringForm
from .indication_filter import facet_values
from .models import Drug, Edition
from .monitoring import calendar_file, due_tests
from .monograph import EditionNotVerifiedError, Monograph, published_monograph
from .pages import STATE_IN_WORDS, edition_page


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer GET and HEAD alone; it changes nothing and takes no token."""
    return csrf_exempt(require_safe(view))


class HtmxHttpRequest(HttpRequest):
    """A request that has passed through django-htmx."""

    htmx: HtmxDetails


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The list of monographs; with a single one, the monograph itself."""
    drugs = list(Drug.objects.with_public_edition())
    if len(drugs) == 1:
        return HttpResponseRedirect(drugs[0].get_absolute_url())
    return render(request, "reference/home.html", {"drugs": drugs})


@public_page
def monograph(request: HttpRequest, drug: str) -> HttpResponse:
    return _page(request, "reference/monograph.html", _current_edition(drug))


@public_page
def monograph_print(request: HttpRequest, drug: str) -> HttpResponse:
    return _page(request, "reference/print.html", _current_edition(drug))


@public_page
@never_cache
@vary_on_headers("HX-Request")
def indications(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """The indications of the edition in force that fit what was typed and chosen."""
    found = _current_edition(drug)
    content = published_monograph(found)
    listed = content.sections["indications"]
    form = IndicationForm(request.GET, facet_values(listed))
    context = {
        "form": form,
        "matches": form.matching(listed),
        "total": len(listed),
        "slug": found.drug.slug,
    }
    status = 422 if form.errors else 200
    if request.htmx:
        context |= {"document": content.document}
        return render(request, "reference/_found.html", context, status=status)
    return _page(request, "reference/indications.html", found, status=status, **context)


@public_page
@never_cache
def comparison(request: HttpRequest, drug: str) -> HttpResponse:
    """Two indications of the edition in force, fact by fact side by side."""
    found = _current_edition(drug)
    sections = published_monograph(found).sections
    form = ComparisonForm(request.GET or None, sections["indications"])
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        keys = (form.cleaned_data["first"], form.cleaned_data["second"])
        context["compared"] = [sections["indications_by_key"][key] for key in keys]
    status = 422 if form.errors else 200
    return _page(request, "reference/comparison.html", found, status=status, **context)


@public_page
@never_cache
def monitoring(request: HttpRequest, drug: str) -> HttpResponse:
    """The dates of the blood tests from a first day of treatment, as a list."""
    found = _current_edition(drug)
    tests = published_monograph(found).sections["monitoring"]
    form = MonitoringForm(request.GET or None, label_suffix="")
    context: dict[str, Any] = {"form": form, "tests": tests}
    if found.state == Edition.State.PUBLISHED and form.is_valid():
        start = form.cleaned_data["start"]
        context |= {"start": start, "due": due_tests(tests, start)}
    status = 422 if form.errors else 200
    return _page(request, "reference/monitoring.html", found, status=status, **context)


@public_page
@never_cache
def monitoring_calendar(request: HttpRequest, drug: str) -> HttpResponse:
    """The same dates as a calendar file; of two readings the shorter, unless asked."""
    found = _current_edition(drug)
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
        address=f"{settings.PUBLIC_ORIGIN}{found.get_absolute_url()}",
        stamp=found.published_at,
    )
    response = HttpResponse(file, "text/calendar; charset=utf-8; method=PUBLISH")
    name = f"{found.drug.slug}-monitoring-{start}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_page
def edition(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    return _page(request, "reference/monograph.html", _edition(drug, number))


@public_page
def edition_print(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    return _page(request, "reference/print.html", _edition(drug, number))


@public_page
def discrepancies(request: HttpRequest, drug: str) -> HttpResponse:
    return _page(request, "reference/discrepancies.html", _current_edition(drug))


@public_page
def edition_discrepancies(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    return _page(request, "reference/discrepancies.html", _edition(drug, number))


@public_page
def indication(request: HttpRequest, drug: str, key: str) -> HttpResponse:
    """One indication of the edition in force: its lines, and doses by weight."""
    return _indication_page(request, _current_edition(drug), key)


@public_page
def edition_indication(
    request: HttpRequest, drug: str, number: int, key: str
) -> HttpResponse:
    return _indication_page(request, _edition(drug, number), key)


@public_page
def edition_changes(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    """What this edition changed against the one published before it."""
    found = _edition(drug, number)
    earlier = Edition.objects.public().filter(drug=found.drug, number__lt=found.number)
    previous = earlier.select_related("drug").defer("canonical").first()
    context: dict[str, Any] = {"previous": previous}
    if previous is not None:
        pair = [published_monograph(item).document for item in (previous, found)]
        context |= {"comparison": compare(*pair), "impact": dose_impact(*pair)}
    return _page(request, "reference/edition_changes.html", found, **context)


@public_page
def edition_json(request: HttpRequest, drug: str, number: int) -> HttpResponse:
    """The canonical document, byte for byte as it was fingerprinted."""
    found = _edition(drug, number)
    canonical = bytes(found.canonical or b"")
    if fingerprint(canonical) != found.fingerprint:
        raise EditionNotVerifiedError(f"{found} does not match its fingerprint")
    response = HttpResponse(canonical, "application/json")
    response["ETag"] = f'"{found.fingerprint}"'
    return response


@public_page
def edition_list(request: HttpRequest, drug: str) -> HttpResponse:
    """Every edition that was ever published, the newest first."""
    current = _current_edition(drug)
    editions = Edition.objects.public().filter(drug=current.drug).defer("canonical")
    return render(
        request,
        "reference/edition_list.html",
        {
            "drug": current.drug,
            "editions": [
                {"edition": found, "state_in_words": STATE_IN_WORDS[found.state]}
                for found in editions.order_by("-number")
            ],
        },
    )


@public_page
@never_cache
@vary_on_headers("HX-Request", "Accept")
def dose(request: HtmxHttpRequest, drug: str) -> HttpResponse:
    """One dose as JSON, as a fragment for htmx, or as a page."""
    found = _current_edition(drug)
    as_json = _wants_json(request)
    try:
        content = published_monograph(found)
    except EditionNotVerifiedError:
        return _not_verified(request, found, as_json)
    if not request.GET and not as_json:
        return _page(request, "reference/dose.html", found, answer=None)
    answer = _answer(found, content, request.GET)
    if as_json:
        return JsonResponse(answer.as_json(), status=answer.http_status)
    if request.htmx:
        return render(
            request,
            "reference/_dose.html",
            _dose_context(answer, request.GET) | {"document": content.document},
            status=answer.http_status,
        )
    return _page(
        request,
        "reference/dose.html",
        found,
        status=answer.http_status,
        **_dose_context(answer, request.GET),
    )


def _wants_json(request: HttpRequest) -> bool:
    """Return whether JSON is asked for before HTML; anything else gets HTML."""
    for accepted in request.accepted_types:
        kind = f"{accepted.main_type}/{accepted.sub_type}"
        if kind in ("application/json", "text/html", "text/*", "*/*"):
            return kind == "application/json"
    return False


def _not_verified(
    request: HtmxHttpRequest, found: Edition, as_json: bool
) -> HttpResponse:
    """Refuse a dose from an edition whose content is not what was published."""
    refusal = Refusal("edition-not-verified", dose_wording.edition_not_verified())
    names = {"slug": found.drug.slug, "generic_name": found.drug.generic_name}
    answer = DoseAnswer(
        document={
            "drug": names,
            "edition": {"number": found.number, "label": found.label},
        },
        fingerprint=found.fingerprint,
        regimen=None,
        indication=None,
        rule=None,
        patient=Patient(),
        result=refusal,
    )
    if as_json:
        return JsonResponse(answer.as_json())
    template = "reference/_dose.html" if request.htmx else "reference/not_verified.html"
    return render(request, template, {"answer": answer, "document": answer.document})


def _current_edition(drug: str) -> Edition:
    """Return the drug's edition in force, or that edition withdrawn, or raise 404."""
    found = (
        Edition.objects.filter(drug__slug=drug)
        .select_related("drug")
        .defer("canonical")
        .current()
        .first()
    )
    if found is None:
        raise Http404
    return found


def _edition(drug: str, number: int) -> Edition:
    """Return this edition of the drug if anyone may read it, or raise 404."""
    found = (
        Edition.objects.public()
        .filter(drug__slug=drug, number=number)
        .select_related("drug")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, template: str, found: Edition, **context: Any
) -> HttpResponse:
    return edition_page(
        request,
        template,
        found,
        published_monograph(found),
        digest=found.fingerprint,
        **context,
    )


def _indication_page(request: HttpRequest, found: Edition, key: str) -> HttpResponse:
    """Return the page of one indication, or raise 404 for one there is not."""
    row = published_monograph(found).indication(key)
    if row is None:
        raise Http404
    return _page(request, "reference/indication.html", found, indication=row)


def _answer(found: Edition, content: Monograph, query: QueryDict) -> DoseAnswer:
    """Return the answer to a dose request, or raise 404 for a line there is not."""
    for name, rows in (
        ("regimen", content.sections["regimens_by_key"]),
        ("indication", content.sections["indications_by_key"]),
    ):
        if any(key and key not in rows for key in query.getlist(name)):
            raise Http404
    regimen = content.regimen(query.get("regimen", ""))
    indication = content.indication(
        regimen["indication"] if regimen else query.get("indication", "")
    )
    rule = content.rules[regimen["key"]] if regimen else None
    form = DoseForm(query, rule, bool(indication and indication["regimens"]))
    problems = form.problems
    result = None if problems else _result(found, form, rule, indication)
    return DoseAnswer(
        document=content.document,
        fingerprint=found.fingerprint,
        regimen=regimen,
        indication=indication,
        rule=rule,
        patient=form.patient,
        result=result,
        errors=problems,
        links=_links(found, result),
    )


def _result(
    found: Edition, form: DoseForm, rule: DoseRule | None, indication: Any
) -> Dose | Refusal | Confirmation:
    asked = form.cleaned_data["edition"]
    if asked is not None and asked != found.number:
        text = dose_wording.edition_not_in_force(asked, found.number, found.label)
        return Refusal("edition-not-in-force", text)
    if found.state != Edition.State.PUBLISHED:
        return Refusal("edition-withdrawn", dose_wording.edition_withdrawn(found.label))
    if rule is None:
        text = dose_wording.no_dosing_printed(indication["name"], found.label)
        return Refusal("no-dosing-printed", text)
    return compute_dose(rule, form.patient)


def _links(found: Edition, result: Any) -> dict[str, str]:
    """Return where to go on from a refusal of the edition."""
    if isinstance(result, Refusal) and result.code == "edition-not-in-force":
        monograph_address = found.drug.get_absolute_url()
        return {
            "edition in force": monograph_address,
            "all editions": f"{monograph_address}editions/",
        }
    return {}


def _dose_context(answer: DoseAnswer, query: QueryDict) -> dict[str, Any]:
    """Return the answer, what was typed and the sentence, by their template names."""
    sentence = copied = ""
    if isinstance(answer.result, Dose) and answer.rule and answer.indication:
        sentence = dose_wording.dose_sentence(
            answer.rule,
            answer.patient,
            answer.result,
            drug=answer.document["drug"]["generic_name"],
            indication=answer.indication["short_name"],
            edition=answer.document["edition"]["label"],
        )
        copied = dose_wording.copied_dose(sentence, answer.result)
    return {
        "answer": answer,
        "typed": query.dict(),
        "sentence": sentence,
        "copied": copied,
        "worked_out_at": timezone.now(),
        "known_fields": list(DoseForm.base_fields),
    }
