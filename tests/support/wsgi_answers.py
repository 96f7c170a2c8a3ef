"""What a WSGI application answers, without a server and without Django's client."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes

    @property
    def tag(self) -> str:
        return self.headers["ETag"]


Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def ask(
    application: Application, path: str, method: str = "GET", **given: str
) -> Answer:
    """Ask a WSGI application as a server does; headers are given as in the environ."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    } | given
    said: list[Any] = []
    body = b"".join(application(environ, lambda *args: said.extend(args)))
    # What follows the code is for people, and a server sends no body of a HEAD.
    headers = dict(said[1])
    assert len(headers) == len(said[1])
    return Answer(said[0][:3], headers, b"" if method == "HEAD" else body)
