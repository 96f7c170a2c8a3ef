"""Where the server may listen, checked before it starts."""

import ipaddress
import socket

from django.conf import settings
from django.core.management.base import CommandError


def check_listening_address(host: str, port: str) -> None:
    """Refuse, in a sentence, an address that must not or cannot be served."""
    if not settings.PUBLIC_ORIGIN and not _is_loopback(host):
        # Without PUBLIC_ORIGIN there is no https: nobody else may reach the server.
        raise CommandError(
            f"Not started: HOST={host} can be reached from other machines, and this"
            " site is not set up for that. Set PUBLIC_ORIGIN=https://… for production,"
            " or leave HOST at 127.0.0.1."
        )
    _check_port("PORT", host, port)


def check_metrics_port(port: str, of_readers: str) -> None:
    """Refuse a port on which no metrics could be given; they are for this machine."""
    _check_port("METRICS_PORT", "127.0.0.1", port)
    if int(port) == int(of_readers):
        # Both would be listened on, and some readers be given the metrics.
        raise CommandError(
            f"Not started: METRICS_PORT={port} is the PORT of the readers as well."
            " Metrics need one of their own: make run METRICS_PORT=9000"
        )


def _check_port(name: str, host: str, port: str) -> None:
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise CommandError(f"Not started: {name}={port} is not a port (1 to 65535).")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # granian itself would share a taken port and answer every other request,
            # or go on without metrics.
            probe.bind((host, int(port)))
        except OSError as error:
            raise CommandError(
                f"Not started: cannot listen on port {port} of {host}"
                f" ({error.strerror}). Another one: make run {name}=9000"
            ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
