"""How log records are written. A query string can hold a weight: none is logged.

A line is printable: what a stranger asks for can neither end it nor steer a terminal.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from anakinra_site.environment import read_flag


class LineFormatter(logging.Formatter):
    """The bare message, for the development server's line per request."""

    def format(self, record: logging.LogRecord) -> str:
        return _printable(without_query(record.getMessage()))


class AccessFormatter(logging.Formatter):
    """The server's record of one request as a JSON line; its query is left out."""

    def format(self, record: logging.LogRecord) -> str:
        asked: Any = record.args
        line = _begun(record) | {
            "method": asked["method"],
            "path": without_query(asked["path"]),
            "status": asked["status"],
            "milliseconds": round(asked["dt_ms"], 3),
        }
        return _as_json(line)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII: no character of it moves a terminal's cursor.

    An event's own fields (see accounts/events.py) stand beside those of every line.
    """

    def format(self, record: logging.LogRecord) -> str:
        return _as_json(_told(record))


class PersonFormatter(logging.Formatter):
    """The same in words, for whoever starts the site and looks on.

    A line an event; of an error also a line for each place that it came through.
    """

    def format(self, record: logging.LogRecord) -> str:
        told = _told(record)
        where = told.pop("where", [])
        begun = f"{told.pop('time')[:19]} {told.pop('level').lower()}"
        message = told.pop("message")
        del told["logger"]
        said = ", ".join(
            f"{name} {value}"
            for name, value in told.items()
            if value not in ("", message)
        )
        line = f"{begun}: {message}" + (f" ({said})" if said else "")
        return "\n    ".join([_printable(line), *where])


def asked_for() -> logging.Formatter:
    """Return how lines are written: for a person, unless the settings say JSON."""
    return JsonFormatter() if read_flag("JSON_LOGS") else PersonFormatter()


def _told(record: logging.LogRecord) -> dict[str, Any]:
    line = _begun(record) | {"message": without_query(record.getMessage())}
    line |= getattr(record, "event", {})
    request = getattr(record, "request", None)
    line |= _signed_in(request)
    if hasattr(record, "status_code"):
        line["status"] = record.status_code
    if record.exc_info and record.exc_info[1]:
        asked = bool(getattr(request, "META", {}).get("QUERY_STRING"))
        line |= _described(record.exc_info[1], asked=asked)
    return line


def _begun(record: logging.LogRecord) -> dict[str, Any]:
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
        "level": record.levelname,
        "logger": record.name,
    }


def _as_json(line: dict[str, Any]) -> str:
    """Return the line in printable ASCII; JSON leaves the control character DEL."""
    return json.dumps(line).replace("\x7f", r"\u007f")


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def without_query(text: str) -> str:
    return re.sub(r"\?\S*", "", text)


def _described(error: BaseException, *, asked: bool) -> dict[str, Any]:
    described: dict[str, Any] = {"error": type(error).__name__}
    # An error's own words may repeat what was asked, a weight included: they are
    # kept only when the request asked nothing.
    if not asked:
        described["reason"] = without_query(str(error))
    described["where"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return described


def _signed_in(request: Any) -> dict[str, str]:
    """Return who asked, where that is known already: a line costs no query."""
    user = getattr(request, "__dict__", {}).get("_cached_user")
    if user is None or not user.is_authenticated:
        return {}
    return {"actor": user.get_username()}
