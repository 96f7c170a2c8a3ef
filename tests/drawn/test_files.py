"""When an edition is drawn as a file, how the file is kept, and when it is served."""

import gzip
import hashlib
import re
import sys
import time
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pypdf import PdfReader
from pytest_django import Settings

from reference import publishing
from reference.drawn import draw_what_changed, drawn_faults, files, views
from reference.editions.monograph import _monograph_of_fingerprint
from reference.models import DrawnPage, Edition
from tests.conftest import PUBLIC_ORIGIN
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides.small_guide import begin_guide, next_draft, publish
from tests.support.printed_sheets import plain, sheets
from tests.support.servers.free_ports import free_port
from tests.support.servers.own_process import in_process

pytestmark = pytest.mark.django_db

IN_FORCE = "/anakinra/monograph.pdf"
FOR_EVER = "/anakinra/editions/1/monograph.pdf"
SMALL = "/examplimab/monograph.pdf"
STATE = re.compile(r"Edition \d, Number \d: [a-z, ]+")


def keep(edition: Edition, body: bytes = b"%PDF-1.7 as if drawn") -> None:
    """Store a file as if it had just been drawn from the edition."""
    try:
        versions = files.engine().VERSIONS
    except files.DrawingImpossibleError:
        versions = ""
    build = files.monograph_source(edition).sha256(versions)
    files.keep_file(edition, body, build=build)


@pytest.mark.parametrize("address", [IN_FORCE, FOR_EVER])
def test_it_is_served_as_it_is_stored(
    client: Client, published_edition: Edition, address: str
) -> None:
    stored = b"%PDF-1.7 " + b"as stored " * 100
    keep(published_edition, stored)
    client.cookies["sessionid"] = "anything"
    answer = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer.content == stored
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(stored))
    assert answer.headers["ETag"] == f'"{hashlib.sha256(stored).hexdigest()}"'
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Disposition"] == (
        'inline; filename="anakinra-edition-1.pdf"'
    )
    assert "Vary" not in answer.headers
    assert not answer.cookies
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    head = client.head(address)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(stored)))
    assert client.post(address).status_code == 405


def test_it_is_linked_with_its_size_once_it_is_drawn(
    client: Client, published_edition: Edition
) -> None:
    pages = ("/anakinra/", "/anakinra/editions/1/", "/anakinra/print/")
    for page in pages:
        linked = client.get(page).content.decode()
        assert f'href="{FOR_EVER}"' in linked
        assert "</a>: not drawn at the moment." in linked
    keep(published_edition, b"x" * 248_365)
    for page in pages:
        assert "</a>, 242.5 KB, for keeping" in plain(client.get(page).content.decode())


def assert_not_served(client: Client, address: str, reason: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "no-store"
    assert reason in plain(answer.content.decode())
    assert 'print/">Print edition' in answer.content.decode()


@pytest.mark.parametrize("changed", ["body_gzip", "drawn_of"])
def test_one_that_is_damaged_or_of_another_state_is_not_served(
    client: Client, published_edition: Edition, changed: str
) -> None:
    keep(published_edition)
    as_drawn = DrawnPage.objects.values(changed).get()
    DrawnPage.objects.update(**{changed: as_drawn[changed][:-1]})
    assert_not_served(client, FOR_EVER, "drawn")


def test_an_act_removes_the_files_of_what_it_changes_and_leaves_the_others(
    small: Callable[..., Edition], author: User, reviewer: User
) -> None:
    first = small()
    second = publish(next_draft(first, by=author), author=author, reviewer=reviewer)
    first.refresh_from_db()
    keep(first)
    keep(second)
    publishing.withdraw(edition=second, by=reviewer, reason="A wrong number.")
    (left,) = second.drug.drawn_pages.all()
    assert left.address == DrawnPage.address_of_file(first)


@pytest.fixture
def small(
    published_edition: Edition, author: User, reviewer: User
) -> Callable[..., Edition]:
    """Publishes a small guide; the guide that is there counts as drawn."""
    keep(published_edition)

    def make(slug: str = "examplimab") -> Edition:
        return publish(begin_guide(author, slug), author=author, reviewer=reviewer)

    return make


def drawn(**options: Any) -> str:
    out = StringIO()
    call_command("draw", stdout=out, **options)
    return out.getvalue()


def heads(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    pages = sheets(PdfReader(BytesIO(answer.content)))
    (state,) = {STATE.findall(page.text)[0] for page in pages}
    return str(state)


def test_it_is_drawn_anew_when_the_state_changes_and_never_served_in_between(
    pdf_engine: Any,
    client: Client,
    small: Callable[..., Edition],
    author: User,
    reviewer: User,
) -> None:
    first = small()
    assert_not_served(client, SMALL, "That has just happened, or it failed.")
    assert "Drawing the PDF of examplimab, edition 1" in drawn()
    assert "Edition 1, Number 1: in force" in heads(client, SMALL)
    assert drawn() == "Every PDF is up to date: 2.\n"

    second = publish(next_draft(first, by=author), author=author, reviewer=reviewer)
    for edition in (first, second):
        assert_not_served(client, f"{edition.get_absolute_url()}monograph.pdf", "drawn")
    assert_not_served(client, SMALL, "drawn")
    assert "Drew 2." in drawn()
    assert "Edition 2, Number 2: in force" in heads(client, SMALL)
    of_first = f"{first.get_absolute_url()}monograph.pdf"
    assert "Edition 1, Number 1: superseded, not in force" in heads(client, of_first)

    publishing.withdraw(edition=second, by=reviewer, reason="A wrong number.")
    assert_not_served(client, SMALL, "drawn")
    assert "Drew 1." in drawn()
    assert "Edition 2, Number 2: withdrawn, not to be used" in heads(client, SMALL)
    name = 'filename="examplimab-edition-2-withdrawn.pdf"'
    assert name in client.get(SMALL).headers["Content-Disposition"]


def test_a_change_of_what_it_is_drawn_from_is_known(
    pdf_engine: Any, published_edition: Edition, settings: Settings
) -> None:
    keep(published_edition)
    source = files.monograph_source(published_edition)
    assert files.is_drawn(published_edition, source)
    settings.PUBLIC_ORIGIN = PUBLIC_ORIGIN
    elsewhere = files.monograph_source(published_edition)
    assert not files.is_drawn(published_edition, elsewhere)
    restyled = files.Source(source.html, source.css + "p { margin: 0 }")
    assert not files.is_drawn(published_edition, restyled)
    assert source.sha256("WeasyPrint 1") != source.sha256("WeasyPrint 2")


def test_a_file_that_was_overtaken_while_it_was_drawn_is_not_kept(
    pdf_engine: Any, small: Callable[..., Edition], reviewer: User
) -> None:
    edition = small()
    source = files.monograph_source(edition)
    publishing.withdraw(edition=edition, by=reviewer, reason="Meanwhile.")
    assert files.draw_monograph(edition, source) is None
    assert not edition.drug.drawn_pages.files().exists()


def test_a_draft_is_not_drawn_and_has_no_address(
    pdf_engine: Any, client: Client, published_edition: Edition, author: User
) -> None:
    keep(published_edition)
    begin_guide(author)
    publishing.start_draft(drug=published_edition.drug, by=author)
    assert drawn() == "Every PDF is up to date: 1.\n"
    assert client.get(SMALL).status_code == 404
    assert client.get("/anakinra/editions/2/monograph.pdf").status_code == 404
    assert client.get("/nothing/monograph.pdf").status_code == 404


def test_what_cannot_be_read_is_not_drawn_and_the_rest_is(
    pdf_engine: Any, tampering: None, client: Client, small: Callable[..., Edition]
) -> None:
    edition, other = small(), small("otherimab")
    keep(edition)
    Edition.objects.filter(pk=edition.pk).update(canonical=b"{}")
    _monograph_of_fingerprint.cache_clear()
    with pytest.raises(CommandError, match=r"Not drawn: examplimab.* does not match"):
        drawn()
    assert DrawnPage.objects.file_of(other).exists()
    assert client.get(SMALL).status_code == 503  # as its page


def test_verify_finds_a_file_that_is_not_what_was_drawn(
    published_edition: Edition,
) -> None:
    keep(published_edition)
    assert list(drawn_faults()) == []
    another = b"%PDF-1.7 another one"
    DrawnPage.objects.update(
        body_gzip=gzip.compress(another),
        body_sha256=hashlib.sha256(another).hexdigest(),
    )
    not_ours = "it is not the site's own; run manage.py draw --again"
    assert list(drawn_faults()) == [f"{FOR_EVER} as drawn: {not_ours}"]
    moved = "/anakinra/editions/2/monograph.pdf"
    DrawnPage.objects.update(address=moved)
    assert list(drawn_faults()) == [
        f"{moved} as drawn: nothing would be drawn there; run manage.py draw --again",
        f"{moved} as drawn: {not_ours}",
    ]


@pytest.fixture
def without_pango(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that finds no Pango on its machine."""
    hiding = tmp_path / "sitecustomize.py"
    hiding.write_text(
        "import cffi\n"
        "load = cffi.FFI.dlopen\n"
        "def dlopen(self, name, *flags):\n"
        "    if 'pango' in str(name):\n"
        "        raise OSError(f'cannot load library {name!r}: not found')\n"
        "    return load(self, name, *flags)\n"
        "cffi.FFI.dlopen = dlopen\n"
    )
    return {"PYTHONPATH": str(tmp_path), "DRAW_PDF": "1", "DEBUG": "1"}


def test_without_pango_the_command_says_how_to_get_it_in_one_line(
    database_copy: DatabaseCopy, without_pango: dict[str, str]
) -> None:
    without_pango["DATABASE_URL"] = database_copy.url
    process = in_process("manage.py", "draw", **without_pango)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    (line,) = errors.splitlines()
    assert "apt-get install libpango-1.0-0" in line


def test_without_pango_the_site_is_prepared_all_the_same(
    database_copy: DatabaseCopy, without_pango: dict[str, str]
) -> None:
    without_pango["DATABASE_URL"] = database_copy.url
    port = str(free_port())
    process = in_process("manage.py", "prepare", "--port", port, **without_pango)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    (said,) = [line for line in errors.splitlines() if "pango" in line]
    assert said.startswith("CommandError: No PDF can be drawn here")
    assert f"Open http://127.0.0.1:{port}/" in out


def test_a_start_does_not_wait_for_the_file_that_is_drawn_beside_it(
    pdf_engine: Any, database_copy: DatabaseCopy, tmp_path: Path
) -> None:
    """The engine cannot be loaded before the start has ended; then it draws."""
    has_started = tmp_path / "has-started"
    (tmp_path / "sitecustomize.py").write_text(
        "import cffi, pathlib, time\n"
        "load = cffi.FFI.dlopen\n"
        "def dlopen(self, name, *flags):\n"
        f"    while not pathlib.Path({str(has_started)!r}).exists():\n"
        "        time.sleep(0.1)\n"
        "    return load(self, name, *flags)\n"
        "cffi.FFI.dlopen = dlopen\n"
    )
    told = {"PYTHONPATH": str(tmp_path), "DRAW_PDF": "1", "DEBUG": "1"}
    told["DATABASE_URL"] = database_copy.url
    port = str(free_port())
    process = in_process("manage.py", "prepare", "--port", port, **told)
    assert process.wait(timeout=60) == 0
    has_started.touch()
    out, errors = process.communicate(timeout=60)
    assert errors == ""
    before, after = out.split(f"Open http://127.0.0.1:{port}/")
    assert "PDF" not in before
    assert "Drew 1. Nothing else to do: readers have them." in after


def test_without_pango_the_address_says_why(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "find_library", lambda name: None)
    views._has_pango.cache_clear()
    assert_not_served(client, IN_FORCE, "the Pango library is not installed")
    monkeypatch.undo()
    views._has_pango.cache_clear()


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(300):
        if happened():
            return
        time.sleep(0.2)
    pytest.fail("It did not happen within a minute.")


def test_an_act_has_its_file_drawn_beside_the_server(
    pdf_engine: Any,
    database_copy: DatabaseCopy,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_copy.url)
    with database_copy.used():
        people = [
            User.objects.create_superuser(name, password="x")
            for name in ("drawing-author", "drawing-reviewer")
        ]
        keep(Edition.objects.get())
        draft = begin_guide(people[0])
        settings.DRAW_PDF = True
        edition = publish(draft, author=people[0], reviewer=people[1])
        kept = DrawnPage.objects.file_of(edition)
        wait_until(lambda: kept.exists())
        assert kept.get().body is not None


def test_a_drawing_that_cannot_start_disturbs_no_act(
    database_copy: DatabaseCopy,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with database_copy.used():
        person = User.objects.create_superuser("withdrawer", password="x")
        edition = Edition.objects.get(drug__slug="anakinra")
        settings.DRAW_PDF = True
        publishing.withdraw(edition=edition, by=person, reason="A wrong number.")
        edition.refresh_from_db()
        assert edition.state == Edition.State.WITHDRAWN
    wait_until(lambda: "No such file or directory: '/nowhere/python'" in caplog.text)


SAYS_IT_IS_THERE = "for keeping and for printing"


@pytest.mark.usefixtures("pdf_engine")
def test_a_page_that_is_kept_says_that_its_file_is_there_once_it_is(
    small: Callable[..., Edition], settings: Settings
) -> None:
    """Pages are drawn in the act, and the file only afterwards."""
    settings.DRAW_PAGES = True
    edition = small()
    naming = [
        *("/examplimab/", "/examplimab/print/"),
        *("/examplimab/editions/1/", "/examplimab/editions/1/print/"),
    ]
    kept = edition.drug.drawn_pages.filter(address__in=naming)

    def those_that_say_so() -> set[str]:
        return {
            page.address
            for page in kept.all()
            if SAYS_IT_IS_THERE in gzip.decompress(bytes(page.body_gzip)).decode()
        }

    assert kept.count() == len(naming)
    assert those_that_say_so() == set()
    call_command("draw", stdout=StringIO())
    assert those_that_say_so() == set(naming)
    draw_what_changed(edition.drug)  # the file is there still
    assert those_that_say_so() == set(naming)
