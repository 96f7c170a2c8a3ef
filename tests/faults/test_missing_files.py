"""Files that are missing, damaged or not to be written: readers still read.

What is wrong is said in a line, at the start or in the log, and never to a reader.
"""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from jinja2 import FileSystemLoader
from pytest_django import Settings

from anakinra_site.environment import SettingRefusedError, read_secret
from anakinra_site.starting import collect_if_changed, start_lock
from anakinra_site.starting.static_names import NOT_COLLECTED
from reference.models import DrawnPage
from reference.template_names import PageEnvironments
from tests.support.public_pages import NOT_FOUND, PAGES
from tests.support.servers.free_ports import free_port
from tests.support.servers.server_process import ROOT
from tests.tools.reliability.figures import none_lost, times

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

Spoil = Callable[[Path], object]
COLLECTED = "anakinra_site.starting.static_names.CollectedFiles"
MANIFEST = "staticfiles.json"


# Static files


@pytest.fixture(scope="session")
def collected_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two style sheets and an icon, as they are collected."""
    folder = tmp_path_factory.mktemp("collected")
    names = {name: f"{name}.hash" for name in ("css/site.css", "favicon.svg")}
    manifest = {"version": "1.1", "paths": names, "hash": "0"}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return folder


def truncate(root: Path) -> None:
    manifest = root / MANIFEST
    manifest.write_text(manifest.read_text()[:40])


def replace_by_folder(root: Path) -> None:
    (root / MANIFEST).unlink()
    (root / MANIFEST).mkdir()


def write(text: str) -> Spoil:
    return lambda root: (root / MANIFEST).write_text(text)


SPOILT: dict[str, Spoil] = {
    "the folder is missing": shutil.rmtree,
    "the manifest is missing": lambda root: (root / MANIFEST).unlink(),
    "the manifest is empty": write(""),
    "the manifest is cut off": truncate,
    "the manifest is another program's": write('{"version": "9", "paths": {}}'),
    "the manifest is a folder": replace_by_folder,
    "the manifest names no file": write('{"version": "1.1", "paths": {}}'),
    "the manifest names one file alone": lambda root: None,
}


@pytest.fixture(params=SPOILT)
def spoilt(
    request: pytest.FixtureRequest,
    settings: Settings,
    collected_once: Path,
    tmp_path: Path,
) -> str:
    """A site whose collected static files are not what they should be."""
    root = tmp_path / "staticfiles"
    shutil.copytree(collected_once, root)
    SPOILT[request.param](root)
    settings.STATIC_ROOT = root
    settings.STORAGES = {"staticfiles": {"BACKEND": COLLECTED}}
    return str(request.param)


def test_every_page_is_read_without_its_style_and_the_log_says_why(
    spoilt: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, failed = Client(raise_request_exception=False), list[str]()
    pages = [*PAGES.values()][:: times(8, 1)]
    asked = [*pages, NOT_FOUND, "/admin/login/"]
    for address in asked:
        answer = client.get(address)
        page = answer.content.decode()
        if answer.status_code >= 500 or "</html>" not in page or "Traceback" in page:
            failed.append(f"{address}: {answer.status_code}")
    none_lost(
        failed,
        "storage",
        f"static files: {spoilt}",
        tried=len(asked),
        unit="pages",
        on_database=False,
    )
    lines = [each for each in caplog.records if each.levelno >= logging.ERROR]
    said = [each.getMessage() for each in lines]
    assert any(text.endswith(NOT_COLLECTED) for text in said)
    assert len(said) == len(set(said)), "each file is named once"
    assert all("\n" not in text for text in said)
    assert not any(each.exc_info for each in lines)


@pytest.mark.usefixtures("spoilt", "published_edition")
def test_the_supervisor_is_told_and_nothing_is_drawn_meanwhile(
    settings: Settings,
) -> None:
    """A page drawn now would be without its style for as long as it is kept."""
    settings.DRAW_PAGES = True
    Client().get("/anakinra/")
    ready = Client().get("/readyz")
    assert (ready.status_code, NOT_COLLECTED in ready.content.decode()) == (200, True)
    with pytest.raises(CommandError, match="without their style"):
        call_command("draw", without_pdf=True, stdout=StringIO())
    assert not DrawnPage.objects.exists()


@pytest.fixture
def sources(settings: Settings, tmp_path: Path) -> Path:
    """The root of a site with one style sheet to collect."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "a.css").write_text("p { color: red }")
    settings.STATICFILES_DIRS = [folder]
    finder = "django.contrib.staticfiles.finders.FileSystemFinder"
    settings.STATICFILES_FINDERS = [finder]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {"staticfiles": {"BACKEND": COLLECTED}}
    return Path(settings.STATIC_ROOT)


@pytest.mark.parametrize("lost", [MANIFEST, ""])
def test_what_was_collected_and_then_lost_is_collected_again(
    sources: Path, lost: str
) -> None:
    assert collect_if_changed()
    assert not collect_if_changed()
    shutil.rmtree(sources) if not lost else (sources / lost).unlink()
    assert collect_if_changed()
    assert (sources / MANIFEST).exists()


def test_where_all_is_collected_nothing_has_to_be_writable(sources: Path) -> None:
    assert collect_if_changed()
    lock = sources.with_name(f".{sources.name}-lock")
    lock.unlink()
    lock.mkdir()  # the super-user, as whom this may run, can write anywhere else
    assert not collect_if_changed()


def prepared() -> str:
    said = StringIO()
    call_command("prepare", port=str(free_port()), stdout=said)
    return said.getvalue()


def test_a_place_for_static_files_that_cannot_be_written_is_a_line_at_the_start(
    sources: Path,
) -> None:
    sources.write_text("in the way")
    said = prepared()
    (line,) = [each for each in said.splitlines() if each.startswith("Not collected")]
    assert str(sources) in line
    assert "start again" in line
    assert said.splitlines()[-1].startswith("Open ")
    assert sources.read_text() == "in the way"


# Compiled templates


def damage(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def fill(file: Path) -> None:
    file.write_bytes(b"\0" * 1000)


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def start() -> PageEnvironments:
    """The templates of a server that has just been started."""
    loader = FileSystemLoader(ROOT / "templates")
    return PageEnvironments(loader=loader, autoescape=True)


def home(environments: PageEnvironments) -> str:
    return environments.get_template("404.html").render()


@pytest.mark.parametrize("spoil", [damage, empty, fill, make_folder])
def test_damaged_compiled_templates_are_compiled_anew(
    spoil: Callable[[Path], None], settings: Settings, tmp_path: Path
) -> None:
    settings.COMPILED_TEMPLATES = tmp_path / "compiled"
    page = home(start())
    files = list(settings.COMPILED_TEMPLATES.rglob("*.compiled"))
    assert files
    for file in files:
        spoil(file)
    assert home(start()) == page


def test_a_folder_of_compiled_templates_that_vanishes_keeps_no_page_back(
    settings: Settings, tmp_path: Path
) -> None:
    """As one on a full disk does: what is compiled is not kept, and that is all."""
    settings.COMPILED_TEMPLATES = tmp_path / "compiled"
    environments = start()
    environments.get_template("base.html")
    shutil.rmtree(settings.COMPILED_TEMPLATES)
    assert "<h1" in home(environments)


# The key and the lock


def key_in_the_way(key: Path) -> None:
    key.mkdir()


def no_folder(key: Path) -> None:
    key.parent.rmdir()


def folder_in_the_way(key: Path) -> None:
    key.parent.rmdir()
    key.parent.write_text("in the way")


def empty_key(key: Path) -> None:
    key.write_text("")


def short_key(key: Path) -> None:
    key.write_text("x" * 49)


def no_text(key: Path) -> None:
    key.write_bytes(b"\xff" * 60)


@pytest.mark.parametrize(
    "spoil",
    [key_in_the_way, no_folder, folder_in_the_way, empty_key, short_key, no_text],
)
def test_a_signing_key_that_cannot_be_kept_is_a_sentence_at_the_start(
    spoil: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = tmp_path / "folder" / ".secret_key"
    key.parent.mkdir()
    spoil(key)
    with pytest.raises(SettingRefusedError) as refused:
        read_secret("SECRET_KEY", required=False, fallback=key)
    said = str(refused.value)
    assert str(key) in said
    assert "\n" not in said
    assert "x" * 49 not in said


def test_a_database_in_a_folder_that_cannot_be_written_is_a_sentence_at_the_start(
    tmp_path: Path,
) -> None:
    (tmp_path / ".db-start").mkdir()
    with (
        pytest.raises(CommandError, match="a folder in which it may write"),
        start_lock._sqlite(tmp_path / "db"),
    ):
        pytest.fail("it was locked")


@pytest.fixture(autouse=True)
def readiness_asked_anew() -> Iterator[None]:
    from reference.keeping import readiness

    readiness._ready.cache_clear()
    yield
    readiness._ready.cache_clear()
