"""A draft's preview as most Django sites build it: model objects and a template.

Stock middleware, the signed-in user asked for the permission, related rows prefetched,
Django's own templates with their cached loader. The site's models and database.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from anakinra_site import settings as site
from bench.peers import stock

settings.configure(
    SECRET_KEY=site.SECRET_KEY,
    DATABASES=site.DATABASES,
    DEFAULT_AUTO_FIELD=site.DEFAULT_AUTO_FIELD,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "reference",
    ],
    MIDDLEWARE=stock.MIDDLEWARE,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
            "OPTIONS": stock.TEMPLATE_OPTIONS,
        }
    ],
)
django.setup()

from django.contrib.auth.decorators import permission_required  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db.models import Prefetch, QuerySet  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import path  # noqa: E402

from reference import models  # noqa: E402

BY_SECTION = {
    "contraindications": models.Contraindication,
    "warnings": models.SafetyWarning,
    "preparations": models.Preparation,
    "administration": models.Administration,
    "storage": models.Storage,
    "monitoring": models.MonitoringTest,
    "resources": models.Resource,
}


@permission_required("reference.view_edition", raise_exception=True)
def preview(request: HttpRequest, number: int) -> HttpResponse:
    edition = get_object_or_404(
        models.Edition.objects.select_related("drug").defer("canonical"), pk=number
    )

    def rows(model: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.filter(edition=edition)
        return found.order_by("position", "key")

    discrepancies = list(rows(models.Discrepancy).prefetch_related("lines"))
    flags: defaultdict[tuple[str, str], list[models.Discrepancy]] = defaultdict(list)
    for place, discrepancy in enumerate(discrepancies, start=1):
        discrepancy.number = place
        for line in discrepancy.lines.all():
            flags[line.section, line.row_key].append(discrepancy)

    def flagged(section: str, found: Any) -> list[Any]:
        objects = list(found)
        for row in objects:
            row.flags = flags[section, row.key]
        return objects

    indications = flagged(
        "indications",
        rows(models.Indication).prefetch_related(
            Prefetch("synonyms", rows(models.Synonym), to_attr="names"),
            Prefetch("regimens", rows(models.Regimen), to_attr="lines"),
        ),
    )
    for indication in indications:
        flagged("regimens", indication.lines)
    groups = rows(models.AdverseReactionGroup).prefetch_related(
        Prefetch("reactions", rows(models.AdverseReaction), to_attr="items_of_group")
    )
    headings: defaultdict[str, list[models.Heading]] = defaultdict(list)
    for heading in rows(models.Heading):
        headings[heading.section].append(heading)
    context = {
        section: flagged(section, rows(model)) for section, model in BY_SECTION.items()
    }
    context |= {
        "in_force": edition.state == "published",
        "drug": edition.drug,
        "edition": edition,
        "headings": dict(headings),
        "indications": indications,
        "reaction_groups": flagged("adverse_reaction_groups", groups),
        "discrepancies": discrepancies,
    }
    return render(request, "monograph.html", context)


urlpatterns = [path("preview/<int:number>/", preview)]
application = get_wsgi_application()
