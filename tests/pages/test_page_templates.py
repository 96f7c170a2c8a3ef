"""How the public templates are rendered: nothing missing, nothing unescaped."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from jinja2 import FileSystemLoader, UndefinedError

from reference.template_names import PageEnvironments

FOLDER = Path(settings.BASE_DIR) / "templates"
FILES = [*FOLDER.glob("*.html"), *FOLDER.glob("reference/**/*.html")]


def rendered(source: str, **context: Any) -> str:
    return engines["jinja2"].from_string(source).render(context)


def test_a_name_that_is_not_there_is_an_error_and_not_an_empty_place() -> None:
    for source in ("{{ missing }}", "{% if missing %}{% endif %}", "{{ row.missing }}"):
        with pytest.raises(UndefinedError):
            rendered(source, row={"there": 1})


def test_what_fills_a_message_is_escaped_and_the_message_is_not() -> None:
    page = rendered('{{ _("<b>{name}</b>")|filled(name=name) }}', name="<i>{name}")
    assert page == "<b>&lt;i&gt;{name}</b>"


def test_a_field_of_a_row_is_never_hidden_by_a_method_of_its_name() -> None:
    assert rendered("{{ row.items }}", row={"items": "three"}) == "three"
    assert rendered("{{ row.items()|length }}", row={"keys": 1}) == "1"


def test_rows_are_grouped_in_the_order_of_the_guide() -> None:
    rows = [{"at": place} for place in ("b", "b", "a")]
    source = (
        '{% for at, run in rows|grouped_by("at") %}{{ at }}{{ run|length }}{% endfor %}'
    )
    assert rendered(source, rows=rows) == "b2a1"


def test_no_public_template_lets_text_through_unescaped() -> None:
    unescaped = re.compile(r"\|\s*safe\b|\bautoescape\b")
    assert len(FILES) > 50
    assert [file.name for file in FILES if unescaped.search(file.read_text())] == []


def test_a_worker_has_compiled_every_public_template_before_it_serves() -> None:
    environments = PageEnvironments(loader=FileSystemLoader(FOLDER))
    environments.compile_all()
    (environment,) = environments.by_language.values()
    assert environment.cache is not None
    compiled = {name for _, name in environment.cache}
    assert compiled == {str(file.relative_to(FOLDER)) for file in FILES}
