"""The pages of signing in, in a browser: by keyboard, with and without JavaScript."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker, Settings

from tests.conftest import OpenPage
from tests.support.accounts import PASSWORD, SET_UP
from tests.support.axe import findings
from tests.support.desk_steps import code_for, key_of

NAMES = ["with-scripts", "without-scripts", "guesser"]


@pytest.fixture(scope="module")
def accounts(served_guide: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Accounts of the running site; nothing of them is left behind."""
    with django_db_blocker.unblock():
        for name in NAMES:
            User.objects.create_superuser(name, password=PASSWORD)
        yield
        LogEntry.objects.all().delete()
        User.objects.filter(username__in=NAMES).delete()
        Session.objects.all().delete()
        AccessAttempt.objects.all().delete()


def give(page: Page, **values: str) -> None:
    """Fill in a form and send it, by keyboard."""
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("name", NAMES[:2])
def test_the_whole_way_in(
    open_page: OpenPage, accounts: None, settings: Settings, name: str
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    scripts = name == "with-scripts"

    def check(page: Page) -> None:
        assert not scripts or findings(page) == []

    page = open_page("/admin/login/", java_script_enabled=scripts)
    check(page)
    give(page, username=name, password=PASSWORD)
    expect(page.locator(".qr-code svg")).to_be_visible()
    check(page)
    give(page, code="abc")
    expect(page.locator(".errorlist")).to_contain_text("This code is not right")
    check(page)
    shown = page.locator("code").inner_text()
    give(page, code=code_for(key_of(shown)))
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    check(page)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    page.get_by_role("link", name="go on").click()
    expect(page.locator("#user-tools")).to_contain_text("Second factor")
    page.goto(SET_UP)
    check(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/reference/drug/")
    give(page, username=name, password=PASSWORD)
    check(page)
    give(page, code="not a code")
    expect(page.locator(".errorlist")).to_contain_text("This code is not right")
    check(page)
    page.wait_for_timeout(1100)  # how long a wrong code is paid for
    give(page, code=codes[0])
    expect(page.locator(".messagelist")).to_contain_text("9 left")
    assert urlsplit(page.url).path == "/admin/reference/drug/"


def test_the_pages_about_accounts_have_no_findings(
    open_page: OpenPage, accounts: None
) -> None:
    page = open_page(f"/admin/login/?next={reverse('admin:auth_user_changelist')}")
    give(page, username="guesser", password=PASSWORD)
    expect(page.locator("#result_list")).to_contain_text("guesser")
    assert findings(page) == []
    page.context.clear_cookies()
    page.goto("/admin/login/")
    for _ in range(5):
        give(page, username="guesser", password="wrong")
    expect(page.locator("h1")).to_have_text("Too many wrong passwords")
    assert findings(page) == []
