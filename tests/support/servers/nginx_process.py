"""Debian's nginx with docs/nginx.conf, in front of servers that tests have started."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from getpass import getuser
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.servers.free_ports import free_port
from tests.support.servers.server_process import ROOT

SAMPLE = ROOT / "docs" / "nginx.conf"
NAME = "reference.example"
# What the sample asks of the servers behind it.
IN_PRODUCTION = (
    f"PUBLIC_ORIGIN=https://{NAME}",
    f"SECRET_KEY={'k' * 50}",
    "BEHIND_TLS_PROXY=1",
)
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Proxy(NamedTuple):
    folder: Path
    http_port: int
    https_port: int

    @property
    def certificate(self) -> Path:
        return self.folder / "fullchain.pem"

    def connect(self) -> HTTPConnection:
        """A connection by TLS, checked as a browser does."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        return self.connect_with(context)

    def connect_with(self, context: ssl.SSLContext) -> HTTPConnection:
        connection = HTTPConnection(NAME, timeout=30)
        plain = socket.create_connection(("127.0.0.1", self.https_port), timeout=30)
        connection.sock = context.wrap_socket(plain, server_hostname=NAME)
        return connection

    def connect_plainly(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.http_port, timeout=30)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


def program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert found, "There is no nginx: run tests/tools/install_nginx.sh as root."
    return found


def adapted(
    proxy: Proxy, addresses: Sequence[str], changes: Sequence[tuple[str, str]] = ()
) -> str:
    """The sample, but for ports, hosts, certificate and the places of files.

    IPv6, which a container may lack, is left out. changes are patterns and what stands
    in their place.
    """
    text = SAMPLE.read_text()
    hosts = "\n".join(
        f"        server {address} max_fails=1 fail_timeout=2s;"
        for address in addresses
    )
    places = " ".join(f"{name}_temp_path {proxy.folder}/{name};" for name in TEMPORARY)
    for pattern, replacement in (
        (r"listen \[::\].*;", ""),
        (r"listen 80 ", f"listen 127.0.0.1:{proxy.http_port} "),
        (r"listen 443 ", f"listen 127.0.0.1:{proxy.https_port} "),
        (r"( +server 192\.0\.2\..*\n)+", f"{hosts}\n"),
        (r"/etc/ssl/reference\.example", str(proxy.folder)),
        (r"/run/nginx\.pid", f"{proxy.folder}/pid"),
        (r"/var/lib/nginx", str(proxy.folder)),
        # Who runs the tests may write where files are kept.
        (r"user .*;", f"user {getuser()};"),
        (r"/var/log/nginx", str(proxy.folder)),
        (r"\nhttp {", f"\nhttp {{\n    {places}"),
        *changes,
    ):
        text, count = re.subn(pattern, replacement, text)
        assert count, pattern
    return text


@contextmanager
def running_nginx(
    folder: Path, addresses: Sequence[str], changes: Sequence[tuple[str, str]] = ()
) -> Iterator[Proxy]:
    """The sample in front of the servers at these addresses, until the block ends."""
    proxy = Proxy(folder, free_port(), free_port())
    make_certificate(folder)
    file = folder / "nginx.conf"
    file.write_text(adapted(proxy, addresses, changes))
    command = [program(), "-c", str(file), "-e", str(folder / "start.log")]
    subprocess.run([*command, "-t"], check=True)
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        _wait_for(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.wait()


def reload(proxy: Proxy, addresses: Sequence[str]) -> None:
    """Put other servers behind it, as after an edit of the file."""
    file = proxy.folder / "nginx.conf"
    file.write_text(adapted(proxy, addresses))
    command = [program(), "-c", str(file), "-e", str(proxy.folder / "start.log")]
    subprocess.run([*command, "-s", "reload"], check=True)


def make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:P-256", "-subj", f"/CN={NAME}"),
            *("-addext", f"subjectAltName=DNS:{NAME}"),
            *("-keyout", str(folder / "privkey.pem")),
            *("-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )


def _wait_for(proxy: Proxy, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", proxy.https_port)).close()
        except OSError:
            assert process.poll() is None, proxy.log("start")
        else:
            return
        time.sleep(0.1)
    pytest.fail(proxy.log("start"))
