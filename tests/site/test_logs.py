"""The log: a line of JSON for what people do, with nothing that it must not tell."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import settings as active_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anakinra_site.logs import (
    AccessFormatter,
    JsonFormatter,
    LineFormatter,
    PersonFormatter,
    asked_for,
)
from reference import publishing
from reference.desk import saving
from reference.editions import (
    canonical_bytes,
    canonical_document,
    fingerprint,
    read_document,
)
from reference.models import Edition, HistoryEntry, Storage
from tests.support.accounts import (
    LOGIN,
    NOON,
    PASSWORD,
    RIGHT,
    TOKEN,
    WRONG,
    account,
    chief_account,
    enrol,
    signed_in,
)
from tests.support.desk_steps import code_for
from tests.support.guides.small_guide import (
    begin_guide,
    make_ready,
    next_draft,
    publish,
)

pytestmark = pytest.mark.django_db

HOSTILE = 'x"}\r\n{"act": "published"}\x1b[2J\x7f\x9b2J\u2028\u202e\x00é'
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Lines:
    """The lines so far, as the site writes them; an act's once it is committed."""
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_: act())

    def read() -> list[dict[str, Any]]:
        written = [JsonFormatter().format(record) for record in caplog.records]
        return [json.loads(line) for line in written]

    return read


@pytest.fixture
def chief() -> User:
    return chief_account()


def told(lines: Lines) -> list[tuple[str, str]]:
    """Who did what, of all that people did."""
    return [(line["actor"], line["act"]) for line in lines() if "act" in line]


def through_every_state(author: User, reviewer: User) -> None:
    """Every act that publishing/acts.py and desk/saving.py have, at least once."""
    draft = begin_guide(author)
    document = canonical_document(draft)
    publishing.discard(edition=draft, reason="Private reason.", by=author)
    canonical = canonical_bytes(document)
    draft = publishing.start_from_file(
        document=read_document(canonical),
        sha256=fingerprint(canonical),
        by=author,
    )
    make_ready(draft, by=author)
    row = Storage.objects.get(edition=draft, key="cold")
    row.text = row.printed = "Private text, 31.25 mg."
    saving.save_row(row, by=author)
    draft = publishing.submit(edition=draft, by=author)
    reason = "Private reason."
    draft = publishing.return_to_draft(edition=draft, by=reviewer, reason=reason)
    first = publish(draft, author=author, reviewer=reviewer)
    due = timezone.now().date() + timedelta(days=30)
    first = publishing.propose_full_review(
        edition=first, by=author, reviewed_on="2026-01", review_due=due
    )
    first = publishing.confirm_full_review(edition=first, by=reviewer)
    second = publish(next_draft(first, by=author), author=author, reviewer=reviewer)
    second = publishing.withdraw(edition=second, by=reviewer, reason=reason)
    publishing.request_restoration(edition=second, by=reviewer, reason=reason)
    publishing.restore(edition=second, by=chief_account())


def test_every_act_on_an_edition_is_a_line(
    lines: Lines, author: User, reviewer: User
) -> None:
    through_every_state(author, reviewer)
    publishing.publish_imported(edition=begin_guide(author, "other"), actor="A society")
    of_acts = [line for line in lines() if "edition" in line]
    written = [(x["actor"], x["act"], x["drug"], x["edition"]) for x in of_acts]
    assert written == [
        (
            entry.actor.username if entry.actor else entry.actor_name,
            entry.act,
            entry.drug.slug,
            entry.edition_number,
        )
        for entry in HistoryEntry.objects.exclude(drug__slug="anakinra").order_by("pk")
    ]
    assert {line["act"] for line in of_acts} == {
        *("started", "added", "changed", "submitted", "returned", "discarded"),
        *("published", "superseded", "imported", "withdrawn"),
        *("restoration requested", "restored"),
        *("full review proposed", "full review confirmed"),
    }
    assert ("ann", "changed", "storage", "cold") in [
        (x["actor"], x["act"], x["section"], x["row"]) for x in of_acts
    ]
    # A moment can have any digits.
    said = json.dumps([line | {"time": ""} for line in lines()])
    assert "rivate" not in said
    assert "31.25" not in said


def test_what_was_undone_leaves_no_line(
    caplog: pytest.LogCaptureFixture,
    author: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        begin_guide(author)
        transaction.set_rollback(True)
    assert not caplog.records
    with django_capture_on_commit_callbacks(execute=True):
        begin_guide(author)
        assert not caplog.records
    assert caplog.records


def test_signing_in_and_out_is_a_line_with_who_and_from_where(
    lines: Lines, client: Client
) -> None:
    account("author")
    client.post(LOGIN, RIGHT, REMOTE_ADDR="192.0.2.7")
    client.post("/admin/logout/")
    in_and_out = [line for line in lines() if line.get("actor") == "author"]
    assert [line["act"] for line in in_and_out[-2:]] == [
        "signed in by password",
        "signed out",
    ]
    assert in_and_out[-2]["address"] == "192.0.2.7"


def test_every_wrong_password_is_a_line_and_a_lock_out_too(
    lines: Lines, client: Client
) -> None:
    account("author")
    for _ in range(5):
        client.post(LOGIN, WRONG, REMOTE_ADDR="192.0.2.7")
    client.post(LOGIN, RIGHT, REMOTE_ADDR="192.0.2.7")
    client.post(LOGIN, {"username": PASSWORD, "password": "x"})
    failed = [line["act"] for line in lines() if line.get("address")]
    assert sorted(failed) == [
        "locked out",
        *["sign-in failed"] * 6,
        "sign-in refused while locked out",
    ]
    assert lines()[-1]["actor"] == "an unknown user"
    assert PASSWORD not in json.dumps(lines())


def test_every_use_of_the_second_factor_is_a_line(lines: Lines) -> None:
    author = account("author")
    with time_machine.travel(NOON, tick=False) as clock:
        first = signed_in(author)
        key, recovery = enrol(first)
        clock.shift(90)
        client = signed_in(author)
        client.post(TOKEN, {"code": "000000"})
        client.post(TOKEN, {"code": code_for(key)})
        clock.shift(90)
        client.post(TOKEN, {"code": code_for(key)})
        signed_in(author).post(TOKEN, {"code": recovery[0]})
    acts = [act for who, act in told(lines) if who == "author"]
    assert [act for act in acts if "factor" in act] == [
        "second factor wrong",
        "second factor refused, too soon after a wrong one",
        "second factor right, from authenticator app",
        "second factor right, from recovery codes",
    ]
    (line,) = [line for line in lines() if line.get("act") == "user changed"]
    assert line["details"] == "Set up a second factor."


def test_a_session_that_is_over_is_a_line(lines: Lines) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(account("author"))
        clock.shift(active_settings.ADMIN_SESSION_IDLE.total_seconds() + 1)
        client.get("/admin/")
    assert told(lines)[-1] == ("author", "signed out")


def test_what_an_administrator_does_to_accounts_is_a_line(lines: Lines) -> None:
    chief, author = chief_account(), account("author")
    desk = signed_in(chief)
    sent = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    desk.post(reverse("admin:auth_user_add"), sent | {"usable_password": "true"})
    new = User.objects.get(username="new")
    fields = {"username": "new", "groups": [], "is_active": "on", "is_staff": "on"}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    address = reverse("admin:auth_user_change", args=[new.pk])
    assert desk.post(address, fields | joined).status_code == 302
    for action in ("end_all_sessions", "remove_second_factor"):
        chosen = {"action": action, "_selected_action": [author.pk]}
        desk.post(reverse("admin:auth_user_changelist"), chosen)
    desk.post(reverse("admin:auth_user_delete", args=[new.pk]), {"post": "yes"})
    changes = [
        (line["actor"], line["act"], line["object"], line["details"])
        for line in lines()
        if line.get("act", "").startswith("user ")
    ]
    assert changes == [
        ("superuser", "user added", "new", "Added."),
        ("superuser", "user changed", "new", "Changed Staff status and Date joined."),
        ("superuser", "user changed", "author", "Ended all sessions."),
        ("superuser", "user changed", "author", "Removed the second factor."),
        ("superuser", "user deleted", "new", ""),
    ]


def test_a_new_password_is_a_line_without_it(lines: Lines) -> None:
    client, new = signed_in(account("author")), "another long and proper one"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    before = len(told(lines))
    assert client.post("/admin/password_change/", sent).status_code == 302
    call_command("password", "author", stdout=(shown := StringIO()))
    call_command("remove_second_factor", "author", stdout=StringIO())
    assert [line.get("object") for line in lines()[-3:]] == ["author"] * 3
    assert told(lines)[before:] == [
        ("", "password set"),
        ("", "password set"),
        ("an operator", "second factor removed"),
    ]
    password = shown.getvalue().split(": ")[1].split()[0]
    assert not [secret for secret in (new, password) if secret in json.dumps(lines())]


def test_a_refusal_is_a_line_with_who_where_and_by_which_rule(
    lines: Lines, author: User, reviewer: User, chief: User
) -> None:
    draft = begin_guide(author)
    publishing.contribute(draft, chief)
    draft = publishing.submit(edition=draft, by=author)
    client, address = (
        Client(),
        reverse("admin:reference_edition_act", args=[draft.pk, "publish"]),
    )
    client.force_login(author)
    assert client.post(address).status_code == 403
    assert lines()[-1]["message"] == f"Forbidden (Permission denied): {address}"
    assert (lines()[-1]["actor"], lines()[-1]["status"]) == ("ann", 403)

    client.force_login(chief)
    sent = {
        "seen": publishing.fingerprint_of(draft),
        "opened": publishing.versions_of(draft),
    }
    assert client.post(address, sent).status_code == 409
    (refused,) = [line for line in lines() if line.get("rule")]
    assert {"actor": "superuser", "act": "publish refused", "edition": 1}.items() <= (
        refused.items()
    )
    assert (refused["rule"], refused["level"]) == ("NotAllowedError", "WARNING")
    assert Edition.objects.get(pk=draft.pk).state == Edition.State.IN_REVIEW


def test_a_forged_form_is_a_line(lines: Lines) -> None:
    account("author")
    assert Client(enforce_csrf_checks=True).post(LOGIN, RIGHT).status_code == 403
    assert lines()[-1]["logger"] == "django.security.csrf"


def test_reading_and_working_out_a_dose_leave_no_line(
    client: Client, lines: Lines
) -> None:
    for address in ("/anakinra/", "/anakinra/editions/1/", "/search/?q=kidney"):
        assert client.get(address).status_code == 200
    dose = {"regimen": "css-sc", "weight": "31.25"}
    assert client.get("/anakinra/dose/", dose).status_code == 200
    assert lines() == []


def test_a_refused_dose_leaves_no_weight(client: Client, lines: Lines) -> None:
    dose = {"regimen": "css-sc", "weight": "31,25"}
    assert client.get("/anakinra/dose/", dose).status_code == 422
    assert client.get("/anakinra/dose/nowhere", dose).status_code == 404
    assert lines()
    assert not [line for line in lines() if "31" in line["message"] or "?" in str(line)]


def test_no_line_holds_a_password_a_code_or_a_session(lines: Lines) -> None:
    author = account("author")
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(author)
        key, recovery = enrol(client)
        clock.shift(90)
        again = signed_in(author)
        again.post(TOKEN, {"code": code_for(key)})
        code = code_for(key)
    keys = [session.pk for session in Session.objects.all()]
    cookies = [
        morsel.value for each in (client, again) for morsel in each.cookies.values()
    ]
    text = json.dumps(lines())
    secrets = [PASSWORD, key, code, *recovery, *keys, *filter(None, cookies)]
    assert len(secrets) > 15
    assert "second factor right" in text
    assert not [secret for secret in secrets if secret in text]


def records_of(text: str) -> Iterator[tuple[logging.Formatter, logging.LogRecord]]:
    """What a stranger typed, in each place of a record where it can stand."""
    args = ("/%s", text)
    plain = logging.LogRecord(
        "django.request", 30, "", 0, "Not Found: %s", args[1:], None
    )
    yield JsonFormatter(), plain
    yield PersonFormatter(), plain
    yield LineFormatter(), plain
    event = logging.LogRecord("anakinra_site.events", 20, "", 0, "act", (), None)
    vars(event)["event"] = {"actor": text, "act": "act"}
    yield JsonFormatter(), event
    yield PersonFormatter(), event
    failed = logging.LogRecord("django.request", 40, "", 0, "Failed", (), None)
    try:
        raise ValueError(text)
    except ValueError as error:
        failed.exc_info = (ValueError, error, error.__traceback__)
    yield JsonFormatter(), failed
    access = logging.LogRecord("granian.access", 20, "", 0, "", (), None)
    access.args = {"method": text, "path": text, "status": 200, "dt_ms": 1.0}
    yield AccessFormatter(), access


def test_hostile_text_stays_within_its_line_and_its_field() -> None:
    for formatter, record in records_of(HOSTILE):
        line = formatter.format(record)
        assert line.isprintable()
        if isinstance(formatter, JsonFormatter | AccessFormatter):
            assert line.isascii()
            assert json.loads(line).get("act") != "published"
            assert any(HOSTILE in str(value) for value in json.loads(line).values())


def test_a_person_reads_the_same_in_words() -> None:
    *_, (_, failed), _ = records_of("oh?weight=7\n\x1b[2J")
    event = logging.LogRecord("anakinra_site.events", 20, "", 0, "imported", (), None)
    vars(event)["event"] = {"actor": "the committee", "act": "imported", "row": ""}
    failed.created = event.created = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    said = PersonFormatter().format(event)
    first, *where = PersonFormatter().format(failed).split("\n")
    moment = "2026-03-01T12:00:00"
    assert said == f"{moment} info: imported (actor the committee)"
    assert first == f"{moment} error: Failed (error ValueError, reason oh\\n\\x1b[2J)"
    assert len(where) == 1
    assert "test_logs.py" in where[0]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("", PersonFormatter), ("0", PersonFormatter), ("1", JsonFormatter)],
)
def test_lines_are_json_only_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, said: str, kind: type[logging.Formatter]
) -> None:
    monkeypatch.setenv("JSON_LOGS", said)
    assert type(asked_for()) is kind


def test_every_line_says_when_in_utc_how_grave_and_by_what(lines: Lines) -> None:
    with time_machine.travel(NOON, tick=False):
        account("author")
        Client().post(LOGIN, WRONG)
    assert lines()
    for line in lines():
        assert datetime.fromisoformat(line["time"]).utcoffset() == UTC.utcoffset(None)
        assert line["time"].startswith("2026-03-01T12:00:00")
        assert {"level", "logger", "message"} <= line.keys()


def test_acts_are_written_where_errors_are() -> None:
    assert logging.getLogger("anakinra_site.events").isEnabledFor(logging.INFO)
    assert not logging.getLogger("reference.pages.views").isEnabledFor(logging.INFO)
    logging_settings: dict[str, Any] = active_settings.LOGGING
    assert logging_settings["root"]["handlers"] == ["stderr"]
    assert logging_settings["handlers"]["stderr"]["formatter"] == "asked for"
