"""Starts servers on one core and tells what they use: processor time and memory."""

import http.client
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.servers.free_ports import free_port

ROOT = Path(__file__).resolve().parents[2]
# A make above this one leaves its own settings in the environment.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("MAKE")
}
SERVER_CORE, LOAD_CORE = 0, 1
OWN_PROGRAMS = ROOT / ".venv" / "bin"
PEERS_PROGRAMS = ROOT / ".venv" / "peers" / "bin"
SITE = "anakinra_site.wsgi:application"
STARTS_WITHIN = 60  # seconds
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
NGINX = """\
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log {access_log};
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/pages;
        default_type "text/html; charset=utf-8";
        add_header Content-Encoding br;
        add_header Vary Accept-Encoding;
        add_header Cache-Control no-cache;
    }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A running server; `beside` are processes that work for it, such as a database."""

    name: str
    port: int
    pid: int
    beside: tuple[int, ...] = field(default=())

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, path: str, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Return the answer to one request, and its body as it was sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Return the status and the body, as sent, of one request."""
        response, body = self.ask(path, headers)
        return response.status, body

    def cpu_seconds(self) -> float:
        """Return the user and system time of the whole process tree so far."""
        trees = [process_tree(pid) for pid in (self.pid, *self.beside)]
        return sum(_cpu_seconds(pid) for tree in trees for pid in tree)

    def workers_pss(self) -> int:
        """Return the memory in bytes of the largest process, shared pages divided."""
        return max(_pss(pid) for pid in process_tree(self.pid))


def process_tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            fields = _stat(int(folder.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    tree = [root]
    for pid in tree:
        tree += children.get(pid, [])
    return tree


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on; none once it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float:
    """Return its user and system time, and that of its children that have ended."""
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) / TICKS_PER_SECOND if fields else 0


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def on_core(core: int, command: list[str]) -> list[str]:
    return ["taskset", "--cpu-list", str(core), *command]


def server_command(
    port: int, application: str = SITE, threads: int | None = None
) -> list[str]:
    """Return the command of `make run` with one worker, for this application.

    It is read from the Makefile, so that every server here has the flags of production;
    another number of threads is for a peer that is quicker with it.
    """
    shown = subprocess.run(
        ["make", "--dry-run", "run", f"PORT={port}", "WORKERS=1"],
        cwd=ROOT,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.replace("\\\n", " ")
    (line,) = re.findall(r"^exec (.* --interface wsgi .*)$", shown, re.MULTILINE)
    command = [part for part in shlex.split(line) if part != SITE]
    if threads is not None:
        command[command.index("--blocking-threads") + 1] = str(threads)
    return [*command, application]


@contextmanager
def running(
    name: str,
    folder: Path,
    *,
    application: str = SITE,
    programs: Path = OWN_PROGRAMS,
    threads: int | None = None,
    beside: tuple[int, ...] = (),
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """An application under the server of `make run`, on the server's core."""
    port = free_port()
    command = server_command(port, application, threads)
    command[0] = str(programs / "python")
    with _process(name, folder, command, settings or {}) as pid:
        server = Server(name, port, pid, beside)
        _wait_until_it_answers(server)
        yield server


@contextmanager
def running_nginx(folder: Path, pages: Mapping[str, bytes]) -> Iterator[Server]:
    """Nginx with these pages as files that are packed already, under their names.

    Debian's nginx-light has no module for brotli files: the packed bytes are the file,
    and the header is set by its configuration.
    """
    port = free_port()
    (folder / "pages").mkdir(parents=True)
    folder.chmod(0o755)
    for page, body in pages.items():
        (folder / "pages" / page).write_bytes(body)
    has_log = "--access-log" in server_command(port)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        NGINX.format(
            folder=folder,
            port=port,
            user="user root;" if os.geteuid() == 0 else "",
            access_log=f"{folder}/access.log" if has_log else "off",
        )
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("nginx is missing: bench/install_tools.sh names it.")
    command = [program, "-p", str(folder), "-c", str(configuration)]
    with _process("nginx", folder, command, {}) as pid:
        server = Server("nginx", port, pid)
        _wait_until_it_answers(server)
        yield server


@contextmanager
def _process(
    name: str, folder: Path, command: list[str], settings: Mapping[str, str]
) -> Iterator[int]:
    """A process on the server's core whose output is a file, until the block ends."""
    with (folder / f"{name.replace(' ', '-')}.log").open("w") as log:
        process = subprocess.Popen(
            on_core(SERVER_CORE, command),
            cwd=ROOT,
            env={**ENVIRONMENT, **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process.pid
    finally:
        tree = process_tree(process.pid)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in tree:
                os.kill(pid, 9)
            process.wait()


def _wait_until_it_answers(server: Server) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            server.get("/", {})
        except OSError:
            if time.monotonic() > end or not _stat(server.pid):
                raise
            time.sleep(0.1)
        else:
            return
