"""Templates are compiled once for a build, and read from files after that."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from pytest_django import Settings

from anakinra_site.starting import compiled_templates, forget_older_builds
from reference.template_names import PageEnvironments

TEMPLATES = Path(__file__).parents[3] / "templates"
PAGE = "404.html"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.COMPILED_TEMPLATES = tmp_path / "compiled"
    return tmp_path / "compiled"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The names of the templates that are compiled from now on."""
    names: list[str | None] = []
    compile_template = Environment.compile

    def noting(self: Environment, source: str, *names_and_more: Any) -> Any:
        names.append(names_and_more[0])
        return compile_template(self, source, *names_and_more)

    monkeypatch.setattr(Environment, "compile", noting)
    return names


def start() -> str:
    """What a page looks like from a server that has just been started."""
    environments = PageEnvironments(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    return environments.get_template(PAGE).render()


def test_a_second_start_compiles_nothing_and_shows_the_same(
    folder: Path, compiled: list[str | None]
) -> None:
    first = start()
    assert PAGE in compiled
    compiled.clear()
    assert start() == first
    assert compiled == []


def test_what_another_build_compiled_is_not_read_and_is_forgotten(
    folder: Path, compiled: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    monkeypatch.setattr(compiled_templates, "build", lambda: "f" * 64)
    compiled.clear()
    start()
    assert PAGE in compiled
    assert len(list(folder.iterdir())) == 2
    forget_older_builds()
    assert [each.name for each in folder.iterdir()] == [f"{'f' * 16}-en-us"]


def test_a_place_that_cannot_be_written_keeps_nothing(folder: Path) -> None:
    folder.write_text("in the way")
    assert "<h1" in start()
    assert folder.read_text() == "in the way"


def test_nothing_is_kept_while_templates_are_edited(
    settings: Settings, tmp_path: Path
) -> None:
    settings.COMPILED_TEMPLATES = None
    start()
    forget_older_builds()
    assert list(tmp_path.iterdir()) == []
