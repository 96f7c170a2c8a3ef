"""`make run` for real: a server process, a new SQLite file, plain HTTP requests."""

import stat
import subprocess
from collections.abc import Iterator

import pytest

from .server_process import ENVIRONMENT, ROOT, Server, running_server

pytestmark = pytest.mark.xdist_group("server")  # one process: one server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def test_it_tells_the_address_and_the_first_passwords(server: Server) -> None:
    log = server.log.read_text()
    assert f"Open http://127.0.0.1:{server.port}/" in log
    assert "administrator" in log


def test_it_serves_the_guide_and_its_static_files(server: Server) -> None:
    assert server.get("/anakinra/").status == 200
    assert server.get("/static/admin/css/base.css").status == 404  # only hashed names


def test_it_does_not_name_its_software(server: Server) -> None:
    assert server.get("/healthz").headers.get_all("Server") == ["web"]


def test_it_answers_only_to_its_own_name(server: Server) -> None:
    assert server.get("/healthz", Host="elsewhere.example").status == 400


def test_its_log_holds_no_query(server: Server) -> None:
    server.get("/anakinra/dose/?regimen=pjia-sc&weight=12.5")
    server.get("/nowhere/?weight=12.5")
    log = server.log.read_text()
    assert "/anakinra/dose/" in log
    assert "12.5" not in log


def test_its_key_is_readable_by_its_owner_alone(server: Server) -> None:
    key = ROOT / ".secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_it_does_not_open_itself_to_the_network() -> None:
    refused = subprocess.run(
        ["make", "run", "HOST=0.0.0.0"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "HOST=0.0.0.0 can be reached from other machines" in refused.stderr
