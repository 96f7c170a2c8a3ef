"""Every address of the site, and a canary in every text of what is being written.

What leads to a draft is filled in beside what is like it and is not there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import ne
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import Client
from django.urls import URLResolver, get_resolver

from reference.desk.acts import ACTS
from reference.editions import EDITION_FIELDS, SECTIONS, plain_row
from reference.models import (
    Discrepancy,
    Drug,
    Edition,
    HistoryEntry,
    PartialDateField,
    Regimen,
)
from reference.reading import line_sentence
from tests.support.guides.small_guide import next_year

CANARY = "CANARY-7"
NOTHING = 987654321  # no row, edition or page has this number
UNUSED = 77  # nor has an edition this one
NOT_TEXT = ("section", "field")  # names of sections, which the page arranges by
# What is read and compared with other fields before it is published.
CHECKED = ("duration_words", "ruling_changed", "mark", "maximum_source")
COMPARED = [
    "Location",
    "Content-Type",
    "ETag",
    "Cache-Control",
    "Vary",
    "Last-Modified",
]
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# The admin's own expressions.
EXPRESSIONS = {
    r"\(\?P<app_label>[^)]*\)": "reference",
    r"\(\?P<url>[^)]*\)": "no/such/page",
    r"[\^$]": "",
}


def text_fields(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, PartialDateField)
        and not field.choices
        and field.name not in (*NOT_TEXT, *CHECKED)
        and (field.model, field.name) != (Regimen, "text")
    ]


def marked(field: Any, value: str) -> str:
    """The canary as this field takes it."""
    if isinstance(field, models.URLField):
        return f"https://{CANARY.lower()}.example/{CANARY}"
    if field.name in ("key", "row_key"):
        return f"{CANARY}-{value}"[:60]
    return CANARY


def mark_everything(draft: Edition) -> None:
    """Put the canary into every text of the edition, its rows, and its record."""
    write_everywhere(draft, marked)


def write_everywhere(draft: Edition, text: Callable[[Any, str], str]) -> int:
    """Write into every text of the edition and its rows; return how many they are.

    What is written is told from the field and from what stands in it.
    """
    written = 0
    for model in SECTIONS.values():
        for row in model._base_manager.filter(edition=draft):
            made = ""
            if isinstance(row, Regimen):  # its print is read, but for the name in it
                made = f": {line_sentence(plain_row(row) | {'text': ''})}"
            written += write_into(row, text_fields(model), text)
            if isinstance(row, Regimen):
                row.text, row.printed = "", f"{row.printed}{made}"
            if isinstance(row, Discrepancy):  # who ruled is named with a ruling alone
                row.ruling, row.ruled_on = Discrepancy.Ruling.KEPT, "2026-11"
            row.save()
    own = [field for field in text_fields(Edition) if field.name in EDITION_FIELDS]
    written += write_into(draft, own, text)
    draft.revised_on, draft.change_grade = "2026-11", "editorial"
    draft.review_due = next_year()
    draft.save()
    return written


def write_into(
    row: models.Model, fields: list[Any], text: Callable[[Any, str], str]
) -> int:
    """Write into these texts of a row; return how many are others by that."""
    before = [getattr(row, field.name) for field in fields]
    after = [text(field, stands) for field, stands in zip(fields, before, strict=True)]
    for field, written in zip(fields, after, strict=True):
        setattr(row, field.name, written)
    return sum(map(ne, before, after))


@dataclass(frozen=True, slots=True)
class Site:
    """A published guide, the next edition of it, and a drug that nobody has read of."""

    draft: Edition
    secret_drug: Drug
    people: dict[str, Client]
    digest: str


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """Every name of the site's addresses, with its route."""
    for item in resolver.url_patterns:
        route = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item, route)
        else:
            for expression, plain in EXPRESSIONS.items():
                route = re.sub(expression, plain, route)
            yield item.name or "", route


def model_named_in(name: str) -> type[models.Model] | None:
    """The model of an admin page, such as reference_storage_change."""
    label, _, rest = name.partition("_")
    found = [
        model
        for model in apps.get_models()
        if model._meta.app_label == label
        and rest.startswith(f"{model._meta.model_name}_")
    ]
    return found[0] if found else None


def fillings(name: str, parameter: str, site: Site) -> list[tuple[Any, Any]]:
    """What stands in an address: what is there, and what is like it and is not."""
    model = model_named_in(name)
    if parameter == "drug":
        return [("anakinra", "anakinra"), (site.secret_drug.slug, "NOTHING-7")]
    if parameter == "number":
        return [(site.draft.number, NOTHING), (1, 1)]
    if parameter == "kind":
        return [("MedicationKnowledge", "MedicationKnowledge")]
    if parameter == "key" and name in ("fhir_read", "fhir_version"):
        return [("anakinra", "anakinra"), (site.secret_drug.slug, "NOTHING-7")]
    if parameter == "drug_id":
        return [(site.secret_drug.pk, NOTHING)]
    if parameter == "edition_id":
        return [(site.draft.pk, NOTHING)]
    if parameter == "name":
        return [(act, act) for act in ACTS]
    if parameter == "object_id" and name == "view_on_site":
        return [(site.draft.pk, NOTHING)]
    if parameter in ("object_id", "id") and model is not None:
        rows = model._base_manager.order_by("-pk")
        if model in SECTIONS.values():
            rows = rows.filter(edition=site.draft)
        elif model is Edition:
            rows = rows.filter(pk=site.draft.pk)
        row = rows.first()
        return [(NOTHING if row is None else row.pk, NOTHING)]
    if parameter == "content_type_id":
        kinds = ContentType.objects.get_for_models(Edition, Discrepancy, HistoryEntry)
        return [(kind.pk, kind.pk) for kind in kinds.values()]
    return [(NOTHING, NOTHING)]


def addresses(site: Site) -> Iterator[tuple[str, str, str]]:
    """Each name with an address that leads to a draft, and the like that leads nowhere.

    Where nothing is to be filled in, the two are the same.
    """
    for name, route in routes(get_resolver()):
        pairs = [(route, route)]
        for match in PARAMETER.finditer(route):
            pairs = [
                (
                    real.replace(match[0], str(there), 1),
                    unreal.replace(match[0], str(gone), 1),
                )
                for real, unreal in pairs
                for there, gone in fillings(name, match[1], site)
            ]
        for real, unreal in pairs:
            assert not re.search(r"[<>()\\]", real), (name, real)
            yield name, real, unreal
    for query in ("regimen=ra-sc&edition={}", "edition={}"):
        address = f"/anakinra/dose/?{query}"
        number = site.draft.number
        yield "dose", address.format(number), address.format(UNUSED)
    yield "dose", f"/anakinra/dose/?regimen={CANARY}-ra-sc", "/anakinra/dose/?regimen=x"


def seen(answer: Any, address: str) -> tuple[Any, ...]:
    """What tells one answer from another; its own address and tokens put aside."""
    body = answer.content.decode()
    for own in (address, quote(address)):
        body = body.replace(own, "ADDRESS")
    body = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", body)
    body = re.sub(rf"\b(2|{UNUSED})\b", "N", body)
    named = [
        str(answer.headers.get(name, "")).replace(quote(address), "ADDRESS")
        for name in COMPARED
    ]
    return answer.status_code, body, named


def holds_canary(answer: Any) -> bool:
    told = answer.content.decode() + str(dict(answer.headers)) + str(answer.cookies)
    return CANARY.lower() in told.lower()
