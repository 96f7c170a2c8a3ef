"""What a browser sends from the desk's forms, and in whose name it does."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
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


def row_address(row: Row) -> str:
    return reverse(f"admin:reference_{row._meta.model_name}_change", args=[row.pk])


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
