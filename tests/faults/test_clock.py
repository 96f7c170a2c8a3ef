"""The clock jumps: what is in force, in which order and with which fingerprint stays.

Nobody stays signed in, or gets another try, by a clock that was set back.
"""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from anakinra_site.accounts.second_factor import device_that_accepts
from anakinra_site.accounts.sessions import APART
from reference import publishing
from reference.drawn.pages import draw_missing
from reference.keeping import faults
from reference.models import Drug, Edition, HistoryEntry
from reference.publishing.rules import NotReadyError
from tests.support.accounts import LOGIN, RIGHT, WRONG, account, is_open, signed_in
from tests.support.desk_steps import code_for
from tests.support.guides import small_guide
from tests.tools.reliability.figures import IN_FULL, none_lost, times

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY, YEAR = timedelta(days=1), timedelta(days=365)
JUMPS = (
    *(-DAY, DAY, -YEAR, YEAR, 10 * YEAR, -10 * YEAR),
    *(timedelta(minutes=-5), timedelta(minutes=5), timedelta(seconds=-1)),
)
# The nights on which clocks are changed in New York and Berlin, ends of years, a leap
# day, and what a machine says that has lost its clock or counts in too few bits.
MOMENTS = (
    *("2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "2026-11-01T05:59:59Z"),
    *("2026-11-01T06:00:00Z", "2026-03-29T00:59:59Z", "2026-10-25T01:00:00Z"),
    *("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", "2028-02-29T12:00:00Z"),
    *("1970-01-01T00:00:10Z", "2038-01-19T03:14:08Z", "2099-12-31T23:59:59Z"),
)
DOSE = "/examplimab/dose/?regimen=line&weight=20&edition=1"
JSON = {"accept": "application/json"}


def moments() -> list[datetime]:
    jumped = [NOW + jump for jump in JUMPS]
    named = [datetime.fromisoformat(moment) for moment in MOMENTS]
    return [*jumped, *named][:: times(3, 1)]


@pytest.fixture
def edition(author: User, reviewer: User) -> Edition:
    """An edition with one line, in force; its review is due in a year."""
    with time_machine.travel(NOW, tick=False):
        return small_guide.guide_in_force(author, reviewer)


# Editions


def test_what_is_in_force_its_doses_and_its_bytes_depend_on_no_clock(
    edition: Edition,
) -> None:
    client, wrong = Client(), list[str]()
    for moment in moments():
        with time_machine.travel(moment, tick=False):
            page = client.get("/examplimab/").content.decode()
            dose = client.get(DOSE, headers=JSON).json()
            exported = client.get("/examplimab/editions/1/edition.json")
            found = list(faults())
        is_overdue = (
            edition.review_due is not None and moment.date() > edition.review_due
        )
        if (
            ("overdue since" in page) is not is_overdue
            or "Number 1: in force" not in page
            or dose["status"] != "computed"
            or dose["daily_mg"] != {"low": "100", "high": "100"}
            or exported.content != bytes(edition.canonical or b"")
            or found
        ):
            wrong.append(str(moment))
    none_lost(
        wrong,
        "clock",
        "page, dose, fingerprint and verify at another time",
        tried=len(moments()),
        unit="times",
        note="-10 to +73 years, nights on which clocks are changed, ends of years",
    )


def publish_by_two_clocks(edition: Edition, jump: timedelta) -> Edition:
    """The next edition, by an author whose clock is right and a reviewer elsewhere."""
    author, reviewer = (User.objects.get(username=name) for name in ("ann", "rae"))
    with time_machine.travel(NOW, tick=False):
        draft = small_guide.next_draft(edition, by=author)
        draft = publishing.submit(edition=draft, by=author)
        seen = publishing.fingerprint_of(draft)
    with time_machine.travel(NOW + jump, tick=False):
        try:
            return publishing.publish(edition=draft, by=reviewer, seen=seen)
        except NotReadyError as error:
            # In ten years, and ten years ago, the date of the review makes no sense.
            assert "within 3 years" in str(error)
            assert abs(jump) >= YEAR
    with time_machine.travel(NOW, tick=False):
        return publishing.publish(edition=draft, by=reviewer, seen=seen)


def test_editions_follow_one_another_by_number_whatever_the_clock_of_a_host_says(
    edition: Edition,
) -> None:
    """Each is published where the clock is by another jump behind or ahead."""
    jumps = JUMPS[-5:] if not IN_FULL else JUMPS * 2
    wrong = []
    for jump in jumps:
        following = publish_by_two_clocks(edition, jump)
        shown = Client().get("/examplimab/").content.decode()
        latest = HistoryEntry.objects.filter(drug=edition.drug).latest("pk")
        before = Edition.objects.get(pk=edition.pk)
        if (
            f"Number {following.number}: in force" not in shown
            or following.number != edition.number + 1
            or before.state != Edition.State.SUPERSEDED
            or (latest.act, latest.edition_number) != ("published", following.number)
            or Client().get("/examplimab/changes.atom").content.count(b"<entry>")
            != following.number
            or list(faults())
        ):
            wrong.append(f"{jump}: {following}")
        edition = following
    none_lost(
        wrong,
        "clock",
        "publication by a host whose clock is wrong",
        tried=len(jumps),
        unit="publications",
        note="5 minutes to 10 years behind and ahead",
    )


def says_overdue(drug: Drug, moment: datetime) -> bool:
    """Whether the drawn page says that a review is overdue, after `draw` at a time."""
    with time_machine.travel(moment, tick=False):
        draw_missing(drug, lambda text: None, again=False)
    (page,) = drug.drawn_pages.filter(address="/examplimab/")
    return b"overdue since" in gzip.decompress(bytes(page.body_gzip))


def test_a_page_that_a_wrong_clock_had_drawn_as_overdue_is_put_right(
    edition: Edition, settings: Settings
) -> None:
    """By the next `draw`, nightly at the latest, and not only by the next edition."""
    settings.DRAW_PAGES = True
    assert not says_overdue(edition.drug, NOW)
    assert says_overdue(edition.drug, NOW + 10 * YEAR)
    assert not says_overdue(edition.drug, NOW)


# The desk


@pytest.fixture
def user(db: None) -> User:
    return account("author")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_a_session_ends_when_the_clock_is_set_back_or_far_ahead(
    user: User, clock: time_machine.Traveller
) -> None:
    """Set back by a day it would last for a day longer, idle or not."""
    far = [jump for jump in JUMPS if abs(jump) >= DAY] + [timedelta(hours=-1)]
    still_open = []
    for jump in far:
        clock.move_to(NOW)
        desk = signed_in(user)
        clock.move_to(NOW + jump)
        if is_open(desk):
            still_open.append(jump)
    none_lost(
        still_open,
        "clock",
        "a session used after the clock jumped by an hour or more",
        tried=len(far),
        unit="sessions",
    )


def test_who_is_signed_out_by_a_clock_set_back_is_told_so_and_can_sign_in(
    user: User, clock: time_machine.Traveller
) -> None:
    desk = signed_in(user)
    clock.shift(-DAY)
    page = desk.get("/admin/", follow=True).content.decode()
    assert "The clock here was set back" in page
    assert is_open(signed_in(user))


def test_hosts_a_few_minutes_apart_share_a_session_and_its_limit(
    user: User, clock: time_machine.Traveller
) -> None:
    """It lasts for no more than their difference longer."""
    desk = signed_in(user)
    for number in range(6):
        clock.shift(timedelta(minutes=-5 if number % 2 else 5))
        assert is_open(desk)
    clock.shift(timedelta(minutes=30, seconds=APART))
    assert not is_open(desk)


@pytest.mark.usefixtures("user")
def test_a_lockout_lasts_when_the_clock_is_set_back(
    clock: time_machine.Traveller,
) -> None:
    client, let_in = Client(), []
    for _ in range(5):
        client.post(LOGIN, WRONG)
    back = [jump for jump in JUMPS if jump < timedelta(0)]
    for jump in back:
        clock.move_to(NOW + jump)
        if client.post(LOGIN, RIGHT).status_code != 429:
            let_in.append(jump)
    none_lost(
        let_in,
        "clock",
        "the right password during a lockout, the clock set back",
        tried=len(back),
        unit="tries",
    )


def test_a_code_of_the_second_factor_is_not_good_again_when_its_time_comes_again(
    user: User, clock: time_machine.Traveller
) -> None:
    device = TOTPDevice.objects.create(user=user, name="authenticator app")
    code = code_for(device.key)
    assert device_that_accepts(user, code) == device
    for jump in (timedelta(minutes=-5), -DAY, timedelta(0)):
        clock.move_to(NOW + jump)
        assert device_that_accepts(user, code) is None
        earlier = code_for(device.key)
        assert device_that_accepts(user, earlier) is None
