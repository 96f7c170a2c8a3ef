"""What the environment may say, and what the settings make of it."""

import json
import logging
import runpy
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as active_settings
from django.db import connection
from django.http import HttpRequest

from anakinra_site.environment import SettingRefusedError, read_secret
from anakinra_site.logs import JsonFormatter, LineFormatter
from tests.support.tables import each_row

SECRET = "s" * 50
NAMES = [
    "BEHIND_TLS_PROXY",
    "DATABASE_URL",
    "DEBUG",
    "DRAWN_PAGES_KEYS",
    "FRAMED_BY",
    "PUBLIC_ORIGIN",
    "REPORT_ERRORS_TO",
    "SECOND_FACTOR_REQUIRED",
    "SECRET_KEY",
    "UNCHECKED_FOR_MINUTES",
]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", SECRET)
    return monkeypatch


def load_settings() -> dict[str, Any]:
    return runpy.run_path(str(active_settings.BASE_DIR / "anakinra_site/settings.py"))


def test_without_an_origin_only_this_machine_is_served(
    environment: pytest.MonkeyPatch,
) -> None:
    settings = load_settings()
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["DEBUG"] is False
    assert "SECURE_SSL_REDIRECT" not in settings
    assert "SECURE_PROXY_SSL_HEADER" not in settings


def test_an_origin_means_production(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUBLIC_ORIGIN", "https://reference.example:8443")
    settings = load_settings()
    assert settings["ALLOWED_HOSTS"][-1] == "reference.example"
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://reference.example:8443"]
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_SSL_HOST"] == "reference.example:8443"
    assert settings["SECURE_HSTS_SECONDS"] == 31_536_000
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True
    assert "SECURE_PROXY_SSL_HEADER" not in settings


def test_a_proxy_is_trusted_only_when_told(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEHIND_TLS_PROXY", "yes")
    settings = load_settings()
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert settings["BEHIND_TLS_PROXY"] is True


@each_row("origin", "said", "required")
def test_the_second_factor_is_required_in_production(
    environment: pytest.MonkeyPatch, origin: str, said: str, required: str
) -> None:
    environment.setenv("PUBLIC_ORIGIN", origin)
    environment.setenv("SECOND_FACTOR_REQUIRED", said)
    assert load_settings()["SECOND_FACTOR_REQUIRED"] is (required == "yes")


@each_row("changes", "hint")
def test_odd_values_are_refused_with_a_hint(
    environment: pytest.MonkeyPatch, changes: str, hint: str
) -> None:
    for name, value in json.loads(changes).items():
        environment.setenv(name, value)
    with pytest.raises(SettingRefusedError, match=hint):
        load_settings()


@pytest.mark.parametrize(
    ("said", "origins"),
    [
        ("", ()),
        ("https://ehr.example", ("https://ehr.example",)),
        (
            " https://ehr.example:8443  https://*.hospital.example ",
            ("https://ehr.example:8443", "https://*.hospital.example"),
        ),
    ],
)
def test_who_may_frame_the_site_is_listed(
    environment: pytest.MonkeyPatch, said: str, origins: tuple[str, ...]
) -> None:
    environment.setenv("FRAMED_BY", said)
    assert load_settings()["FRAMED_BY"] == origins


def test_drawn_pages_have_a_key_of_their_own_and_take_retired_ones(
    environment: pytest.MonkeyPatch,
) -> None:
    (derived,) = load_settings()["DRAWN_PAGES_KEYS"]
    assert derived != SECRET
    assert (derived,) == load_settings()["DRAWN_PAGES_KEYS"]  # on each host
    environment.setenv("DRAWN_PAGES_KEYS", f"{'n' * 50}  {'o' * 50}")
    assert load_settings()["DRAWN_PAGES_KEYS"] == ("n" * 50, "o" * 50)


def test_a_refused_database_address_is_not_repeated(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("DATABASE_URL", "oracle://user:hush@host/name")
    with pytest.raises(SettingRefusedError) as refusal:
        load_settings()
    assert "hush" not in str(refusal.value)


def test_the_default_database_is_sqlite_with_early_locks(
    environment: pytest.MonkeyPatch,
) -> None:
    database = load_settings()["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(active_settings.BASE_DIR / "db.sqlite3")
    assert database["OPTIONS"] == {"transaction_mode": "IMMEDIATE", "timeout": 5}


def test_a_postgresql_address_is_understood(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgresql://user:p%40ss@host:5433/name")
    database = load_settings()["DATABASES"]["default"]
    assert database["ENGINE"] == "anakinra_site.postgresql"
    assert (database["PASSWORD"], database["PORT"]) == ("p@ss", 5433)
    assert database["CONN_HEALTH_CHECKS"] is True


@each_row("given", "options")
def test_nobody_waits_for_ever_for_another_change(
    given: str, options: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", f"postgresql://user@host/name{given}")
    database = load_settings()["DATABASES"]["default"]
    assert database["OPTIONS"]["options"] == options


def test_the_wait_of_sqlite_may_be_said_in_its_address(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("DATABASE_URL", "sqlite:////srv/db?timeout=9")
    database = load_settings()["DATABASES"]["default"]
    assert database["NAME"] == "/srv/db"
    assert database["OPTIONS"] == {"transaction_mode": "IMMEDIATE", "timeout": 9}
    environment.setenv("DATABASE_URL", "sqlite:////srv/db?timeout=long")
    with pytest.raises(SettingRefusedError, match="whole seconds"):
        load_settings()


@pytest.mark.django_db
def test_foreign_keys_are_enforced() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_new_sqlite_file_keeps_its_rollback_journal(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "new.sqlite3")
    assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    database.close()


def test_the_key_is_made_once_and_kept_private(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.delenv("SECRET_KEY")
    path = tmp_path / "key"
    first = read_secret("SECRET_KEY", required=False, fallback=path)
    again = read_secret("SECRET_KEY", required=False, fallback=path)
    assert first == again
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def record_of_error(query: str) -> logging.LogRecord:
    request = HttpRequest()
    request.META["QUERY_STRING"] = query
    try:
        raise ValueError("70.5 is odd")
    except ValueError as error:
        failure = (ValueError, error, error.__traceback__)
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "Failed: %s", ("/dose/?w=70.5",), None
    )
    record.exc_info = failure
    record.request = request
    return record


def test_an_error_is_logged_as_one_line_without_what_was_asked() -> None:
    line = JsonFormatter().format(record_of_error("w=70.5"))
    assert "70.5" not in line
    logged = json.loads(line)
    assert logged["message"] == "Failed: /dose/"
    assert logged["error"] == "ValueError"
    assert "record_of_error" in logged["where"][0]


def test_an_error_of_a_bare_request_keeps_its_reason() -> None:
    assert json.loads(JsonFormatter().format(record_of_error("")))["reason"]


def test_the_development_server_logs_no_query() -> None:
    record = logging.LogRecord(
        "django.server", logging.INFO, "", 0, '"GET /dose/?w=7 HTTP/1.1" 200', (), None
    )
    assert LineFormatter().format(record) == '"GET /dose/ HTTP/1.1" 200'
