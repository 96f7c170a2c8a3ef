"""What a browser sends from the desk's forms, and in whose name it does."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from reference import publishing
from reference.editions import links_to_rows
from reference.models import Drug, Edition, Resource, Row, Storage
from tests.support.guides.small_guide import next_year

TOKEN = "t" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def cookies_of(user: User) -> str:
    """The cookies of somebody who is signed in, that of the forms' token too."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}"


def start_address(drug: Drug) -> str:
    return reverse("admin:reference_drug_start_edition", args=[drug.pk])


def page_address(obj: Model, act: str = "change") -> str:
    """Where a row, an edition or a drug has its page, or that of an act on it."""
    return reverse(f"admin:reference_{obj._meta.model_name}_{act}", args=[obj.pk])


def form_of(response: Any) -> dict[str, Any]:
    """What a browser would post back from this admin page, unchanged."""
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    posted = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                posted[bound.html_name] = "on"
            elif value is not None and value is not False:
                posted[bound.html_name] = value
    return posted


def prefix_below(model: type[Row]) -> str:
    """How the names of a row's fields begin on the page of the row that it is below."""
    (link,) = links_to_rows(model)
    field: Any = model._meta.get_field(link)
    return str(field.remote_field.get_accessor_name())


def act_address(edition: Edition, name: str) -> str:
    return reverse("admin:reference_edition_act", args=[edition.pk, name])


def row_form(row: Row, printed: str, version: int | None = None) -> dict[str, Any]:
    """What is sent when somebody has typed this text into the form of a row."""
    own = row.version if version is None else version
    typed = {"position": row.position, "printed": printed, "version": own}
    if isinstance(row, Resource):
        return typed | {"title": row.title, "url": row.url}
    assert isinstance(row, Storage)
    return typed | {"text": row.text, "low_celsius": "", "high_celsius": ""}


def act_form(edition: Edition, reason: str) -> dict[str, Any]:
    """Everything that any of the acts asks for."""
    return {
        "opened": publishing.versions_of(edition),
        "seen": publishing.fingerprint_of(edition),
        "acknowledged": "on",
        "acknowledged_keys": "",
        "reason": reason,
        "reviewed_on": "2026-11",
        "review_due": next_year().isoformat(),
    }
