"""Published pages are drawn once and sent as drawn: as Django would, never stale."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import brotli
import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from anakinra_site.starting import build
from reference import publishing
from reference.drawn import Front, drawn_faults, front, rows
from reference.drawn import pages as drawn_pages
from reference.models import DrawnPage, Drug, Edition
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides.small_guide import begin_guide, next_draft
from tests.support.wsgi_answers import Application, ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn")]

MONOGRAPH = "/anakinra/"
ENCODINGS = [
    "br",
    "gzip",
    "gzip, deflate, br, zstd",
    "br;q=0, gzip",
    "gzip;q=0",
    "BR",
    "",
]
LARGEST_PAGE = 16_000  # bytes on the way, with brotli
# Of the guide: 3 + 13 indications, each twice; changes, JSON, FHIR, three citations,
# editions, feed.
EVERY_PAGE = 40


class NothingDrawnError(Exception):
    """The front left the request to Django."""


def refuse(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    raise NothingDrawnError(environ["PATH_INFO"])


@pytest.fixture
def drawn(database_copy: DatabaseCopy, settings: Settings) -> Iterator[None]:
    settings.DRAW_PAGES = True
    settings.ALLOWED_HOSTS = ["localhost"]
    with database_copy.used():
        call_command("draw", without_pdf=True, stdout=StringIO())
        yield
        rows.close()


@pytest.fixture
def alone() -> Application:
    """The front with no Django behind it."""
    return Front(refuse)


@pytest.fixture
def django() -> Application:
    return WSGIHandler()


def addresses() -> list[str]:
    """Those of the guide; other tests leave drugs of their own behind."""
    pages = DrawnPage.objects.filter(drug__slug="anakinra")
    return list(pages.values_list("address", flat=True))


def test_every_page_of_the_guide_is_drawn() -> None:
    assert len(addresses()) == EVERY_PAGE
    assert {
        MONOGRAPH,
        "/anakinra/editions/",
        "/anakinra/editions/1/edition.json",
        "/anakinra/editions/1/fhir.json",
        "/anakinra/editions/1/citation.bib",
        "/anakinra/changes.atom",
    } <= {*addresses()}


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_the_front_answers_as_django_does_header_for_header_and_byte_for_byte(
    alone: Application, django: Application, encoding: str
) -> None:
    for address in addresses():
        accepted = {"HTTP_ACCEPT_ENCODING": encoding} if encoding else {}
        first = ask(alone, address, **accepted)
        again = accepted | {"HTTP_IF_NONE_MATCH": first.tag}
        assert first.status == "200"
        assert ask(alone, address, **again).status == "304"
        for method, asked in (("GET", accepted), ("HEAD", accepted), ("GET", again)):
            answer = ask(alone, address, method, **asked)
            assert answer == ask(django, address, method, **asked), (address, method)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_whatever_is_accepted_and_kept_the_front_answers_as_django_does(
    alone: Application, django: Application, method: str, encoding: str
) -> None:
    accepted = {"HTTP_ACCEPT_ENCODING": encoding}
    own = ask(alone, MONOGRAPH, **accepted).tag
    other = ask(alone, MONOGRAPH, HTTP_ACCEPT_ENCODING="br, gzip").tag
    for tag in ("", own, f"W/{own}", f'"a", {own}', other, "*", '"a", "b"', "rubbish"):
        asked = accepted | {"HTTP_IF_NONE_MATCH": tag}
        answer = ask(alone, MONOGRAPH, method, **asked)
        assert answer == ask(django, MONOGRAPH, method, **asked), tag
        is_kept = method == "GET" and (tag == "*" or own in tag)
        assert answer.status == ("304" if is_kept else "200")


def test_each_encoding_has_a_strong_tag_of_its_own(alone: Application) -> None:
    tags = {
        ask(alone, MONOGRAPH, HTTP_ACCEPT_ENCODING=encoding).tag
        for encoding in ("br", "gzip", "")
    }
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize(
    "given",
    [
        {"method": "POST"},
        {"method": "OPTIONS"},
        {"QUERY_STRING": "a=1"},
        {"SCRIPT_NAME": "/below"},
        {"HTTP_IF_MATCH": '"another"'},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_HOST": "localhost:80:80"},
        {"HTTP_HOST": ""},
        {"path": "/anakinra"},
        {"path": "//anakinra/"},
        {"path": "/anakinra/dose/"},
        {"path": "/anakinra/\xe9/"},
        {"path": "/anakinra/\x00/"},
        {"path": ""},
    ],
)
def test_anything_else_is_djangos(alone: Application, given: dict[str, str]) -> None:
    with pytest.raises(NothingDrawnError):
        ask(alone, **({"path": MONOGRAPH} | given))


def test_a_reader_who_came_by_http_is_not_served_in_production(
    alone: Application, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for given in ({}, {"HTTP_X_FORWARDED_PROTO": "http"}):
        with pytest.raises(NothingDrawnError):
            ask(alone, MONOGRAPH, **given)
    said = {"HTTP_X_FORWARDED_PROTO": "http", "wsgi.url_scheme": "https"}
    with pytest.raises(NothingDrawnError):
        ask(alone, MONOGRAPH, **said)
    for given in ({"HTTP_X_FORWARDED_PROTO": "https"}, {"wsgi.url_scheme": "https"}):
        assert ask(alone, MONOGRAPH, **given).status == "200"


def test_a_page_of_another_build_is_not_served(
    alone: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "build", lambda: "another")
    with pytest.raises(NothingDrawnError):
        ask(Front(refuse), MONOGRAPH)
    assert ask(alone, MONOGRAPH).status == "200"


def test_every_drawn_page_costs_one_look_up_nothing_of_djangos_and_few_bytes(
    alone: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = []

    def counted(*asked: str) -> rows.Row | None:
        looked_up.append(asked[0])
        return rows.drawn_row(*asked)

    monkeypatch.setattr(front, "drawn_row", counted)
    pages = addresses()
    with CaptureQueriesContext(connection) as queries:
        sizes = [
            len(ask(alone, page, HTTP_ACCEPT_ENCODING="br").body) for page in pages
        ]
    assert looked_up == list(pages)
    assert len(pages) == EVERY_PAGE
    assert len(queries) == 0
    assert max(sizes) <= LARGEST_PAGE


def test_the_connection_that_reads_them_cannot_write(alone: Application) -> None:
    ask(alone, MONOGRAPH)
    opened = rows._own.connection
    assert opened is not None
    deletion = rows._own.queries["br"].partition("WHERE")[2]
    with pytest.raises(Exception, match=r"read-?only"):
        opened.execute(f"DELETE FROM reference_drawnpage WHERE {deletion}", ("", ""))


def test_a_database_that_does_not_answer_is_djangos_to_explain(
    alone: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(alone, MONOGRAPH)
    opened = rows._own.connection
    assert opened is not None
    opened.close()
    with pytest.raises(NothingDrawnError):
        ask(alone, MONOGRAPH)
    assert ask(alone, MONOGRAPH).status == "200"  # on a connection that was opened anew


def set_review_due(day: str | None) -> None:
    with connection.cursor() as cursor:
        sql = "UPDATE reference_edition SET review_due = %s WHERE number = 1"
        cursor.execute(sql, [day])
    DrawnPage.objects.all().delete()


@pytest.fixture
def due_on_1_december(drawn: None) -> Iterator[None]:
    set_review_due("2026-12-01")
    yield
    set_review_due(None)


@pytest.mark.usefixtures("due_on_1_december")
def test_a_page_is_served_until_its_review_is_overdue_and_then_drawn_anew(
    alone: Application,
) -> None:
    with time_machine.travel("2026-11-27", tick=False):
        call_command("draw", without_pdf=True, stdout=StringIO())
    with time_machine.travel("2026-12-01T23:59:59Z", tick=False):
        assert b"overdue" not in ask(alone, MONOGRAPH).body
    with time_machine.travel("2026-12-02T00:00:00Z", tick=False):
        with pytest.raises(NothingDrawnError):
            ask(alone, MONOGRAPH)
        call_command("draw", without_pdf=True, stdout=StringIO())
        assert b"overdue since" in ask(alone, MONOGRAPH).body


@pytest.fixture
def people(drawn: None) -> tuple[User, User]:
    author, _ = User.objects.get_or_create(username="ann", is_superuser=True)
    reviewer, _ = User.objects.get_or_create(username="rae", is_superuser=True)
    return author, reviewer


def publish(draft: Edition, people: tuple[User, User]) -> Edition:
    sent = publishing.submit(edition=draft, by=people[0])
    seen = publishing.fingerprint_of(sent)
    return publishing.publish(edition=sent, by=people[1], seen=seen)


def test_what_every_act_changes_is_seen_at_once_and_drawn(
    alone: Application, django: Application, people: tuple[User, User]
) -> None:
    def body(path: str) -> str:
        answer = ask(alone, path)
        assert answer == ask(django, path)
        return answer.body.decode()

    slug = "drawn-at-once"
    own, first = f"/{slug}/", f"/{slug}/editions/1/"
    one = publish(begin_guide(people[0], slug), people)
    assert "Number 1: in force" in body(own)
    two = publish(next_draft(one, by=people[0]), people)
    assert "Number 2: in force" in body(own)
    with pytest.raises(NothingDrawnError):
        ask(alone, first)  # an older edition's wait for `draw`; Django answers
    assert b"superseded" in ask(django, first).body
    call_command("draw", without_pdf=True, stdout=StringIO())
    assert "superseded" in body(first)
    publishing.withdraw(edition=two, by=people[0], reason="A wrong number.")
    assert "withdrawn, not to be used" in body(own)
    publishing.request_restoration(edition=two, by=people[0], reason="Checked.")
    publishing.restore(edition=two, by=people[1])
    assert "Number 2: in force" in body(own)
    due = timezone.now().date() + timedelta(days=99)
    publishing.propose_full_review(
        edition=two, by=people[0], reviewed_on="2026-11", review_due=due
    )
    assert "November 2026" not in body(own)
    publishing.confirm_full_review(edition=two, by=people[1])
    assert "November 2026" in body(own)
    assert body(MONOGRAPH)  # another drug's pages stay


def test_an_act_that_fails_leaves_pages_and_edition_as_they_were(
    alone: Application,
    people: tuple[User, User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slug = "drawn-and-lost"
    one = publish(begin_guide(people[0], slug), people)
    draft = next_draft(one, by=people[0])

    def fail() -> None:
        raise RuntimeError("the power is cut here")

    monkeypatch.setattr("reference.publishing.acts.draw_once_committed", fail)
    with pytest.raises(RuntimeError):
        publish(draft, people)
    assert b"Number 1: in force" in ask(alone, f"/{slug}/").body


def test_a_page_that_cannot_be_drawn_stops_no_act_and_is_left_to_django(
    alone: Application,
    people: tuple[User, User],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    draft = begin_guide(people[0], "not-drawn")
    monkeypatch.setattr(drawn_pages, "SMALL", 10**9)
    publish(draft, people)
    assert "pages were not drawn: /not-drawn/editions/1/: 200" in caplog.text
    with pytest.raises(NothingDrawnError):
        ask(alone, "/not-drawn/")
    with pytest.raises(CommandError, match="/not-drawn/editions/1/: 200"):
        call_command("draw", without_pdf=True, stdout=StringIO())


def test_what_is_up_to_date_is_not_drawn_again_unless_it_is_asked_for() -> None:
    told = StringIO()
    call_command("draw", without_pdf=True, stdout=told)
    assert told.getvalue() == "Every page is up to date.\n"
    again = StringIO()
    call_command("draw", without_pdf=True, again=True, stdout=again)
    assert f"Drawing {EVERY_PAGE} pages of anakinra (Kineret)" in again.getvalue()


def test_an_act_in_between_keeps_a_drawing_from_being_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drug = Drug.objects.get(slug="anakinra")
    DrawnPage.objects.filter(address=MONOGRAPH).delete()
    standings = iter([["before"], ["after"]])
    monkeypatch.setattr(drawn_pages, "_standing", lambda drug: next(standings))
    assert drawn_pages.draw_missing(drug, lambda text: None, again=False) is None
    assert MONOGRAPH not in addresses()


def test_pages_of_the_build_before_stay_and_of_older_ones_go() -> None:
    page = DrawnPage.objects.get(address=MONOGRAPH)
    for name in ("two before", "the one before"):
        page.pk, page.build = None, name
        page.save(force_insert=True)
    told = StringIO()
    call_command("draw", without_pdf=True, stdout=told)
    builds = set(DrawnPage.objects.values_list("build", flat=True))
    assert builds == {build(), "the one before"}
    assert "Removed 1 pages drawn by earlier versions." in told.getvalue()
    DrawnPage.objects.exclude(build=build()).delete()


# What proves that a page is the site's own

OTHER = "/anakinra/print/"
ALTERED: dict[str, dict[str, Any]] = {
    "a body and its digest": {
        "body_brotli": brotli.compress(b"<p>1000 mg</p>"),
        "body_gzip": gzip.compress(b"<p>1000 mg</p>"),
        "body_sha256": hashlib.sha256(b"<p>1000 mg</p>").hexdigest(),
    },
    "a header": {"headers": '[["Content-Type", "text/html"]]'},
    "a tag": {"etag": '"another"'},
    "the last good day": {"good_until": date(2030, 1, 1)},
    "the edition": {"drawn_of": "published " + "0" * 64},
    "no code": {"code_brotli": "", "code_gzip": ""},
}


def said_of(page: str) -> list[str]:
    return [fault.partition(": ")[2] for fault in drawn_faults() if page in fault]


@pytest.mark.parametrize("altered", ALTERED.values(), ids=ALTERED)
def test_a_page_that_was_altered_by_sql_is_not_sent_and_is_named(
    alone: Application, altered: dict[str, Any]
) -> None:
    assert list(drawn_faults()) == []
    page = DrawnPage.objects.filter(address=MONOGRAPH)
    sound = page.values(*altered).get()
    page.update(**altered)
    for encoding in ("br", "gzip", ""):
        with pytest.raises(NothingDrawnError):
            ask(alone, MONOGRAPH, HTTP_ACCEPT_ENCODING=encoding)
    assert said_of(MONOGRAPH) == [
        "it is not the site's own; run manage.py draw --again"
    ]
    page.update(**sound)
    assert ask(alone, MONOGRAPH).status == "200"
    assert list(drawn_faults()) == []


def test_a_page_of_another_address_is_not_sent(alone: Application) -> None:
    page = DrawnPage.objects.filter(address=MONOGRAPH)
    sound = page.values().get()
    names = ("etag", "headers", "body_brotli", "body_gzip", "code_brotli", "code_gzip")
    page.update(**DrawnPage.objects.values(*names).get(address=OTHER))
    with pytest.raises(NothingDrawnError):
        ask(alone, MONOGRAPH)
    page.update(**sound)


def test_a_page_where_nothing_would_be_drawn_is_named_and_removed(
    alone: Application,
) -> None:
    smuggled = DrawnPage.objects.get(address=MONOGRAPH)
    smuggled.pk, smuggled.address = None, "/anakinra/new-dosing/"
    smuggled.save(force_insert=True)
    with pytest.raises(NothingDrawnError):
        ask(alone, smuggled.address)
    said = f"{smuggled}: nothing would be drawn there; run manage.py draw --again"
    assert list(drawn_faults()) == [said]
    told = StringIO()
    call_command("draw", without_pdf=True, stdout=told)
    assert f"Removed {smuggled}: nothing is drawn there." in told.getvalue()
    assert list(drawn_faults()) == []


def test_a_page_with_a_good_code_that_says_something_else_is_named() -> None:
    """As of a key that has come into other hands."""
    page = DrawnPage.objects.get(address=MONOGRAPH)
    sound = DrawnPage.objects.values().get(pk=page.pk)
    page.headers, page.body_sha256 = "[]", "0" * 64
    page.sign()
    page.save()
    assert said_of(MONOGRAPH) == [
        "it is not what would be drawn now; run manage.py draw --again"
    ]
    DrawnPage.objects.filter(pk=page.pk).update(**sound)


def test_a_page_of_a_state_that_has_passed_is_not_sent_when_it_is_put_back(
    alone: Application, people: tuple[User, User]
) -> None:
    edition = publish(begin_guide(people[0], "kept-state"), people)
    page = edition.drug.get_absolute_url()
    kept = DrawnPage.objects.filter(address=page).values().get()
    assert ask(alone, page).status == "200"
    publishing.withdraw(edition=edition, by=people[1], reason="A wrong number.")
    DrawnPage.objects.filter(address=page).delete()
    DrawnPage.objects.create(**kept)
    with pytest.raises(NothingDrawnError):
        ask(alone, page)
    DrawnPage.objects.filter(drug=edition.drug).delete()


def test_a_retired_key_is_read_and_the_new_one_draws_all_anew(
    alone: Application, settings: Settings
) -> None:
    (old,) = settings.DRAWN_PAGES_KEYS
    settings.DRAWN_PAGES_KEYS = ("new", old)
    assert ask(alone, MONOGRAPH).status == "200"
    told = StringIO()
    call_command("draw", without_pdf=True, stdout=told)
    assert f"Drawing {EVERY_PAGE} pages of anakinra" in told.getvalue()
    settings.DRAWN_PAGES_KEYS = ("new",)
    assert ask(alone, MONOGRAPH).status == "200"
    settings.DRAWN_PAGES_KEYS = (old,)
    with pytest.raises(NothingDrawnError):
        ask(alone, MONOGRAPH)
    call_command("draw", without_pdf=True, stdout=StringIO())
    assert ask(alone, MONOGRAPH).status == "200"


def test_the_headers_that_are_kept_name_no_length_and_no_tag() -> None:
    for kept in DrawnPage.objects.values_list("headers", flat=True):
        names = {name for name, _ in json.loads(kept)}
        assert {"Content-Type", "Content-Security-Policy", "Vary", "Server"} <= names
        assert not names & {"ETag", "Content-Length", "Content-Encoding", "Set-Cookie"}
