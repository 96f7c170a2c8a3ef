"""What the commands promise: prepare, password, the pins and the Makefile."""

import os
import re
import socket
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as active_settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from anakinra_site.starting import collect_if_changed
from reference.models import Edition, SearchPassage
from reference.search.look_up import search
from tests.support.servers.free_ports import free_port
from tests.support.servers.own_process import in_process
from tests.tools.components import pins

pytestmark = pytest.mark.both_databases

ROOT = Path(active_settings.BASE_DIR)


def output_of(name: str, *args: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def port(settings: Settings) -> str:
    """A free port; DEBUG keeps `prepare` from collecting static files."""
    settings.DEBUG = True
    return str(free_port())


@pytest.mark.django_db
def test_prepare_makes_accounts_and_prints_passwords_once(port: str) -> None:
    first = output_of("prepare", port=port)
    shown = dict(re.findall(r"^  (\w+) +(\S{22})$", first, re.MULTILINE))
    assert list(shown) == ["administrator", "author", "reviewer"]
    for name, password in shown.items():
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert user.is_staff
        assert user.is_superuser == (name == "administrator")
        assert user.groups.get().name == name
    assert f"http://127.0.0.1:{port}/" in first

    again = output_of("prepare", port=port)
    assert "password" not in again.lower()
    assert User.objects.count() == 3
    assert f"http://127.0.0.1:{port}/" in again


@pytest.mark.usefixtures("empty_database")
def test_prepare_collects_the_static_files_before_a_page_names_them(
    port: str, settings: Settings, tmp_path: Path
) -> None:
    settings.DEBUG, settings.STATIC_ROOT = False, tmp_path / "collected"
    said = output_of("prepare", port=port)
    assert said.index("Collected the static files.") < said.index("Loaded and")
    assert (settings.STATIC_ROOT / "favicon.svg").exists()


@pytest.mark.django_db
def test_prepare_makes_findable_what_is_in_force(
    port: str, published_edition: Edition
) -> None:
    SearchPassage.objects.all().delete()
    assert search("gout").total == 0
    assert "Indexed anakinra (Kineret)" in output_of("prepare", port=port)
    assert search("gout").total == 1
    connection.check_constraints()  # as committing would, which a test does not
    assert "Indexed" not in output_of("prepare", port=port)


@pytest.mark.django_db
def test_prepare_adds_no_account_where_there_is_one(port: str) -> None:
    User.objects.create(username="someone")
    output_of("prepare", port=port)
    assert User.objects.count() == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "somewhere"])
def test_prepare_refuses_an_open_address(port: str, host: str) -> None:
    with pytest.raises(CommandError, match="Set PUBLIC_ORIGIN"):
        output_of("prepare", host=host, port=port)


def test_prepare_refuses_a_port_in_use() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = str(busy.getsockname()[1])
        with pytest.raises(CommandError, match="make run PORT=9000"):
            output_of("prepare", port=taken)


@pytest.mark.parametrize("odd", ["0", "65536", "http", "-1", ""])
def test_prepare_refuses_an_odd_port(odd: str) -> None:
    with pytest.raises(CommandError, match="is not a port"):
        output_of("prepare", port=odd)


@pytest.mark.django_db
def test_password_is_replaced_and_shown() -> None:
    user = User.objects.create_user("author", password="the old one, forgotten")
    shown = output_of("password", "author").splitlines()[0].rpartition(" ")[2]
    user.refresh_from_db()
    assert user.check_password(shown)


@pytest.mark.django_db
def test_password_names_the_accounts_there_are() -> None:
    User.objects.create(username="author")
    with pytest.raises(CommandError, match=r"no account 'autor'.*: author\."):
        output_of("password", "autor")


def test_static_files_are_collected_only_when_they_changed(
    settings: Settings, tmp_path: Path
) -> None:
    sources = tmp_path / "static"
    sources.mkdir()
    (sources / "a.css").write_text("p { color: red }")
    settings.STATICFILES_DIRS = [sources]
    settings.STATICFILES_FINDERS = [
        "django.contrib.staticfiles.finders.FileSystemFinder"
    ]
    settings.STATIC_ROOT = tmp_path / "collected"
    assert collect_if_changed()
    assert not collect_if_changed()
    (sources / "b.css").write_text("p { color: blue }")
    assert collect_if_changed()
    assert {file.name for file in settings.STATIC_ROOT.iterdir()} == {"a.css", "b.css"}


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_production_settings_pass_the_deployment_check() -> None:
    checked = in_process(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        PUBLIC_ORIGIN="https://reference.example",
        SECRET_KEY="a1B2c3D4e5" * 6,
        DEBUG="0",
    )
    said, errors = checked.communicate()
    assert checked.returncode == 0, errors
    assert "no issues (0 silenced)" in said


def test_a_refused_setting_is_a_sentence_not_a_traceback() -> None:
    refused = in_process("manage.py", "check", DEBUG="maybe")
    _, errors = refused.communicate()
    assert refused.returncode == 1
    assert errors.startswith("Not started. DEBUG='maybe'")
    assert "Traceback" not in errors


def test_tests_run_on_the_versions_that_serve() -> None:
    serve, test = (
        {(pin.name, pin.version) for pin in pins(name)}
        for name in ("runtime.txt", "dev.txt")
    )
    assert serve
    assert serve <= test


def test_make_lists_its_commands() -> None:
    listing = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=ROOT,
        env={name: os.environ[name] for name in ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for command in ["run", "dev", "test", "lock", "format", "password"]:
        assert re.search(rf"^{command} +\w", listing, re.MULTILINE), command
