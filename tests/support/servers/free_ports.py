"""Ports for the servers of tests and benchmarks, each given to one of them only."""

import socket
from contextlib import suppress
from itertools import chain
from random import SystemRandom

# Below those that Linux gives to clients, 32768 and above: a connection that a browser
# or a test holds open is never on one of them, nor on the metrics port of one.
FIRST, LAST = 10_000, 31_000
METRICS_ABOVE = 1000  # as in the Makefile

# Other processes' tests look for ports, too, and a server listens only seconds after
# its port was chosen. A datagram socket on the same number tells them that it is taken,
# for as long as this process lives; nothing here speaks in datagrams.
_kept = list[socket.socket]()


def free_port() -> int:
    """A port that nobody listens on and no other test is given.

    The port of the server's metrics, 1000 above, is kept for it as well. Raises OSError
    when none is left.
    """
    start = SystemRandom().randrange(FIRST, LAST)  # Hypothesis seeds the other one
    for port in chain(range(start, LAST), range(FIRST, start)):
        with suppress(OSError):
            _keep(port, port + METRICS_ABOVE)
            return port
    raise OSError(f"no port from {FIRST} to {LAST} is free")


def _keep(*ports: int) -> None:
    """Keep all of these; raise OSError if one of them is kept or listened on."""
    keepers = [socket.socket(type=socket.SOCK_DGRAM) for _ in ports]
    try:
        for keeper, port in zip(keepers, ports, strict=True):
            keeper.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("", port))
    except OSError:
        for keeper in keepers:
            keeper.close()
        raise
    _kept.extend(keepers)
