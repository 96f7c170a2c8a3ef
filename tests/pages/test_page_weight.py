"""A first visit on a slow line: what is sent, and what the text has to wait for."""

import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.conftest import OpenPage
from tests.support.servers.server_process import Server, running_server
from tests.tools import marked_block
from tests.tools.page_weights import (
    BLOCK,
    BROTLI,
    GZIP,
    PAGES,
    WRITTEN_IN,
    sent,
    table,
    weigh,
)

BITS_PER_SECOND = 400_000
SECONDS_THERE_AND_BACK = 0.4
# Name, connection, encryption; then the page and its style sheet, one after the other.
TRIPS_BEFORE_TEXT = 5
# What a server sends before it waits for the first receipt: ten packets.
FIRST_WINDOW = 14_600  # bytes
HEADERS = 1_000  # bytes of an answer, at most


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.parametrize("encodings", [BROTLI, GZIP])
@pytest.mark.parametrize("page", PAGES)
def test_a_first_visit_is_light(server: Server, page: str, encodings: str) -> None:
    weight = weigh(server, PAGES[page], encodings)
    assert weight.html > 500
    assert weight.stylesheets == 1
    assert weight.before_text <= 24_000
    assert weight.total <= 45_000
    # The icon is fetched last and nothing waits for it.
    assert weight.requests - weight.redirects - 1 <= 5


@pytest.mark.parametrize("page", ["Home", "Monograph", "One edition"])
def test_on_a_slow_line_the_text_can_be_read_in_three_seconds(
    server: Server, page: str
) -> None:
    weight = weigh(server, PAGES[page], BROTLI)
    windows = math.ceil((weight.html + HEADERS) / FIRST_WINDOW)
    trips = TRIPS_BEFORE_TEXT + weight.redirects + windows - 1
    seconds = (
        weight.before_text + 2 * HEADERS
    ) * 8 / BITS_PER_SECOND + trips * SECONDS_THERE_AND_BACK
    assert seconds <= 3


def test_what_can_be_compressed_is(server: Server) -> None:
    page = sent(server, PAGES["Monograph"], BROTLI)
    assert page.encoding in ("br", "gzip")
    (sheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', text_of(server))
    assert sent(server, sheet, BROTLI).encoding == "br"
    assert sent(server, sheet, GZIP).encoding == "gzip"


def text_of(server: Server) -> str:
    return sent(server, PAGES["Monograph"], "identity").body.decode()


PAINTED = """() => new Promise(done => new PerformanceObserver(list =>
    list.getEntriesByName("first-contentful-paint").length && done())
    .observe({type: "paint", buffered: true}))"""
BLOCKING = """() => performance.getEntriesByType("resource")
    .filter(it => it.renderBlockingStatus === "blocking").map(it => it.name)"""
SLOW_LINE: dict[str, Any] = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": BITS_PER_SECOND / 8,
    "uploadThroughput": BITS_PER_SECOND / 8,
}


def test_the_text_waits_for_the_style_sheet_and_for_no_script(
    open_page: OpenPage,
) -> None:
    page = open_page("/nowhere/at/all/")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    held: list[Route] = []
    page.route("**/*.js", lambda route: held.append(route))
    page.goto("/anakinra/", wait_until="commit")
    page.evaluate(PAINTED)
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    assert len(held) >= 2  # and none of them has been answered
    (sheet,) = page.evaluate(BLOCKING)
    assert sheet.endswith("/css/site.css")
    for route in held:
        route.continue_()
    page.wait_for_load_state()
    assert len(page.evaluate(BLOCKING)) == 1


def test_the_table_of_weights_is_not_out_of_date(server: Server) -> None:
    def rows(text: str) -> dict[str, list[float]]:
        cells = [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]
        return {
            name: [float(it) for it in re.findall(r"[\d.]+", " ".join(numbers))]
            for name, *numbers in cells
        }

    found, now = rows(marked_block.written(WRITTEN_IN, BLOCK)), rows(table(server))
    assert list(found) == list(now) == list(PAGES)
    for name, numbers in now.items():
        # A guide that grows a little needs no new table; each answer's padding varies.
        assert found[name] == pytest.approx(numbers, rel=0.1, abs=0.2), name
