"""Fixtures and settings that every test shares."""

import gc
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connection
from django.test import TransactionTestCase, override_settings
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer
from pytest_playwright.pytest_playwright import CreateContextCallback

from anakinra_site.http import compression
from anakinra_site.starting import build
from reference.drawn import files
from reference.drawn import pages as drawn_pages
from reference.editions import (
    Document,
    Monograph,
    arranged,
    kept_editions,
    read_document,
)
from reference.editions.kept import KeptEditions
from reference.keeping import triggers
from reference.models import Drug, Edition, HistoryEntry
from tests.support.accounts import member
from tests.support.databases.own_database import (
    DatabaseCopy,
    copied_database,
    end_connections,
    kept_database,
)
from tests.support.databases.prepared_database import PREPARED_IN
from tests.support.installed_browser import installed_browser
from tests.support.servers.shipped import passwords, proxied, shipped  # noqa: F401

# Playwright's synchronous interface leaves an event loop in the test's thread, which
# Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

os.environ["DRAW_PDF"] = "0"  # for the processes that tests start

hypothesis_settings.register_profile("local", deadline=None)
hypothesis_settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, print_blob=True
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")

expect.set_options(timeout=20_000)  # milliseconds, for a machine that is busy

PUBLIC_ORIGIN = "https://reference.example"
TESTS = Path(__file__).parent


# Modules and tests stay to the end: looking through them again and again for what may
# be forgotten takes a tenth of a session.
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Never look through what is there before the first test."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """One folder of prepared databases for all processes of this session."""
    if PREPARED_IN not in os.environ:
        folder = tempfile.TemporaryDirectory()
        os.environ[PREPARED_IN] = folder.name
        config.add_cleanup(folder.cleanup)


@pytest.fixture(scope="session", autouse=True)
def settings_for_tests() -> Iterator[None]:
    """Static files by their plain names, unhashed and uncollected; quick passwords.

    No PDF and no page is drawn unless a test asks for it: a PDF takes seconds. Packing
    a page at its best takes longer than making it, and gives the same bytes each time:
    the same page is packed once. Django's own server sends head and body apart, and
    would wait 40 ms between them for the reader to confirm the head.
    """
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    given = override_settings(
        STORAGES={"staticfiles": {"BACKEND": plain}},
        WHITENOISE_AUTOREFRESH=True,
        WHITENOISE_USE_FINDERS=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DRAW_PDF=False,
        DRAW_PAGES=False,
        COMPILED_TEMPLATES=None,
    )
    build()  # it is named once; a test with settings of its own may not be the first
    packed_once = lru_cache(500)(compression.pack)
    with given, pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "pack", packed_once)
        patch.setattr(drawn_pages, "pack", packed_once)
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
) -> dict[str, Any]:
    """An installed Chromium if there is one, able to run as root and without a net."""
    return {
        **browser_type_launch_args,
        "executable_path": installed_browser(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


# What starts servers and browsers takes longest, and begins first, so that at the end
# no core waits for one long file. What copies its own process comes before all: nothing
# may have run in it, no thread and no browser.
FIRST_FOLDERS = (
    *("faults/killed", "desk", "faults", "site/starting", "journeys", "publishing"),
    *("drawn", "pages", "attacks", "site"),
)


def _turn(item: pytest.Item) -> int:
    """Return the place of a test's folder among those that begin first."""
    folder = item.path.parent.relative_to(TESTS).as_posix()
    return next(
        (turn for turn, name in enumerate(FIRST_FOLDERS) if folder.startswith(name)),
        len(FIRST_FOLDERS),
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    items: list[pytest.Item],
) -> Generator[None, object, object]:
    """Have a test database whenever the guide is loaded, never the site's own one.

    pytest-django makes only the databases of marked tests, and fixtures that outlive a
    test, such as `canonical`, mark none by themselves.
    """
    for item in items:
        if {"canonical", "monograph_pdf", "served_guide"} & set(
            getattr(item, "fixturenames", ())
        ):
            item.add_marker(pytest.mark.django_db)
    result = yield
    items.sort(key=_turn)
    return result


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Load the guide once for all tests; each test's own changes are rolled back.

    After a test of a server that writes, Django would empty the tables; here the guide
    is put back, in a hundredth of the time of loading it.
    """
    with django_db_blocker.unblock():
        load_guide()
        put_back = kept_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: put_back())
        yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            end_connections()


def load_guide() -> Edition:
    """Load the guide into an empty database, as the site's first start does."""
    call_command("load_guide", stdout=StringIO())
    return Edition.objects.get()


@pytest.fixture
def published_edition(db: None) -> Edition:
    """The June 2024 edition, published."""
    return Edition.objects.get(drug__slug="anakinra", number=1)


def drop_refusals() -> None:
    """Take the database's refusals away: no code outside the tests does this."""
    with connection.cursor() as cursor:
        for trigger in triggers.triggers_of(connection):
            on_table = f' ON "{trigger.table}"'
            if connection.vendor == "sqlite":
                on_table = ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{on_table}')


@pytest.fixture
def tampering(db: None) -> None:
    """A database whose refusals somebody has switched off."""
    drop_refusals()


@pytest.fixture
def empty_database(tampering: None) -> None:
    """No drug and no edition, as before the site's first start."""
    HistoryEntry.objects.all().delete()
    Edition.objects.all().delete()
    Drug.objects.all().delete()
    triggers.create_triggers()


@pytest.fixture(scope="module")
def database_copy(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DatabaseCopy]:
    """A copy of the loaded test database, for other processes and for migrations."""
    folder = tmp_path_factory.mktemp("database")
    with django_db_blocker.unblock(), copied_database(folder) as copy:
        yield copy


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a member of staff in a group: person("ann", "author")."""
    return member


@pytest.fixture
def kept_nothing() -> Iterator[KeptEditions]:
    """What this worker holds of editions: nothing that other tests have read."""
    vars(kept_editions).update(vars(KeptEditions()))
    yield kept_editions
    vars(kept_editions).update(vars(KeptEditions()))


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    return person("ann", "author")


@pytest.fixture
def reviewer(person: Callable[..., User]) -> User:
    return person("rae", "reviewer")


@pytest.fixture(scope="session")
def canonical(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> bytes:
    """The canonical bytes of the June 2024 edition."""
    with django_db_blocker.unblock():
        stored = Edition.objects.get(drug__slug="anakinra", number=1).canonical
    return bytes(stored or b"")


@pytest.fixture
def document(canonical: bytes) -> Document:
    """The June 2024 edition as plain data, for the test to change as it likes."""
    return read_document(canonical)


@pytest.fixture(scope="session")
def june_2024(canonical: bytes) -> Monograph:
    """The June 2024 edition arranged for the page, with the rule of each regimen."""
    return arranged(read_document(canonical))


@pytest.fixture(scope="session")
def pdf_engine() -> Any:
    """What draws; without Pango, a reason to skip what needs it."""
    try:
        return files.engine()
    except files.DrawingImpossibleError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def monograph_pdf(
    pdf_engine: Any, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> bytes:
    """The June 2024 edition as a file, of a site that has a public address."""
    with django_db_blocker.unblock(), override_settings(PUBLIC_ORIGIN=PUBLIC_ORIGIN):
        edition = Edition.objects.get(drug__slug="anakinra", number=1)
        source = files.monograph_source(edition)
    drawn: bytes = pdf_engine.draw_pdf(
        source.html,
        source.css,
        identifier=bytes.fromhex(edition.fingerprint),
        base_url=PUBLIC_ORIGIN,
    ).body
    return drawn


@pytest.fixture(scope="module")
def served_guide(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The address of a running site that has the guide, for tests that only read.

    `live_server` is started, and the database put back, once a test.
    """
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        yield server.url
        # stop() would also take the shared database from threads that still close it.
        server.thread.terminate()


class OpenPage(Protocol):
    """Opens an address in a window of its own; options as for a browser context."""

    def __call__(self, address: str, **options: Any) -> Page: ...


REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
    window.reportViolation(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture
def page_faults() -> list[str]:
    """Script errors and violations of the content security policy, as they come."""
    return []


@pytest.fixture
def open_page(
    new_context: CreateContextCallback, served_guide: str, page_faults: list[str]
) -> Iterator[OpenPage]:
    """A way to open pages; a test fails if one of them had a fault."""
    pages: list[Page] = []

    def note(message: str) -> None:
        page_faults.append(message)

    def open_page(address: str, **options: Any) -> Page:
        options.setdefault("reduced_motion", "reduce")
        context = new_context(base_url=served_guide, **options)
        context.expose_function("reportViolation", note)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("weberror", lambda error: note(str(error.error)))
        # Without JavaScript, the console is the only one to tell.
        context.on(
            "console",
            lambda message: (
                note(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
        page = context.new_page()
        page.goto(address)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.title()  # waits for what the page still has to report
    assert page_faults == []
