"""Writes a guide at the desk, form by form, as the committee would type it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin

from reference.editions import SECTIONS, Document, links_to_rows
from reference.models import Regimen, Row
from tests.support.desk.browser import DeskBrowser, Form
from tests.support.desk_forms import prefix_below
from tests.support.guides.small_guide import next_year

SAVE, MORE, STAY = "Save", "Save and add another", "Save and continue editing"
SECTION_OF = {model: section for section, model in SECTIONS.items()}


def write_guide(desk: DeskBrowser, document: Document) -> str:
    """Type a document as the first edition of a new drug; return its page's address."""
    desk.open("/admin/").follow("Add")
    form = desk.form(STAY)
    for name, value in document["drug"].items():
        form.fill(name, value)
    desk.press(STAY, form).press("Start next edition")
    edition = desk.address
    form = desk.form(STAY)
    for name, value in document["edition"].items():
        if name != "number":  # the desk counts by itself
            form.fill(name, value)
    form.fill("review_due", next_year().isoformat())
    desk.press(STAY, form)
    for section, model in SECTIONS.items():
        if model in admin.site._registry and document[section]:
            desk.open(edition)
            desk.follow(f"Add to {model._meta.verbose_name_plural}")
            _write_section(desk, document, section)
    return edition


def submit_guide(desk: DeskBrowser, edition: str) -> None:
    """Submit the draft for review, from its page."""
    desk.open(edition).follow("Submit for review").press("Submit for review")


def publish_guide(desk: DeskBrowser, edition: str) -> None:
    """Read the review of a first edition, acknowledge what is open, and publish it."""
    desk.open(edition).follow("Review: what changed, and which doses")
    button = "Approve and publish edition 1"
    form = desk.form(button)
    if "acknowledged" in form.controls:
        form.fill("acknowledged", True)
    desk.press(button, form)


def _write_section(desk: DeskBrowser, document: Document, section: str) -> None:
    """Type every row of a section that has a page of its own, with those below it."""
    model, rows = SECTIONS[section], document[section]
    for place, row in enumerate(rows, start=1):
        form = desk.form(STAY)
        _fill(form, document, model, row | {"position": place})
        below = list(_rows_below(document, model, row["key"]))
        if below:
            form = desk.press(STAY, form).form(STAY)
        for kind, link, child in below:
            names = form.add_below(prefix_below(kind))
            own = {name: value for name, value in child.items() if name != link}
            _fill(form, document, kind, own, names)
        desk.press(MORE if place < len(rows) else SAVE, form)


def _rows_below(
    document: Document, model: type[Row], key: str
) -> Iterator[tuple[type[Row], str, dict[str, Any]]]:
    """Yield the rows typed on the page of another: kind, link to it, and content."""
    for inline in admin.site._registry[model].inlines:
        (link,) = links_to_rows(inline.model)
        for place, row in enumerate(document[SECTION_OF[inline.model]], start=1):
            if row[link] == key:
                yield inline.model, link, row | {"position": place}


def _fill(
    form: Form,
    document: Document,
    model: type[Row],
    row: Mapping[str, Any],
    names: str = "",
) -> None:
    """Type one row; the row it points to is chosen as it is shown.

    The desk dates a row by itself, and a page may lack a field in which nothing stands.
    """
    links = links_to_rows(model)
    for name, value in row.items():
        is_there = f"{names}{name}" in form.controls
        if name == "revised_on" or (not is_there and _is_nothing(model, name, value)):
            continue
        if name in links and value is not None:
            value = _shown(document, model, name, value)
        form.fill(f"{names}{name}", value)


def _is_nothing(model: type[Row], name: str, value: Any) -> bool:
    field: Any = model._meta.get_field(name)
    return bool(value == field.get_default())


def _shown(document: Document, model: type[Row], link: str, key: str) -> str:
    """Return what a list of choices shows for the row that a link points to."""
    kind: Any = model._meta.get_field(link).related_model
    (row,) = (row for row in document[SECTION_OF[kind]] if row["key"] == key)
    name = row[kind.known_by] if kind is not Regimen else row["text"] or key
    return key if name == key else f"{name} ({key})"
