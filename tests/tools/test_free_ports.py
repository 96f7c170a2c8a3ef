"""What the servers of tests are promised of their ports."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from random import SystemRandom

import pytest

from tests.support.servers import free_ports
from tests.support.servers.free_ports import METRICS_ABOVE, free_port
from tests.support.servers.server_process import ROOT

ANSWER_AND_WAIT = """
import sys
from tests.support.servers import free_ports
free_ports.FIRST, free_ports.LAST = {first}, {last}
print(*(free_ports.free_port() for _ in range({number})), flush=True)
sys.stdin.read()
"""
NUMBER = 10


@pytest.fixture
def few_ports(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """A range just large enough for two processes, below that of the other tests."""
    starts = SystemRandom().sample(range(5_000, 8_900, 50), k=50)
    first = next(start for start in starts if _are_all_free(start, 2 * NUMBER))
    monkeypatch.setattr(free_ports, "FIRST", first)
    monkeypatch.setattr(free_ports, "LAST", first + 2 * NUMBER)
    return first, first + 2 * NUMBER


def _are_all_free(start: int, number: int) -> bool:
    return all(
        _is_free(port + above)
        for port in range(start, start + number)
        for above in (0, METRICS_ABOVE)
    )


def _is_free(port: int) -> bool:
    with ExitStack() as stack:
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                stack.enter_context(socket.socket(type=kind)).bind(("", port))
        except OSError:
            return False
        return True


def test_processes_that_look_at_once_are_never_given_the_same_port(
    few_ports: tuple[int, int],
) -> None:
    first, last = few_ports
    given = {"first": first, "last": last, "number": NUMBER}
    with subprocess.Popen(
        [sys.executable, "-c", ANSWER_AND_WAIT.format_map(given)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        own = {free_port() for _ in range(NUMBER)}
        assert other.stdout is not None
        theirs = set(map(int, other.stdout.readline().split()))
        other.communicate()
    assert own | theirs == set(range(first, last))


def test_when_none_is_left_that_is_said(few_ports: tuple[int, int]) -> None:
    for _ in range(*few_ports):
        free_port()
    with pytest.raises(OSError, match="is free"):
        free_port()


@pytest.mark.parametrize("above", [0, METRICS_ABOVE])
def test_a_port_is_passed_over_when_it_or_its_metrics_port_is_listened_on(
    few_ports: tuple[int, int], above: int
) -> None:
    first, _ = few_ports
    with socket.create_server(("127.0.0.1", first + above)):
        assert first not in {free_port() for _ in range(NUMBER)}
