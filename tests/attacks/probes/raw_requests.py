"""Requests as bytes on a socket, as no client would write them, and what came back."""

import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from tests.support.servers.nginx_process import NAME, Proxy
from tests.support.servers.server_process import Server

Connect = Callable[[], socket.socket]
ANSWER = re.compile(rb"^HTTP/1\.[01] (\d{3})[^\r\n]*\r\n", re.MULTILINE)
SECONDS = 8.0

# As the proxy would say it, where a request comes without one.
TRUSTED = f"Host: {NAME}\r\nX-Forwarded-Proto: https\r\n".encode()
# Asked after each attack on the same connection, and answered as if alone.
NEXT = b"GET /robots.txt HTTP/1.1\r\n" + TRUSTED + b"Connection: close\r\n\r\n"
NEXT_BODY = b"User-agent:"
# What an attack hides in another request; no answer may be given to it.
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HIDDEN_BODY = b"\r\n\r\nok\n"


class Came(NamedTuple):
    """All bytes of a connection; whether the other side closed it."""

    received: bytes
    closed: bool

    @property
    def statuses(self) -> list[int]:
        return [int(status) for status in ANSWER.findall(self.received)]


@dataclass(frozen=True, slots=True)
class Plain:
    """Connects to the server itself."""

    server: Server

    def __call__(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server.port), SECONDS)


@dataclass(frozen=True, slots=True)
class Encrypted:
    """Connects to the proxy, by TLS."""

    proxy: Proxy

    def __call__(self) -> socket.socket:
        context = ssl.create_default_context(cafile=str(self.proxy.certificate))
        plain = socket.create_connection(("127.0.0.1", self.proxy.https_port), SECONDS)
        return context.wrap_socket(plain, server_hostname=NAME)


def exchange(connect: Connect, sent: bytes, seconds: float = SECONDS) -> Came:
    """Send these bytes, and read until the other side closes or is silent so long."""
    received = b""
    with connect() as connection:
        connection.settimeout(seconds)
        # What is refused before all of it was sent may still have been told why.
        with suppress(ConnectionError, ssl.SSLError, TimeoutError):
            connection.sendall(sent)
        try:
            while more := connection.recv(65536):
                received += more
        except TimeoutError:
            return Came(received, closed=False)
        except (ConnectionError, ssl.SSLError):
            pass
    return Came(received, closed=True)
