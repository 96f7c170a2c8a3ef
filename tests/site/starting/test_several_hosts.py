"""Three servers on two addresses and one PostgreSQL behind nginx, as readers meet them.

While they read, editions are published, a server dies and another one is added.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL
from threading import Event
from typing import NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import connection

from reference import publishing
from reference.models import Edition
from tests.support.databases.own_database import DatabaseCopy
from tests.support.guides import small_guide
from tests.support.servers.act_process import ActProcess, act_process
from tests.support.servers.nginx_process import (
    IN_PRODUCTION,
    Proxy,
    reload,
    running_nginx,
)
from tests.support.servers.server_process import Server, running_server
from tests.support.shown_edition import Shown, shown_by_dose, shown_by_page
from tests.tools.reliability.figures import count

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="several hosts share a PostgreSQL"
    ),
]

PAGE = "/examplimab/"
DOSE = "/examplimab/dose/?regimen=line&weight=20"
READERS = 4


class Seen(NamedTuple):
    """What a reader was shown, and when they asked."""

    asked_at: float
    shown: Shown


def read_on(proxy: Proxy, is_over: Event) -> list[Seen]:
    """Read page and dose by turns; an answer that is not whole or an error ends it."""
    seen = []
    while not is_over.wait(0.01):  # the servers share these cores
        for show, path in ((shown_by_page, PAGE), (shown_by_dose, DOSE)):
            asked_at = time.monotonic()
            seen.append(Seen(asked_at, show(proxy.connect, path)))
    return seen


class Hosts:
    """The servers, each in a process group of its own, as on a host of its own."""

    def __init__(self, stack: ExitStack, folder: Path, database: DatabaseCopy) -> None:
        self.stack, self.folder, self.database = stack, folder, database
        self.started = list[Server]()

    def start(self, name: str, host: str) -> Server:
        own = self.folder / name
        own.mkdir()
        given = [f"DATABASE_URL={self.database.url}", "WORKERS=1", *IN_PRODUCTION]
        server = self.stack.enter_context(running_server(own, *given, host=host))
        self.started.append(server)
        return server

    @property
    def addresses(self) -> list[str]:
        return [f"{server.host}:{server.port}" for server in self.started]


@pytest.fixture
def hosts(database_copy: DatabaseCopy, tmp_path: Path) -> Iterator[Hosts]:
    with ExitStack() as stack, database_copy.used(), ThreadPoolExecutor(2) as threads:
        hosts = Hosts(stack, tmp_path, database_copy)
        hosts.start("first", "127.0.0.1")  # it prepares the database
        others = (("second", "127.0.0.1"), ("third", "127.0.0.2"))
        list(threads.map(lambda each: hosts.start(*each), others))
        yield hosts


@pytest.fixture
def proxy(hosts: Hosts, tmp_path: Path) -> Iterator[Proxy]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with running_nginx(folder, hosts.addresses) as running:
        yield running


@pytest.fixture
def actor(hosts: Hosts) -> Iterator[ActProcess]:
    with act_process(hosts.database.url, *IN_PRODUCTION) as running:
        yield running


class Committee(NamedTuple):
    author: User
    reviewer: User
    actor: ActProcess

    def begin(self) -> Edition:
        return small_guide.guide_in_force(self.author, self.reviewer)

    def publish_next(self, edition: Edition) -> tuple[float, Edition]:
        """Publish the next edition, and return when that was over."""
        draft = small_guide.next_draft(edition, by=self.author)
        draft = publishing.submit(edition=draft, by=self.author)
        self.actor.begin("publish", draft, self.reviewer)
        assert self.actor.next_word() == "returned"
        returned_at = time.monotonic()
        assert self.actor.next_word() == "ended 0"
        return returned_at, Edition.objects.select_related("drug").get(pk=draft.pk)


def wait_until_asked(proxy: Proxy, address: str) -> None:
    for _ in range(200):
        if address in proxy.log("access"):
            return
        time.sleep(0.05)
    pytest.fail(f"{address} was never asked")


def test_readers_notice_neither_a_dead_host_nor_a_new_one_and_see_one_edition(
    hosts: Hosts, proxy: Proxy, actor: ActProcess
) -> None:
    author, reviewer = User.objects.filter(
        username__in=["author", "reviewer"]
    ).order_by("username")
    committee = Committee(author, reviewer, actor)
    published = [(time.monotonic(), committee.begin())]
    is_over = Event()
    with ThreadPoolExecutor(READERS) as readers:
        reading = [readers.submit(read_on, proxy, is_over) for _ in range(READERS)]
        try:
            for address in hosts.addresses:
                wait_until_asked(proxy, address)
            published.append(committee.publish_next(published[-1][1]))
            hosts.started[1].signal(SIGKILL)
            published.append(committee.publish_next(published[-1][1]))
            fourth = hosts.start("fourth", "127.0.0.2")
            reload(proxy, hosts.addresses)
            wait_until_asked(proxy, f"{fourth.host}:{fourth.port}")
            published.append(committee.publish_next(published[-1][1]))
            time.sleep(0.5)
        finally:
            is_over.set()
    seen = [each for reader in reading for each in reader.result()]
    true = {Shown.of(edition)._replace(state="in force") for _, edition in published}
    mixed = [each for each in seen if each.shown not in true]
    stale = [
        (each, edition.number)
        for each in seen
        for returned_at, edition in published
        if each.asked_at > returned_at and each.shown.number < edition.number
    ]
    count(
        "workers",
        "readers behind nginx while one of three hosts is killed and three editions "
        "are published",
        tried=len(seen),
        unit="pages and doses",
        lost=len(mixed) + len(stale),
    )
    assert {each.shown for each in seen} == true
    assert stale == []
    killed = hosts.addresses[1]
    assert any(
        f'"hosts":"{killed}, ' in line for line in proxy.log("access").splitlines()
    )
