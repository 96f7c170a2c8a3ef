"""What is sent of static files: all but what no browser reads, and old ones too."""

import re
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings
from whitenoise import middleware

from anakinra_site.starting.static_names import (
    CollectedFiles,
    WithoutComments,
    without_comments,
)

pytestmark = pytest.mark.any_database

STATIC = Path(settings.BASE_DIR) / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))


def rules(css: str) -> list[str]:
    """The rules of a sheet, as its reader has them: no comment, one white space."""
    read = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    plain = re.sub(r"/\*.*?\*/", " ", tinycss2.serialize(read), flags=re.DOTALL)
    return plain.split()


@pytest.mark.parametrize("file", SHEETS, ids=lambda file: file.name)
def test_a_sheet_is_sent_with_the_same_rules_and_without_its_comments(
    file: Path,
) -> None:
    css = file.read_text(encoding="utf-8")
    sent = without_comments(file.name, css)
    assert "/*" in css
    assert "/*" not in sent
    assert rules(sent) == rules(css)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_is_sent_with_each_line_that_is_no_comment(file: Path) -> None:
    script = file.read_text(encoding="utf-8")
    sent = without_comments(file.name, script).splitlines()
    inside, code = False, []
    for line in map(str.strip, script.splitlines()):
        inside = inside or line.startswith("/*")
        if line and not inside and not line.startswith("//"):
            code.append(line)
        inside = inside and not line.endswith("*/")
    assert [line.rstrip() for line in sent] == code


def test_what_stands_in_a_string_is_kept() -> None:
    script = 'var address = "https://example.org/*";\n// gone\nsay("*/ // kept");\n'
    assert without_comments("page.js", script) == (
        'var address = "https://example.org/*";\nsay("*/ // kept");\n'
    )


def test_a_collected_file_is_read_without_them(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("/* why */\na {\n  color: red; /* so */\n}\n")
    place = WithoutComments(FileSystemStorage(location=tmp_path))
    assert place.open("a.css").read() == b"a {\ncolor: red;\n}\n"


@pytest.mark.django_db
def test_a_file_of_an_earlier_release_is_still_sent_and_none_is_called_missing(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that a reader holds may still ask for it; the list no longer has it."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "gone.0123456789ab.css").write_text("a{}")
    (tmp_path / "staticfiles.json").write_text('{"version": "1.1", "paths": {}}')
    storage = CollectedFiles(location=tmp_path, base_url="/static/")
    monkeypatch.setattr(middleware, "staticfiles_storage", storage)
    server = middleware.WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))
    answer = server(RequestFactory().get("/static/gone.0123456789ab.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()
    assert storage.not_collected == set()
